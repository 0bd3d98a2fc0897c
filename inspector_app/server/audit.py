"""The server's audit log: every push and every deed of the administrator, as one chain of hashes (decision 022).

An entry about a push names the end of its stream's own chain, so that one hash stands for all that was ever taken. The hash
of an entry covers the one before it and the digest of what it says; laptops keep the newest that they were shown, and are
handed digests alone, which tell nobody who did what.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, text

from inspector_app.models.base import moment_text
from inspector_app.models.changes import GENESIS, canonical
from inspector_app.server import store
from inspector_app.sync import wire

CONSOLE = "console"
"""Who works on the server's own command line."""


class Deed(StrEnum):
    """What is noted."""

    MADE = "server made"
    UPGRADED = "server upgraded"
    RESTORED = "server set back to a copy"
    PERSON_ADDED = "person added"
    PERSON_CHANGED = "person changed"
    PERSON_REMOVED = "person removed"
    CODE_MADE = "code made"
    ENROLLED = "laptop enrolled"
    REVOKED = "laptop revoked"
    PUSHED = "operations taken"


def note(
    connection: Connection, deed: Deed, *, at: datetime, actor: str = CONSOLE, target: str = "", said: Mapping[str, Any]
) -> None:
    """Add an entry in the transaction of what it is about; entries come one after another, under the lock of the counter."""
    if deed is not Deed.PUSHED:  # a push holds the lock from its beginning
        connection.execute(select(store.counter.c.rev).with_for_update())
    seq, before = _newest(connection)
    entry = {
        "seq": seq + 1, "at": moment_text(at), "actor": actor, "deed": str(deed), "target": target,
        "said": json.dumps(dict(said), ensure_ascii=False, sort_keys=True),
    }  # fmt: skip
    digest = _digest(entry)
    store.put(connection, store.audit, [(*entry.values(), digest, wire.next_link(before, digest))])


def head(connection: Connection) -> wire.AuditLink:
    """The newest link of the chain; of a chain that has none, what every chain begins with."""
    seq, hash_ = _newest(connection)
    return wire.AuditLink(seq=seq, hash=hash_)


def holds(connection: Connection, link: wire.AuditLink) -> bool:
    """Whether a link that a laptop was shown is still one of the chain."""
    if link.seq == 0:
        return link.hash == GENESIS
    found = connection.execute(select(store.audit.c.hash).where(store.audit.c.seq == link.seq)).scalar_one_or_none()
    return found == link.hash


def proof(connection: Connection, *, after: int, most: int) -> wire.Proof:
    """The digests that lead from a link to the newest, so many at a time."""
    asked = select(store.audit.c.digest).where(store.audit.c.seq > after).order_by(store.audit.c.seq).limit(most)
    digests = tuple(connection.execute(asked).scalars())
    newest, epoch = head(connection), store.facts(connection)["epoch"]
    return wire.Proof(epoch=epoch, after=after, digests=digests, more=after + len(digests) < newest.seq, head=newest)


def entries(connection: Connection, *, last: int) -> list[Any]:
    """The newest entries, oldest first."""
    found = connection.execute(select(store.audit).order_by(store.audit.c.seq.desc()).limit(last)).all()
    return list(reversed(found))


def problems(connection: Connection) -> Iterator[str]:
    """Entries that are not what was written, and operations that are not here as the log says."""
    expected, before, is_whole = 1, GENESIS, True
    for row in _rows(connection, store.audit.c.seq.asc()):
        entry = {name: getattr(row, name) for name in ("seq", "at", "actor", "deed", "target", "said")}
        if row.seq != expected or row.digest != _digest(entry) or row.hash != wire.next_link(before, row.digest):
            is_whole = False
            yield f"entry {row.seq} of the audit log is not what was written there"
        expected, before = row.seq + 1, row.hash
    if is_whole:
        yield from _ends(connection)


def _ends(connection: Connection) -> Iterator[str]:
    """The newest operation of a stream, where it is not as the log says; what came after a copy is gone with a return to it."""
    looked_at: set[str] = set()
    wanted = _newest(connection)[0]
    for row in _rows(connection, store.audit.c.seq.desc()):
        if row.seq > wanted:
            continue
        said = json.loads(row.said)
        wanted = said["entry"] if row.deed == Deed.RESTORED else row.seq - 1
        if row.deed == Deed.PUSHED and row.target not in looked_at:
            looked_at.add(row.target)
            asked = select(store.operation.c.hash).where(store.operation.c.op_id == said["operation"])
            if connection.execute(asked).scalar_one_or_none() != said["hash"]:
                yield f"operation {said['operation']} is not here as the audit log says"


def _rows(connection: Connection, order: Any) -> Iterable[Any]:
    return connection.execution_options(yield_per=500).execute(select(store.audit).order_by(order))


_NEWEST = text("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1")


def _newest(connection: Connection) -> tuple[int, str]:
    found = connection.execute(_NEWEST).first()
    return (0, GENESIS) if found is None else (found.seq, found.hash)


def _digest(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(entry)).hexdigest()
