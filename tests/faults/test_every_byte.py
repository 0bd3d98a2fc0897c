"""A sync that is cut after any byte, in either direction, goes on as if nothing had been."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from inspector_app.domain.errors import ServerError, ServerNonsense
from inspector_app.models.register import Register
from inspector_app.server.store import init_data, open_data
from inspector_app.sync import keys
from inspector_app.sync import round as rounds
from inspector_app.sync.client import Client
from tests.faults.proxy import NONE, Fault, Kind, Proxy, Way
from tests.faults.test_voyages import note
from tests.sync.conftest import CentralServer, free_port
from tests.sync.registers import a_site, edit, rows, value

EVERY = int(os.environ.get("INSPECTOR_FAULT_EVERY", "400"))
"""Every how many bytes a fault is tried here; `make faults` tries every single one."""

QUICK_LIES: tuple[Kind, ...] = ("flip", "junk", "double", "strange")
SLOW_LIES: tuple[Kind, ...] = ("drop", "length")
"""Bytes that never come are waited for until the time is over, so these take seconds each."""


class Session:
    """Two laptops that both have news in one field of one site and in others: everything a sync can carry, each time."""

    def __init__(self, folder: Path, server: CentralServer, line: Proxy) -> None:
        self.server, self.line = server, line
        self.ann, self.ben = (Register.create(folder / f"{name}.register", person=name) for name in ("ann", "ben"))
        for register in (self.ann, self.ben):
            rounds.enrol(register, server.url, server.code(register.me.person))
        self.site = a_site(self.ann)
        self.turn = 0
        self.level()

    def level(self) -> None:
        for register in (self.ann, self.ben, self.ann):
            rounds.sync(register)

    def news(self) -> None:
        """Somebody else's news, and our own, of the same length every time; half of it at odds."""
        self.turn += 1
        edit(self.ben, self.site, address=f"ben {self.turn:06}", former_owner=f"ben {self.turn:06}")
        rounds.sync(self.ben)
        edit(self.ann, self.site, name_en=f"ann {self.turn:06}", former_owner=f"ann {self.turn:06}")

    def suffer(self, fault: Fault) -> ServerError | None:
        """A sync of ann's over the bad line; then a good one. Returns what the bad one ended with."""
        self.news()
        self.line.fault = lambda: fault
        ended = None
        try:
            with self._through_the_line() as link:
                rounds.sync(self.ann, link=link)
        except ServerError as error:
            ended = error
        self.level()
        assert value(self.ben, self.site, "name_en") == f"ann {self.turn:06}"
        assert value(self.ann, self.site, "address") == f"ben {self.turn:06}"
        return ended

    def bytes_of_a_session(self) -> dict[Way, int]:
        self.line.carried = {"up": 0, "down": 0}
        assert self.suffer(NONE) is None
        return {"up": self.line.carried["up"], "down": self.line.carried["down"]}

    def agree(self) -> None:
        """Both registers and the server's log: every edit once, the same rows, one conflict for each turn."""
        assert rows(self.ann) == rows(self.ben)
        with closing(open_data(self.server.data)) as store, store.reading() as connection:
            count = "SELECT COUNT(*), COUNT(DISTINCT op_id), COUNT(DISTINCT CASE WHEN status = 'conflict' THEN op_id END)"
            made, distinct, at_odds = connection.exec_driver_sql(f"{count} FROM sync_operation WHERE kind = 'patch'").one()
        assert (made, distinct, at_odds) == (2 * self.turn, 2 * self.turn, self.turn)
        assert "agree" in self.server.command("check")

    def _through_the_line(self) -> Client:
        facts = self.ann.facts()
        key = keys.named(facts["key_store"], self.ann.path).get(facts["device_id"])
        return Client(self.line.url, device_id=facts["device_id"], key=key, clock=self.ann.now, timeout_s=2)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("line")
    server = CentralServer(folder / "server", free_port())
    init_data(server.data, url=None, demo=False).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INSPECTOR_KEY_STORE", "file")
        server.start()
        line = Proxy(server.port, seed=1)
        made = Session(folder, server, line)
        yield made
        made.agree()
        made.ann.close()
        made.ben.close()
        line.close()
        server.stop()


def suffered(session: Session, kind: Kind, way: Way, every: int) -> None:
    """The same session over and over, each time with its fault a little later."""
    places = range(every // 2, session.bytes_of_a_session()[way] + 1, every)
    for at in places:
        session.suffer(Fault(kind, way, at))
    assert rows(session.ann) == rows(session.ben)
    note(Counter({f"{kind} {way}": len(places)}))


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.timeout(0)
def test_a_session_cut_after_any_byte_goes_on_where_it_was(session: Session, way: Way) -> None:
    suffered(session, "cut", way, EVERY)


@pytest.mark.timeout(0)
def test_bytes_that_are_not_what_was_sent_are_never_believed(session: Session) -> None:
    for kind in QUICK_LIES:
        for way in ("up", "down"):
            suffered(session, kind, way, 4 * EVERY)


@pytest.mark.timeout(0)
@pytest.mark.skipif(EVERY > 100, reason="the campaign alone")
def test_bytes_that_never_come_are_waited_for_and_nothing_is_lost(session: Session) -> None:
    for kind in SLOW_LIES:
        for way in ("up", "down"):
            suffered(session, kind, way, 20 * EVERY)


def test_a_page_for_another_cursor_is_not_taken(session: Session) -> None:
    session.news()
    pulled = Client.pull

    def another(self: Client, *, cursor: int, first: bool) -> bytes:
        return pulled(self, cursor=cursor + 1, first=first)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "pull", another)
        with pytest.raises(ServerNonsense):
            rounds.sync(session.ann)
    session.level()
    assert value(session.ann, session.site, "address") == f"ben {session.turn:06}"


def test_even_the_smallest_answer_carries_a_checksum(session: Session) -> None:
    answer = httpx.get(f"{session.server.url}/healthz", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
