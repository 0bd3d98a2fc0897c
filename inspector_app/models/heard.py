"""What the server said, put into the register: verdicts on our operations, and pages of rows that others changed.

Pages are kept as they came until the last one is there; then all are applied in one transaction, with our own unsent
operations laid on top again, so that nobody ever looks at half of the server's state or loses sight of his own edit
(sync.md b.7). This is the only way in for the server's word; it makes no operations.
"""

import gc
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.orm import Session

from inspector_app.models import bulk
from inspector_app.models.base import Flag, JsonText, json_text, moment_text
from inspector_app.models.changes import stored_value
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.evict import relocate
from inspector_app.models.exchange import Conflict, Stage, Unfit, facts, put_facts, refused_rows

STATES = {"applied": "acked", "held": "held", "conflict": "conflict", "rejected": "rejected"}
"""What the server says of an operation, and the state it then has in the log."""

_UNFIT = (DataError, IntegrityError, InterfaceError, ProgrammingError)  # what the driver says of values, not of the disk
Row = Sequence[Any]


def judged(session: Session, *, first_seq: int, last_seq: int, verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Note what became of a push. What no verdict names was applied as sent; rows that must change are staged."""
    run = session.connection().exec_driver_sql
    run("UPDATE operation SET state = 'acked', result = NULL WHERE seq BETWEEN ? AND ?", (first_seq, last_seq))
    rows: list[Row] = []
    for verdict in verdicts:
        state = STATES[verdict["status"]]
        result = {name: verdict[name] for name in ("reason", "facts", "event") if verdict.get(name)}
        stored = json_text(result) if result else None
        run("UPDATE operation SET state = ?, result = ? WHERE op_id = ? AND seq > 0", (state, stored, verdict["op_id"]))
        rows.extend(verdict["rows"])
    if rows:
        stage(session, json.dumps({"rows": rows, "operations": []}).encode(), rows=len(rows))


def stage(session: Session, body: bytes, *, rows: int) -> None:
    """Keep a page, as JSON, until it is applied."""
    session.connection().exec_driver_sql("INSERT INTO stage (rows, body) VALUES (?, ?)", (rows, zlib.compress(body, 1)))


def parsed(body: bytes) -> Any:
    """A page out of its JSON. Raises ValueError."""
    was_on = gc.isenabled()
    gc.disable()  # thousands of new objects and no cycle among them: searching for one takes longer than all the rest
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    finally:
        if was_on:
            gc.enable()


def has_stage(session: Session) -> bool:
    """Whether a page waits to be applied."""
    return session.connection().exec_driver_sql("SELECT n FROM stage LIMIT 1").first() is not None


def forget(session: Session) -> None:
    """Drop what is staged and begin to receive from the first revision; rows stay as they are until they come again."""
    session.execute(delete(Stage))
    put_facts(session, {"cursor": 0, "stage_cursor": 0, "fetch": "", "fetch_cursor": 0, "anew": 1})


def is_anew(session: Session) -> bool:
    """Whether everything must come again, so that not even a server that has nothing to tell is level with us."""
    return facts(session).get("anew") == "1"


def note_receipt(session: Session, *, at: datetime, outcome: dict[str, Any]) -> None:
    """Keep what a sync did."""
    values = (moment_text(at), json_text(outcome))
    session.connection().exec_driver_sql("INSERT INTO sync_receipt (at, outcome) VALUES (?, ?)", values)


def amend_receipt(session: Session, outcome: dict[str, int]) -> None:
    """Say more of the newest sync."""
    asked = "UPDATE sync_receipt SET outcome = ? WHERE n = (SELECT max(n) FROM sync_receipt)"
    session.connection().exec_driver_sql(asked, (json_text(outcome),))


def is_bulk(session: Session) -> bool:
    """Whether so many rows wait that derived values are cheaper made anew than kept in step."""
    waiting = session.scalar(select(func.coalesce(func.sum(Stage.rows), 0))) or 0
    return waiting >= bulk.FROM and bulk.pays(waiting, bulk.rows_of(session.connection()))


def apply(session: Session, *, told: Callable[[float], None] = lambda _share: None, sites: set[str] | None = None) -> int:
    """Apply every staged page in one go and move the cursor; only inside `Register.hearing`. Returns how many rows came.

    `sites` gathers the sites on which these rows lie: one that lies in a region of others may be missing (models/evict.py).
    """
    connection = session.connection()
    own = _own(connection)
    anew = is_anew(session)
    if anew:  # in another history of the server there may be no rows for what it refused
        for entity, row_id in refused_rows(session):
            write(connection, entity, [(entity, row_id)], own)
    pages = session.scalars(select(Stage.n).order_by(Stage.n)).all()
    count = 0
    for position, n in enumerate(pages):
        body = session.execute(select(Stage.body).where(Stage.n == n)).scalar_one()
        try:
            page = parsed(zlib.decompress(body))
            count += len(page["rows"])
            _apply(connection, page["rows"], own)
            if sites is not None:
                sites.update(row[4].get("site_id") or "" for row in page["rows"] if len(row) > 2)
            _remember(connection, page["operations"])
        except (*_UNFIT, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise Unfit(str(getattr(error, "orig", error))) from error
        told((position + 1) / len(pages))
    session.execute(delete(Stage))
    known = facts(session)
    if anew:
        _drop_unknown(connection, own.conflicts)
    put_facts(session, {"cursor": known.get("stage_cursor", known.get("cursor", "0"))} | ({"anew": 0} if anew else {}))
    return count


class _Own:
    """Our operations that the server has not taken yet: by row, and the conflicts they settle; and what it has told of."""

    def __init__(self) -> None:
        self.by_row: dict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
        self.settled: set[str] = set()
        self.conflicts: set[str] = set()  # those that the server has told of

    def changes(self, row_id: str, name: str) -> bool:
        """Whether one of them changes a field of a row."""
        return any(name in what.get("changes", ()) for _op_id, _kind, what in self.by_row.get(row_id, ()))


def _own(connection: Connection) -> _Own:
    own = _Own()
    for op_id, row_id, kind, body in connection.exec_driver_sql(
        "SELECT op_id, row_id, kind, body FROM operation"
        " WHERE state <> 'acked' AND state <> 'heard' AND state IN ('pending', 'held') ORDER BY seq"
    ):
        what = json.loads(body)
        if kind == "settle":
            own.settled.add(what["conflict"])
        if kind != "create":
            own.by_row[row_id].append((op_id, kind, what))
    return own


def _apply(connection: Connection, rows: Iterable[Row], own: _Own) -> None:
    by_entity: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_entity[row[0]].append(row)
    for entity, each in by_entity.items():
        if entity == "conflict":
            _conflicts(connection, each, own)
        elif entity == "gone":
            # where a person himself moved a site stays in his sight until that is judged
            relocate(connection, [(row[4]["region"], row[1]) for row in each if not own.changes(row[1], "region")])
        elif entity in ENTITIES:
            write(connection, entity, each, own)
        else:
            _keep_newer(connection, each)


_KEEP_NEWER = (
    "INSERT INTO newer_row (id, entity, site_id, rev, deleted, data, sources) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, rev = excluded.rev, deleted = excluded.deleted,"
    " data = excluded.data, sources = excluded.sources"
)


def _keep_newer(connection: Connection, rows: Iterable[Row]) -> None:
    """Keep rows of kinds that this program does not know, until it does (models/newer.py)."""
    values = [
        (row_id, entity, data.get("site_id"), rev, int(deleted), json_text(data), json_text(sources))
        for entity, row_id, rev, deleted, data, sources in (row for row in rows if len(row) > 2)
    ]
    if values:
        connection.exec_driver_sql(_KEEP_NEWER, values)


def write(connection: Connection, entity: str, rows: Iterable[Row], own: "_Own | None" = None) -> None:
    """Write rows of the wire into the table of an entity, each over what was there."""
    statement, shape = _SHAPES[entity]
    values, gone = [], []
    for row in rows:
        if len(row) == 2:
            if own is None or _rebase(own.by_row.get(row[1], ()), {}, {}, deleted=1):
                gone.append((row[1],))
            continue
        _entity, row_id, rev, deleted, data, sources = row
        if own is not None and row_id in own.by_row:
            deleted = _rebase(own.by_row[row_id], data, sources, deleted=deleted)
        values.append(shape(row_id, rev, deleted, data, sources))
    if values:
        connection.exec_driver_sql(statement, values)
    if gone:
        connection.exec_driver_sql(f"UPDATE {entity} SET deleted = 1 WHERE id = ?", gone)


def _rebase(
    operations: Iterable[tuple[str, str, dict[str, Any]]], data: dict[str, Any], sources: dict[str, str], *, deleted: int
) -> int:
    """Lay our own unsent edits on top of the server's row again."""
    for op_id, _kind, body in operations:
        for name, (_old, new) in body["changes"].items():
            sources[name] = op_id
            if name == "deleted":
                deleted = int(new)
            else:
                data[name] = new
    return deleted


def _stored(value: Any) -> Any:
    """The same as `stored_value`; a list of words, which most are, is written faster."""
    if type(value) is list and all([type(each) is str for each in value]):  # noqa: C419 - a list is faster
        return to_json(value).decode()
    return stored_value(value)


def _shape(entity: str) -> tuple[str, Callable[..., tuple[Any, ...]]]:
    """The statement that writes a row of an entity, and what turns a row of the wire into its values."""
    names = fields(entity)
    known = frozenset(names)
    columns = table(entity).columns
    special = tuple(at for at, name in enumerate(names) if isinstance(columns[name].type, JsonText | Flag))
    needed = tuple(
        (at, _empty(columns[name]))
        for at, name in enumerate(names)
        if not columns[name].nullable and columns[name].default is not None
    )
    stored = ("id", "rev", "deleted", "sources", "extra", *names)
    statement = (
        f"INSERT INTO {entity} ({', '.join(stored)}) VALUES ({', '.join('?' * len(stored))})"
        f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in stored[1:])}"
    )

    def shape(row_id: str, rev: int, deleted: int, data: dict[str, Any], sources: dict[str, str]) -> tuple[Any, ...]:
        values = list(map(data.get, names))
        for at in special:
            values[at] = _stored(values[at])
        for at, empty in needed:
            if values[at] is None:
                values[at] = empty
        if sources and not all([type(each) is str for each in sources.values()]):  # noqa: C419 - a list is faster
            raise TypeError("sources")
        extra = "{}" if data.keys() <= known else json_text({name: data[name] for name in data.keys() - known})
        return row_id, rev, deleted, json_text(sources) if sources else "{}", extra, *values

    return statement, shape


def _empty(column: Any) -> Any:
    default = column.default.arg
    value = default(None) if callable(default) else default
    return stored_value(value) if isinstance(value, bool | list | dict) else str(value) if not isinstance(value, int) else value


_SHAPES = {entity: _shape(entity) for entity in ENTITIES}


def shape(entity: str) -> Callable[..., tuple[Any, ...]]:
    """What makes of id, rev, deleted, data and sources the values that a table stores: these, `extra`, then its fields."""
    return _SHAPES[entity][1]


def take(connection: Connection, rows: Iterable[Row]) -> None:
    """Write rows of the wire as they are, whatever waits to be sent."""
    _apply(connection, rows, _Own())


CONFLICT = tuple(column.name for column in Conflict.__table__.columns)
_JSON_FIELDS = tuple(column.name for column in Conflict.__table__.columns if isinstance(column.type, JsonText))
_CONFLICT_STATEMENT = (
    f"INSERT INTO conflict ({', '.join(CONFLICT)}) VALUES ({', '.join('?' * len(CONFLICT))})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in CONFLICT if name != 'id')}"
)


def _conflicts(connection: Connection, rows: Iterable[Row], own: _Own) -> None:
    values = []
    for _entity, conflict_id, rev, _deleted, data, _sources in rows:
        own.conflicts.add(conflict_id)
        values.append(conflict_values(conflict_id, rev, {**data, "state": "settled"} if conflict_id in own.settled else data))
    connection.exec_driver_sql(_CONFLICT_STATEMENT, values)


def conflict_values(conflict_id: str, rev: int, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """A conflict of the wire as its table stores it, in the order of `CONFLICT`."""
    whole = {**data, "id": conflict_id, "rev": rev}
    for name in _JSON_FIELDS:
        whole[name] = None if whole.get(name) is None else json_text(whole[name])
    return tuple(whole.get(name) for name in CONFLICT)


def _drop_unknown(connection: Connection, told: Collection[str]) -> None:
    """A conflict is the server's word alone: after all of it was told, one that it did not name is none any more."""
    connection.exec_driver_sql("DELETE FROM conflict WHERE id NOT IN (SELECT value FROM json_each(?))", (json.dumps([*told]),))


_HEARD = (
    "INSERT INTO operation (op_id, txn_id, command, entity, row_id, site_id, kind, body, occurred_at, author, rev, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'heard') ON CONFLICT (op_id) DO NOTHING"
)


def _remember(connection: Connection, operations: Iterable[Row]) -> None:
    """Keep what others did, for the history of a record."""
    values = [(*each[:7], json_text(each[7]), *each[8:]) for each in operations]
    if values:
        connection.exec_driver_sql(_HEARD, values)
