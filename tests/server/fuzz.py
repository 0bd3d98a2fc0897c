"""Schemathesis against a real server process, by the description that it gives of itself.

`python -m tests.server.fuzz --count N` sends about so many requests; figures for docs/reliability.md.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from inspector_app.server.store import init_data
from tests.postgres import free_port
from tests.server.race import Asker, Outcome
from tests.sync.conftest import CentralServer

_PROGRAM = Path(sys.executable).with_name("schemathesis")
_FEW = ("--phases", "coverage,fuzzing", "--seed", "15", "--suppress-health-check", "all", "--no-color")


def serving(folder: Path, url: str | None = None) -> CentralServer:
    """A server that counts no requests, so that what is refused is refused for what it says."""
    init_data(folder / "server", url=url, demo=False).close()
    settings = folder / "server" / "server.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"requests_per_minute": 10**9}))
    return CentralServer(folder / "server", free_port())


def fuzz(server: CentralServer, *words: str, examples: int, with_token: bool = True) -> str:
    """Ask everything the description allows and what it does not. Returns what schemathesis says; raises where it is not clean."""
    given = [_PROGRAM, "run", f"{server.url}/openapi.json", *_FEW, "--max-examples", str(examples), *words]
    if with_token:
        asker = Asker([server.url], server.code("fuzz"), Outcome())
        asker.ask("GET", "/v1/sync/pull?cursor=0")
        given += ["--header", f"Authorization: Bearer {asker.token}"]
        asker.http.close()
    done = subprocess.run(given, capture_output=True, text=True, check=False, cwd=server.data)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def main() -> int:
    """Run a long one and say the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="requests, about")
    given = parser.parse_args()
    sent = 0
    with tempfile.TemporaryDirectory() as folder:
        server = serving(Path(folder))
        server.start("--log", str(Path(folder) / "log"))
        try:
            for seed in count():
                told = fuzz(server, "--seed", str(seed), examples=300, with_token=seed % 4 != 3)
                sent += int(re.findall(r"(\d+) generated", told)[-1])
                sys.stdout.write(f"{sent}\n")
                sys.stdout.flush()
                if sent >= given.count:
                    break
        finally:
            server.stop()
        lines = [json.loads(line) for line in (Path(folder) / "log").read_text().splitlines()]
    statuses: dict[int, int] = {}
    for each in lines:
        statuses[each.get("status", 0)] = statuses.get(each.get("status", 0), 0) + 1
    sys.stdout.write(f"{sent} test cases, {len(lines)} requests, by status {dict(sorted(statuses.items()))}: clean\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
