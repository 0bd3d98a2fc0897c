"""The server's database: PostgreSQL, or SQLite for one office; its tables, its transactions, its clock and its copies.

Rows of the register are kept generically, as JSON beside their bookkeeping, so that the order of changes, the feed and
the log are the same few statements for every entity; what a row may hold is asked of the register's own tables
(server/scale.py). Revisions come from one counter row inside the pushing transaction, never from a sequence, which
would hand out numbers before they are committed (sync.md F2).
"""

import json
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from inspector_app.models.register import new_ids

SCHEMA = 1
"""Number of the newest schema of the server's database."""

metadata = MetaData()

fact = Table("fact", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
counter = Table("sync_counter", metadata, Column("k", Integer, primary_key=True), Column("rev", BigInteger, nullable=False))
row = Table(
    "sync_row",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("site_id", Text),
    Column("region", Text),
    Column("rev", BigInteger, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("sources", Text, nullable=False),
    Index("ix_sync_row_rev", "rev", unique=True),
    Index("ix_sync_row_site", "site_id"),
)
operation = Table(
    "sync_operation",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("stream_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("txn_id", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("row_id", Text, nullable=False),
    Column("site_id", Text),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("result", Text),
    Column("rev", BigInteger),
    Index("ix_sync_operation_rev", "rev"),
    Index(
        "ix_sync_operation_edit",
        "rev",
        sqlite_where=text("kind <> 'create'"),
        postgresql_where=text("kind <> 'create'"),
    ),
    Index("ix_sync_operation_row", "row_id"),
    Index("ix_sync_operation_stream", "stream_id", "seq", unique=True),
)
hold = Table(
    "sync_hold",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("waits_for", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
)
stream = Table(
    "sync_stream",
    metadata,
    Column("stream_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_hash", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
)
person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("regions", Text, nullable=False),
    Column("password", Text),
    Column("added_at", Text, nullable=False),
)
device = Table(
    "device",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("enrolled_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("last_seen_at", Text),
)
code = Table(
    "enrolment_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used", Boolean, nullable=False),
)
assertion = Table(
    "assertion", metadata, Column("jti", Text, primary_key=True), Column("expires_at", BigInteger, nullable=False)
)
tally = Table(
    "sync_tally",
    metadata,
    Column("round_id", Text, primary_key=True),
    Column("first_seq", BigInteger, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("counted", Text, nullable=False),
)
receipt = Table(
    "sync_receipt",
    metadata,
    Column("round_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("counted", Text, nullable=False),
    Column("claimed", Text, nullable=False),
    Column("is_equal", Integer, nullable=False),
    Index("ix_sync_receipt_at", "at"),
)


class NoServer(Exception):
    """The folder or the database holds no central server."""


class Store:
    """One database of the server. Several processes may share it; each opens its own."""

    def __init__(self, url: str, *, clock: Callable[[], datetime] | None = None) -> None:
        """Open by URL: postgresql://..., or sqlite:///PATH."""
        self.url = url
        self._clock = clock or _clock
        self.is_sqlite = url.startswith("sqlite:")
        self._engine = _sqlite(Path(url.removeprefix("sqlite:///"))) if self.is_sqlite else _postgresql(url)

    def now(self) -> datetime:
        """The instant, UTC."""
        return self._clock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of it or none of it."""
        engine = self._engine.execution_options(begin="BEGIN IMMEDIATE") if self.is_sqlite else self._engine
        with engine.connect() as connection:
            yield connection
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at one consistent state."""
        engine = self._engine if self.is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def create(self, *, demo: bool) -> None:
        """Make the tables of a new server, with its first epoch."""
        with self.writing() as connection:
            metadata.create_all(connection)
            connection.execute(insert(counter), {"k": 1, "rev": 0})
            facts = {"schema": str(SCHEMA), "epoch": new_ids(), "demo": str(int(demo)), "token_key": secrets.token_hex(32)}
            connection.execute(insert(fact), [{"name": name, "value": value} for name, value in facts.items()])

    def facts(self) -> Mapping[str, str]:
        """Named facts: schema, epoch, demo, token_key. Raises NoServer where there are none."""
        try:
            with self.reading() as connection:
                found = facts(connection)
        except DBAPIError as error:
            raise NoServer(str(error.orig)) from error
        if "epoch" not in found:
            raise NoServer(self.url)
        return found

    def begin_epoch(self) -> str:
        """Say that history was set back to a copy, so that laptops send again what the copy does not hold."""
        epoch = new_ids()
        with self.writing() as connection:
            connection.execute(update(fact).where(fact.c.name == "epoch").values(value=epoch))
        return epoch

    def copy_to(self, target: Path) -> None:
        """A consistent copy into an SQLite file, whole or not at all; works beside running servers."""
        part = target.with_name(target.name + ".part")
        part.unlink(missing_ok=True)
        if self.is_sqlite:
            source = dbapi2.connect(self.url.removeprefix("sqlite:///"))
            copy = dbapi2.connect(str(part))
            try:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
                source.close()
        else:
            copy = Store(f"sqlite:///{part}")
            try:
                _copy_tables(self, copy)
            finally:
                copy.close()
        part.replace(target)

    def take_from(self, source: Path) -> None:
        """Put a copy made by `copy_to` in the place of everything, and begin a new epoch. Raises NoServer."""
        copy = Store(f"sqlite:///{source}")
        copy.facts()
        try:
            _copy_tables(copy, self)
        finally:
            copy.close()
        self.begin_epoch()


def _copy_tables(source: Store, target: Store) -> None:
    """Every table, row by row, out of one consistent state."""
    with source.reading() as reader, target.writing() as writer:
        metadata.create_all(writer)
        for table in reversed(metadata.sorted_tables):
            writer.execute(delete(table))
        for table in metadata.sorted_tables:
            found = reader.execution_options(yield_per=2000).execute(select(table)).mappings()
            for part in found.partitions(2000):
                writer.execute(insert(table), [dict(each) for each in part])


def init_data(folder: Path, *, url: str | None, demo: bool) -> Store:
    """Make a server in a folder; its settings, which may hold a password, are for its own user alone. Raises NoServer."""
    settings = folder / _SETTINGS
    if settings.exists():
        raise NoServer(f"{folder} holds a server already")
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(url or f"sqlite:///{folder.absolute() / 'server.db'}")
    store.create(demo=demo)
    with os.fdopen(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"database": url}, file)
    return store


def open_data(folder: Path) -> Store:
    """The server of a folder. Raises NoServer."""
    try:
        url = json.loads((folder / _SETTINGS).read_text("utf-8"))["database"]
    except (OSError, ValueError, KeyError) as error:
        raise NoServer(f"{folder} holds no server") from error
    return Store(url or f"sqlite:///{folder.absolute() / 'server.db'}")


_SETTINGS = "server.json"


def _sqlite(path: Path) -> Engine:
    def connect() -> Any:
        connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None, timeout=30)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "mmap_size = 0",
            "trusted_schema = OFF",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=8, pool_reset_on_return="rollback"
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _postgresql(url: str) -> Engine:
    whole = make_url(url)
    if whole.drivername in {"postgresql", "postgres"}:
        whole = whole.set(drivername="postgresql+psycopg")
    return create_engine(whole, pool_size=8, pool_pre_ping=True)


def _clock() -> datetime:
    return datetime.now(UTC)


def facts(connection: Connection) -> dict[str, str]:
    """Named facts, as a transaction sees them."""
    return dict(connection.exec_driver_sql("SELECT name, value FROM fact").all())


def put(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert thousands of rows, their values in the order of the columns; SQLAlchemy's own way costs more than the rows."""
    names = [column.name for column in table.columns]
    marks = ", ".join([_mark(connection)] * len(names))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", list(rows))  # noqa: S608 - our own tables


def among(connection: Connection, table: Table, ids: Collection[str]) -> Sequence[Any]:
    """The rows whose keys are among thousands."""
    (key,) = table.primary_key.columns
    listed = connection.dialect.name == "sqlite"
    which = "IN (SELECT value FROM json_each(?))" if listed else "= ANY(%s)"
    asked = f"SELECT * FROM {table.name} WHERE {key.name} {which}"  # noqa: S608 - our own tables
    return connection.exec_driver_sql(asked, (json.dumps(list(ids)) if listed else list(ids),)).all()


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def loads(value: str | None) -> Any:
    """JSON out of a column."""
    return None if value is None else json.loads(value)
