"""Registers and a server's database that one schedule after another is played on: opening costs more than living.

Everything is the program's own; files lie in memory where the machine has such a place, since a cut here is a connection
that goes away without its commit, never a disk that loses what it said it had (tests/faults kills processes instead).
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import event

from inspector_app.models.register import Register
from inspector_app.server.scale import Scale
from inspector_app.server.store import Store

PLACES = 6
"""How many laptops a schedule can have, copied ones among them."""

PROCESSES = 2
"""How many processes of the server look at its database, each with connections of its own."""


class Owner(Protocol):
    """The world that is played on the bench now: it tells the time, names what is new and lets machines die."""

    def time_of(self, place: int) -> datetime: ...

    def server_time(self) -> datetime: ...

    def new_id(self) -> str: ...

    def before_commit(self) -> None: ...


class _Nobody:
    """Before the first schedule."""

    def time_of(self, _place: int) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def server_time(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def new_id(self) -> str:
        raise AssertionError("nobody is at the bench")

    def before_commit(self) -> None:
        """Nobody dies."""


class Bench:
    """Files in a folder of their own, with the registers and stores that are opened on them; one schedule at a time."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=memory()))
        self.scale = Scale()
        self.owner: Owner = _Nobody()
        register = Register.create(self.folder / "empty.register", person="nobody")
        register.copy(self.folder / "new.register")
        register.close()
        store = Store(f"sqlite:///{self.folder / 'empty.db'}")
        store.create(demo=False)
        store.copy_to(self.folder / "new.db")
        store.close()
        self._registers: dict[int, Register] = {}
        database = self.folder / "server.db"
        shutil.copy(self.folder / "new.db", database)
        self.stores = [Store(f"sqlite:///{database}", clock=self._server_time) for _each in range(PROCESSES)]

    def _server_time(self) -> datetime:
        return self.owner.server_time()

    def _new_id(self) -> str:
        return self.owner.new_id()

    def begin(self, owner: Owner) -> None:
        """Give the bench to a world, with nothing on it."""
        self.owner = owner
        self.put_away()
        put_in_place(self.folder / "new.db", self.folder / "server.db")

    def put_away(self) -> None:
        """Close what is open."""
        for register in self._registers.values():
            register.close()
        for store in self.stores:
            store.close()

    def lay(self, place: int, file: Path | None = None) -> Register:
        """The register of a place over a copy of a file, a new one without it."""
        path = self.folder / f"{place}.register"
        if place in self._registers:
            self._registers[place].close()
        put_in_place(file or self.folder / "new.register", path)
        if place not in self._registers:
            register = Register.open(path, clock=lambda: self.owner.time_of(place), new_id=self._new_id)
            event.listen(register.transactions.writer, "commit", self._before_commit)
            self._registers[place] = register
        return self._registers[place]

    def _server_time(self) -> datetime:
        return self.owner.server_time()

    def _new_id(self) -> str:
        return self.owner.new_id()

    def _before_commit(self, _connection: Any) -> None:
        self.owner.before_commit()

    def close(self) -> None:
        """Throw everything away."""
        self.put_away()
        shutil.rmtree(self.folder, ignore_errors=True)


def put_in_place(source: Path, target: Path) -> None:
    """A database over another one that nobody has open."""
    for leftover in target.parent.glob(target.name + "-*"):
        leftover.unlink()
    shutil.copyfile(source, target)


def memory() -> str | None:
    """A folder that is no disk, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
