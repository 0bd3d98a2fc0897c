"""Server processes, laptop processes and a bad line between them: one voyage of it, drawn from a seed, and what it left."""

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from inspector_app.domain.people import Role
from inspector_app.models import checks, exchange
from inspector_app.models.register import Register
from inspector_app.server import access, copies
from inspector_app.server.store import Store, init_data
from inspector_app.sync import files as travelling
from inspector_app.sync import round as rounds
from tests.faults import cargo
from tests.faults import proxy as lines
from tests.faults.laptop import Errand, run
from tests.faults.proxy import NONE, Proxy, drawn
from tests.simulation import invariants
from tests.simulation.edits import Hand, register_site
from tests.simulation.world import ROLES
from tests.sync.conftest import PROGRAM, free_port

_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["tests.faults.laptop"])
_KINDS: tuple[lines.Kind, ...] = (*lines.CUTS, *lines.SLOW, *lines.LIES)
_FAR = (3_000, 60_000)
"""In how many bytes of a connection a fault comes: in the exchange, or in a file that travels after it."""
LEGS, TURNS = 3, 4


@dataclass
class Machine:
    """A laptop between its processes; what the invariants ask of a laptop."""

    name: str
    role: Role
    path: Path
    passphrase: str | None
    regions: tuple[str, ...] = ()
    edits: set[str] = field(default_factory=set)
    saved_edits: set[str] | None = None
    is_gone: bool = False

    @property
    def diary(self) -> Path:
        return self.path.with_suffix(".diary")

    def open(self) -> Register:
        self.register = Register.open(self.path, passphrase=self.passphrase)
        return self.register

    def told(self) -> list[tuple[str, str]]:
        """What its processes wrote down, a line that was cut off left out."""
        if not self.diary.exists():
            return []
        whole = self.diary.read_text("utf-8").rpartition("\n")[0]
        return [tuple(line.split(" ", 1)) for line in whole.splitlines() if " " in line]  # type: ignore[misc]


class Server:
    """One database, and the processes that serve it."""

    def __init__(self, data: Path, *, url: str | None, processes: int) -> None:
        self.data, self.ports = data, [free_port() for _each in range(processes)]
        self.store: Store = init_data(data, url=url, demo=False)
        self._running: dict[int, subprocess.Popen[str]] = {}

    def start(self) -> None:
        """All processes that are not running."""
        for port in self.ports:
            if port not in self._running:
                words = [PROGRAM, "serve", "--data", self.data, "--port", str(port)]
                self._running[port] = subprocess.Popen(words, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        for port, process in self._running.items():
            while True:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not answer"
                try:
                    httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.02)

    def kill(self, dice: random.Random) -> None:
        """One of the processes dies as if the power had gone."""
        if self._running:
            process = self._running.pop(dice.choice(sorted(self._running)))
            process.kill()
            process.wait(30)

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(30)
        self._running = {}

    def cut_connections(self) -> None:
        """PostgreSQL ends every connection to the database."""
        engine = create_engine(self.store.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        engine.dispose()


class Voyage:
    """One server, two or three laptops, several legs with faults and kills, then calm, then the invariants."""

    def __init__(self, folder: Path, seed: int, *, url: str | None = None) -> None:
        self.folder, self.seed, self.dice = folder, seed, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._pages: tuple[int, ...] = ()
        self.server = Server(folder / "server", url=url, processes=2 if url else 1)
        self.laptops: list[Machine] = []
        self._proxies: list[Proxy] = []

    def present(self) -> list[Machine]:
        """All of them: here nobody stays away for ever."""
        return self.laptops

    def sail(self, *, legs: int = LEGS) -> None:
        """From the harbour and back. Raises invariants.Broken."""
        with self.at_sea(people=self.dice.choice((2, 3))):
            surprise = self.dice.choice((self._set_server_back, self._put_image_back, self._copy_laptop))
            for leg in range(legs):
                self._leg(leg)
                if leg == legs // 2:
                    surprise()

    @contextmanager
    def at_sea(self, *, people: int) -> Iterator[None]:
        """A server that runs and laptops that are enrolled; at the end all is healed and judged."""
        try:
            self.server.start()
            self._proxies = [Proxy(port, seed=self.seed) for port in self.server.ports]
            with _key_in_a_file():
                for number in range(people):
                    self._enrol(number)
                self._meet()
                yield
                self._heal()
                self._judge()
        finally:
            for each in self._proxies:
                each.close()
            self.server.stop()
            self.server.store.close()

    def kill_at(self, call: str, number: int) -> bool:
        """A laptop works until its process makes a system call for the n-th time, and dies of it; whether it came so far."""
        each = self.laptops[number % len(self.laptops)]
        words = [str(each.path), str(each.diary), str(self.seed * 1000 + number), "2", each.passphrase or ""]
        trace = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:signal=KILL:when={number}",
        ]
        ended = subprocess.run(
            [*trace, sys.executable, "-B", "-m", "tests.faults.laptop", *words],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            cwd=Path(__file__).parents[2],
        )
        self._read_diaries()
        killed = ended.returncode != 0
        self.counts[f"killed at {call}"] += killed
        with closing(each.open()) as register, register.reading() as session:
            if problems := [*checks.file_is_whole(session), *checks.chain_verifies(session)]:
                raise invariants.Broken(f"killed at {call} {number}: {problems[0]}")
        return killed

    # -- what happens ----------------------------------------------------------------------------------------------------------

    def _enrol(self, number: int) -> None:
        role, passphrase = ROLES[number % len(ROLES)], "a long passphrase" if number == 1 else None
        machine = Machine(f"person{number}", role, self.folder / f"{number}.register", passphrase)
        with self.server.store.writing() as connection:
            now = self.server.store.now()
            access.add_person(connection, machine.name, role=role, regions=(), password=None, now=now)
            code = access.make_code(connection, machine.name, now=now)
        with closing(Register.create(machine.path, person=machine.name, role=role, passphrase=passphrase)) as register:
            rounds.enrol(register, self._proxies[number % len(self._proxies)].url, code)
        self.laptops.append(machine)

    def _meet(self) -> None:
        """The first person registers a site, and everybody hears of it: who has none edits nothing."""
        for number, each in enumerate(self.laptops):
            with closing(each.open()) as register:
                if number == 0:
                    with register.writing("Register a site") as session:
                        register_site(Hand(session, self.dice))
                rounds.sync(register)

    def _leg(self, leg: int) -> None:
        """Everybody works at once, over a bad line, and some die."""
        share = self.dice.choice((0.2, 0.5, 0.8))
        for proxy in self._proxies:
            proxy.fault = lambda: drawn(self.dice, _KINDS, most=self.dice.choice(_FAR)) if self.dice.random() < share else NONE
        running = []
        for number, each in enumerate(self.laptops):
            skew = self.dice.choice((0, 0, 0, -7000, 7000))
            errand = Errand(each.path, each.diary, self.seed * 100 + leg * 10 + number, TURNS, each.passphrase, skew)
            process = _FORK.Process(target=run, args=(errand,))
            process.start()
            running.append(process)
        for _blow in range(self.dice.choice((1, 2, 3))):
            time.sleep(self.dice.random() * 0.8)
            self._blow(running)
        until = time.monotonic() + 90
        for process in running:
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
                raise invariants.Broken("I6: a laptop hangs")
        self.server.start()
        for proxy in self._proxies:
            proxy.fault = lambda: NONE
            proxy.storm(self.dice.choice((0, 10, 30)))
        self._read_diaries()
        self._look_at_files()

    def _look_at_files(self) -> None:
        """In the harbour: no original is lost; one person in two makes room on his disk, and still none is."""
        with ExitStack() as stack:
            registers = [stack.enter_context(closing(each.open())) for each in self.laptops]
            cargo.nothing_is_lost(registers, self.server.data)
            for register in registers:
                if self.dice.random() < 0.5:
                    self.counts["originals that left a laptop"] += travelling.free_space(register)[0]
            cargo.nothing_is_lost(registers, self.server.data)

    def _read_diaries(self) -> None:
        for each in self.laptops:
            for what, detail in each.told():
                if what == "unforeseen":
                    raise invariants.Broken(f"{each.name}: {detail}")

    def _blow(self, running: list[multiprocessing.process.BaseProcess]) -> None:
        what = self.dice.choice(("laptop", "laptop", "server", "storm", "connections"))
        if what == "laptop":
            process = self.dice.choice(running)
            if process.is_alive():
                process.kill()
                self.counts["laptops killed"] += 1
        elif what == "server":
            self.server.kill(self.dice)
            self.counts["servers killed"] += 1
            self.server.start()
        elif what == "storm":
            self.dice.choice(self._proxies).storm(20)
            self.counts["storms"] += 1
        elif not self.server.store.is_sqlite:
            self.server.cut_connections()
            self.counts["database connections ended"] += 1

    def _set_server_back(self) -> None:
        """The server is lost back to a copy that was made two legs ago, or to one of now."""
        copy = self.folder / "copy.db"
        self.server.store.copy_to(copy)
        self._leg(7)
        self.server.stop()
        copies.put_back(self.server.store, copy)
        self.server.start()
        self.counts["servers set back"] += 1

    def _put_image_back(self) -> None:
        """A laptop's disk of one leg ago comes back."""
        each = self.dice.choice(self.laptops)
        with closing(each.open()) as register:
            image = self.folder / "image"
            register.copy(image)
            each.saved_edits = _own(register)
        self._leg(8)
        for leftover in each.path.parent.glob(each.path.name + "-*"):
            leftover.unlink()
        shutil.copyfile(image, each.path)
        each.diary.unlink(missing_ok=True)
        self.counts["images put back"] += 1

    def _copy_laptop(self) -> None:
        """A register and its key go to a second machine."""
        like = self.dice.choice(self.laptops)
        number = len(self.laptops)
        copy = Machine(f"{like.name} again", like.role, self.folder / f"{number}.register", like.passphrase)
        with closing(like.open()) as register:
            register.copy(copy.path)
        shutil.copy(like.path.with_name(like.path.name + ".key"), copy.path.with_name(copy.path.name + ".key"))
        self.laptops.append(copy)
        self.counts["registers copied"] += 1

    # -- afterwards ------------------------------------------------------------------------------------------------------------

    def _heal(self) -> None:
        for each in self.laptops:
            # the next day, on which a laptop looks at all of its disk: a register that was copied came without its files
            with each.open().hearing() as session:
                exchange.put_facts(session, {"files_asked_on": ""})
        for _turn in range(3):
            for each in self.laptops:
                travelling.sync(each.register, send_all=True)

    def _judge(self) -> None:
        try:
            for each in self.laptops:
                told = each.told()
                saved = {detail for what, detail in told if what == "saved"}
                self.counts.update(f"sync: {detail}" for what, detail in told if what == "sync")
                with each.register.glance() as look:
                    here = {op_id for (op_id,) in look.rows("SELECT op_id FROM operation WHERE seq > 0")}
                if not saved <= here:
                    raise invariants.Broken(f"I1: {len(saved - here)} edits that {each.name} called saved are not in its log")
                each.edits = here
                self.counts["edits"] += len(here)
            invariants.check(self)
            invariants.registers_are_sound(self)
            registers = [each.register for each in self.laptops]
            self.counts["files"] += cargo.nothing_is_lost(registers, self.server.data)
            cargo.everything_has_come(registers, self.server.data)
        finally:
            for each in self.laptops:
                each.register.close()


def _own(register: Register) -> set[str]:
    with register.glance() as look:
        return {op_id for (op_id,) in look.rows("SELECT op_id FROM operation WHERE seq > 0")}


@contextmanager
def _key_in_a_file() -> Iterator[None]:
    before = os.environ.get("INSPECTOR_KEY_STORE")
    os.environ["INSPECTOR_KEY_STORE"] = "file"
    try:
        yield
    finally:
        if before is None:
            del os.environ["INSPECTOR_KEY_STORE"]
        else:
            os.environ["INSPECTOR_KEY_STORE"] = before
