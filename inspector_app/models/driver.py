"""The file by the bare driver: how a connection is opened, what its errors mean, and a look without SQLAlchemy.

What is set on each connection and why stands in sync.md b.15: WAL, synchronous=FULL, foreign keys, no memory map.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlcipher3 import dbapi2

from inspector_app.domain.errors import (
    CannotWrite,
    Damaged,
    DiskFull,
    InspectorError,
    NotARegister,
    ReadOnlyRegister,
    RegisterBusy,
)

_OLDEST_SQLITE = (3, 51, 3)  # the WAL-reset bug, sync.md F1

CACHE, CACHE_OF_A_LOAD = -16_000, -24_000  # in KiB when below nothing; each connection has its own

_FICLONE = 0x40049409  # linux/fs.h

Facts = Mapping[str, Any] | Sequence[Any]
"""What is bound to a statement: by name or by place."""


class Asking(Protocol):
    """What answers SQL with rows of one consistent state: a `Look`, or an open transaction (`transactions.Open`).

    Questions of the first page are asked of it in SQL, so that a window can be painted before SQLAlchemy is loaded.
    `info['today']` is the day.
    """

    @property
    def info(self) -> dict[Any, Any]:
        """What the register handed in."""

    def rows(self, sql: str, facts: Facts = ()) -> list[tuple[Any, ...]]:
        """All rows."""

    def value(self, sql: str, facts: Facts = ()) -> Any:
        """The first column of the first row; nothing when there is no row."""


class Answers:
    """Questions in SQL, asked of the driver's own connection."""

    def rows(self, sql: str, facts: Facts = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        found: list[tuple[Any, ...]] = self._driver().execute(sql, facts).fetchall()
        return found

    def value(self, sql: str, facts: Facts = ()) -> Any:
        """The first column of the first row; nothing when there is no row."""
        row = self._driver().execute(sql, facts).fetchone()
        return None if row is None else row[0]

    def _driver(self) -> Any:
        raise NotImplementedError


class Look(Answers):
    """A look at one consistent state, by the bare driver."""

    def __init__(self, connection: Any, **info: Any) -> None:
        """On a connection that is in a transaction."""
        self._connection = connection
        self.info: dict[Any, Any] = info

    def _driver(self) -> Any:
        return self._connection


def changed(asking: Asking) -> frozenset[tuple[str, str]]:
    """What an ended transaction touched, as pairs of entity and row id."""
    return frozenset(asking.info["touched"])


def connect(path: Path, key: str | None, *, draft: bool = False) -> Any:
    """A connection to a register or to what shall become one. Raises what the driver raises.

    A `draft` waits for no disk (Register.create).
    """
    if dbapi2.sqlite_version_info < _OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} can corrupt a register (WAL-reset bug)")
    connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None, timeout=10)
    try:
        if key:
            connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong passphrase is no news for the terminal
            connection.execute(f"PRAGMA key = \"x'{key}'\"")
        for pragma in (
            f"journal_mode = {'MEMORY' if draft else 'WAL'}",
            f"synchronous = {'OFF' if draft else 'FULL'}",
            "foreign_keys = ON",
            "mmap_size = 0",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "temp_store = MEMORY",
            f"cache_size = {CACHE}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def clone(path: Path, key: str | None, target: Path, *, shared_only: bool) -> bool:
    """Copy the file of a register while nobody writes it; says whether it could. Raises OSError and what the driver raises.

    All of the register is in its file only after a checkpoint that no reader holds up; where one does, nothing is copied.
    """
    if shared_only and not _can_share(path, target):
        return False
    connection = connect(path, key)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            return False
        with path.open("rb") as source, target.open("wb") as copy:
            if not _share(source.fileno(), copy.fileno()):
                if shared_only:
                    return False
                shutil.copyfileobj(source, copy, 2**20)
            copy.flush()
            os.fsync(copy.fileno())
        return True
    finally:
        connection.close()


def _can_share(path: Path, target: Path) -> bool:
    """Whether a file beside the register may share its blocks; what is shared for the trial is written over or removed."""
    with path.open("rb") as source, target.open("wb") as copy:
        return _share(source.fileno(), copy.fileno())


def _share(source: int, copy: int) -> bool:
    """Let a new file share the blocks of another; says whether the file system can."""
    if not sys.platform.startswith("linux"):
        return False
    import fcntl  # noqa: PLC0415 - not on every platform

    try:
        fcntl.ioctl(copy, _FICLONE, source)
    except OSError:
        return False
    return True


def key_of(passphrase: str, salt: bytes) -> str:
    """The raw SQLCipher key and salt as hex; scrypt once here instead of SQLCipher's own derivation on every connection."""
    import hashlib  # noqa: PLC0415 - only for encrypted registers; start-up is measured

    derived_key = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return derived_key.hex() + salt.hex()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the disk or another program did into an error that a person understands; everything else passes."""
    try:
        yield
    except dbapi2.DatabaseError as error:
        raise reason(path, str(error)) or error from error


def reason(path: Path, message: str) -> InspectorError | None:
    """The error that a message of the driver stands for; nothing when it is a mistake of the program."""
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
