"""A register file: create, open, upgrade, `reading()` and `writing()`; the only place that commits.

What is set on each connection and why stands in sync.md b.15: WAL, synchronous=FULL, foreign keys, no memory map.
"""

import glob
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from inspector_app.domain.errors import (
    AlreadyThere,
    CannotWrite,
    Damaged,
    DiskFull,
    InspectorError,
    NoFolder,
    NoSuchRegister,
    NotARegister,
    ReadOnlyRegister,
    RegisterBusy,
    TooNew,
)
from inspector_app.domain.people import Role
from inspector_app.i18n import KAZAKHSTAN
from inspector_app.models import changes, derived, exchange, migrations
from inspector_app.models.base import Base
from inspector_app.models.bulk import Load
from inspector_app.models.ids import Ids
from inspector_app.models.people import Fact

APPLICATION_ID = 0x57495231
"""'WIR1' in the header of every register, so that another SQLite file is never taken for one."""

SCHEMA = 2
"""Number of the newest schema; `migrations/versions` holds one file per number."""

_HEADER = b"SQLite format 3\x00"
_CACHE, _CACHE_OF_A_LOAD = -16_000, -64_000  # in KiB when below nothing; each connection has its own
_OLDEST_SQLITE = (3, 51, 3)  # the WAL-reset bug, sync.md F1

Kind = Literal["real", "demo"]


@dataclass(frozen=True, slots=True)
class Me:
    """Who works in this register on this laptop."""

    person: str
    role: Role


class Register:
    """One open register. Signals nothing and knows no thread; `reading` may run beside one `writing`."""

    def __init__(
        self,
        path: Path,
        key: str | None,
        *,
        clock: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
        draft: bool = False,
    ) -> None:
        """Wrap an existing file; use `create` or `open`."""
        self.path = path
        self._key = key
        self._draft = draft
        self._clock = clock or _clock
        self._new_id = new_id or new_ids
        self._readers = self._engine("BEGIN", pool_size=4)
        self._writer = self._engine("BEGIN IMMEDIATE", pool_size=1)
        self._facts: dict[str, str] = {}

    # -- opening and closing ------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        kind: Kind = "real",
        person: str = "",
        role: Role = Role.REGISTRAR,
        passphrase: str | None = None,
        clock: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
        draft: bool = False,
    ) -> "Register":
        """A new, empty register with the classifier in it. Raises AlreadyThere, NoFolder, ReadOnlyRegister or DiskFull.

        A `draft` waits for no disk and would not outlive a crash: for a file that is thrown away when its making fails,
        and handed over after `finish`.
        """
        if path.exists():
            raise AlreadyThere(file=path)
        if not path.parent.is_dir():
            raise NoFolder(folder=path.parent)
        if not os.access(path.parent, os.W_OK):
            raise ReadOnlyRegister(file=path)
        salt = secrets.token_bytes(16)
        register = cls(path, _key(passphrase, salt) if passphrase else None, clock=clock, new_id=new_id, draft=draft)
        try:
            with _explained(path), register._writer.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
                Base.metadata.create_all(connection)
                migrations.stamp(connection, SCHEMA)
                derived.install(connection)
                from inspector_app.models import reference  # noqa: PLC0415 - needed once in the life of a register

                reference.load(connection)
                facts = {"kind": kind, "register_id": register._new_id(), "person": person or _login(), "role": str(role)}
                connection.execute(Fact.__table__.insert(), [{"name": n, "value": v} for n, v in facts.items()])  # type: ignore[attr-defined]
                connection.commit()
        except BaseException:
            register.close()
            for leftover in path.parent.glob(path.name + "*"):
                leftover.unlink()
            raise
        return register

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        passphrase: str | None = None,
        clock: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> "Register":
        """Open a register and bring it to the newest schema, after copying the file.

        Raises NoSuchRegister, NotARegister, TooNew, ReadOnlyRegister, Damaged or RegisterBusy.
        """
        if not path.is_file():
            raise NoSuchRegister(file=path)
        try:
            with path.open("rb") as file:
                head = file.read(16)
        except OSError as error:
            raise NotARegister(file=path) from error
        plain = head == _HEADER
        if len(head) < 16 or plain == bool(passphrase):
            raise NotARegister(file=path)
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise ReadOnlyRegister(file=path)
        register = cls(path, None if plain else _key(passphrase or "", head), clock=clock, new_id=new_id)
        try:
            register._adopt()
        except BaseException:
            register.close()
            raise
        return register

    def _adopt(self) -> None:
        with _explained(self.path):
            with self._readers.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
                schema = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if found != APPLICATION_ID:
                raise NotARegister(file=self.path)
            if schema > SCHEMA:
                raise TooNew(file=self.path, found=schema, known=SCHEMA)
            if schema < SCHEMA:
                self._upgrade(schema)

    def _upgrade(self, schema: int) -> None:
        """Copy the file, then run the migrations in one transaction; a failed one leaves the file as it was."""
        self.copy(self.path.with_name(f"{self.path.name}.before-{schema}-to-{SCHEMA}"))
        with self._writer.connect() as connection:
            derived.uninstall(connection)
            migrations.upgrade(connection)
            derived.install(connection, anew=True)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            connection.commit()

    def _copy(self, target: Path) -> None:
        """A consistent copy of the file as it is now, while others read and write; encrypted as it is."""
        with closing(self._connect()) as source, closing(self._connect(target)) as copy:
            source.backup(copy)

    def copy(self, target: Path) -> None:
        """A consistent copy of the file as it is now, encrypted as it is, whole or not at all. Raises DiskFull and its like."""
        part = target.with_name(target.name + ".part")
        try:
            with _explained(self.path):
                self._copy(part)
            part.replace(target)
        except OSError as error:
            raise CannotWrite(file=target, detail=error.strerror or str(error)) from error
        finally:
            for leftover in part.parent.glob(glob.escape(part.name) + "*"):
                leftover.unlink()

    def twin(self, path: Path) -> "Register":
        """A copy of this register, opened with the same key and clock. Raises what `open` raises."""
        register = Register(path, self._key, clock=self._clock, new_id=self._new_id)
        try:
            register._adopt()
        except BaseException:
            register.close()
            raise
        return register

    def finish(self) -> None:
        """Make a draft a register like any other: all of it on the disk, and every commit with full care from now on."""
        self.close()
        self._draft = False
        with _explained(self.path), closing(self._connect()) as connection:
            connection.execute("PRAGMA user_version").fetchone()
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._readers.dispose()
        self._writer.dispose()

    # -- who and what -------------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, str]:
        """The named facts of this file."""
        with self.reading() as session:
            return dict(session.execute(select(Fact.name, Fact.value)).all())

    @property
    def me(self) -> Me:
        """Who works here."""
        facts = self.facts()
        return Me(facts.get("person", ""), Role(facts.get("role", Role.INSPECTOR)))  # type: ignore[call-arg]

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration; demonstration and reality never mix."""
        return self.facts().get("kind") == "demo"

    def now(self) -> datetime:
        """The instant, UTC."""
        return self._clock()

    def today(self) -> date:
        """The day in Kazakhstan."""
        return self._clock().astimezone(KAZAKHSTAN).date()

    # -- transactions -------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at one consistent state of the register. `session.info['today']` is the day."""
        with _explained(self.path), Session(self._readers, autoflush=False) as session:
            session.info["today"] = self.today()
            yield session

    @contextmanager
    def writing(self, command: str, *, bulk: bool = False) -> Iterator[Session]:
        """All of it or none of it, as one transaction of the operation log under the name of what the person did.

        `bulk` is for loads of thousands of rows: once they are many beside what is there, triggers are dropped and derived
        values made anew at the end (models/bulk.py).
        """
        with self._alone(bulk=bulk) as (session, driver):
            me = _me(driver)
            changes.prepare(
                session,
                driver=driver,
                author=me.person,
                role=str(me.role),
                command=command,
                at=self._clock(),
                new_id=self._new_id,
                txn_id=self._new_id(),
            )
            session.info["today"] = self.today()
            session.info["path"] = self.path
            load = session.info["load"] = Load(session.connection())
            yield session
            session.flush()
            load.finish()
            if not bulk:
                changes.verify(session)
            session.commit()

    @contextmanager
    def hearing(self, *, bulk: bool = False) -> Iterator[Session]:
        """One transaction in which the server's word is written (models/heard.py); it makes no operations.

        `bulk` as in `writing`. Nobody but the exchange with the server opens it. Raises exchange.Unfit.
        """
        with self._alone(bulk=bulk) as (session, _driver):
            session.info.update(heard=True, at=self._clock())
            connection = session.connection()
            load = Load(connection)
            if bulk:
                load.put_away()
            yield session
            session.flush()
            load.finish()
            changes.forget(connection)
            try:
                session.commit()
            except IntegrityError as error:  # a row points to one that never came
                raise exchange.Unfit(str(error.orig)) from error

    @contextmanager
    def _alone(self, *, bulk: bool) -> Iterator[tuple[Session, Any]]:
        """A session in the only transaction that writes, and the driver's own connection."""
        with _explained(self.path), self._writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if bulk:
                changes.disarm(connection)
                driver.execute(f"PRAGMA cache_size = {_CACHE_OF_A_LOAD}")
            else:
                changes.arm(connection)
            try:
                with Session(connection, expire_on_commit=False) as session:
                    session.connection()
                    driver.execute("PRAGMA defer_foreign_keys = ON")  # rows of one transaction come in any order
                    yield session, driver
            finally:
                if bulk:
                    driver.execute(f"PRAGMA cache_size = {_CACHE}")

    # -- the driver ---------------------------------------------------------------------------------------------------

    def _engine(self, begin: str, *, pool_size: int) -> Engine:
        """Connections whose transactions open before the first SELECT, so that all reads see one state."""
        engine = create_engine(
            "sqlite://",
            creator=self._connect,
            module=dbapi2,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0,
            pool_reset_on_return="rollback",
        )
        event.listen(engine, "begin", lambda connection: connection.connection.driver_connection.execute(begin))
        return engine

    def _connect(self, path: Path | None = None) -> Any:
        if dbapi2.sqlite_version_info < _OLDEST_SQLITE:
            raise RuntimeError(f"SQLite {dbapi2.sqlite_version} can corrupt a register (WAL-reset bug)")
        connection = dbapi2.connect(str(path or self.path), check_same_thread=False, isolation_level=None, timeout=10)
        try:
            if self._key:
                connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong passphrase is no news for the terminal
                connection.execute(f"PRAGMA key = \"x'{self._key}'\"")
            for pragma in (
                f"journal_mode = {'MEMORY' if self._draft else 'WAL'}",
                f"synchronous = {'OFF' if self._draft else 'FULL'}",
                "foreign_keys = ON",
                "mmap_size = 0",
                "trusted_schema = OFF",
                "cell_size_check = ON",
                "temp_store = MEMORY",
                f"cache_size = {_CACHE}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection


Open = Session
"""An open look at the register or an open transaction, by the name that rooms above the models use."""


def changed(session: Session) -> frozenset[tuple[str, str]]:
    """What the last transaction of this session touched, as pairs of entity and row id."""
    return frozenset(session.info["touched"])


new_ids = Ids()
"""Makes the identities of this process where no others are handed in."""


def _me(driver: Any) -> Me:
    facts = dict(driver.execute("SELECT name, value FROM fact WHERE name IN ('person', 'role')").fetchall())
    return Me(facts.get("person", ""), Role(facts.get("role", Role.INSPECTOR)))  # type: ignore[call-arg]


def _clock() -> datetime:
    return datetime.now(UTC)


def _login() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "inspector"


def _key(passphrase: str, salt: bytes) -> str:
    """The raw SQLCipher key and salt as hex; scrypt once here instead of SQLCipher's own derivation on every connection."""
    derived_key = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return derived_key.hex() + salt.hex()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the disk or another program did into an error that a person understands; everything else passes."""
    try:
        yield
    except InspectorError:
        raise
    except DatabaseError as error:
        raise _reason(path, str(error.orig)) or error from error
    except dbapi2.DatabaseError as error:
        raise _reason(path, str(error)) or error from error


def _reason(path: Path, message: str) -> InspectorError | None:
    for words, kind in (
        ("disk is full", DiskFull),
        ("readonly", ReadOnlyRegister),
        ("is locked", RegisterBusy),
        ("not a database", NotARegister),
        ("unable to open", ReadOnlyRegister),
    ):
        if words in message:
            return kind(file=path)
    if "malformed" in message or "corrupt" in message:
        return Damaged(file=path, detail=message)
    if "disk I/O error" in message:
        return CannotWrite(file=path, detail=message)
    return None
