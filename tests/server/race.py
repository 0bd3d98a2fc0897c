"""Several server processes on one PostgreSQL: many write, many read, backends are killed; nothing is missed or doubled.

`python -m tests.server.race --count N` pushes N times per writer; figures for docs/reliability.md.
"""

import argparse
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from inspector_app.domain.people import Role
from inspector_app.server import access, inventory
from inspector_app.server.store import Store, init_data
from inspector_app.sync import wire
from tests.postgres import Cluster, free_port, running
from tests.server.test_journal import SITE, Device, create, patch
from tests.sync.conftest import CentralServer

_AGAIN = {429, 503}
_PATIENCE_S = 60


@dataclass
class Outcome:
    """What came of a race. `pushes` are those that were answered."""

    pushes: int = 0
    refused: int = 0
    kills: int = 0
    pages: int = 0
    seconds: float = 0
    codes: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Asker:
    """A laptop without a register: signs, and asks one of the servers until it is answered."""

    def __init__(self, urls: list[str], code: str, outcome: Outcome) -> None:
        self._urls, self._outcome, self._key = urls, outcome, Ed25519PrivateKey.generate()
        self.http, self.token = httpx.Client(timeout=60, trust_env=False), ""
        asked = {"code": code, "public_key": self._key.public_key().public_bytes_raw().hex(), "name": "laptop", "kind": "real"}
        self.device_id = str(self._until(lambda: self._post("/v1/devices/enrol", asked)).json()["device_id"])

    def ask(self, method: str, path: str, content: str | None = None) -> Any:
        def once() -> httpx.Response:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            answer = self.http.request(method, random.choice(self._urls) + path, content=content, headers=headers)
            if answer.status_code == 401:
                self.token = self._until(lambda: self._post("/v1/token", self._assertion())).json()["access_token"]
                return once()
            return answer

        return self._until(once).json()

    def _assertion(self) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": self.device_id, "aud": "assertion", "iat": now, "exp": now + 60, "jti": secrets.token_hex(8)}
        return {"assertion": jwt.encode(claims, self._key, algorithm="EdDSA")}

    def _post(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(random.choice(self._urls) + path, json=body)

    def _until(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            try:
                answer = ask()
            except httpx.TransportError:
                continue
            self._outcome.codes.add(answer.status_code)
            if answer.status_code == 200:
                return answer
            assert answer.status_code in _AGAIN, answer.text
            assert int(answer.headers["retry-after"]) > 0
            self._outcome.refused += 1
            time.sleep(0.05)
        raise AssertionError("nobody answered")


def race(cluster: Cluster, folder: Path, *, writers: int, pushes: int, readers: int, kills: int) -> Outcome:
    """Run it and prove the outcome; an assertion fails where something is missed, doubled or out of order."""
    outcome, url = Outcome(), cluster.new_database()
    store = init_data(folder / "server", url=url, demo=False)
    settings = folder / "server" / "server.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"requests_per_minute": 0}))
    servers = [CentralServer(folder / "server", free_port()) for _n in range(2)]
    done, killed, began = threading.Event(), threading.Event(), time.monotonic()
    try:
        for server, words in zip(servers, ((), ("--workers", "2")), strict=True):
            server.start(*words)
        urls = [each.url for each in servers]
        shared = _shared(store)
        seen: list[dict[str, int]] = [{} for _n in range(readers)]
        writing = [
            threading.Thread(
                target=_kept,
                args=(outcome, _write, Asker(urls, servers[0].code(f"w{n}"), outcome), store, shared, pushes, killed),
            )
            for n in range(writers)
        ]
        reading = [
            threading.Thread(target=_kept, args=(outcome, _read, Asker(urls, servers[0].code(f"r{n}"), outcome), seen[n], done))
            for n in range(readers)
        ]
        for each in (*writing, *reading):
            each.start()
        for _n in range(kills):
            _kill(cluster, url, outcome)
        killed.set()
        for each in writing:
            each.join()
        done.set()
        for each in reading:
            each.join()
        outcome.seconds = time.monotonic() - began
        assert not outcome.errors, outcome.errors
        _prove(cluster, store, url, seen, outcome.pushes)
    finally:
        for server in servers:
            server.stop()
        store.close()
    return outcome


def _kept(outcome: Outcome, work: Callable[..., None], asker: Asker, *given: Any) -> None:
    try:
        work(asker, outcome, *given)
    except Exception as error:  # noqa: BLE001 - told in the end
        outcome.errors.append(repr(error))
    finally:
        asker.http.close()


def _shared(store: Store) -> str:
    site = create("site", SITE)
    Device(store).send(site)
    return str(site["id"])


def _write(asker: Asker, outcome: Outcome, store: Store, shared: str, pushes: int, killed: threading.Event) -> None:
    device, n = Device(store), 0
    while n < pushes or not killed.is_set():
        n += 1
        made = create("site", {**SITE, "code": f"{asker.device_id[:8]}-{n}"})
        contested = patch("site", shared, "name_en", None, f"{asker.device_id} {n}", shared)
        message = device.message(made, patch("site", made["id"], "name_en", None, "mine", made["id"]), contested)
        answer = asker.ask("POST", "/v1/sync/push", message.model_dump_json())
        assert answer["last_seq"] == device.seq
        with outcome.lock:
            outcome.pushes += 1


def _read(asker: Asker, outcome: Outcome, seen: dict[str, int], done: threading.Event) -> None:
    cursor = 0
    while True:
        last = done.is_set()
        page = asker.ask("GET", f"/v1/sync/pull?cursor={cursor}&limit=50")
        revisions = [row[2] for row in page["rows"]]
        assert revisions == sorted(set(revisions))
        assert all(cursor < each <= page["cursor"] for each in revisions)
        seen.update({row[1]: row[2] for row in page["rows"]})
        cursor, outcome.pages = page["cursor"], outcome.pages + 1
        if last and not page["more"]:
            return


def _kill(cluster: Cluster, url: str, outcome: Outcome) -> None:
    """End a backend of the servers in its work: at times by SIGKILL, whereupon PostgreSQL throws out all the others."""
    time.sleep(random.uniform(0.2, 1.2))
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            found = cluster.say(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'inspector-server' AND datname = current_database()"
                " ORDER BY state = 'idle', random() LIMIT 1",
                url,
            )
        except Exception:  # noqa: BLE001, S112 - it is getting up again
            continue
        if found:
            os.kill(int(str(found[0][0])), random.choice([signal.SIGKILL, signal.SIGTERM]))
            outcome.kills += 1
            return


def _prove(cluster: Cluster, store: Store, url: str, seen: list[dict[str, int]], pushes: int) -> None:
    with store.reading() as connection:
        rows = {each.id: each.rev for each in connection.execute(text("SELECT id, rev FROM sync_row"))}
        sites = connection.execute(text("SELECT count(*) FROM sync_row WHERE entity = 'site'")).scalar_one()
        head = connection.execute(text("SELECT rev FROM sync_counter")).scalar_one()
    assert sites == pushes + 1
    assert max(rows.values()) == head
    for each in seen:
        assert each == rows
    assert inventory.problems(store) == []
    assert cluster.say("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", url) == [(0,)]


def known_laptop(store: Store, person: str = "ann") -> tuple[str, Ed25519PrivateKey]:
    """A laptop that is enrolled, and its key."""
    key = Ed25519PrivateKey.generate()
    with store.writing() as connection:
        access.add_person(connection, person, role=Role.REGISTRAR, regions=(), password=None, now=store.now())
        code = access.make_code(connection, person, now=store.now())
        asked = wire.Enrol(code=code, public_key=key.public_key().public_bytes_raw().hex(), name="laptop", kind="real")
        return access.enrol(connection, asked, demo=False, now=store.now()).device_id, key


def main() -> int:
    """Run a large one and say the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.race", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="pushes of each writer")
    parser.add_argument("--writers", type=int, default=6)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    with running() as cluster, tempfile.TemporaryDirectory() as folder:
        found = race(cluster, Path(folder), writers=given.writers, pushes=given.count, readers=given.readers, kills=given.kills)
    sys.stdout.write(
        f"{found.pushes} pushes, {found.pages} pages, {found.kills} backends killed, {found.refused} requests asked again,"
        f" statuses {sorted(found.codes)}, {found.seconds:.0f} s: nothing missed, nothing doubled\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
