"""A central server as a process of its own on loopback, and the bare server that is the floor of the exchange."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.data import Data
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds

_PROGRAM = Path(sys.executable).with_name("inspector-server")
_PERSON = "Bench"


@dataclass(frozen=True, slots=True)
class Server:
    """One running server."""

    folder: Path
    url: str
    process: "subprocess.Popen[bytes]"

    def enrol(self, register: Register) -> None:
        """Make a register one of its laptops."""
        code = _command(self.folder, "device", "code", _PERSON)
        rounds.enrol(register, self.url, code)


@contextlib.contextmanager
def central(data: Data) -> Iterator[Server]:
    """A new, empty server for demo registers; gone in the end."""
    os.environ["INSPECTOR_KEY_STORE"] = "file"
    folder = data.folder / "scratch-server"
    shutil.rmtree(folder, ignore_errors=True)
    _command(folder, "init", "--demo")
    _command(folder, "user", "add", _PERSON, "--role", "registrar")
    port = free_port()
    command = [_PROGRAM, "serve", "--data", folder, "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/healthz") as process:
        yield Server(folder, f"http://127.0.0.1:{port}", process)
    shutil.rmtree(folder)


@contextlib.contextmanager
def bare(data: Data) -> Iterator[str]:
    """The URL of a server that takes gzip JSON, upserts the rows, commits and says how many."""
    port, path = free_port(), data.scratch("bare-server")
    command = [sys.executable, "-m", "benchmarks.raw_server", str(path), str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/"):
        yield f"http://127.0.0.1:{port}"
    data.scratch("bare-server")


@contextlib.contextmanager
def running(command: list[object], url: str, path: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server as a process that answers at `path`; ended in the end."""
    root = Path(__file__).parent.parent
    process = subprocess.Popen([str(each) for each in command], cwd=root, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(url + path, timeout=5, trust_env=False)
                break
            except httpx.TransportError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _command(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [_PROGRAM, *words, "--data", folder], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return done.stdout.strip()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
