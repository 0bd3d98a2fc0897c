"""A laptop knows the server's history again, and exchanges nothing with a server whose history is another one."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update

from inspector_app.domain.errors import HistoryRewritten
from inspector_app.models.queries.standing import waiting_count
from inspector_app.models.register import Register
from inspector_app.server import audit, copies
from inspector_app.server import store as tables
from inspector_app.server.store import Store, open_data
from inspector_app.sync import compare, visit, wire
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, value

Laptop = Callable[..., Register]


def rewrite(store: Store, *, keep: int = 0) -> None:
    """Somebody changes an entry of the log and makes all links after it anew, but for the one of number `keep`."""
    with store.writing() as connection:
        rows = [dict(each._mapping) for each in connection.execute(select(tables.audit).order_by(tables.audit.c.seq))]
        hash_, kept = rows[1]["hash"], rows[keep - 1]["hash"]
        rows[2]["digest"] = "f" * 64
        for each in rows[2:]:
            hash_ = wire.next_link(hash_, each["digest"])
            each["hash"] = hash_
        connection.execute(delete(tables.audit))
        connection.execute(insert(tables.audit), rows)
        connection.execute(update(tables.audit).where(tables.audit.c.seq == keep).values(hash=kept))


@pytest.fixture
def store(server: CentralServer):
    made = open_data(server.data)
    yield made
    made.close()


def test_a_laptop_keeps_the_newest_link_it_was_shown(laptop: Laptop, store: Store) -> None:
    ann = laptop("ann")
    a_site(ann)
    rounds.sync(ann)
    rounds.sync(ann)
    with store.reading() as connection:
        head = audit.head(connection)
    assert (ann.facts()["audit_seq"], ann.facts()["audit_hash"]) == (str(head.seq), head.hash)


def test_nothing_is_exchanged_with_a_server_whose_log_was_made_anew(laptop: Laptop, store: Store) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(ann)
    rewrite(store)
    edit(ann, site, area_m2=7)
    with pytest.raises(HistoryRewritten):
        visit.visit(ann)
    with ann.reading() as session:
        assert waiting_count(session) == 1
    with store.reading() as connection:
        assert connection.execute(select(tables.counter.c.rev)).scalar_one() == 4


def test_a_file_of_yesterday_put_in_the_servers_place_by_hand_is_noticed(
    laptop: Laptop, server: CentralServer, store: Store
) -> None:
    """Without «restore» there is no new epoch; laptops would take what they have for what everybody has."""
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    with store.reading() as connection:
        before = {each.name: connection.execute(select(each)).all() for each in (tables.audit, tables.counter)}
    edit(ann, site, area_m2=1)
    rounds.sync(ann)
    rounds.sync(ann)
    with store.writing() as connection:
        connection.execute(delete(tables.audit))
        connection.execute(insert(tables.audit), [dict(each._mapping) for each in before["audit_log"]])
    with pytest.raises(HistoryRewritten):
        rounds.sync(ann)


def test_a_server_set_back_the_proper_way_is_believed(laptop: Laptop, server: CentralServer, store: Store, tmp_path) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    copy = tmp_path / "copy.db"
    store.copy_to(copy)
    edit(ann, site, area_m2=3)
    rounds.sync(ann)
    copies.put_back(store, copy)
    rounds.sync(ann)
    assert compare.compare(ann).mended == 0
    assert value(ann, site, "area_m2") == 3


def test_a_server_of_another_log_put_back_in_its_place_is_believed_too(
    laptop: Laptop, server: CentralServer, store: Store, tmp_path
) -> None:
    """A new machine from a copy: the log is that of the copy, and laptops hear that it was put back."""
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    copy = tmp_path / "copy.db"
    store.copy_to(copy)
    edit(ann, site, area_m2=3)
    rounds.sync(ann)
    rounds.sync(ann)
    with store.writing() as connection:  # another key of tokens: not this server's own copy
        connection.execute(update(tables.fact).where(tables.fact.c.name == "token_key").values(value="ab" * 32))
    copies.put_back(store, copy)
    rounds.sync(ann)
    compare.compare(ann)
    with store.reading() as connection:
        assert ann.facts()["audit_hash"] == audit.head(connection).hash


def test_once_a_day_the_laptop_proves_for_itself_that_the_log_goes_on(laptop: Laptop, store: Store) -> None:
    """A server that still names the link we know, but leads from it to another one, is found out."""
    ann, ivan = laptop("ann"), laptop("ivan")
    a_site(ann)
    rounds.sync(ann)
    rounds.sync(ann)
    compare.compare(ann)
    a_site(ivan)
    rounds.sync(ivan)
    compare.compare(ann)
    a_site(ivan)
    rounds.sync(ivan)
    rewrite(store, keep=int(ann.facts()["audit_seq"]))
    rounds.sync(ann)
    with pytest.raises(HistoryRewritten):
        compare.compare(ann)


def test_a_register_that_moves_to_another_server_brings_no_link_along(
    laptop: Laptop, new_server: Callable[..., CentralServer]
) -> None:
    ann = laptop("ann")
    a_site(ann)
    rounds.sync(ann)
    rounds.sync(ann)
    there = new_server("there")
    rounds.enrol(ann, there.url, there.code("ann"))
    rounds.sync(ann)
    assert compare.compare(ann).mended == 0
