"""The one operation log: history, outbox, audit trail and undo are readings of it.

It is written by flushing, in the transaction that writes the data, one operation per row with its fields. Each
operation names, per field, the operation that its author saw (`prev`, sync.md F3) and carries the hash of the one
before it. Before a commit, triggers of the connection tell which rows were really written; a row without an operation
stops the transaction, so that nothing can pass the log by.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal, TypeVar

import rfc8785
from sqlalchemy import Column, Connection, Integer, Text, event, inspect, text
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from inspector_app.domain import rights
from inspector_app.domain.codes import Code, Unknown
from inspector_app.domain.errors import BadValue, NewerValue
from inspector_app.domain.merge import companions
from inspector_app.domain.people import Role
from inspector_app.i18n import N_
from inspector_app.models.base import Base, JsonText, Logged, MomentText, index, moment_text, plain
from inspector_app.models.entities import ENTITIES, codes, fields, table

Kind = Literal["create", "patch", "delete", "restore", "settle"]
Row = TypeVar("Row", bound=Logged)

_EXACT = 2**53 - 1
GENESIS = "0" * 64
"""What the first operation of a file names as the hash before it."""


class Operation(Base):
    """One change of one row.

    `seq` counts this file's own operations without gaps; operations heard from elsewhere have none. `body` is
    {"data": {...}} of a create, {"changes": {field: [old, new]}, "prev": {field: op_id}} of everything else, and of a
    settlement also which conflict it settles, how and why.
    `state` is pending (waits to be sent), acked, held, conflict or rejected for own operations, and heard for others'.
    """

    __tablename__ = "operation"

    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int | None] = mapped_column(Integer, unique=True)
    op_id: Mapped[str] = mapped_column(Text, unique=True)
    txn_id: Mapped[str] = mapped_column(Text)
    command: Mapped[str] = mapped_column(Text)  # what the person did, a message id
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[str] = mapped_column(Text)
    site_id: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JsonText)
    occurred_at: Mapped[datetime] = mapped_column(MomentText)
    author: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="pending", server_default="pending")
    result: Mapped[Any] = mapped_column(JsonText, nullable=True)  # the server's answer
    rev: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        index("row_id"),
        index("site_id"),
        index("state", sqlite_where=text("state <> 'acked' AND state <> 'heard'")),
        {"sqlite_strict": True},
    )


class Undone(Base):
    """Transactions that were taken back, so that undo goes one further the next time."""

    __tablename__ = "undone"

    txn_id: Mapped[str] = mapped_column(Text, primary_key=True)
    by_txn_id: Mapped[str] = mapped_column(Text)


def chain(prev_hash: str, operation: Mapping[str, Any]) -> str:
    """The hash of an operation: SHA-256 over the hash before it and the canonical JSON (RFC 8785) of what it says."""
    return hashlib.sha256(prev_hash.encode() + canonical(operation)).hexdigest()


def canonical(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785)."""
    return _text(value).encode()


def _text(value: Any) -> str:
    """Canonical JSON of a value; what Python writes to the same letters is written here, ten times as fast."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int and -_EXACT <= value <= _EXACT:
        return str(value)
    if kind is float and 1e-4 <= abs(value) < _EXACT and not value.is_integer():
        return repr(value)
    if kind is list:
        return f"[{','.join([_text(each) for each in value])}]"
    if kind is dict and all([type(name) is str and name.isascii() for name in value]):  # noqa: C419 - a list is twice as fast
        return f"{{{','.join([f'{_quoted(name)}:{_text(value[name])}' for name in sorted(value)])}}}"
    return rfc8785.dumps(dict(value) if isinstance(value, Mapping) else value).decode()


_quoted = json.encoder.encode_basestring


def batched(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Rows in lists of at most `size`, taken as they come."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def said(
    *, op_id: str, txn_id: str, entity: str, row_id: str, kind: str, body: Mapping[str, Any], occurred_at: str, author: str
) -> dict[str, Any]:
    """What an operation says, in the shape that is hashed and sent."""
    return {
        "op_id": op_id,
        "txn_id": txn_id,
        "entity": entity,
        "id": row_id,
        "kind": kind,
        "body": body,
        "occurred_at": occurred_at,
        "author": author,
    }


def add(session: Session, kind: type[Row], /, **values: Any) -> Row:
    """Put a new row into the session with its identity already made, so that others can point to it at once."""
    row = kind(**values)
    row.id = session.info["new_id"]()
    session.add(row)
    session.info["held"][kind, row.id] = row
    return row


def get(session: Session, kind: type[Row], row_id: str) -> Row | None:
    """The row of an id, or nothing; held until the transaction ends, so that it is read once and a new one not at all."""
    held: dict[tuple[type[Row], str], Row] = session.info["held"]
    row = held.get((kind, row_id))
    if row is None:
        if (row := session.get(kind, row_id)) is not None:
            held[kind, row_id] = row
    elif inspect(row).pending:
        session.flush()  # gives it its defaults
    return row


def now(session: Session) -> datetime:
    """The instant of this transaction, UTC; handed in by the register."""
    at: datetime = session.info["at"]
    return at


def delete(row: Logged) -> None:
    """Mark a row as deleted; nothing is ever taken out of the register (INV-20)."""
    row.deleted = True


class Unlogged(AssertionError):
    """A write passed the operation log by: a defect of the program, and the transaction is rolled back."""


_OPERATION = (
    "seq", "op_id", "txn_id", "command", "entity", "row_id", "site_id", "kind", "body", "occurred_at", "author", "prev_hash",
    "hash", "state",
)  # fmt: skip
_INSERT_OPERATION = f"INSERT INTO operation ({', '.join(_OPERATION)}) VALUES ({', '.join('?' * len(_OPERATION))})"
_LAST = "SELECT seq, hash FROM operation WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"


class _Log:
    """The end of this file's own chain, held for one transaction."""

    def __init__(self, session: Session) -> None:
        last = session.info["driver"].execute(_LAST).fetchone()
        self.seq: int = last[0] if last else 0
        self.hash: str = last[1] if last else GENESIS
        self.author = _quoted(session.info["author"])

    def next(
        self, session: Session, entity: str, row_id: str, site_id: str | None, kind: Kind, op_id: str, body: str
    ) -> tuple[Any, ...]:
        """The columns of the next operation, in the order of `_OPERATION`; the body is canonical text.

        The text that is hashed is put together here around the body; its keys stand in canonical order.
        """
        info = session.info
        what = (
            f'{{"author":{self.author},"body":{body},"entity":"{entity}","id":"{row_id}","kind":"{kind}",'
            f'"occurred_at":"{info["at_text"]}","op_id":"{op_id}","txn_id":"{info["txn_id"]}"}}'
        )
        before, self.seq = self.hash, self.seq + 1
        self.hash = hashlib.sha256((before + what).encode()).hexdigest()
        return (
            self.seq, op_id, info["txn_id"], info["command"], entity, row_id, site_id, kind, body, info["at_text"],
            info["author"], before, self.hash, "pending",
        )  # fmt: skip


def _log(session: Session) -> _Log:
    log: _Log | None = session.info.get("log")
    if log is None:
        log = session.info["log"] = _Log(session)
    return log


@event.listens_for(Session, "before_flush")
def _record(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Add one operation per logged row that this flush is about to write."""
    if any(isinstance(row, Logged) for row in session.deleted):
        raise Unlogged("rows are marked as deleted, never taken out")
    new = [row for row in session.new if isinstance(row, Logged)]
    settled: dict[str, _Settled] = session.info.get("settled", {})  # who hears the server settles nothing
    # the session keeps changed rows as a set: sorted, the same work makes the same log
    changed = (row for row in session.dirty if isinstance(row, Logged) and (row.id in settled or session.is_modified(row)))
    dirty = sorted(changed, key=lambda row: row.id)
    if not new and not dirty:
        return
    with session.no_autoflush:
        log, operations = _log(session), []
        for row in new:
            if row.id is None:
                row.id = session.info["new_id"]()
            data = _data(row)
            _allow(session, row, "create", rights.filled(row.__tablename__, data))  # type: ignore[attr-defined]
            operations.append(_about(session, log, row, "create", row.id, {"data": data}))
        for row in dirty:
            kind, changes = _changes(row)
            if changes:
                _allow(session, row, kind, tuple(changes))
            decision = settled.get(row.id)
            if decision is not None and (changes or decision.is_made):
                kind, changes = "settle", _whole(row, changes, decision.names)
                del settled[row.id]
            if changes:
                op_id = session.info["new_id"]()
                sources = dict(row.sources or {})
                # who deletes has seen the whole row, hence names every source (sync.md b.4)
                seen = {*sources, *changes} if changes.get("deleted", (0, 0))[1] else {*changes, *companions(changes)}
                prev = {name: sources.get(name, row.id) for name in seen}
                row.sources = {**sources, **dict.fromkeys(changes, op_id)}
                said = {} if decision is None else decision.said
                operations.append(_about(session, log, row, kind, op_id, {**said, "changes": changes, "prev": prev}))
        session.info["driver"].executemany(_INSERT_OPERATION, operations)


def _allow(session: Session, row: Logged, kind: Kind, names: tuple[str, ...]) -> None:
    """What the server would refuse for the role or the region is not written here either. Raises what `rights.check` does."""
    entity = row.__tablename__  # type: ignore[attr-defined]
    rights.check(Role(session.info["role"]), entity, kind, names)  # type: ignore[call-arg]
    if entity == "site" and (kind == "create" or "region" in names):
        _allow_region(session, row.region)  # type: ignore[attr-defined]


def _allow_region(session: Session, region: str | None) -> None:
    rights.check_region(session.info["regions"], region)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A person's decision on a row: the fields that it is about, and what it says beside their values."""

    names: tuple[str, ...]
    said: Mapping[str, Any]
    is_made: bool = False


@contextmanager
def settling(session: Session, row: Logged, names: Iterable[str], said: Mapping[str, Any]) -> Iterator[None]:
    """Inside, the first change of a row is a settlement of a conflict about these fields; without one they keep their values.

    So one operation says both the decision and the value, and the two are judged together. A field that keeps its value is
    named too: whoever did not see this decision must not pass it over.
    """
    session.flush()
    settled: dict[str, _Settled] = session.info["settled"]
    settled[row.id] = _Settled(tuple(names), said)
    yield
    if row.id in settled:
        settled[row.id] = replace(settled[row.id], is_made=True)
        flag_modified(row, "sources")
    session.flush()


def _whole(row: Logged, changes: dict[str, list[Any]], names: Iterable[str]) -> dict[str, list[Any]]:
    """The changes of a row, with the fields that keep their value."""
    kept = {name: plain(getattr(row, name)) for name in names if name not in changes}
    return {**changes, **{name: [value, value] for name, value in kept.items()}}


def _about(session: Session, log: _Log, row: Logged, kind: Kind, op_id: str, body: Mapping[str, Any]) -> tuple[Any, ...]:
    """The columns of the next operation, which is about a row of the session."""
    entity = row.__tablename__  # type: ignore[attr-defined]
    site_id = row.id if entity == "site" else getattr(row, "site_id", None)
    session.info["touched"].add((entity, row.id))
    return log.next(session, entity, row.id, site_id, kind, op_id, _text(body))


def _data(row: Logged) -> dict[str, Any]:
    """The fields of a new row that hold something, as JSON carries them."""
    entity = row.__tablename__  # type: ignore[attr-defined]
    columns = table(entity).columns
    data = {}
    for name in fields(entity):
        value = getattr(row, name)
        if value is None and columns[name].default is not None:
            value = _default(columns[name])
            setattr(row, name, value)
        if value is not None:
            _listed(entity, name, value)
            data[name] = plain(value)
    return data


def _listed(entity: str, name: str, value: Any) -> None:
    """A column of a closed list holds a member of it. Raises BadValue."""
    known = codes(entity).get(name)
    if known is not None and value is not None and str(value) not in known:
        raise BadValue(field=name, reason=N_("this is no such value."))


def _changes(row: Logged) -> tuple[Kind, dict[str, list[Any]]]:
    """What kind of change it is, and [old, new] by field. Raises NewerValue, and BadValue as `_listed` does."""
    state = inspect(row)
    changes = {}
    entity = row.__tablename__  # type: ignore[attr-defined]
    for name in (*fields(entity), "deleted"):
        if name in state.committed_state and (history := state.attrs[name].load_history()).has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            if plain(old) != plain(new):
                if type(old) is Unknown:
                    raise NewerValue(field=name, value=str(old))
                _listed(entity, name, new)
                changes[name] = [plain(old), plain(new)]
    if "deleted" in changes:
        return ("delete" if changes["deleted"][1] else "restore"), changes
    return "patch", changes


def bulk_create(session: Session, entity: str, rows: Iterable[dict[str, Any]]) -> int:
    """Create many rows of one entity with their operations; for loads of thousands, where the session is too slow.

    Each row is a map of field to value with its `id`; values may be days, codes, lists. Returns how many. Only inside
    `Register.writing(bulk=True)`.
    """
    shape, log = _Shape(entity), _log(session)
    role = Role(session.info["role"])  # type: ignore[call-arg]
    rights.check(role, entity, "create")
    guarded = tuple(name for name in fields(entity) if not rights.may(role, entity, "create", (name,)))
    columns = (*fields(entity), "id")
    insert = f"INSERT INTO {entity} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    run, count, load = session.info["driver"].executemany, 0, session.info["load"]
    for chunk in batched(rows, 5000):
        load.brings(len(chunk))
        written, operations = [], []
        for row in chunk:
            if guarded and (filled := [name for name in guarded if row.get(name)]):
                rights.check(role, entity, "create", filled)
            if entity == "site":
                _allow_region(session, row.get("region"))
            row_id, (data, values) = row["id"], shape.fill(row)
            site_id = row_id if entity == "site" else row.get("site_id")
            operations.append(log.next(session, entity, row_id, site_id, "create", row_id, f'{{"data":{{{data}}}}}'))
            values.append(row_id)
            written.append(values)
        run(insert, written)
        run(_INSERT_OPERATION, operations)
        count += len(written)
    return count


class _Shape:
    """How new rows of one entity are said in canonical JSON and stored in the order of its fields."""

    def __init__(self, entity: str) -> None:
        columns, self._names = table(entity).columns, fields(entity)
        defaults = {name: plain(_default(columns[name])) for name in self._names if columns[name].default is not None}
        self._said = {name: f"{_quoted(name)}:{_text(value)}" for name, value in defaults.items() if value is not None}
        self._stored = [stored_value(defaults.get(name)) for name in self._names]
        self._plans: dict[tuple[str, ...], list[tuple[str, int, str, str | None]]] = {}

    def _plan(self, given: tuple[str, ...]) -> list[tuple[str, int, str, str | None]]:
        """Of the fields that are given or have a default, in canonical order: name, place, how it begins, its default."""
        names = sorted(name for name in self._names if name in given or name in self._said)
        plan = [(name, self._names.index(name), f"{_quoted(name)}:", self._said.get(name)) for name in names]
        self._plans[given] = plan
        return plan

    def fill(self, row: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The inside of a row's canonical JSON, and the values of its columns."""
        given = tuple(row)
        said: list[str] = []
        stored = self._stored.copy()
        for name, at, begins, default in self._plans.get(given) or self._plan(given):
            value: Any = row.get(name)
            kind = type(value)
            if kind is str:
                said.append(begins + _quoted(value))
                stored[at] = value
            elif value is None:
                if default is not None:
                    said.append(default)
            else:
                value = str(value) if isinstance(value, Code) else plain(value)
                text = _text(value)
                said.append(begins + text)
                stored[at] = text if kind is list or kind is dict else stored_value(value)
        return ",".join(said), stored


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def stored_value(value: Any) -> Any:
    """A JSON value as its column stores it: lists and maps as text, yes and no as 1 and 0."""
    kind = type(value)
    if kind is list or kind is dict:
        return _encode(value)
    return int(value) if kind is bool else value


def _default(column: Column[Any]) -> Any:
    default = column.default.arg  # type: ignore[union-attr]
    return default(None) if callable(default) else default


# -- the guard: what was really written -------------------------------------------------------------------------------


def arm(connection: Connection) -> None:
    """Make this connection remember which logged rows it writes; before its transaction, which would take it back."""
    if not connection.info.get("armed"):
        run = _driver(connection).execute
        run("CREATE TEMP TABLE IF NOT EXISTS written (entity TEXT, row_id TEXT, PRIMARY KEY (entity, row_id)) WITHOUT ROWID")
        for entity, verb, row in _guarded():
            # OR IGNORE would give way to the conflict clause of the statement that fires the trigger
            body = f"INSERT INTO written VALUES ('{entity}', {row}.id) ON CONFLICT DO NOTHING"
            run(f"CREATE TEMP TRIGGER IF NOT EXISTS {_guard(entity, verb)} AFTER {verb} ON main.{entity} BEGIN {body}; END")
        connection.info["armed"] = True


def disarm(connection: Connection) -> None:
    """Stop remembering, before a transaction: for loads of thousands of rows and for what the server said."""
    if connection.info.pop("armed", False):
        for entity, verb, _row in _guarded():
            _driver(connection).execute(f"DROP TRIGGER IF EXISTS temp.{_guard(entity, verb)}")


def _guarded() -> Iterator[tuple[str, str, str]]:
    for entity in ENTITIES:
        yield entity, "INSERT", "NEW"
        yield entity, f"UPDATE OF {', '.join((*fields(entity), 'deleted'))}", "NEW"
        yield entity, "DELETE", "OLD"


def _guard(entity: str, verb: str) -> str:
    return f"guard_{entity}_{verb.split(maxsplit=1)[0].lower()}"


def forget(connection: Connection) -> None:
    """Let pass what was written so far: it is the server's word and no operation of this file."""
    if connection.info.get("armed"):
        _driver(connection).execute("DELETE FROM temp.written")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def verify(session: Session) -> None:
    """Raise Unlogged when a row was written that the log does not know of; forget the rest."""
    run = session.info["driver"].execute
    written = set(run("SELECT entity, row_id FROM temp.written"))
    run("DELETE FROM temp.written")
    if passed := written - session.info["touched"]:
        raise Unlogged(f"written without an operation: {sorted(passed)[:3]}")


Ids = Callable[[], str]


def prepare(
    session: Session,
    *,
    driver: Any,
    author: str,
    role: str,
    regions: tuple[str, ...],
    command: str,
    at: datetime,
    new_id: Ids,
    txn_id: str,
) -> None:
    """Tell the session who writes, when, and what for. Called by the register at the start of a transaction.

    `driver` is the driver's own connection: the log's few fixed statements go past SQLAlchemy, which costs ten times them.
    """
    session.info.update(
        driver=driver, author=author, role=role, regions=regions, command=command, at=at, at_text=moment_text(at),
        new_id=new_id, txn_id=txn_id, touched=set(), held={}, settled={},
    )  # fmt: skip
