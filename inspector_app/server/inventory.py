"""Whether the server's rows, operations and chains of hashes agree; for `inspector-server check` and for every copy.

Nothing is held in memory but the operations of one row: a register of any size is checked on a small machine.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import Connection, text

from inspector_app.domain.merge import RowState, apply
from inspector_app.models.changes import GENESIS
from inspector_app.server import audit
from inspector_app.server.engines import unhurried
from inspector_app.server.entries import digest
from inspector_app.server.store import Store
from inspector_app.sync import wire

_MOST = 20


def problems(store: Store) -> list[str]:
    """What does not agree, at most twenty lines; nothing when all is well."""
    with store.reading() as connection:
        unhurried(connection)
        return list(islice(chain.from_iterable(look(connection) for look in _LOOKS), _MOST))


def _pages(connection: Connection) -> Iterator[str]:
    """What SQLite itself finds wrong with its file."""
    if connection.dialect.name == "sqlite":
        yield from (line for (line,) in connection.execute(text("PRAGMA integrity_check")) if line != "ok")


def _lists(connection: Connection) -> Iterator[str]:
    """What a single question finds."""
    for sentence, query in _QUERIES:
        yield from (sentence.format(*row) for row in connection.execute(text(f"{query} LIMIT {_MOST}")))


_QUERIES = (
    ("row {0} has revision {1} beyond the counter", "SELECT id, rev FROM sync_row WHERE rev > (SELECT rev FROM sync_counter)"),
    (
        "operation {0} has revision {1} beyond the counter",
        "SELECT op_id, rev FROM sync_operation WHERE rev > (SELECT rev FROM sync_counter)",
    ),
    (
        "operation {0} was taken and has no revision",
        "SELECT op_id FROM sync_operation WHERE status = 'applied' AND rev IS NULL",
    ),
    (
        "operation {0} waits and is on no list",
        "SELECT op_id FROM sync_operation WHERE status = 'held' AND op_id NOT IN (SELECT op_id FROM sync_hold)",
    ),
    (
        "row {0} lies in another region than its site",
        "SELECT r.id FROM sync_row r JOIN sync_row s ON s.id = r.site_id WHERE r.region IS DISTINCT FROM s.region",
    ),
    (
        "row {0} was made by no operation",
        "SELECT id FROM sync_row r LEFT JOIN sync_operation o ON op_id = id WHERE r.entity <> 'conflict' AND op_id IS NULL",
    ),
    (
        "stream {0} has operation {1}, beyond its end",
        "SELECT s.stream_id, o.seq FROM sync_stream s JOIN sync_operation o USING (stream_id) WHERE o.seq > s.last_seq",
    ),
)


def _chains(connection: Connection) -> Iterator[str]:
    """Operations whose hash does not follow from what they say and the one before them in their stream."""
    stream, seq, before = "", 0, GENESIS
    for row in _rows(
        connection,
        "SELECT stream_id, seq, op_id, txn_id, command, entity, row_id, kind, body, occurred_at, author, hash"
        " FROM sync_operation ORDER BY stream_id, seq",
    ):
        follows = row.stream_id == stream and row.seq == seq + 1
        if row.seq == 1:
            before, follows = GENESIS, True
        if follows and digest(before, _said(row), row.body) != row.hash:
            yield f"operation {row.op_id} is not what its laptop signed"
        stream, seq, before = row.stream_id, row.seq, row.hash


def _said(row: Any) -> wire.WireOperation:
    return wire.WireOperation.model_construct(
        op_id=row.op_id,
        txn_id=row.txn_id,
        entity=row.entity,
        id=row.row_id,
        command=row.command,
        body={},
        kind=row.kind,
        occurred_at=row.occurred_at,
        author=row.author,
    )


def _folds(connection: Connection) -> Iterator[str]:
    """Rows that are not what their operations fold to (I5 of sync.md)."""
    taken = _rows(
        connection,
        "SELECT o.op_id, o.entity, o.row_id, o.kind, o.body, r.entity AS kept, r.data, r.sources, r.deleted"
        " FROM sync_operation o LEFT JOIN sync_row r ON r.id = o.row_id"
        " WHERE o.status IN ('applied', 'conflict') ORDER BY o.row_id, o.rev",
    )
    for row_id, operations in groupby(taken, key=lambda each: each.row_id):
        try:
            sentence = _difference(list(operations))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            sentence = f"cannot be folded ({type(error).__name__})"
        if sentence:
            yield f"row {row_id} {sentence}"


def _difference(operations: list[Any]) -> str:
    first, *others = operations
    if first.kind != "create":
        return f"begins with operation {first.op_id}, which did not make it"
    if first.kept != first.entity:
        return "is not there" if first.kept is None else f"is of another kind than operation {first.op_id} made it"
    row = RowState(first.entity, first.row_id, json.loads(first.body)["data"])
    for each in others:
        body = json.loads(each.body)
        apply(row, each.op_id, each.kind, body["changes"], body["prev"])
    data, sources = json.loads(first.data), json.loads(first.sources)
    # the server itself says who made a step, and what became of it
    said = _SERVERS_OWN if first.entity == "status_event" else frozenset()
    differ = sorted(name for name in data.keys() | row.data.keys() if name not in said and data.get(name) != row.data.get(name))
    if differ:
        return f"has another {differ[0]} than its operations say"
    if bool(first.deleted) != row.deleted:
        return "is deleted or not, other than its operations say"
    strange = sorted(name for name in sources.keys() | row.sources.keys() if sources.get(name) != row.sources.get(name))
    if strange := [name for name in strange if name not in said]:
        return f"has its {strange[0]} from another operation than it says"
    return ""


_SERVERS_OWN = frozenset({"state", "reason", "position", "actor", "role"})


def _conflicts(connection: Connection) -> Iterator[str]:
    """Operations that met another value and left no conflict for a person."""
    shown = {json.loads(row.data)["op_id"] for row in _rows(connection, "SELECT data FROM sync_row WHERE entity = 'conflict'")}
    for row in _rows(connection, "SELECT op_id FROM sync_operation WHERE status = 'conflict'"):
        if row.op_id not in shown:
            yield f"operation {row.op_id} met another value, and nobody is asked"


def _steps(connection: Connection) -> Iterator[str]:
    """Sites whose accepted steps are no single line (I10 of sync.md)."""
    events = _rows(
        connection, "SELECT site_id, data FROM sync_row WHERE entity = 'status_event' AND deleted = 0 ORDER BY site_id"
    )
    for site_id, steps in groupby(events, key=lambda each: each.site_id):
        told = [json.loads(each.data) for each in steps]
        places = sorted(int(each.get("position") or 0) for each in told if each["state"] == "ACCEPTED")
        if places != list(range(1, len(places) + 1)):
            yield f"site {site_id} has accepted steps {places}, which are no single line"


_LOOKS = (_pages, _lists, audit.problems, _chains, _folds, _conflicts, _steps)
"""Every kind of look at the database, the cheap ones first."""


def _rows(connection: Connection, query: str) -> Iterable[Any]:
    return connection.execution_options(yield_per=500).execute(text(query))
