"""A real PostgreSQL that the tests start for themselves, pull away, and start again."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_ordinary_user(*words: str | Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return [str(each) for each in words]
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *[str(each) for each in words]]


def _is_alive(process: int) -> bool:
    """Not gone, and not a dead one that nobody has asked after."""
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


class Cluster:
    """One PostgreSQL in a folder of its own."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            pytest.skip("PostgreSQL is not installed on this machine")
        self._programs = found[-1].parent
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody", "nogroup")
        self._data, self._port = self._folder / "data", free_port()
        self._count = 0
        self._run("initdb", "-D", self._data, "-U", "register", "--auth=trust", "--encoding=UTF8", "--no-sync")

    def start(self) -> None:
        where = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", where, "start")

    def pull_away(self) -> None:
        """As if the machine lost its power: every process is killed, nothing is said to anybody."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it would start the others anew
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False).stdout.split()
        for each in (*map(int, children), postmaster):
            os.kill(each, signal.SIGKILL)
        while any(_is_alive(each) for each in (*map(int, children), postmaster)):
            time.sleep(0.01)
        # another start of the machine would have other process numbers; here the dead may still bear theirs
        for lock in (self._data / "postmaster.pid", self._folder / f".s.PGSQL.{self._port}.lock"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """URL of an empty database."""
        self._count += 1
        name = f"register{self._count}"
        self.say(f"CREATE DATABASE {name}")
        return f"postgresql://register@127.0.0.1:{self._port}/{name}"

    def say(self, statement: str, url: str = "") -> list[tuple[object, ...]]:
        """Run a statement as the owner of the cluster."""
        where = (url or f"postgresql://register@127.0.0.1:{self._port}/postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(where, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                done = connection.execute(text(statement))
                return [tuple(row) for row in done] if done.returns_rows else []
        finally:
            engine.dispose()

    def _run(self, program: str, *words: str | Path) -> None:
        command = _as_ordinary_user(self._programs / program, *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster that is gone at the end."""
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A cluster for all tests of a run."""
    with running() as cluster:
        yield cluster
