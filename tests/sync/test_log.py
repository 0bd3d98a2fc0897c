"""The server's log tells what was done, and nothing of what a person typed, owns or is called."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from inspector_app.domain.errors import AccessEnded, EnrolmentRefused, ServerBusy
from inspector_app.domain.people import Role
from inspector_app.models.register import Register
from inspector_app.server import access
from inspector_app.server.store import init_data
from inspector_app.sync import keys
from inspector_app.sync import round as rounds
from tests.postgres import Cluster, free_port
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit

PEOPLE = ("Жанна Сейтова", 'Bolat\r\n{"level": "INFO"}')
PASSWORDS = ("correct horse battery", "wrong horse")
TYPED = ("Тайное место", "43.651234", "51.161234", "A secret address", "KZ-140-SECRET")


def raw(server: CentralServer, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return line.recv(65536)


@pytest.fixture
def server(tmp_path: Path, postgresql: Cluster) -> Iterator[CentralServer]:
    """Two processes over PostgreSQL that write to one file."""
    made = CentralServer(tmp_path / "server", free_port())
    init_data(made.data, url=postgresql.new_database(), demo=False).close()
    made.start("--log", str(made.data / "log"), "--workers", "2")
    yield made
    made.stop()


def test_a_whole_session_with_its_failures_leaves_no_secret_and_no_name_in_the_log(
    server: CentralServer, new_register: Callable[..., Register], postgresql: Cluster
) -> None:
    secrets = []
    for name in PEOPLE:
        with server.opened() as store, store.writing() as connection:
            access.add_person(connection, name, role=Role.REGISTRAR, regions=(), password=PASSWORDS[0], now=store.now())
            secrets.append(access.make_code(connection, name, now=store.now()))
    ann = new_register("ann.register", person="nobody", clock=None)
    with pytest.raises(EnrolmentRefused):
        rounds.enrol(ann, server.url, secrets[0], password=PASSWORDS[1])
    with pytest.raises(EnrolmentRefused):
        rounds.enrol(ann, server.url, "AAAA-BBBB-CCCC-DDDD", password=PASSWORDS[0])
    rounds.enrol(ann, server.url, secrets[0], password=PASSWORDS[0])
    bob = new_register("bob.register", person="nobody", clock=None)
    rounds.enrol(bob, server.url, secrets[1], password=PASSWORDS[0])
    site = a_site(ann, "KZ-140-SECRET", name_ru="Тайное место", lat=43.651234, lon=51.161234)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(bob, site, address="A secret address")
    rounds.sync(bob)
    with rounds.connect(ann) as client:
        client.pull(cursor=0, first=False)
        token = client._token
    secrets += [
        token,
        jwt.decode(token, options={"verify_signature": False})["jti"],
        keys.named("file", ann.path).get(ann.facts()["device_id"]).hex(),
    ]
    signed = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server.url) as http:
        for path in ("/v1/sync/pull?cursor=secret-cursor", "/secret-path\u2028", "/v1/sync/pull?cursor=0&name=secret-cursor"):
            http.get(path, headers=signed)
        for body in (b"secret-body", gzip.compress(b'{"epoch": "secret-body"}'), b'{"operations": "\r\n' + b"x" * 20000):
            http.post("/v1/sync/push", content=body, headers=signed)
            http.post("/v1/sync/push", content=body, headers={"Authorization": "Bearer secret-token"})
        http.request("SECRET", "/v1/sync/push")
    raw(server, b"GET /secret-path\r\nX: secret-header\r\n\r\n")
    raw(server, b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsecret-body")
    with server.opened() as store:
        postgresql.say("ALTER TABLE sync_row RENAME TO elsewhere", store.url)
    edit(bob, site, address="A secret address, changed")
    with pytest.raises(ServerBusy):
        rounds.sync(bob)
    server.command("device", "revoke", ann.facts()["device_id"])
    with pytest.raises(AccessEnded):
        rounds.sync(ann)
    server.stop()

    text = (server.data / "log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    said = {(each.get("route"), each.get("status")) for each in lines}
    assert {("/v1/devices/enrol", 403), ("/v1/devices/enrol", 200), ("/v1/sync/push", 200), ("/v1/sync/pull", 422)} <= said
    assert {each["code"] for each in lines if "code" in each} >= {"bad_password", "bad_code", "bad_token", "malformed"}
    assert all({"time", "level", "event"} <= each.keys() for each in lines)
    assert {each["device"] for each in lines if each.get("route") == "/v1/sync/push" and each["status"] == 200} == {
        ann.facts()["device_id"],
        bob.facts()["device_id"],
    }
    plain = json.dumps(lines, ensure_ascii=False).lower()
    for word in (*PEOPLE, *PASSWORDS, *TYPED, *secrets, "AAAA-BBBB-CCCC-DDDD", "secret", "argon2", "register@"):
        assert word.lower() not in text.lower()
        assert word.lower() not in plain
