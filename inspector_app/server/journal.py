"""Puts operations in order, accepts or refuses each, says why; hands out what changed since (sync.md b.6).

One push is one transaction under one lock, so that the order of commits is the order of revisions. What an operation
came to is kept with it for ever: a repeated push is answered from there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from inspector_app.domain.people import Role
from inspector_app.models.base import moment_text
from inspector_app.models.changes import GENESIS
from inspector_app.server import store
from inspector_app.server.batch import Batch
from inspector_app.server.entries import Given, canonical, digest
from inspector_app.server.scale import Scale
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

OLDEST = 1
"""Oldest vocabulary of a laptop that may push."""


class Refused(Exception):
    """A request that is not taken; nothing of it was done. Becomes problem+json with the status."""

    def __init__(self, status: int, code: Refusal, reason: str = "", *, retry_after_s: int = 0) -> None:
        """Keep the HTTP status, the code, a word for who debugs, and after how long to ask again, if that helps."""
        super().__init__(f"{code}: {reason}")
        self.status, self.code, self.reason, self.retry_after_s = status, code, reason, retry_after_s


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a device, its person, and what the person is trusted with. No regions means all."""

    device_id: str
    person: str
    role: Role
    regions: tuple[str, ...] = ()


def hello(connection: Connection, actor: Actor, message: wire.Hello, *, facts: dict[str, str], now: datetime) -> wire.Welcome:
    """Tell a device where its stream and the server stand. Raises Refused."""
    if message.protocol != wire.PROTOCOL or not OLDEST <= message.schema_ <= wire.VOCABULARY:
        raise Refused(409, Refusal.UPGRADE_REQUIRED, f"protocol {message.protocol}, schema {message.schema_}")
    if (message.kind == "demo") != (facts["demo"] == "1"):
        raise Refused(409, Refusal.DEMO_MISMATCH)
    known = connection.execute(
        select(store.stream.c.device_id, store.stream.c.last_seq, store.stream.c.last_hash).where(
            store.stream.c.stream_id == message.stream_id
        )
    ).one_or_none()
    if known is not None and known.device_id != actor.device_id:
        raise Refused(409, Refusal.STREAM_FORKED, "the stream belongs to another device")
    return wire.Welcome(
        epoch=facts["epoch"],
        last_seq=None if known is None else known.last_seq,
        last_hash=None if known is None else known.last_hash,
        head=connection.execute(select(store.counter.c.rev)).scalar_one(),
        person=actor.person,
        role=str(actor.role),
        clock_offset_ms=_offset(message.client_time, now),
        server_time=moment_text(now),
    )


def push(connection: Connection, actor: Actor, message: wire.Push, *, scale: Scale, now: datetime) -> wire.Judged:
    """Judge operations of one stream in their order. Raises Refused, and then nothing of them was done."""
    was = connection.execute(select(store.counter.c.rev).with_for_update()).scalar_one()
    if message.epoch != store.facts(connection)["epoch"]:
        raise Refused(409, Refusal.EPOCH_CHANGED)
    stream = _stream(connection, actor, message, now)
    given = _chained(message)
    known = _known(connection, [each.op_id for each in message.operations] + list(message.ask))
    if message.first_seq > stream.last_seq + 1:
        raise Refused(409, Refusal.GAP, f"expected {stream.last_seq + 1}")
    if message.first_seq == stream.last_seq + 1 and message.prev_hash != stream.last_hash:
        raise Refused(409, Refusal.STREAM_FORKED, "another history came before")
    fresh = []
    for each in given:
        before = known.get(each.op_id)
        if before is None and each.seq <= stream.last_seq:
            raise Refused(409, Refusal.STREAM_FORKED, f"another operation has number {each.seq}")
        if before is not None and before.hash != each.hash:
            raise Refused(409, Refusal.STREAM_FORKED, f"{each.op_id} was something else before")
        if before is None:
            fresh.append(each)
    batch = Batch(connection, actor.person, actor.role, actor.regions, scale=scale, rev=was, now=now)
    batch.judge(fresh, stream_id=message.stream_id)
    again = [each for each in known.values() if each.status != "applied" or each.result or each.op_id in message.ask]
    batch.answer_again(again)
    head = batch.write()
    if head != was:
        connection.execute(update(store.counter).values(rev=head))
    if given and given[-1].seq > stream.last_seq:
        connection.execute(
            update(store.stream)
            .where(store.stream.c.stream_id == message.stream_id)
            .values(last_seq=given[-1].seq, last_hash=given[-1].hash)
        )
    return wire.Judged(
        last_seq=max(stream.last_seq, given[-1].seq if given else 0),
        was=was,
        head=head,
        alone=not batch.others,
        verdicts=tuple(batch.verdicts.values()),
        server_time=moment_text(now),
    )


def pull(connection: Connection, *, epoch: str, cursor: int, limit: int, first: bool, since: str) -> str:
    """What changed after a revision, as the text of a page, spliced from what is stored.

    A page ends where both rows and operations are complete. `first` leaves out the operations that made rows and those
    before `since`: a laptop that takes the whole register has the rows themselves.
    """
    head = connection.execute(select(store.counter.c.rev)).scalar_one()
    rows, is_full = _rows(connection, cursor, limit)
    end = rows[-1].rev if is_full else head
    asked = _EDITS if first else _OPERATIONS
    done = connection.execute(asked, {"cursor": cursor, "end": end, "limit": 2 * limit, "since": since}).all()
    if len(done) == 2 * limit:
        end = done[-1].rev
        rows = [each for each in rows if each.rev <= end]
    more = "true" if end < head else "false"
    spliced = ",".join([each.text for each in rows])
    log = ",".join(
        f'["{each.op_id}","{each.txn_id}",{_quoted(each.command)},"{each.entity}","{each.row_id}",{_quoted(each.site_id)},'
        f'"{each.kind}",{"{}" if each.kind == "create" else each.body},"{each.occurred_at}",{_quoted(each.author)},{each.rev}]'
        for each in done
    )
    return f'{{"epoch":"{epoch}","cursor":{end},"more":{more},"rows":[{spliced}],"operations":[{log}]}}'


def _rows(connection: Connection, cursor: int, limit: int) -> tuple[list[Any], bool]:
    """Rows after a revision, and whether so many or so much text is enough for a page."""
    found = connection.execute(_ROWS, {"cursor": cursor, "limit": limit})
    rows: list[Any] = []
    size = 0
    while size < wire.PAGE_BYTES and (some := found.fetchmany(100)):
        rows.extend(some)
        size += sum([len(each.text) for each in some])
    found.close()
    return rows, len(rows) == limit or size >= wire.PAGE_BYTES


_ROWS = text(
    "SELECT rev, '[\"' || entity || '\",\"' || id || '\",' || CAST(rev AS TEXT) || ',' || CAST(deleted AS TEXT) || ','"
    " || data || ',' || sources || ']' AS text FROM sync_row WHERE rev > :cursor ORDER BY rev LIMIT :limit"
)
_LOG = (
    "SELECT op_id, txn_id, command, entity, row_id, site_id, kind, body, occurred_at, author, rev FROM sync_operation"
    " WHERE rev > :cursor AND rev <= :end AND received_at >= :since AND status IN ('applied', 'conflict'){but}"
    " ORDER BY rev LIMIT :limit"
)
_OPERATIONS = text(_LOG.format(but=""))
_EDITS = text(_LOG.format(but=" AND kind <> 'create'"))


def _quoted(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _offset(client_time: str, now: datetime) -> int:
    try:
        said = datetime.fromisoformat(client_time)
    except ValueError as error:
        raise Refused(422, Refusal.MALFORMED, "client_time") from error
    if said.tzinfo is None:
        raise Refused(422, Refusal.MALFORMED, "client_time")
    return round((said - now).total_seconds() * 1000)


def _stream(connection: Connection, actor: Actor, message: wire.Push, now: datetime) -> Any:
    asked = select(store.stream).where(store.stream.c.stream_id == message.stream_id)
    found = connection.execute(asked).one_or_none()
    if found is None:
        if message.first_seq != 1 or message.prev_hash != GENESIS:
            raise Refused(409, Refusal.GAP, "an unknown stream begins with its first operation")
        connection.execute(
            insert(store.stream),
            {
                "stream_id": message.stream_id,
                "device_id": actor.device_id,
                "last_seq": 0,
                "last_hash": GENESIS,
                "opened_at": moment_text(now),
            },
        )
        found = connection.execute(asked).one()
    if found.device_id != actor.device_id:
        raise Refused(409, Refusal.STREAM_FORKED, "the stream belongs to another device")
    return found


def _chained(message: wire.Push) -> list[Given]:
    """Number the operations and link their hashes; the last must be the one announced.

    What is wrong here no description of the message could have said, so it is no 422.
    """
    given, before = [], message.prev_hash
    for seq, each in enumerate(message.operations, message.first_seq):
        try:
            body = canonical(each.body)
        except (ValueError, RecursionError) as error:  # a number that JSON cannot carry exactly
            raise Refused(409, Refusal.MALFORMED, str(error)) from error
        before = digest(before, each, body)
        given.append(Given(seq, each.op_id, each, body, before))
    if before != message.last_hash:
        raise Refused(409, Refusal.MALFORMED, "the hashes do not follow from the operations")
    return given


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    return {each.op_id: each for each in store.among(connection, store.operation, ids)} if ids else {}
