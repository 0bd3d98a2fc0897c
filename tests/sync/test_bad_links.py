"""A server that is off, slow, strange or shut: a clear sentence each time, and nothing lost."""

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from inspector_app.domain.errors import (
    DemoMismatch,
    EnrolmentRefused,
    InsecureAddress,
    KeyGone,
    LaptopShutOut,
    LaptopUnknown,
    NoKeyStore,
    NotEnrolled,
    PersonRemoved,
    ServerNonsense,
    ServerOff,
    ServerSlow,
)
from inspector_app.models.queries import standing
from inspector_app.models.register import Register
from inspector_app.server.store import open_data
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from inspector_app.sync.client import Client, checked
from tests.conftest import NOW
from tests.sync.conftest import CentralServer, free_port
from tests.sync.registers import a_site, edit, rows, tally

Laptop = Callable[..., Register]


class Strange(http.server.BaseHTTPRequestHandler):
    """Answers everything with what it was told to."""

    status, kind, body = 200, "text/html", b"<html>Please log in to the hotel network</html>"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST  # noqa: N815 - http.server's name

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def strange() -> Iterator[str]:
    class Handler(Strange):
        pass

    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_address[1]}"
    served.shutdown()
    served.server_close()
    thread.join()


def test_a_server_that_is_off_is_named_and_everything_waits(laptop: Laptop, server: CentralServer) -> None:
    ann = laptop("ann")
    a_site(ann)
    server.stop()
    with pytest.raises(ServerOff):
        rounds.sync(ann)
    with ann.reading() as session:
        assert standing.waiting_count(session) == 4
    server.start()
    assert rounds.sync(ann).accepted == 4


def test_a_server_that_does_not_answer_in_time_is_called_slow(laptop: Laptop) -> None:
    ann = laptop("ann")
    a_site(ann)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        key = rounds.connect(ann)
        link = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", device_id="x", key=key._key, clock=ann.now, timeout_s=0.3)
        with key, link, pytest.raises(ServerSlow):
            rounds.sync(ann, link=link)
    with ann.reading() as session:
        assert standing.waiting_count(session) == 4


WELCOME = {
    "epoch": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    "last_seq": None,
    "last_hash": None,
    "head": 0,
    "person": "ann",
    "role": "REGISTRAR",
    "clock_offset_ms": 0,
    "protocol": 1,
    "schema": {"current": wire.VOCABULARY, "push_min": 1, "pull_min": 1},
    "server_time": "",
}


@pytest.mark.parametrize(
    "wrong", [{"role": "KING"}, {"head": 2**70}, {"head": -1}, {"head": True}, {"last_seq": 1e3}, {"clock_offset_ms": 10**400}]
)
def test_a_welcome_that_makes_no_sense_is_not_believed(laptop: Laptop, wrong: dict[str, object]) -> None:
    ann = laptop("ann")
    before = ann.facts()
    with pytest.raises(wire.Malformed):
        wire.read(wire.Welcome, json.dumps(WELCOME | wrong))
    assert wire.read(wire.Welcome, json.dumps(WELCOME)).head == 0
    assert ann.facts() == before


def test_a_verdict_that_is_no_row_leaves_the_register_able_to_sync(laptop: Laptop) -> None:
    ann = laptop("ann")
    a_site(ann)
    device = ann.facts()["device_id"]
    for row in ('["site"]', '["site", "x", 1, 0, {"lat": NaN}, {}]', '["site", "x", 1, 0, {"code": [[1]]}, {}]'):

        class Liar:
            """The real server but for what it says of a push."""

            def __getattr__(self, name: str) -> object:
                return getattr(link, name)

            def push(self, body: str, row: str = row) -> wire.Judged:
                judged = link.push(body).model_dump_json()
                verdict = f'{{"op_id": "{device}", "status": "conflict", "rows": [{row}]}}'
                return wire.read(wire.Judged, judged.replace('"verdicts":[', f'"verdicts":[{verdict}'))

        edit(ann, a_site(ann, f"A{len(row)}"), name_en="x")
        with rounds.connect(ann) as link:
            with pytest.raises(ServerNonsense):
                rounds.sync(ann, link=Liar())  # type: ignore[arg-type]
            rounds.sync(ann, link=link)


def test_an_answer_without_end_is_cut_off(laptop: Laptop, strange: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = laptop("ann")
    monkeypatch.setattr(wire, "ANSWER_LIMIT", 2**20)
    Strange.kind, Strange.body = "application/json", b" " * 2**21
    real = rounds.connect(ann)
    link = Client(strange, device_id="x", key=real._key, clock=ann.now)
    with real, link, pytest.raises(ServerNonsense):
        rounds.sync(ann, link=link)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>Please log in</html>"),
        ("application/json", b"{"),
        ("application/json", b'{"hello": "world"}'),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 100_000),
    ],
)
def test_an_answer_that_is_not_the_servers_is_called_so(
    new_register: Callable[..., Register], strange: str, kind: str, body: bytes
) -> None:
    register = new_register("r.register")
    Strange.kind, Strange.body = kind, body
    with pytest.raises(ServerNonsense):
        rounds.enrol(register, url=strange, code="x")
    assert "device_id" not in register.facts()


def test_a_page_that_is_none_changes_nothing(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)
    rounds.sync(ann)

    class Liar:
        """The real server but for its pages."""

        def __init__(self, page: bytes) -> None:
            self.page = page

        def __getattr__(self, name: str) -> object:
            return getattr(link, name)

        def pull(self, **_asked: object) -> bytes:
            return self.page

    epoch = rounds.connect(ann)
    with rounds.connect(bob) as link, epoch:
        good_text = link.pull(cursor=0, first=True)
        good = json.loads(good_text)
        missing = dict(good, rows=[[*good["rows"][0][:4], {"code": "A-1"}, {}]])
        row = good["rows"][0]
        odd_rows = [
            [*row[:2], 2**70, *row[3:]],
            [*row[:4], row[4] | {"code": {"a": 1}}, {}],
            [*row[:4], row[4] | {"name_en": 2**70}, {}],
            [["site"], *row[1:]],
            [row[0], [row[1]], *row[2:]],
            [*row[:5], {"code": {"a": [1]}}, {}],
        ]
        odd = [dict(good, rows=[each]) for each in odd_rows]
        odd += [dict(good, cursor=wrong) for wrong in (-1, True, 2**70, "7", 7.0, None)]
        odd += [missing, dict(good, rows={}), dict(good, rows=[[float("nan")] * 6]), dict(good, operations=[[{}] * 11])]
        deep = good_text.replace(b'"rows":[', b'"rows":[' + b"[" * 100_000)
        for page in (b"", b"{}", b'{"rows": 3}', deep, good_text[:-20], *(json.dumps(each).encode() for each in odd)):
            with pytest.raises(ServerNonsense):
                rounds.sync(bob, link=Liar(page))  # type: ignore[arg-type]
        assert sum(map(len, rows(bob).values())) == 0
        rounds.sync(bob, link=link)
    assert rows(ann) == rows(bob)


def test_a_wrong_or_used_code_enrols_nobody(new_register: Callable[..., Register], server: CentralServer) -> None:
    register = new_register("r.register")
    code = server.code("ann")
    with pytest.raises(EnrolmentRefused):
        rounds.enrol(register, url=server.url, code="AAAA-BBBB-CCCC-DDDD")
    with pytest.raises(EnrolmentRefused):
        rounds.enrol(register, url=server.url, code=code, person="somebody else")
    assert rounds.enrol(register, url=server.url, code=code.lower()) == "ann"
    with pytest.raises(EnrolmentRefused):
        rounds.enrol(new_register("s.register"), url=server.url, code=code)


def test_a_register_without_a_server_says_so(register: Register) -> None:
    with pytest.raises(NotEnrolled):
        rounds.sync(register)


def test_a_laptop_that_was_shut_out_keeps_its_work(laptop: Laptop, server: CentralServer) -> None:
    ann = laptop("ann")
    a_site(ann)
    rounds.sync(ann)
    device = ann.facts()["device_id"]
    assert device in server.command("device", "list")
    with rounds.connect(ann) as link:
        rounds.sync(ann, link=link)
        server.command("device", "revoke", device[:20])
        edit(ann, a_site(ann, "A-2"), name_en="x")
        with pytest.raises(LaptopShutOut):
            rounds.sync(ann, link=link)
    with pytest.raises(LaptopShutOut):
        rounds.sync(ann)
    with ann.reading() as session:
        assert standing.waiting_count(session) == 5
    edit(ann, a_site(ann, "A-3"), name_en="Work goes on offline")
    rounds.enrol(ann, url=server.url, code=server.code("ann"))
    assert rounds.sync(ann).waiting == 0


def test_each_end_of_access_has_a_sentence_of_its_own_and_keeps_the_work(
    laptop: Laptop, server: CentralServer, new_server: Callable[..., CentralServer], tmp_path: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    server.command("backup", str(tmp_path / "copy.db"))
    cid = laptop("cid")
    for each in (ann, bob, cid):
        a_site(each)
    server.command("user", "remove", "bob")
    with pytest.raises(PersonRemoved):
        rounds.sync(bob)
    ann.path.with_name(ann.path.name + ".key").unlink()
    with pytest.raises(KeyGone):
        rounds.sync(ann)
    server.stop()
    server.command("restore", str(tmp_path / "copy.db"))
    store = open_data(server.data)
    with store.writing() as connection:
        connection.execute(text("DELETE FROM device WHERE person = 'cid'"))
    store.close()
    server.start()
    with pytest.raises(LaptopUnknown):
        rounds.sync(cid)
    with pytest.raises(PersonRemoved):  # a restore lets nobody in again
        rounds.sync(bob)
    for each in (ann, bob, cid):
        with each.reading() as session:
            assert standing.waiting_count(session) == 4
    rounds.enrol(cid, url=server.url, code=server.code("cid"))
    assert rounds.sync(cid).accepted == 4


def test_a_demonstration_and_a_real_server_never_mix(
    new_register: Callable[..., Register], new_server: Callable[..., CentralServer], server: CentralServer
) -> None:
    demo_server = new_server("demo-server", demo=True)
    demo = new_register("demo.register", kind="demo")
    with pytest.raises(DemoMismatch):
        rounds.enrol(demo, url=server.url, code=server.code("ann"))
    rounds.enrol(demo, url=demo_server.url, code=demo_server.code("ann"))
    rounds.sync(demo)
    fresh = new_register("fresh.register")
    rounds.enrol(fresh, url=demo_server.url, code=demo_server.code("bob"))
    assert fresh.is_demo


@pytest.mark.parametrize("days", [-7000, 7000])
def test_a_clock_that_is_years_off_does_not_keep_work_back(
    new_register: Callable[..., Register], server: CentralServer, days: int
) -> None:
    register = new_register("skewed.register", clock=lambda: NOW + timedelta(days=days))
    rounds.enrol(register, url=server.url, code=server.code("ann"))
    a_site(register)
    receipt = rounds.sync(register)
    assert receipt.accepted == 4
    assert abs(receipt.clock_offset_ms) > 10**10


def test_a_sync_that_was_cut_goes_on_where_it_stopped(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    for n in range(3):
        a_site(ann, f"A-{n}")
    rounds.sync(ann)

    def stop_at(word: str) -> rounds.Progress:
        def tell(_share: float, sentence: str, /, **_facts: object) -> None:
            if sentence.startswith(word):
                raise KeyboardInterrupt

        return tell

    for word in ("Calling the central server", "Receiving changes", "Taking over what was received"):
        with pytest.raises(KeyboardInterrupt):
            rounds.sync(bob, progress=stop_at(word))
    edit(bob_site := bob, a_site(bob, "B-1"), name_en="x")
    with pytest.raises(KeyboardInterrupt):
        rounds.sync(bob_site, progress=stop_at("Sending changes"))
    rounds.sync(bob)
    rounds.sync(ann)
    assert rows(ann) == rows(bob)
    assert tally(ann) == tally(bob)


def test_only_encrypted_addresses_are_accepted_outside_this_machine() -> None:
    for address in ("http://register.example", "http://10.0.0.1:8470"):
        with pytest.raises(InsecureAddress):
            checked(address)
    for address in ("ftp://x", "register", "http://", "https://u:p@x", "https://x:99999", "http://[::1"):
        with pytest.raises(ServerNonsense):
            checked(address)
    assert checked(" https://Register.example:8443/ ") == "https://register.example:8443"
    assert checked("http://[::1]:8470") == "http://[::1]:8470"


def test_a_key_goes_into_a_file_only_when_somebody_says_so(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.delenv("INSPECTOR_KEY_STORE")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(NoKeyStore):
            rounds.enrol(register, url=f"http://127.0.0.1:{free_port()}", code="x")
    finally:
        keyring.set_keyring(before)


def test_the_key_file_is_for_its_owner_alone(laptop: Laptop) -> None:
    ann = laptop("ann")
    assert ann.path.with_name(ann.path.name + ".key").stat().st_mode & 0o077 == 0
