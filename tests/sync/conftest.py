"""A central server as a process of its own on loopback, and laptops that are enrolled with it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from inspector_app.domain.people import Role
from inspector_app.models.register import Register
from inspector_app.server import access
from inspector_app.server.store import Store, init_data, open_data
from inspector_app.sync import round as rounds
from tests.postgres import free_port, postgresql  # noqa: F401 - a fixture, and a name that other tests use

PROGRAM = Path(sys.executable).with_name("inspector-server")


@dataclass
class CentralServer:
    """One real server process."""

    data: Path
    port: int
    people: set[str] = field(default_factory=set)
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [PROGRAM, *words, "--data", self.data], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == code, done.stderr
        return done.stdout.strip() or done.stderr.strip()

    def start(self, *words: str) -> None:
        command = [PROGRAM, "serve", "--data", self.data, "--port", str(self.port), *words]
        self.process = subprocess.Popen(command, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.url}/healthz", timeout=5)
            except httpx.TransportError:
                assert self.process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not answer"
            else:
                return

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Its database, as an administrator beside it sees it."""
        store = open_data(self.data)
        try:
            yield store
        finally:
            store.close()

    def code(self, person: str, role: str = "registrar") -> str:
        with self.opened() as store, store.writing() as connection:
            if person not in self.people:
                access.add_person(connection, person, role=Role[role.upper()], regions=(), password=None, now=store.now())
                self.people.add(person)
            return access.make_code(connection, person, now=store.now())


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., CentralServer]]:
    """Make and start servers that are stopped at the end of the test."""
    made: list[CentralServer] = []

    def make(name: str = "server", *, demo: bool = False, url: str | None = None) -> CentralServer:
        server = CentralServer(tmp_path / name, free_port())
        init_data(server.data, url=url, demo=demo).close()
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def server(new_server: Callable[..., CentralServer]) -> CentralServer:
    """A real server for real registers."""
    return new_server()


@pytest.fixture
def laptop(new_register: Callable[..., Register], server: CentralServer) -> Callable[..., Register]:
    """Make registers that are enrolled with the server."""

    def make(person: str, role: str = "registrar") -> Register:
        register = new_register(f"{person}-{os.urandom(3).hex()}.register", person="nobody", clock=None)
        rounds.enrol(register, url=server.url, code=server.code(person, role))
        return register

    return make
