"""A central server as a process of its own on loopback, and laptops that are enrolled with it."""

import os
import shutil
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
from inspector_app.server.store import Store, init_data, metadata, open_data
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
    certificate: tuple[Path, Path] | None = None
    program: tuple[str | Path, ...] = (PROGRAM,)

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def command(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [*self.program, *words, "--data", self.data], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == code, done.stderr
        return done.stdout.strip() or done.stderr.strip()

    @property
    def log(self) -> Path:
        return self.data.with_name(self.data.name + ".log")

    def start(self, *words: str) -> None:
        command = [*self.program, "serve", "--data", self.data, "--port", str(self.port), *words]
        if self.certificate:
            command += ["--cert", self.certificate[0], "--key", self.certificate[1]]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, text=True, stdout=subprocess.DEVNULL, stderr=log)
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.url}/healthz", timeout=5, verify=False)  # noqa: S501 - whether it is up
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

    def make(
        name: str = "server",
        *,
        demo: bool = False,
        url: str | None = None,
        options: tuple[str, ...] = (),
        certificate: tuple[Path, Path] | None = None,
    ) -> CentralServer:
        server = CentralServer(tmp_path / name, free_port(), certificate=certificate)
        if options:
            server.command("init", *options)
        else:
            init_data(server.data, url=url, demo=demo).close()
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentralServer]:
    """One process for many tests, each of which empties it first."""
    server = CentralServer(tmp_path_factory.mktemp("shared") / "server", free_port())
    init_data(server.data, url=None, demo=False).close()
    yield server
    server.stop()


@pytest.fixture
def emptied_server(running_server: CentralServer) -> CentralServer:
    """The shared process with nothing in it: no person, no row, no file, another epoch."""
    store = open_data(running_server.data)
    with store.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name not in {"fact", "sync_counter"}:
                connection.execute(table.delete())
        connection.exec_driver_sql("UPDATE sync_counter SET rev = 0")
        store.begin_epoch(connection)
    store.close()
    running_server.people.clear()
    for kind in ("blobs", "thumbs"):
        shutil.rmtree(running_server.data / kind, ignore_errors=True)
    if running_server.process is None or running_server.process.poll() is not None:
        running_server.start()
    for each in (running_server.data / "uploads").iterdir():
        each.unlink()
    return running_server


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
