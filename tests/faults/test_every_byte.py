"""A sync that is cut after any byte, in either direction, goes on as if nothing had been."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from inspector_app.domain.errors import ServerError
from inspector_app.models.register import Register
from inspector_app.server.store import open_data
from inspector_app.sync import keys
from inspector_app.sync import round as rounds
from inspector_app.sync.client import Client
from tests.faults.proxy import LIES, NONE, Fault, Kind, Proxy, Way
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, rows, value

EVERY = int(os.environ.get("INSPECTOR_FAULT_EVERY", "131"))
"""Every how many bytes a fault is tried here; `make faults` tries every single one."""

Laptop = Callable[..., Register]


@pytest.fixture
def line(server: CentralServer) -> Iterator[Proxy]:
    made = Proxy(server.port, seed=1)
    yield made
    made.close()


class Session:
    """Two laptops that both have news in one field of one site and in others: everything a sync can carry, each time."""

    def __init__(self, laptop: Laptop, server: CentralServer, line: Proxy) -> None:
        self.ann, self.ben, self.server, self.line = laptop("ann"), laptop("ben"), server, line
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


@pytest.fixture
def session(laptop: Laptop, server: CentralServer, line: Proxy) -> Session:
    return Session(laptop, server, line)


def places(session: Session, way: Way) -> range:
    return range(EVERY // 2, session.bytes_of_a_session()[way] + 1, EVERY)


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_session_cut_after_any_byte_goes_on_where_it_was(session: Session, way: Way) -> None:
    for at in places(session, way):
        session.suffer(Fault("cut", way, at))
    session.agree()


@pytest.mark.parametrize("kind", LIES)
def test_bytes_that_are_not_what_was_sent_are_never_believed(session: Session, kind: Kind) -> None:
    for way in ("up", "down"):
        for at in range(EVERY // 2, session.bytes_of_a_session()[way] + 1, 2 * EVERY):
            session.suffer(Fault(kind, way, at))
    session.agree()
