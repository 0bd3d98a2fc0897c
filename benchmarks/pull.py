"""A new laptop takes the whole register from a server on loopback: time, and the memory of both processes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import central, peers
from benchmarks.data import Data, raw
from benchmarks.figures import Figure, seconds
from inspector_app.models.entities import ENTITIES
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds_

SECONDS_PER_ROW = 60 / 1_700_000
"""The target of docs/performance.md for 100,000 sites, per row; of 1,000 sites a quarter of the time is the process itself."""

_BESIDE_POUCH = 1000
"""So many sites have 39,000 rows; PouchDB would take a quarter of an hour for those of 100,000 sites."""

_LAPTOP = """
import json, sys
from pathlib import Path
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
register = Register.open(Path(sys.argv[1]))
rounds.sync(register)
register.close()
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps(int(peak.split()[1]) / 1024))
"""


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Every size once: one laptop has sent everything, another begins with nothing; the floor inserts the same rows bare."""
    del rounds
    for size in sizes:
        with central.central(data) as server:
            path = data.scratch("first")
            shutil.copy2(data.register(size), path)
            first = Register.open(path)
            server.enrol(first)
            receipt = rounds_.sync(first)
            first.close()
            laptop = Register.create(data.scratch("second"), kind="demo", person="Bench")
            server.enrol(laptop)
            laptop.close()
            told: list[float] = []
            took = seconds(lambda laptop=laptop, told=told: told.append(_laptop(laptop.path)))
            floor, count = _inserted(data, path)
            if receipt.accepted < count:
                raise RuntimeError(f"the server took {receipt.accepted} of {count} rows")
            pouch = peers.pouch(data, count) if size == _BESIDE_POUCH else None
            yield Figure(
                f"the whole register, {count:,} rows",
                took,
                "s",
                size=size,
                floor=floor,
                floor_name="the rows read and inserted bare",
                peer=pouch and pouch["pull"]["ms"] / 1000,
                peer_name=peers.POUCH if pouch else "",
                at_most=count * SECONDS_PER_ROW if size > _BESIDE_POUCH else None,
            )
            yield Figure(
                "memory of the laptop",
                told[0],
                "MiB",
                size=size,
                peer=pouch and pouch["memory"],
                peer_name=peers.POUCH if pouch else "",
                at_most=250,
            )
            yield Figure("memory of the server", _peak(server.process.pid), "MiB", size=size, at_most=250)
            data.scratch("first")
            data.scratch("second")


def _laptop(path: Path) -> float:
    """Sync in a process of its own; its highest memory in MiB."""
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", _LAPTOP, path], check=True, capture_output=True, text=True, cwd=root)
    return float(json.loads(done.stdout))


def _peak(pid: int) -> float:
    line = next(each for each in Path(f"/proc/{pid}/status").read_text("ascii").splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _inserted(data: Data, source: Path) -> tuple[float, int]:
    """Seconds to read all logged rows and to insert them into tables with nothing but an id, and how many there are."""
    count = 0

    def work() -> None:
        nonlocal count
        with raw(source) as old, raw(data.scratch("floor")) as new:
            new.execute("BEGIN")
            for entity in ENTITIES:
                rows = old.execute(f"SELECT id, * FROM {entity}").fetchall()
                count += len(rows)
                if rows:
                    names = ", ".join(f"c{at}" for at in range(len(rows[0])))
                    new.execute(f"CREATE TABLE {entity} ({names}, UNIQUE (c0))")
                    new.executemany(f"INSERT INTO {entity} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            new.execute("COMMIT")

    took = seconds(work)
    data.scratch("floor")
    return took, count
