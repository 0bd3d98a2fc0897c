"""A sync ends with a receipt that both sides counted, and rows that were changed behind the program's back are found."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from inspector_app.domain.errors import NotTheSame, TooMuchWaits
from inspector_app.domain.ownership import Status
from inspector_app.models import copies
from inspector_app.models.queries.standing import waiting_count
from inspector_app.models.register import Register
from inspector_app.server import store as tables
from inspector_app.server.store import open_data
from inspector_app.sync import compare, visit, wire
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, propose, rows, value

Laptop = Callable[..., Register]
NUMBERS = tuple(wire.Tally.model_fields)


def last_receipt(register: Register) -> dict[str, object]:
    with register.reading() as session:
        (outcome,) = session.rows("SELECT outcome FROM sync_receipt ORDER BY n DESC LIMIT 1")[0]
    return dict(json.loads(outcome))


def of_server(server: CentralServer) -> dict[str, tuple[dict[str, int], dict[str, int], int]]:
    store = open_data(server.data)
    with store.reading() as connection:
        found = {
            each.round_id: (json.loads(each.counted), json.loads(each.claimed), each.is_equal)
            for each in connection.execute(select(tables.receipt))
        }
    store.close()
    return found


def tampered(register: Register, *statements: str) -> None:
    with register._looking() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for each in statements:
            connection.execute(each)
        connection.execute("PRAGMA foreign_keys = ON")


def test_both_sides_keep_the_same_receipt_of_a_sync_with_every_kind_of_outcome(laptop: Laptop, server: CentralServer) -> None:
    ann, ivan = laptop("ann"), laptop("ivan", "inspector")
    site = a_site(ann)
    visit.visit(ann)
    visit.visit(ivan)
    edit(ann, site, area_m2=1)
    edit(ivan, site, area_m2=2)
    edit(ivan, site, address="x")
    propose(ivan, site, Status.OWNER_SEARCH)  # without the paper that it must rest on
    visit.visit(ann)
    seen = visit.visit(ivan).receipt
    assert (seen.sent, seen.accepted, seen.refused, seen.conflicts, seen.confirmed) == (3, 1, 1, 1, True)
    counted, claimed, is_equal = of_server(server)[seen.round_id]
    assert is_equal
    assert counted == claimed["tally"] == {name: getattr(seen, name) for name in NUMBERS}
    assert claimed["received"] == seen.received
    kept = last_receipt(ivan)
    assert (kept["confirmed"], kept["handed_in"], kept["person"], kept["server"]) == (True, True, "ivan", server.url)


def test_a_receipt_that_could_not_be_handed_in_is_handed_in_by_the_next_visit(laptop: Laptop, server: CentralServer) -> None:
    ann = laptop("ann")
    a_site(ann)
    first = rounds.sync(ann)
    assert first.confirmed
    assert first.round_id not in of_server(server)
    a_site(ann, "A-2")
    second = visit.visit(ann).receipt
    assert of_server(server).keys() == {first.round_id, second.round_id}
    with rounds.connect(ann) as link:
        assert visit.hand_in(ann, link, second) == second


def test_a_sync_that_did_nothing_leaves_no_receipt_at_the_server(laptop: Laptop, server: CentralServer) -> None:
    ann = laptop("ann")
    assert visit.visit(ann).receipt.round_id == ""
    assert of_server(server) == {}


def test_a_laptop_that_counted_otherwise_hears_of_it(laptop: Laptop, server: CentralServer) -> None:
    ann = laptop("ann")
    a_site(ann)
    rounds.sync(ann)
    tampered(ann, "UPDATE sync_receipt SET outcome = json_set(outcome, '$.accepted', 3)")
    edit(ann, a_site(ann, "A-2"), name_en="x")
    visit.visit(ann)
    with ann.reading() as session:
        told = [json.loads(each[0])["confirmed"] for each in session.rows("SELECT outcome FROM sync_receipt ORDER BY n")]
    assert told == [False, True]


def test_a_push_that_comes_twice_is_counted_once_and_nobody_closes_another_ones_receipt(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)

    class Twice:
        def __init__(self, link: rounds.Link) -> None:
            self.hello, self.pull, self.receipt, self._push = link.hello, link.pull, link.receipt, link.push

        def push(self, body: str) -> wire.Judged:
            self._push(body)
            return self._push(body)

    with rounds.connect(ann) as link, rounds.connect(bob) as other:
        receipt = rounds.sync(ann, link=Twice(link))
        assert receipt.confirmed
        assert receipt.sent == 4
        claim = visit._claim("2026", {**last_receipt(ann)})
        with pytest.raises(visit.ServerError):
            other.receipt(claim)
        assert [link.receipt(claim).equal, link.receipt(claim).equal] == [True, True]


def test_equal_registers_are_found_equal_whoever_wrote_the_rows(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann, area_m2=12, lat=44.0)
    edit(ann, site, name_ru="Завод", address="x")
    visit.visit(ann)
    visit.visit(bob)
    edit(bob, site, area_m2=5)
    edit(ann, site, area_m2=6)
    visit.visit(ann)
    visit.visit(bob)
    visit.visit(ann)
    for each in (ann, bob):
        found = compare.compare(each)
        assert (found.rows, found.mended, found.removed) == (5, 0, 0)
        assert not compare.is_due(each)


def test_rows_changed_behind_the_programs_back_are_mended_and_the_outbox_is_untouched(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    sites = [a_site(ann, f"A-{n}") for n in range(6)]
    rounds.sync(ann)
    rounds.sync(bob)
    sound = rows(bob)
    edit(ann, sites[5], name_en="my own, not sent")
    mine = value(ann, sites[5], "sources")
    strange = "01900000-0000-7000-8000-0000000000aa"
    tampered(
        ann,
        f"UPDATE site SET lat = 50.5, name_en = NULL WHERE id = '{sites[0]}'",
        f"UPDATE quantity_estimate SET mass_g = 1 WHERE site_id = '{sites[1]}'",
        f"DELETE FROM quantity_estimate WHERE site_id = '{sites[2]}'",
        f"UPDATE waste_item SET deleted = 1 WHERE site_id = '{sites[3]}'",
        f"INSERT INTO waste_item (id, site_id, line_no, code) VALUES ('{strange}', '{sites[4]}', 9, '160209')",
    )
    found = compare.compare(ann)
    assert (found.mended, found.removed) == (4, 1)
    assert compare.compare(ann).mended == 0
    with ann.reading() as session:
        assert waiting_count(session) == 1
    assert value(ann, sites[5], "name_en") == "my own, not sent"
    assert value(ann, sites[5], "sources") == mine
    rounds.sync(ann)
    rounds.sync(bob)
    assert rows(ann) == rows(bob)
    assert {entity: len(each) for entity, each in rows(ann).items()} == {entity: len(each) for entity, each in sound.items()}
    assert copies.kept(ann)


def test_what_others_changed_meanwhile_is_no_difference(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(bob, site, name_en="newer")
    a_site(bob, "B-1")
    rounds.sync(bob)
    found = compare.compare(ann)
    assert (found.mended, found.removed) == (0, 0)
    rounds.sync(ann)
    assert rows(ann) == rows(bob)


def test_a_comparison_waits_while_too_much_is_not_sent(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = laptop("ann")
    monkeypatch.setattr(wire, "EXCEPT_AT_MOST", 3)
    a_site(ann)
    with pytest.raises(TooMuchWaits):
        compare.compare(ann)
    visited = visit.visit(ann)
    assert visited.receipt.accepted == 4
    assert visited.comparison is not None


def test_rows_that_stay_different_raise_an_alarm(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    tampered(ann, f"UPDATE site SET lat = 50.5 WHERE id = '{site}'")
    monkeypatch.setattr(compare.equality, "mend", lambda _connection, _found: None)
    with pytest.raises(NotTheSame):
        compare.compare(ann)
    assert visit.visit(ann).alarm is not None
