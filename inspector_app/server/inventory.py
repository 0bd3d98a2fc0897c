"""Whether the server's rows, operations and chains of hashes agree; for `inspector-server check` and after every copy."""

import json
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from inspector_app.models.changes import GENESIS
from inspector_app.server.entries import digest
from inspector_app.server.store import Store
from inspector_app.sync import wire

_MOST = 20


def problems(store: Store) -> list[str]:
    """What does not agree, at most twenty lines; nothing when all is well."""
    found: list[str] = []
    with store.reading() as connection:
        if store.is_sqlite:
            found += [line for (line,) in connection.execute(text("PRAGMA quick_check")) if line != "ok"]
        for sentence, query in _QUERIES:
            rows = connection.execute(text(query)).all()
            found += [sentence.format(*row) for row in islice(rows, _MOST)]
        found += _chains(connection)
        found += _sources(connection)
    return found[:_MOST]


_QUERIES = (
    ("row {0} has revision {1} beyond the counter", "SELECT id, rev FROM sync_row WHERE rev > (SELECT rev FROM sync_counter)"),
    (
        "operation {0} has revision {1} beyond the counter",
        "SELECT op_id, rev FROM sync_operation WHERE rev > (SELECT rev FROM sync_counter)",
    ),
    (
        "operation {0} was taken and has no revision",
        "SELECT op_id FROM sync_operation WHERE status = 'applied' AND rev IS NULL AND kind <> 'settle'",
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
        "SELECT id FROM sync_row WHERE entity <> 'conflict' AND id NOT IN (SELECT op_id FROM sync_operation)",
    ),
)


def _chains(connection: Connection) -> list[str]:
    """Operations whose hash does not follow from what they say and the one before them in their stream."""
    found, stream, seq, before = [], "", 0, GENESIS
    rows = connection.execution_options(yield_per=2000).execute(
        text(
            "SELECT stream_id, seq, op_id, txn_id, command, entity, row_id, kind, body, occurred_at, author, hash"
            " FROM sync_operation ORDER BY stream_id, seq"
        )
    )
    for row in rows:
        follows = row.stream_id == stream and row.seq == seq + 1
        if row.seq == 1:
            before, follows = GENESIS, True
        if follows and digest(before, _said(row), row.body) != row.hash:
            found.append(f"operation {row.op_id} is not what its laptop signed")
        stream, seq, before = row.stream_id, row.seq, row.hash
    return found


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


def _sources(connection: Connection) -> list[str]:
    """Rows that name an operation which is not there or was not taken."""
    found = []
    taken = text("SELECT op_id FROM sync_operation WHERE row_id = :id AND status IN ('applied', 'conflict')")
    for row in connection.execute(
        text("SELECT id, sources FROM sync_row WHERE sources <> '{}' AND entity <> 'conflict'")
    ).all():
        named = set(json.loads(row.sources).values())
        there = set(connection.execute(taken, {"id": row.id}).scalars())
        found += [f"row {row.id} names operation {each}, which was not taken" for each in sorted(named - there)]
    return found
