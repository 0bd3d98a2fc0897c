"""The window syncs by itself: when a connection is there, no more often than it may, and says so in plain words."""

import contextlib
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from random import Random

import pytest
from office import Office
from sync.conftest import CentralServer, free_port
from window import open_window, page, until

from inspector_app.domain.errors import AccessEnded, ServerNonsense, ServerOff
from inspector_app.models import exchange as facts_of
from inspector_app.models.queries.standing import waiting_count
from inspector_app.models.register import Register
from inspector_app.server.store import init_data
from inspector_app.sync import retry
from inspector_app.sync import round as rounds
from inspector_app.ui import exchange as exchanging
from inspector_app.ui.exchange import Phase
from inspector_app.ui.parts import Strip

SLOW = 60_000


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[CentralServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INSPECTOR_KEY_STORE", "file")
        made = CentralServer(tmp_path_factory.mktemp("central") / "server", free_port())
        init_data(made.data, url=None, demo=False).close()
        made.start()
        yield made
        made.stop()


@pytest.fixture
def laptop(new_register, server, monkeypatch) -> Register:
    """Enrolled, synced, and with one site that the server does not have."""
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")
    register = new_register("laptop.register", person="nobody", clock=None)
    rounds.enrol(register, url=server.url, code=server.code("A. Registrar"))
    rounds.sync(register)
    Office(register).site(f"A-{register.path.parent.name}")
    return register


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock of every exchange; none asks the operating system for the network."""
    clock = Clock()
    monkeypatch.setattr(exchanging.time, "monotonic", clock)
    monkeypatch.setattr(exchanging.Exchange.__init__, "__kwdefaults__", {"clock": clock, "dice": None, "parent": None})
    monkeypatch.setattr(exchanging.Exchange, "_watch_network", lambda _self: None)
    return clock


def move(register: Register, url: str) -> str:
    """The server of this register is somewhere else now."""
    before = register.facts()["server"]
    with register.hearing() as session:
        facts_of.put_facts(session, {"server": url})
    return before


def unsent(register: Register) -> int:
    with register.reading() as session:
        return waiting_count(session)


def shown(qtbot, register: Register):
    window = open_window(qtbot, register)
    sync = page(qtbot, window, "sync")
    until(qtbot, lambda: sync.known is not None and sync.exchange._standing is not None, SLOW)
    return window, sync


def said(sync) -> str:
    return " ".join(each for strip in sync.findChildren(Strip) if strip.isVisible() for each in strip.sentences)


@contextlib.contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A server that says the same to everything; the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - http.server's name

        def log_message(self, *_args: object) -> None:
            """Nobody reads it."""

    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_address[1]}", asked
    served.shutdown()
    served.server_close()


def test_attempts_spread_under_a_bound_that_doubles_and_never_come_before_the_server_allows():
    dice = Random(1)
    for failures, most in ((1, 30), (2, 60), (5, 480), (40, 1800)):
        waits = [retry.delay_s(failures, dice=dice) for _ in range(200)]
        assert retry.LEAST_S <= min(waits) < most / 4
        assert most * 0.75 < max(waits) <= most + retry.LEAST_S
    assert all(retry.delay_s(1, dice=dice, retry_after_s=600) >= 600 for _ in range(50))


def test_what_waits_is_sent_by_itself_once_a_person_paused(qtbot, laptop, clock):
    window, sync = shown(qtbot, laptop)
    exchange = window.desk.exchange
    assert exchange.seconds_left == exchanging.QUIET_S
    assert "sent by itself in 30 seconds" in sync.next.text()
    clock.now += 20
    Office(laptop).site("A-more")
    exchange._on_register_changed(exchanging.Changed(rows=frozenset({("site", "x")})))
    window.status.reload()
    until(qtbot, lambda: exchange.seconds_left == exchanging.QUIET_S)
    clock.now += exchanging.QUIET_S
    exchange.wake()
    until(qtbot, lambda: exchange.phase is Phase.DONE, SLOW)
    until(qtbot, lambda: sync.known.waiting_count == 0, SLOW)
    assert not said(sync)
    until(qtbot, lambda: "Unsent 0" in window.status.waiting.text())
    assert exchange.seconds_left > exchanging.RECENT_S / 2


def test_a_server_that_was_off_is_tried_again_and_everything_arrives(qtbot, laptop, clock, server):
    window, sync = shown(qtbot, laptop)
    exchange = window.desk.exchange
    server.stop()
    sync.main.click()
    until(qtbot, lambda: exchange.phase is Phase.FAILED, SLOW)
    assert isinstance(exchange.error, ServerOff)
    until(qtbot, lambda: "does not answer" in said(sync))
    assert "stay on this laptop" in said(sync)
    assert "Tries again by itself in" in sync.countdown.text()
    assert sync.main.isEnabled()
    assert "failed" in window.status.sync.text()
    first = exchange.seconds_left
    clock.now += first
    exchange.wake()
    until(qtbot, lambda: exchange.phase is Phase.FAILED and exchange._failures == 2, SLOW)
    server.start()
    clock.now += exchange.seconds_left
    exchange.wake()
    until(qtbot, lambda: exchange.phase is Phase.DONE, SLOW)
    assert unsent(laptop) == 0
    assert not said(sync)


def test_a_connection_that_appears_is_used_soon_but_not_before_the_server_allows(qtbot, laptop, clock):
    window, _sync = shown(qtbot, laptop)
    exchange = window.desk.exchange
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        move(laptop, f"http://127.0.0.1:{closed.getsockname()[1]}")
        exchange.start()
        until(qtbot, lambda: exchange.phase is Phase.FAILED, SLOW)
    exchange._due_at = clock.now + 1000
    exchange.on_network()
    assert exchange.seconds_left <= 10
    exchange.error.retry_after_s = 600
    exchange._due_at = clock.now + 700
    exchange.on_network()
    assert exchange.seconds_left == 700


def test_a_sync_is_cancelled_in_the_middle_of_a_request_and_loses_nothing(qtbot, laptop, clock):
    window, sync = shown(qtbot, laptop)
    exchange, before = window.desk.exchange, unsent(laptop)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        real = move(laptop, f"http://127.0.0.1:{silent.getsockname()[1]}")
        sync.main.click()
        until(qtbot, lambda: exchange.is_running and sync.band.isVisible())
        assert not sync.main.isEnabled()
        assert sync.main.toolTip()
        sync.band.cancel.click()
        assert sync.band.sentence.text() == "Stopping…"
        until(qtbot, lambda: exchange.phase is Phase.STOPPED)
    until(qtbot, lambda: "stopped" in said(sync))
    assert not sync.band.isVisible()
    assert unsent(laptop) == before
    assert exchange.seconds_left == exchanging.STOPPED_S
    move(laptop, real)
    sync.main.click()
    until(qtbot, lambda: exchange.phase is Phase.DONE, SLOW)
    assert unsent(laptop) == 0
    until(qtbot, lambda: "accepted" in said(sync))


def test_closing_the_window_does_not_wait_for_a_server_that_is_silent(qtbot, laptop, clock):
    window, _sync = shown(qtbot, laptop)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        move(laptop, f"http://127.0.0.1:{silent.getsockname()[1]}")
        window.desk.exchange.start()
        window.close()
        assert window.work.is_stopped
    assert unsent(laptop) > 0


def test_an_answer_that_makes_no_sense_is_tried_again(qtbot, laptop, clock):
    window, sync = shown(qtbot, laptop)
    with answering(200, b"<html>hotel</html>", Content_Type="text/html") as (url, _asked):
        move(laptop, url)
        sync.main.click()
        until(qtbot, lambda: window.desk.exchange.phase is Phase.FAILED, SLOW)
    assert isinstance(window.desk.exchange.error, ServerNonsense)
    assert window.desk.exchange.seconds_left is not None


def test_a_server_that_asks_to_be_left_alone_is_left_alone(qtbot, laptop, clock):
    window, sync = shown(qtbot, laptop)
    exchange = window.desk.exchange
    body = json.dumps({"status": 503, "code": "busy"}).encode()
    with answering(503, body, Content_Type="application/problem+json", Retry_After="900") as (url, asked):
        move(laptop, url)
        sync.main.click()
        until(qtbot, lambda: exchange.phase is Phase.FAILED, SLOW)
        assert exchange.seconds_left >= 900
        clock.now += exchange.seconds_left
        exchange.wake()
        until(qtbot, lambda: exchange._failures == 2, SLOW)
    assert asked[-1] == "/healthz"  # the least question comes first after a failure


def test_a_laptop_that_is_shut_out_waits_for_a_person(qtbot, laptop, clock, server):
    window, sync = shown(qtbot, laptop)
    exchange = window.desk.exchange
    server.command("device", "revoke", laptop.facts()["device_id"])
    sync.main.click()
    until(qtbot, lambda: exchange.phase is Phase.FAILED, SLOW)
    assert isinstance(exchange.error, AccessEnded)
    assert exchange.next_at is None
    assert not exchange.timer.isActive()
    assert "not tried again by itself" in sync.countdown.text()
    assert sync.main.isEnabled()
    assert unsent(laptop) > 0


def test_nothing_begins_by_itself_where_it_must_not(qtbot, laptop, register, clock):
    window, sync = shown(qtbot, laptop)
    sync.by_itself.check_box.click()
    assert not window.desk.settings.auto_sync
    assert window.desk.exchange.next_at is None
    assert "Nothing is sent by itself" in sync.next.text()
    sync.by_itself.check_box.click()
    assert window.desk.exchange.seconds_left is not None
    Office(register).site()
    alone, _page = shown(qtbot, register)
    assert alone.desk.exchange.next_at is None
    assert not alone.desk.exchange.timer.isActive()
