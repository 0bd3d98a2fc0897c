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
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlcipher3 import dbapi2

from inspector_app.models.register import new_ids
from inspector_app.server import engines, migrations

metadata = MetaData()
"""The tables. A change of them wants the next file in `migrations/versions` (scripts/server_revision.py writes it).

`info={"account": True}` marks what says who may speak: it is never set back together with what they said.
"""
_ACCOUNT = {"account": True}
SEALING_KEY = "sealing_key"
"""Name of the fact that holds the private half of the key to which laptops seal unsent work; X25519, raw, as hex."""

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
    # which rows name the bytes of a file; written as the question in server/uploads.py asks, else no database uses it
    Index(
        "ix_sync_row_sha256", text("json_extract(data, '$.sha256')"), sqlite_where=text("entity IN ('document', 'photo')")
    ).ddl_if(dialect="sqlite"),
    Index(
        "ix_sync_row_sha256_json",
        text("(CAST(data AS json) ->> 'sha256')"),
        postgresql_where=text("entity IN ('document', 'photo')"),
    ).ddl_if(dialect="postgresql"),
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
    Column("schema", Integer),  # the vocabulary of the laptop
    Column("clock_offset_ms", BigInteger),  # by how much its clock was ahead of ours when it sent this
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
audit = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("hash", Text, nullable=False),
    info=_ACCOUNT,  # what was done stays written, whatever copy the server is set back to
)
hold = Table(
    "sync_hold",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("waits_for", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("regions", Text, nullable=False, server_default=""),
)
left = Table(
    "sync_left",
    metadata,
    Column("site_id", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Index("ix_sync_left_rev", "rev"),
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
    Column("removed_at", Text),
    info=_ACCOUNT,
)
failure = Table(
    "password_failure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("ix_password_failure_person", "person"),
    info=_ACCOUNT,
)
device = Table(
    "device",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("no", Integer, nullable=False, server_default="0"),  # part of the numbers that the laptop gives (decision 012)
    Column("enrolled_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("last_seen_at", Text),
    Index("ix_device_no", "no", unique=True),
    info=_ACCOUNT,
)
code = Table(
    "enrolment_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used", Boolean, nullable=False),
    info=_ACCOUNT,
)
assertion = Table(
    "assertion",
    metadata,
    Column("jti", Text, primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
    info=_ACCOUNT,
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mime", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("verified_at", Text, nullable=False),
    Index("ix_blob_person_verified_at", "person", "verified_at"),
)
upload = Table(
    "blob_upload",
    metadata,
    Column("upload_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mime", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Index("ix_blob_upload_device_id_sha256", "device_id", "sha256", unique=True),
    Index("ix_blob_upload_expires_at", "expires_at"),
)
thumbnail = Table(
    "thumbnail",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("kept_at", Text, nullable=False),
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


class OtherSchema(Exception):
    """The database was made by an older program, or by a newer one."""

    def __init__(self, found: str) -> None:
        """Say what to do, in one sentence."""
        if found in migrations.known():
            super().__init__(
                f"The database has schema {found} and this program {migrations.newest()}: "
                "stop the server and say «inspector-server upgrade»."
            )
        else:
            super().__init__(
                f"The database has schema {found}, which is newer than this program ({migrations.newest()}): "
                "install the newer program."
            )


class Store:
    """One database of the server. Several processes may share it; each opens its own."""

    def __init__(self, url: str, *, clock: Callable[[], datetime] | None = None) -> None:
        """Open by URL: postgresql://..., or sqlite:///PATH."""
        self.url = url
        self._clock = clock or _clock
        self.is_sqlite = url.startswith("sqlite:")
        self._engine = engines.sqlite(Path(url.removeprefix("sqlite:///"))) if self.is_sqlite else engines.postgresql(url)

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
        engine = self._engine if self.is_sqlite else self._engine.execution_options(**_LOOKING)
        with engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def create(self, *, demo: bool) -> None:
        """Make the tables of a new server, with its first epoch. Raises NoServer where there are some already."""
        with self.writing() as connection:
            if migrations.current(connection) is not None:
                raise NoServer("the database holds a server already")
            migrations.upgrade(connection)
            connection.execute(insert(counter), {"k": 1, "rev": 0})
            keys = {name: secrets.token_hex(32) for name in ("token_key", SEALING_KEY)}
            facts = {"epoch": new_ids(), "demo": str(int(demo)), **keys}
            connection.execute(insert(fact), [{"name": name, "value": value} for name, value in facts.items()])

    def upgrade(self, noted: Callable[[Connection], None] = lambda _connection: None) -> None:
        """Bring the tables to this program's schema, wholly or not at all, with `noted`. Raises NoServer, OtherSchema."""
        with self.writing() as connection:
            engines.unhurried(connection)
            found = migrations.current(connection)
            if found is None:
                raise NoServer(self.place)
            if found not in migrations.known():
                raise OtherSchema(found)
            migrations.upgrade(connection)
            noted(connection)

    @property
    def place(self) -> str:
        """Where the database is, without a password."""
        return self.url.removeprefix("sqlite:///") if self.is_sqlite else make_url(self.url).render_as_string()

    def schema(self) -> str:
        """The schema of the database. Raises NoServer."""
        with self.reading() as connection:
            found = migrations.current(connection)
        if found is None:
            raise NoServer(self.place)
        return found

    def facts(self) -> Mapping[str, str]:
        """Named facts: epoch, demo and the keys. Raises NoServer where there are none, OtherSchema for another program's."""
        if (found := self.schema()) != migrations.newest():
            raise OtherSchema(found)
        with self.reading() as connection:
            told = facts(connection)
        if "epoch" not in told:
            raise NoServer(self.place)
        return told

    def begin_epoch(self, connection: Connection) -> None:
        """Say that history was set back to a copy, so that laptops send again what the copy does not hold."""
        connection.execute(update(fact).where(fact.c.name == "epoch").values(value=new_ids()))

    def copy_to(self, target: Path) -> None:
        """A consistent copy into an SQLite file for its owner alone, synced to the disk; works beside running servers."""
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        if self.is_sqlite:
            source = dbapi2.connect(self.url.removeprefix("sqlite:///"))
            copy = dbapi2.connect(str(target))
            try:
                copy.execute("PRAGMA synchronous = FULL")
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
                source.close()
        else:
            made = Store(f"sqlite:///{target}")
            try:
                with self.reading() as reader, made.writing() as writer:
                    migrations.upgrade(writer)
                    _copy(reader, writer, metadata.sorted_tables)
            finally:
                made.close()
        engines.sync_to_disk(target)

    def take_from(self, source: Path, noted: Callable[[Connection, Connection], None]) -> None:
        """Put a copy made by `copy_to` in the place of everything and begin a new epoch.

        `noted` is done in the same transaction, with this database and with the copy.

        A copy of this same server leaves people, laptops and codes as they are now: a laptop shut out since stays out, and
        one enrolled since stays in. So does the key to which laptops seal their work: a copy from before it got another one
        when it was upgraded. Raises NoServer or OtherSchema.
        """
        copy = Store(f"sqlite:///{source}")
        try:
            told = copy.facts()
            with copy.reading() as reader, self.writing() as writer:
                engines.unhurried(writer)
                # a push that waits for the lock goes on when all is in place, and finds another epoch
                writer.execute(select(counter.c.rev).with_for_update()).one()
                is_same = facts(writer)["token_key"] == told["token_key"]
                _copy(reader, writer, [each for each in metadata.sorted_tables if _is_taken(each, is_same=is_same)])
                writer.execute(update(counter).values(rev=reader.execute(select(counter.c.rev)).scalar_one()))
                for name, value in told.items():
                    if is_same and name == SEALING_KEY:
                        continue
                    writer.execute(update(fact).where(fact.c.name == name).values(value=value))
                self.begin_epoch(writer)
                noted(writer, reader)
        finally:
            copy.close()


_LOOKING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_NEVER_EMPTY = (counter, fact)
_PART = 500


def _is_taken(table: Table, *, is_same: bool) -> bool:
    return table not in _NEVER_EMPTY and not (is_same and table.info.get("account"))


def _copy(reader: Connection, writer: Connection, tables: Sequence[Table]) -> None:
    """Every row of the tables, a part at a time, in the place of what was there."""
    engines.unhurried(reader)
    for table in reversed(tables):
        writer.execute(delete(table))
    for table in tables:
        found = reader.execution_options(yield_per=_PART).execute(select(table))
        for part in found.partitions(_PART):
            put(writer, table, [tuple(each) for each in part])


def init_data(folder: Path, *, url: str | None, demo: bool, files: Mapping[str, Any] | None = None) -> Store:
    """Make a server in a folder; its settings, which may hold a password, are for its own user alone. Raises NoServer.

    `files` says where bytes of documents and photos lie (server/blobs.py); without it in the folder itself.
    """
    said = folder / _SETTINGS
    if said.exists():
        raise NoServer(f"{folder} holds a server already")
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(url or f"sqlite:///{folder.absolute() / 'server.db'}")
    store.create(demo=demo)
    with os.fdopen(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"database": url, "files": dict(files or {})}, file)
    return store


def open_data(folder: Path) -> Store:
    """The server of a folder. Raises NoServer."""
    url = settings(folder)["database"]
    return Store(url or f"sqlite:///{folder.absolute() / 'server.db'}")


def settings(folder: Path) -> dict[str, Any]:
    """What is said of the server of a folder. Raises NoServer."""
    try:
        said: dict[str, Any] = json.loads((folder / _SETTINGS).read_text("utf-8"))
        if "database" not in said:
            raise NoServer(f"{folder} holds no server")
    except (OSError, ValueError) as error:
        raise NoServer(f"{folder} holds no server") from error
    return said


_SETTINGS = "server.json"


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
