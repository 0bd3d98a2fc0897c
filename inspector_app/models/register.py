"""A register file: create, open, upgrade, copy; `glance()`, `reading()` and `writing()`.

The transactions themselves are in models/transactions.py, which is loaded with the first question that wants SQLAlchemy.
"""

import glob
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from inspector_app.domain.errors import (
    AlreadyThere,
    CannotWrite,
    NoFolder,
    NoSuchRegister,
    NotARegister,
    ReadOnlyRegister,
    TooNew,
)
from inspector_app.domain.people import Role
from inspector_app.domain.rights import listed
from inspector_app.i18n import KAZAKHSTAN
from inspector_app.models import driver

if TYPE_CHECKING:
    from inspector_app.models.transactions import Open, Transactions

APPLICATION_ID = 0x57495231
"""'WIR1' in the header of every register, so that another SQLite file is never taken for one."""

SCHEMA = 7
"""Number of the newest schema; `migrations/versions` holds one file per number."""

_HEADER = b"SQLite format 3\x00"

Kind = Literal["real", "demo"]


@dataclass(frozen=True, slots=True)
class Me:
    """Who works in this register on this laptop. No regions means all."""

    person: str
    role: Role
    regions: tuple[str, ...] = ()


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
        self._looks: list[Any] = []
        self._loading = threading.Lock()
        self._transactions: Transactions | None = None

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
        salt = os.urandom(16)
        key = driver.key_of(passphrase, salt) if passphrase else None
        register = cls(path, key, clock=clock, new_id=new_id, draft=draft)
        try:
            facts = {"kind": kind, "register_id": register._new_id(), "person": person or _login(), "role": str(role)}
            register.transactions.lay(application=APPLICATION_ID, schema=SCHEMA, facts=facts)
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
        register = cls(path, None if plain else driver.key_of(passphrase or "", head), clock=clock, new_id=new_id)
        try:
            register._adopt()
        except BaseException:
            register.close()
            raise
        return register

    def _adopt(self) -> None:
        with self._looking() as connection:
            (found,) = connection.execute("PRAGMA application_id").fetchone()
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
        if found != APPLICATION_ID:
            raise NotARegister(file=self.path)
        if schema > SCHEMA:
            raise TooNew(file=self.path, found=schema, known=SCHEMA)
        if schema < SCHEMA:
            self.copy(self.path.with_name(f"{self.path.name}.before-{schema}-to-{SCHEMA}"))
            self.transactions.upgrade(schema=SCHEMA)

    def _copy(self, target: Path) -> None:
        """A consistent copy of the file as it is now, while others read and write; encrypted as it is."""
        with closing(driver.connect(self.path, self._key)) as source, closing(driver.connect(target, self._key)) as copy:
            source.backup(copy)

    def copy(self, target: Path) -> None:
        """A consistent copy of the file as it is now, encrypted as it is, whole or not at all. Raises DiskFull and its like."""
        part = target.with_name(f"{target.name}.{threading.get_ident()}.part")
        try:
            with driver.explained(self.path):
                self._copy(part)
            part.replace(target)
        except OSError as error:
            raise CannotWrite(file=target, detail=error.strerror or str(error)) from error
        finally:
            for leftover in part.parent.glob(glob.escape(part.name) + "*"):
                leftover.unlink()

    def clone(self, target: Path, *, shared_only: bool) -> bool:
        """Copy the file itself while nobody writes, whole or not at all; says whether it could.

        Faster than `copy`, which writes page by page, but saving waits for it: with `shared_only` it is done only where
        the file system lets both files share their blocks, which takes no time at any size. Raises CannotWrite.
        """
        part = target.with_name(f"{target.name}.{threading.get_ident()}.part")
        try:
            with driver.explained(self.path):
                if not driver.clone(self.path, self._key, part, shared_only=shared_only):
                    return False
            part.replace(target)
        except OSError as error:
            raise CannotWrite(file=target, detail=error.strerror or str(error)) from error
        finally:
            part.unlink(missing_ok=True)
        return True

    def side(self, path: Path) -> Any:
        """A bare connection to a file beside the register, encrypted as it is; what is written there waits for no disk."""
        return driver.connect(path, self._key, draft=True)

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
        self._transactions = None
        with driver.explained(self.path), closing(self._connect()) as connection:
            connection.execute("PRAGMA user_version").fetchone()
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        while self._looks:
            self._looks.pop().close()
        if self._transactions is not None:
            self._transactions.close()

    # -- who and what -------------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, str]:
        """The named facts of this file."""
        with self.glance() as look:
            return dict(look.rows("SELECT name, value FROM fact"))

    @property
    def me(self) -> Me:
        """Who works here."""
        facts = self.facts()
        role = Role(facts.get("role", Role.INSPECTOR))  # type: ignore[call-arg]
        return Me(facts.get("person", ""), role, listed(facts.get("regions", "")))

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
    def glance(self) -> Iterator[driver.Look]:
        """A look at one consistent state by the bare driver, for questions in SQL; `info['today']` is the day."""
        with self._looking() as connection:
            connection.execute("BEGIN")
            yield driver.Look(connection, today=self.today())

    def reading(self) -> "AbstractContextManager[Open]":
        """A look at one consistent state of the register. `session.info['today']` is the day."""
        return self.transactions.reading()

    def writing(self, command: str, *, bulk: bool = False) -> "AbstractContextManager[Open]":
        """All of it or none of it, as one transaction of the operation log under the name of what the person did.

        `bulk` is for loads of thousands of rows: once they are many beside what is there, triggers are dropped and derived
        values made anew at the end (models/bulk.py).
        """
        return self.transactions.writing(command, bulk=bulk)

    def hearing(self, *, bulk: bool = False, alive: Callable[[], None] | None = None) -> "AbstractContextManager[Open]":
        """One transaction in which the server's word is written (models/heard.py); it makes no operations.

        `bulk` as in `writing`. `alive` is asked often while statements run; what it raises takes all of it back. Nobody but
        the exchange with the server opens it. Raises exchange.Unfit.
        """
        return self.transactions.hearing(bulk=bulk, alive=alive)

    @property
    def transactions(self) -> "Transactions":
        """The engines of SQLAlchemy on this file, made when first asked for, on whichever thread asks."""
        with self._loading:
            if self._transactions is None:
                from inspector_app.models.transactions import Transactions  # noqa: PLC0415 - half the time of a start

                self._transactions = Transactions(
                    self.path,
                    self._connect,
                    now=self.now,
                    today=self.today,
                    new_id=self._new_id,
                )
            return self._transactions

    def _connect(self) -> Any:
        return driver.connect(self.path, self._key, draft=self._draft)

    @contextmanager
    def _looking(self) -> Iterator[Any]:
        """A connection of the bare driver, kept for the next look."""
        with driver.explained(self.path):
            try:
                connection = self._looks.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            connection.rollback()
            self._looks.append(connection)


def new_ids() -> str:
    """A UUIDv7 as text."""
    import uuid6  # noqa: PLC0415 - asks for its own version when imported, which a start for reading need not pay

    return str(uuid6.uuid7())


def _clock() -> datetime:
    return datetime.now(UTC)


def _login() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "inspector"
