"""Schemathesis against a real server process, by the description that it gives of itself.

`python -m tests.server.fuzz --count N` sends about so many requests; figures for docs/reliability.md.
"""

import argparse
import json
import re
import secrets
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspector_app.server.store import init_data
from tests.postgres import free_port
from tests.server.race import known_laptop
from tests.sync.conftest import CentralServer

_PROGRAM = Path(sys.executable).with_name("schemathesis")
_FEW = ("--phases", "coverage,fuzzing", "--seed", "15", "--suppress-health-check", "all", "--no-color")


def serving(folder: Path, url: str | None = None) -> CentralServer:
    """A server that counts no requests, so that what is refused is refused for what it says."""
    init_data(folder / "server", url=url, demo=False).close()
    settings = folder / "server" / "server.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"requests_per_minute": 0}))
    return CentralServer(folder / "server", free_port())


def fuzz(server: CentralServer, *words: str, examples: int, with_token: bool = True) -> str:
    """Ask everything the description allows and what it does not. Returns what schemathesis says; raises where it is not clean."""
    given = [_PROGRAM, "run", f"{server.url}/openapi.json", *_FEW, "--max-examples", str(examples), *words]
    if with_token:
        given += ["--header", f"Authorization: Bearer {_token(server)}"]
    done = subprocess.run(given, capture_output=True, text=True, check=False, cwd=server.data)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def _token(server: CentralServer) -> str:
    """One that lasts for the longest run."""
    with server.opened() as store:
        device_id, _key = known_laptop(store, f"fuzz {secrets.token_hex(4)}")
        seconds = int(store.now().timestamp())
        claims = {"sub": device_id, "aud": "access", "iat": seconds, "exp": seconds + 86_400, "jti": secrets.token_hex(8)}
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(store.facts()["token_key"]))
        return jwt.encode(claims, key, algorithm="EdDSA")


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
            server.command("check")
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
