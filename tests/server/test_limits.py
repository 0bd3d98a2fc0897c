"""What a flood, a crawl, a bomb and a careless encoder get; and that everybody else is answered meanwhile."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from inspector_app.domain.errors import TooOften
from inspector_app.server import app as application
from inspector_app.server.app import create
from inspector_app.server.limits import neighbourhood
from inspector_app.server.store import Store
from inspector_app.sync.client import Client
from tests.postgres import free_port
from tests.server.test_app import assertion
from tests.server.test_journal import SITE, Device
from tests.server.test_journal import create as creation

Signed = dict[str, str]


@contextmanager
def serving(store: Store, **given: int) -> Iterator[httpx.Client]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create(store, **given), port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def signed(client: httpx.Client, known: tuple[str, Ed25519PrivateKey]) -> Signed:
    return {"Authorization": f"Bearer {client.post('/v1/token', json=assertion(*known)).json()['access_token']}"}


def halves(client: httpx.Client, count: int, sent: bytes) -> ExitStack:
    """So many connections that begin to say something and never end it."""
    open_lines = ExitStack()
    for _n in range(count):
        line = open_lines.enter_context(socket.create_connection((client.base_url.host, client.base_url.port), 10))
        line.sendall(sent)
    return open_lines


def test_a_laptop_that_asks_too_often_has_to_wait_and_nobody_else_has(
    app_store: Store, device: tuple[str, Ed25519PrivateKey], http: httpx.Client
) -> None:
    with serving(app_store, per_minute=5) as client:
        mine = signed(client, device)
        answers = [client.get("/v1/sync/pull?cursor=0", headers=mine) for _n in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert answers[-1].json()["code"] == "too_often"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert client.get("/healthz").status_code == 200
        with pytest.raises(TooOften) as told, _client(client, device, wait=lambda _seconds: None) as laptop:
            laptop.pull(cursor=0, first=False)
    assert "asks this laptop to wait" in str(told.value)
    assert http.get("/v1/sync/pull?cursor=0", headers=mine).status_code == 200


def _client(client: httpx.Client, known: tuple[str, Ed25519PrivateKey], wait: Callable[[float], None]) -> Client:
    key = known[1].private_bytes_raw()
    return Client(str(client.base_url), device_id=known[0], key=key, clock=lambda: datetime.now(UTC), wait=wait)


class _Asks(BaseHTTPRequestHandler):
    """A server that wants two seconds of rest, twice, and then answers."""

    times = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say(200, {"access_token": "x", "expires_in": 600, "server_time": "2026-05-02T08:11:09.120Z"})

    def do_GET(self) -> None:
        type(self).times += 1
        if self.times > 2:
            self._say(200, {"rows": []})
        else:
            self._say(429, {"status": 429, "code": "too_often"}, {"Retry-After": "2"})

    def _say(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        kind = "application/json" if status == 200 else "application/problem+json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_given: object) -> None:
        """Nothing."""


def test_a_laptop_waits_as_long_as_it_is_asked_to_and_goes_on() -> None:
    waited: list[float] = []
    with HTTPServer(("127.0.0.1", 0), _Asks) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        key = Ed25519PrivateKey.generate().private_bytes_raw()
        with Client(address, device_id="x", key=key, clock=lambda: datetime.now(UTC), wait=waited.append) as client:
            assert client.pull(cursor=0, first=False) == b'{"rows": []}'
        server.shutdown()
    assert waited == [2, 2]


def test_hundreds_of_half_open_uploads_keep_nobody_from_being_answered(
    http: httpx.Client, device: tuple[str, Ed25519PrivateKey]
) -> None:
    mine = signed(http, device)
    head = f"Host: x\r\nAuthorization: {mine['Authorization']}\r\nContent-Length: 8000000\r\n\r\n"
    with (
        halves(http, 150, f"POST /v1/sync/push HTTP/1.1\r\n{head}{'x' * 1000}".encode()),
        halves(http, 150, b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"),
        halves(http, 50, b"GET /healthz HTTP/1.1\r\nHost: "),
    ):
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 200
        assert http.get("/v1/sync/pull?cursor=0", headers=mine).status_code == 200


def test_a_body_that_stands_still_is_given_up(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "_IDLE_S", 0.2)
    with socket.create_connection((http.base_url.host, http.base_url.port), 10) as line:
        line.sendall(b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert b" 408 " in line.recv(4096)


def test_bodies_are_bounded_in_sum(
    http: httpx.Client, device: tuple[str, Ed25519PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "_BODIES", 100_000)
    mine = signed(http, device)
    head = f"Host: x\r\nAuthorization: {mine['Authorization']}\r\nContent-Length: 90000\r\n\r\n"
    begun = f"POST /v1/sync/push HTTP/1.1\r\n{head}{'x' * 80_000}".encode()
    for _try in range(50):  # a half that comes while the other body is there is itself the one that is too much
        with halves(http, 1, begun):
            time.sleep(0.1)
            answer = http.post("/v1/sync/push", content=b"x" * 30_000, headers=mine)
        if answer.status_code != 422:
            break
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "5")
    while (answer := http.post("/v1/sync/push", content=b"x" * 30_000, headers=mine)).status_code == 503:
        time.sleep(0.1)
    assert answer.status_code == 422


def test_a_stranger_hears_that_he_is_one_however_much_he_sends(http: httpx.Client) -> None:
    answer = http.post("/v1/sync/push", content=b"x" * 8_000_000, headers={"Authorization": "Bearer stranger"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_pushes_that_wait_for_the_lock_keep_no_pull_waiting(
    app_store: Store, http: httpx.Client, device: tuple[str, Ed25519PrivateKey]
) -> None:
    mine = signed(http, device)
    statuses: list[int] = []

    def push() -> None:
        sender = Device(app_store)
        body = sender.message(creation("site", SITE)).model_dump_json()
        statuses.append(http.post("/v1/sync/push", content=body, headers=mine, timeout=60).status_code)

    pushing = [threading.Thread(target=push) for _n in range(30)]
    with app_store.writing() as connection:
        connection.execute(text("UPDATE sync_counter SET rev = rev"))
        for each in pushing:
            each.start()
        for _n in range(5):
            assert http.get("/v1/sync/pull?cursor=0", headers=mine).status_code == 200
            assert http.get("/readyz").status_code == 200
        assert statuses == []
    for each in pushing:
        each.join()
    assert statuses == [200] * 30


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"assertion": "x", "assertion": "y"}', 422),
        ('{"assertion": NaN}', 422),
        ('{"assertion": "x", "more": 1}', 422),
        ('{"assertion": ' + "[" * 5000 + "]" * 5000 + "}", 422),
        ('{"assertion": ' + "9" * 6000 + "}", 422),
        ('{"assertion": "\\ud800"}', 422),
        ("[]", 422),
        ("", 422),
        ("\ufeff{}", 422),
    ],
)
def test_what_is_no_message_is_malformed(http: httpx.Client, body: str, status: int) -> None:
    answer = http.post("/v1/token", content=body.encode())
    assert (answer.status_code, answer.json()["code"]) == (status, "malformed")


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.replace('"area_m2":77', '"area_m2":77,"area_m2":78'),
        lambda sent: sent.replace('"area_m2":77', '"area_m2":NaN'),
        lambda sent: sent.replace('"area_m2":77', '"area_m2":9007199254740993'),
        lambda sent: sent.replace('"area_m2":77', '"area_m2":' + "9" * 5000),
        lambda sent: sent.replace('"area_m2":77', '"area_m2":' + "[" * 17 + "]" * 17),
        lambda sent: sent.replace('"area_m2":77', '"area_m2":' + "[" * 900 + "]" * 900),
        lambda sent: sent.replace('"first_seq":1', '"first_seq":9223372036854775808'),
        lambda sent: sent.replace('"author":"ann"', '"author":"a\\u0000nn"'),
    ],
    ids=["twice", "NaN", "beyond 2^53", "5000 digits", "17 levels", "900 levels", "2^63", "zero byte"],
)
def test_what_json_cannot_carry_safely_is_malformed_and_nothing_of_it_is_done(
    app_store: Store, http: httpx.Client, device: tuple[str, Ed25519PrivateKey], change: Callable[[str], str]
) -> None:
    sent = change(Device(app_store).message(creation("site", {**SITE, "area_m2": 77})).model_dump_json())
    answer = http.post("/v1/sync/push", content=sent, headers=signed(http, device))
    assert answer.status_code in {409, 422}
    assert answer.json()["code"] == "malformed"
    with app_store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sync_operation")).scalar_one() == 0


def test_a_number_with_a_point_that_is_whole_is_whole(
    app_store: Store, http: httpx.Client, device: tuple[str, Ed25519PrivateKey]
) -> None:
    sent = Device(app_store).message(creation("site", SITE)).model_dump_json().replace('"first_seq":1', '"first_seq":1.0')
    assert http.post("/v1/sync/push", content=sent, headers=signed(http, device)).status_code == 200


def test_the_process_is_alive_without_its_database_and_ready_only_with_the_right_one(app_store: Store) -> None:
    with serving(app_store) as client:
        assert client.get("/readyz").json().keys() == {"ok", "server_time"}
        with app_store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        answers = {path: client.get(path) for path in ("/healthz", "/readyz")}
    assert {path: answer.status_code for path, answer in answers.items()} == {"/healthz": 200, "/readyz": 503}
    assert answers["/readyz"].headers["retry-after"] == "5"


def test_of_an_address_that_one_customer_has_whole_the_network_counts() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:2") == "2001:db8::/64"
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("testclient") == "testclient"
