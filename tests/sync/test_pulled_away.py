"""PostgreSQL is pulled away in the middle of a push: the laptop is told so, nothing is half done, the next sync completes."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from inspector_app.domain.errors import ServerBusy, ServerError
from inspector_app.models import changes
from inspector_app.models.queries.standing import waiting_count
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from tests.postgres import Cluster, running
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, rows, tally

Laptop = Callable[..., Register]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test alone."""
    with running() as made:
        yield made


@pytest.fixture
def server(new_server: Callable[..., CentralServer], cluster: Cluster) -> CentralServer:
    """A real server over it."""
    return new_server(url=cluster.new_database())


def a_load(register: Register, count: int) -> None:
    """So many sites that several pushes carry them."""
    with register.writing("Load", bulk=True) as session:
        sites = [
            {"id": register._new_id(), "code": f"S-{n}", "name_ru": f"Объект {n}", "region": "47", "lat": 43.6, "lon": 51.2}
            for n in range(count)
        ]
        changes.bulk_create(session, "site", sites)


def waits_for_lock(cluster: Cluster, name: str) -> bool:
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{name}'"
    return cluster.say(asked) != [(0,)]


def test_a_database_that_dies_under_a_push_is_named_and_the_next_sync_brings_everything(
    laptop: Laptop, server: CentralServer, cluster: Cluster
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)
    told: list[ServerError] = []

    def push() -> None:
        with pytest.raises(ServerBusy) as caught:
            rounds.sync(ann)
        told.append(caught.value)

    with server.opened() as store, suppress(DBAPIError), store.writing() as connection:
        connection.exec_driver_sql("SELECT rev FROM sync_counter FOR UPDATE")
        pushing = threading.Thread(target=push)
        pushing.start()
        until = time.monotonic() + 15
        while not waits_for_lock(cluster, store.url.rpartition("/")[2]):
            assert time.monotonic() < until
        cluster.pull_away()
        pushing.join()

    assert str(told[0]).startswith(f"The central server {server.url} is out of order for the moment.")
    assert (httpx.get(f"{server.url}/healthz").status_code, httpx.get(f"{server.url}/readyz").status_code) == (200, 503)
    with ann.reading() as session:
        assert waiting_count(session) == 4
    with pytest.raises(ServerBusy):
        rounds.sync(bob)
    cluster.start()
    assert rounds.sync(ann).accepted == 4
    rounds.sync(bob)
    assert rows(ann) == rows(bob)
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."


class _Killer:
    """Pulls the database away some time after the first push was begun, and waits until it is gone."""

    def __init__(self, cluster: Cluster, seconds: float) -> None:
        self._timer, self._is_begun = threading.Timer(seconds, cluster.pull_away), False

    def __call__(self, _share: float, sentence: str, **_facts: object) -> None:
        if sentence.startswith("Sending changes"):
            if self._is_begun:
                self._timer.join()
            else:
                self._is_begun = True
                self._timer.start()


def test_a_database_that_dies_at_any_moment_of_a_long_push_loses_and_doubles_nothing(
    laptop: Laptop, server: CentralServer, cluster: Cluster
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_load(ann, 6000)
    dice = random.Random(15)
    for _n in range(2):
        with pytest.raises(ServerBusy):
            rounds.sync(ann, progress=_Killer(cluster, dice.uniform(0, 0.08)))
        cluster.start()
    rounds.sync(ann)
    rounds.sync(bob)
    with ann.reading() as session:
        assert waiting_count(session) == 0
    assert rows(ann) == rows(bob)
    assert tally(ann) == tally(bob)
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."
