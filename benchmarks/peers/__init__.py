"""Other programs at the same work, installed into `.run/peers` when a machine lets us, and left out when it does not.

PouchDB replicates documents with a server that speaks CouchDB's protocol; geodiff makes and applies changesets of SQLite
files without any server.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import central
from benchmarks.data import Data

POUCH = "PouchDB and CouchDB's protocol"
GEODIFF = "geodiff, without a server"
_NODE = ("pouchdb@9.0.0", "express@4.22.3", "express-pouchdb@4.2.0")
_PYTHON = "pygeodiff==2.3.2"
_HERE = Path(__file__).parent


def pouch(data: Data, size: int) -> dict[str, Any] | None:
    """What PouchDB takes for `size` documents, as its client prints it; nothing where it cannot be installed."""
    home = data.folder / "peers" / "node"
    if not _installed(
        home / "node_modules" / "express-pouchdb", [shutil.which("npm") or "", "install", "--prefix", home, *_NODE]
    ):
        return None
    for each in _HERE.glob("*.js"):
        shutil.copy2(each, home)
    with _pouch_server(home) as (folder, url):
        command = ["node", home / "pouch_client.js", f"{folder}/laptop/", url, str(size)]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=True, cwd=home)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@contextlib.contextmanager
def _pouch_server(home: Path) -> Iterator[tuple[Path, str]]:
    folder, port = home / "scratch", central.free_port()
    shutil.rmtree(folder, ignore_errors=True)
    for each in ("laptop", "server"):
        (folder / each).mkdir(parents=True)
    url = f"http://127.0.0.1:{port}"
    with central.running(["node", home / "pouch_server.js", f"{folder}/server/", str(port)], url, "/bytes"):
        yield folder, url
    shutil.rmtree(folder)


_GEODIFF = """
import sqlite3, sys, time
from pygeodiff import GeoDiff
folder, changed, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
paths = [f"{folder}/{name}" for name in ("base.db", "mine.db", "theirs.db")]
for path in paths:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE site (n INTEGER PRIMARY KEY, code TEXT, name_ru TEXT, region TEXT, lat REAL, lon REAL)")
        db.executemany("INSERT INTO site VALUES (?, ?, ?, ?, ?, ?)", (
            (n, f"P-{n}", f"Учебный объект {n}", "47", 43.6 + n % 100 / 1000, 51.1) for n in range(1, rows + 1)))
with sqlite3.connect(paths[1]) as db:
    db.execute("UPDATE site SET lat = lat + 1 WHERE n % ? = 0", (rows // changed,))
geodiff = GeoDiff()
begun = time.perf_counter()
geodiff.create_changeset(paths[0], paths[1], f"{folder}/changes")
geodiff.apply_changeset(paths[2], f"{folder}/changes")
print(time.perf_counter() - begun)
"""


def geodiff(data: Data, *, changed: int, rows: int) -> float | None:
    """Seconds to make and apply a changeset of so many changed rows among `rows`; nothing where it cannot be installed."""
    home = data.folder / "peers" / "python"
    program = home / "bin" / "python"
    if not program.exists():
        venv.create(home, with_pip=True)
    pip = [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _PYTHON]
    if not _installed(home / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "pygeodiff", pip):
        return None
    folder = home / "scratch"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    command = [program, "-c", _GEODIFF, folder, str(changed), str(rows)]
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=True)
    shutil.rmtree(folder)
    return float(done.stdout)


def _installed(there: Path, command: list[object]) -> bool:
    """Whether a peer is there, or can be fetched now; a machine without its program or a registry has none."""
    if there.exists():
        return True
    try:
        subprocess.run([str(each) for each in command], check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{there.name} cannot be installed here: {error}", file=sys.stderr)
        return False
    return there.exists()
