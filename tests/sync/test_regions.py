"""A region is a border: what lies behind it never comes, leaves when it is taken away, and nothing unsent is lost (I13)."""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from inspector_app.actions.sites import register_site
from inspector_app.domain.errors import NotYourRegion
from inspector_app.domain.people import Role
from inspector_app.domain.removal import BatchState, Funding
from inspector_app.i18n import words
from inspector_app.models import changes
from inspector_app.models.checks import check
from inspector_app.models.queries import history
from inspector_app.models.register import Register
from inspector_app.models.removal import BatchLine, Contract, RemovalBatch
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem
from inspector_app.server import copies, inventory
from inspector_app.server.store import Store
from tests.sync.lines import Cut, Office
from tests.sync.registers import a_site, edit, rows, tally, value

REGIONS = ["11", "47", "63"]
COLUMNS = [column.name for column in Site.__table__.columns if column.name not in {"n", "rev"}]
ID, REGION = COLUMNS.index("id"), COLUMNS.index("region")
"""Places in the rows of a site that `rows` gives."""


@pytest.fixture
def office(tmp_path: Path, new_register: Callable[..., Register]) -> Iterator[Office]:
    store = Store(f"sqlite:///{tmp_path / 'server.db'}")
    store.create(demo=False)
    yield Office(store, new_register)
    assert inventory.problems(store) == []
    store.close()


def codes(register: Register) -> list[str]:
    with register.reading() as session:
        return list(session.execute(text("SELECT code FROM site ORDER BY code")).scalars())


def is_sound(register: Register) -> bool:
    """By everything but the rules that the shortest site breaks wherever it lies."""
    with register.reading() as session:
        found = [each.sentence(words("en")) for each in check(session) if each.rule not in {"INV-02", "INV-11"}]
    assert found == []
    return True


def full_site(register: Register, code: str, region: str) -> str:
    """A site with a removal that counts: its masses and years stand in the tally."""
    site = a_site(register, code, region=region)
    with register.writing("Remove some") as session:
        (item,) = session.execute(text("SELECT id FROM waste_item WHERE site_id = :id"), {"id": site}).scalars()
        batch = changes.add(
            session, RemovalBatch, site_id=site, no=code, state=BatchState.RECEIVED, received_on=date(2025, 2, 2)
        )
        changes.add(session, BatchLine, site_id=site, batch_id=batch.id, item_id=item, mass_g=1_000_000)
    return site


def test_only_the_own_regions_come_with_all_that_hangs_on_them_and_what_is_everybodys(office: Office) -> None:
    ann = office.laptop("ann")
    full_site(ann, "HERE", "47")
    full_site(ann, "THERE", "63")
    with ann.writing("Contract") as session:
        changes.add(
            session, Contract, no="K-1", signed_on=date(2024, 1, 1), contractor="Everybody's", funding=Funding.EPR, site_id=None
        )
    edit(ann, site_of(ann, "THERE"), name_en="Secret")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR, ["47"])
    office.lines[bob].limit = 2

    office.sync(bob)

    assert codes(bob) == ["HERE"]
    assert is_sound(bob)
    travelled = str(office.lines[bob].pages)
    assert "THERE" not in travelled
    assert "Secret" not in travelled
    with bob.reading() as session:
        assert session.execute(text("SELECT contractor FROM contract")).scalars().all() == ["Everybody's"]


def site_of(register: Register, code: str) -> str:
    with register.reading() as session:
        return str(session.execute(text("SELECT id FROM site WHERE code = :code"), {"code": code}).scalar_one())


def test_a_region_that_is_taken_away_leaves_without_tombstones_and_comes_back_when_granted(office: Office) -> None:
    ann = office.laptop("ann")
    full_site(ann, "HERE", "47")
    there = full_site(ann, "THERE", "63")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR, ["47", "63"])
    office.sync(bob)
    before = rows(bob), tally(bob)
    edit(ann, there, name_en="Edited by ann")
    office.sync(ann)
    office.sync(bob)
    office.give("bob", "47")

    office.sync(bob)

    assert codes(bob) == ["HERE"]
    assert is_sound(bob)
    assert "THERE" not in str(rows(bob))
    with bob.reading() as session:
        assert history.of_site(session, there) == []
        assert session.execute(text("SELECT COUNT(*) FROM operation WHERE state = 'pending'")).scalar_one() == 0
    office.give("bob", "47", "63")
    office.lines[bob].asked.clear()
    office.sync(bob)
    assert office.lines[bob].asked[0] == (0, ("63",))
    assert all(cursor > 0 for cursor, only in office.lines[bob].asked if not only)
    assert rows(bob) == rows(ann)
    assert tally(bob) == before[1]
    assert is_sound(bob)
    assert rows(ann) == rows(bob)


def test_a_grant_that_is_fetched_in_pieces_goes_on_where_it_was_cut(office: Office) -> None:
    ann = office.laptop("ann")
    full_site(ann, "HERE", "47")
    for number in range(5):
        full_site(ann, f"T-{number}", "63")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR, ["47"])
    office.sync(bob)
    office.give("bob", "47", "63")
    line = office.lines[bob]
    line.limit, pull, left = 7, line.pull, [2]

    def cut(**given: Any) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionError
        return pull(**given)

    line.pull = cut  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        office.sync(bob)
    assert codes(bob) == ["HERE"]
    line.pull = pull  # type: ignore[method-assign]
    line.asked.clear()
    edit(ann, site_of(ann, "T-0"), name_en="Meanwhile")
    office.sync(ann)

    office.sync(bob)

    assert line.asked[0][0] > 0
    assert rows(bob) == rows(ann)
    assert tally(bob) == tally(ann)
    assert is_sound(bob)
    office.give("bob")
    office.sync(bob)
    assert bob.me.regions == ()
    assert rows(bob) == rows(ann)


def test_what_is_unsent_when_a_region_goes_is_still_judged_and_stays_to_be_read(office: Office) -> None:
    ann = office.laptop("ann")
    there = full_site(ann, "THERE", "63")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR, ["47", "63"])
    office.sync(bob)
    edit(bob, there, name_en="Written before he knew")
    office.give("bob", "47")

    receipt = office.sync(bob)

    assert (receipt.sent, receipt.refused, receipt.waiting) == (1, 1, 0)
    with bob.reading() as session:
        (refused,) = history.refused(session)
    assert (refused.reason, refused.fields[0].new) == ("NotYourRegion", "Written before he knew")
    assert refused.facts == {"region": "63", "regions": "47"}
    assert codes(bob) == []
    assert is_sound(bob)
    assert value(ann, there, "name_en") == "Old works"


def test_what_was_refused_in_a_region_that_went_and_came_back_makes_no_register_unsound(office: Office) -> None:
    ann = office.laptop("ann")
    there = full_site(ann, "THERE", "63")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR)
    office.sync(bob)
    with bob.writing("Add waste") as session:
        changes.add(session, WasteItem, site_id=there, line_no=9, code="160209")
    full_site(bob, "NEW", "63")
    office.give("bob", "47")
    assert office.sync(bob).refused > 0
    office.sync(bob)
    assert codes(bob) == []

    office.give("bob")
    with pytest.raises(Cut):
        office.sync(bob, cut_at=2)

    assert is_sound(bob)
    office.sync(bob)
    assert codes(bob) == ["THERE"]
    assert is_sound(bob)


def test_a_move_that_was_made_during_a_sync_stays_in_sight_until_it_is_judged(office: Office) -> None:
    """The same sync brings that the site lies in a region of others, with the refusal of an edit from before."""
    ann = office.laptop("ann")
    site = full_site(ann, "A-1", "63")
    office.sync(ann)
    edit(ann, site, area_m2=3)
    office.give("ann", "47")
    ivan = office.laptop("ivan")
    a_site(ivan, "A-2", region="47")
    office.sync(ivan)
    line = office.lines[ann]
    pull = line.pull

    def pull_beside_the_work(**asked: Any) -> bytes:
        line.pull = pull  # type: ignore[method-assign]
        edit(ann, site, region="47")
        return pull(**asked)

    line.pull = pull_beside_the_work  # type: ignore[method-assign, assignment]
    office.sync(ann)
    assert value(ann, site, "region") == "47"

    assert office.sync(ann).refused == 1
    assert codes(ann) == ["A-2"]
    assert is_sound(ann)


def test_a_refusal_by_a_server_that_was_set_back_is_heard_though_its_first_reply_was_lost(
    office: Office, tmp_path: Path
) -> None:
    ann = office.laptop("ann")
    site = full_site(ann, "A-1", "47")
    office.sync(ann)
    office.store.copy_to(tmp_path / "copy.db")
    edit(ann, site, name_en="Taken once")
    office.sync(ann)
    copies.put_back(office.store, tmp_path / "copy.db")
    office.give("ann", "63")
    with pytest.raises(Cut):
        office.sync(ann, cut_at=3)

    receipt = office.sync(ann)

    assert receipt.refused == 1
    with ann.reading() as session:
        assert [each.reason for each in history.refused(session)] == ["NotYourRegion"]
    assert office.sync(ann).sent == 0


def test_a_site_that_moves_leaves_one_laptop_and_arrives_whole_on_the_other(office: Office) -> None:
    ann = office.laptop("ann")
    site = full_site(ann, "MOVES", "47")
    full_site(ann, "STAYS", "47")
    office.sync(ann)
    here, there = office.laptop("here", Role.INSPECTOR, ["47"]), office.laptop("there", Role.INSPECTOR, ["63"])
    edit(ann, site, name_en="First name")
    office.sync(ann)
    office.sync(here)
    office.sync(there)
    assert (codes(here), codes(there)) == (["MOVES", "STAYS"], [])

    edit(ann, site, region="63")
    office.sync(ann)
    office.sync(here)
    office.sync(there)

    assert (codes(here), codes(there)) == (["STAYS"], ["MOVES"])
    assert is_sound(here)
    assert is_sound(there)
    mine = {entity: [row for row in each if site in row] for entity, each in rows(ann).items()}
    assert {name: each for name, each in rows(there).items() if each} == {name: each for name, each in mine.items() if each}
    with there.reading() as session:
        told = [(each.kind, each.author) for each in history.of_site(session, site)]
    assert ("patch", "ann") in told
    edit(ann, site, region="47")
    office.sync(ann)
    office.sync(here)
    office.sync(there)
    assert (codes(here), codes(there)) == (["MOVES", "STAYS"], [])
    assert tally(here) == tally(ann)


def test_a_conflict_goes_with_its_site(office: Office) -> None:
    ann, bob = office.laptop("ann"), office.laptop("bob")
    site = full_site(ann, "MOVES", "47")
    office.sync(ann)
    office.sync(bob)
    here, there = office.laptop("here", Role.SUPERVISOR, ["47"]), office.laptop("there", Role.SUPERVISOR, ["63"])
    edit(ann, site, former_owner="A")
    edit(bob, site, former_owner="B")
    office.sync(ann)
    office.sync(bob)
    office.sync(here)
    office.sync(there)

    def conflicts(register: Register) -> int:
        with register.reading() as session:
            return len(history.conflicts(session))

    assert (conflicts(here), conflicts(there)) == (1, 0)
    office.sync(ann)
    edit(ann, site, region="63")
    office.sync(ann)
    office.sync(here)
    office.sync(there)
    assert (conflicts(here), conflicts(there)) == (0, 1)


def test_to_move_a_site_needs_both_regions(office: Office) -> None:
    ann = office.laptop("ann")
    site = full_site(ann, "A-1", "47")
    office.sync(ann)
    bob = office.laptop("bob", Role.REGISTRAR, ["47", "63"])
    office.sync(bob)
    edit(bob, site, region="63")
    office.give("bob", "47")
    assert office.sync(bob).refused == 1
    assert value(bob, site, "region") == "47"
    with pytest.raises(NotYourRegion):
        edit(bob, site, region="63")
    with pytest.raises(NotYourRegion), bob.writing("Register a site") as session:
        register_site(session, code="B-1", region="63", lat=43.65, lon=51.16, discovered_on=date(2024, 1, 1), name_en="Theirs")
    office.give("bob", "47", "63")
    office.sync(bob)
    edit(bob, site, region="63")
    assert office.sync(bob).refused == 0
    assert value(bob, site, "region") == "63"


def test_a_paper_that_two_regions_would_share_is_refused_so_that_no_laptop_holds_half(office: Office) -> None:
    ann = office.laptop("ann")
    one, two, far = (full_site(ann, code, region) for code, region in (("ONE", "47"), ("TWO", "47"), ("FAR", "63")))
    with ann.writing("Contract") as session:
        contract = changes.add(
            session, Contract, site_id=one, no="K-1", signed_on=date(2024, 1, 1), contractor="C", funding=Funding.EPR
        )
    with ann.writing("Within the region") as session:
        changes.add(session, RemovalBatch, site_id=two, no="NEAR", contract_id=contract.id)
    assert office.sync(ann).refused == 0
    with ann.writing("Across the border") as session:
        changes.add(session, RemovalBatch, site_id=far, no="ACROSS", contract_id=contract.id)
    assert office.sync(ann).refused == 1
    for site in (one, two):
        edit(ann, site, region="63")
        assert office.sync(ann).refused == 1
        assert value(ann, site, "region") == "47"
    bob = office.laptop("bob", Role.INSPECTOR, ["63"])
    office.sync(bob)
    assert codes(bob) == ["FAR"]


def test_thousands_of_rows_leave_with_sums_made_anew(office: Office) -> None:
    ann = office.laptop("ann")
    with ann.writing("Load", bulk=True) as session:
        for region, count in (("47", 300), ("63", 600)):
            sites = [
                {"id": ann._new_id(), "code": f"{region}-{n}", "region": region, "lat": 43.6, "lon": 51.2} for n in range(count)
            ]
            changes.bulk_create(session, "site", sites)
    full_site(ann, "HERE", "47")
    full_site(ann, "THERE", "63")
    office.sync(ann)
    bob = office.laptop("bob", Role.INSPECTOR, ["47", "63"])
    office.sync(bob)
    office.give("bob", "47")
    office.sync(bob)
    assert len(codes(bob)) == 301
    assert is_sound(bob)
    with bob.reading() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'")) > 0
        assert isinstance(session.get(Site, site_of(bob, "HERE")), Site)


@pytest.mark.parametrize("seed", [0, 3, 4, 6, 8])
def test_whatever_is_moved_granted_and_cut_every_laptop_ends_with_what_its_person_may_see(office: Office, seed: int) -> None:
    dice = random.Random(seed)
    laptops = [
        office.laptop("ann"),
        office.laptop("bob", Role.SUPERVISOR, ["47"]),
        office.laptop("cid", Role.INSPECTOR, ["63"]),
    ]
    for number in range(4):
        full_site(laptops[0], f"S-{number}", dice.choice(REGIONS))
    for _step in range(40):
        laptop = dice.choice(laptops)
        match dice.randrange(6):
            case 0:
                person = dice.choice(["bob", "cid"])
                office.give(person, *dice.sample(REGIONS, dice.choice((0, 1, 1, 2))))
            case 1 | 2:
                live(dice, laptop)
            case _:
                office.lines[laptop].limit = dice.choice((1, 3, 50))
                with contextlib.suppress(Cut):
                    office.sync(laptop, cut_at=dice.randrange(1, 9))
    for _round in range(3):
        for laptop in laptops:
            office.sync(laptop)
    whole = rows(laptops[0])
    for laptop in laptops:
        mine = laptop.me.regions or tuple(REGIONS)
        seen = {row[ID] for row in whole["site"] if row[REGION] in mine}
        for entity, each in rows(laptop).items():
            assert each == [row for row in whole[entity] if seen.intersection(map(str, row))], (laptop.me, entity)
        assert is_sound(laptop)
        with laptop.reading() as session:
            assert session.scalar(text("SELECT COUNT(*) FROM operation WHERE state IN ('pending', 'held')")) == 0
            assert session.scalar(text("SELECT COUNT(*) FROM conflict WHERE site_id NOT IN (SELECT id FROM site)")) == 0


def live(dice: random.Random, register: Register) -> None:
    """A person edits, moves or adds something that he sees."""
    with register.reading() as session:
        sites = list(session.execute(text("SELECT id, region FROM site ORDER BY id")).all())
    if not sites:
        return
    site, region = dice.choice(sites)
    with contextlib.suppress(NotYourRegion):
        match dice.randrange(3):
            case 0:
                edit(register, site, region=dice.choice([each for each in REGIONS if each != region]))
            case 1:
                edit(register, site, name_en=dice.choice("abc"), former_owner=dice.choice("xyz"))
            case _:
                with register.writing("Add waste") as session:
                    changes.add(session, WasteItem, site_id=site, line_no=dice.randrange(9), code="160209")
