"""Two real registers and a real server process: what one records, the other shows."""

from collections.abc import Callable
from datetime import date

import pytest

from inspector_app.actions.conflicts import refuse_disputed, settle
from inspector_app.domain.errors import NotFound, ReadingOnly, RoleMayNot
from inspector_app.domain.ownership import Status
from inspector_app.domain.removal import BatchState
from inspector_app.models import changes
from inspector_app.models.queries import history, standing
from inspector_app.models.register import Register
from inspector_app.models.removal import BatchLine, RemovalBatch
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, events, propose, rows, tally, value

Laptop = Callable[..., Register]


def test_what_one_laptop_records_the_other_shows_with_the_same_tally(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    site = a_site(ann)
    assert rounds.sync(ann).accepted == 4

    receipt = rounds.sync(bob)

    assert (receipt.sent, receipt.received) == (0, 4)
    assert rows(ann) == rows(bob)
    assert tally(ann) == tally(bob)
    edit(bob, site, name_en="New name")
    rounds.sync(bob)
    rounds.sync(ann)
    assert value(ann, site, "name_en") == "New name"
    assert rows(ann) == rows(bob)


def test_the_first_laptop_of_an_empty_server_is_not_sent_its_own_rows_back(laptop: Laptop) -> None:
    ann = laptop("ann")
    a_site(ann)
    receipt = rounds.sync(ann)
    assert (receipt.sent, receipt.accepted, receipt.received) == (4, 4, 0)
    assert ann.facts()["cursor"] == "4"


def test_a_second_sync_has_nothing_to_do(laptop: Laptop) -> None:
    ann = laptop("ann")
    a_site(ann)
    rounds.sync(ann)
    receipt = rounds.sync(ann)
    assert (receipt.sent, receipt.received, receipt.waiting) == (0, 0, 0)


def test_a_new_laptop_takes_a_whole_register_with_derived_values_and_search(laptop: Laptop) -> None:
    ann = laptop("ann")
    with ann.writing("Load", bulk=True) as session:
        changes.bulk_create(
            session,
            "site",
            [
                {"id": ann._new_id(), "code": f"S-{n}", "name_ru": f"Объект {n}", "region": "47", "lat": 43.6, "lon": 51.2}
                for n in range(6000)
            ],
        )
    a_site(ann)
    rounds.sync(ann)
    new = laptop("bob", "inspector")

    rounds.sync(new)

    assert rows(new) == rows(ann)
    assert tally(new) == tally(ann)
    with new.reading() as session:
        found = session.connection().exec_driver_sql("SELECT COUNT(*) FROM search WHERE search MATCH 'объект'").scalar_one()
        triggers = (
            session.connection().exec_driver_sql("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'").scalar_one()
        )
    assert found == 6000
    assert triggers > 0
    edit(new, value_id(new, "S-7"), name_en="Seven")
    rounds.sync(new)
    rounds.sync(ann)
    assert rows(new) == rows(ann)


def test_sums_are_right_whatever_comes_first(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    with ann.writing("Load a batch") as session:
        (item,) = session.connection().exec_driver_sql("SELECT id FROM waste_item").scalars()
        batch = changes.add(session, RemovalBatch, site_id=site, no="B-1", state=BatchState.LOADED)
        changes.add(session, BatchLine, site_id=site, batch_id=batch.id, item_id=item, mass_g=1_000_000)
    edit(ann, site, name_en="The site comes after everything on it")
    with ann.writing("Receive a batch") as session:
        received = session.get_one(RemovalBatch, batch.id)
        received.state, received.received_on = BatchState.RECEIVED, date(2025, 2, 2)
        session.get_one(WasteItem, item).place = "The item comes after its estimates"
    rounds.sync(ann)
    rounds.sync(bob)
    assert value(bob, site, "remaining_g") == 4_000_000
    assert rows(ann) == rows(bob)
    assert tally(ann) == tally(bob)


def value_id(register: Register, code: str) -> str:
    with register.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT id FROM site WHERE code = ?", (code,)).scalar_one())


def test_different_fields_merge_and_the_same_value_is_no_conflict(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(ann, site, address="Aktau", name_en="Same")
    edit(bob, site, area_m2=120, name_en="Same")

    assert rounds.sync(ann).conflicts == 0
    assert rounds.sync(bob).conflicts == 0
    rounds.sync(ann)

    assert rows(ann) == rows(bob)
    assert (value(ann, site, "address"), value(ann, site, "area_m2")) == ("Aktau", 120)


def test_two_values_for_one_field_become_one_conflict_that_a_person_settles(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(ann, site, lat=44.0, name_en="Both")
    edit(bob, site, lat=45.0, address="Only bob")

    rounds.sync(ann)
    assert rounds.sync(bob).conflicts == 1
    rounds.sync(ann)

    assert value(bob, site, "lat") == value(ann, site, "lat") == 44.0
    assert value(ann, site, "address") == "Only bob"
    with bob.reading() as session:
        (seen,) = history.conflicts(session)
    assert (seen.field, seen.base, seen.mine, seen.theirs, str(seen.kind)) == ("lat", 43.65, 45.0, 44.0, "legal")
    assert (seen.mine_author, seen.theirs_author, seen.site) == ("bob", "ann", "A-1")
    with ann.reading() as session:
        (other,) = history.conflicts(session)
    assert (other.mine, other.theirs) == (44.0, 45.0)

    with bob.writing("Settle a conflict") as session:
        settle(session, seen.id[:8], keep="mine", reason="measured again on the spot")
    rounds.sync(bob)
    rounds.sync(ann)

    assert value(ann, site, "lat") == value(bob, site, "lat") == 45.0
    assert rows(ann) == rows(bob)
    for register in (ann, bob):
        with register.reading() as session:
            assert history.conflicts(session) == []
    with ann.writing("Settle a conflict") as session, pytest.raises(NotFound):
        settle(session, seen.id, keep="theirs")


def test_an_edit_of_a_deleted_record_is_one_conflict_and_the_edit_can_be_kept(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    with ann.writing("Delete a site") as session:
        changes.delete(session.get_one(Site, site))
    edit(bob, site, name_en="Still there", address="Aktau")

    rounds.sync(ann)
    assert rounds.sync(bob).conflicts == 1
    assert value(bob, site, "deleted") == 1

    with bob.writing("Settle a conflict") as session:
        (seen,) = history.conflicts(session)
        settle(session, seen.id, keep="mine")
    rounds.sync(bob)
    rounds.sync(ann)
    assert (value(ann, site, "deleted"), value(ann, site, "name_en")) == (0, "Still there")
    assert rows(ann) == rows(bob)


def test_a_deletion_by_someone_who_did_not_see_the_last_edit_is_a_conflict(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(ann, site, name_en="Changed")
    with bob.writing("Delete a site") as session:
        changes.delete(session.get_one(Site, site))
    rounds.sync(ann)
    assert rounds.sync(bob).conflicts == 1
    assert (value(bob, site, "deleted"), value(bob, site, "name_en")) == (0, "Changed")


def test_a_legal_fact_is_settled_by_a_supervisor_and_not_by_an_inspector(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(ann, site, lat=44.0)
    edit(bob, site, lat=45.0)
    rounds.sync(ann)
    rounds.sync(bob)
    with bob.reading() as session:
        (seen,) = history.conflicts(session)
    with pytest.raises(RoleMayNot), bob.writing("Settle a conflict") as session:
        settle(session, seen.id, keep="mine")


def test_of_two_events_on_one_status_one_stands_and_the_other_is_disputed(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    propose(ann, site, Status.OWNER_SEARCH)
    second = propose(bob, site, Status.OWNER_FOUND)

    assert rounds.sync(ann).accepted == 1
    assert rounds.sync(bob).disputed == 1
    rounds.sync(ann)

    expected = [("DISCOVERED", "ACCEPTED", 1), ("OWNER_SEARCH", "ACCEPTED", 2), ("OWNER_FOUND", "DISPUTED", 0)]
    assert events(ann, site) == events(bob, site) == expected
    assert value(ann, site, "status") == "OWNER_SEARCH"
    assert value(bob, site, "disputed") == 1
    assert tally(ann) == tally(bob)
    with bob.reading() as session:
        (seen,) = history.events(session)
    assert (seen.id, seen.actor) == (second, "bob")

    with ann.writing("Refuse a step") as session:
        refuse_disputed(session, second, "the court has not decided yet")
    rounds.sync(ann)
    rounds.sync(bob)
    assert value(bob, site, "disputed") == 0
    assert events(ann, site) == events(bob, site)


def test_a_device_proposes_and_the_role_on_the_server_decides(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    propose(bob, site, Status.CLAIM_FILED)
    receipt = rounds.sync(bob)
    assert receipt.refused == 1
    rounds.sync(ann)
    assert events(ann, site) == events(bob, site) == [("DISCOVERED", "ACCEPTED", 1), ("CLAIM_FILED", "REFUSED", 0)]
    with bob.reading() as session:
        reason = session.connection().exec_driver_sql("SELECT reason FROM status_event WHERE state = 'REFUSED'").scalar_one()
    assert "cannot go from" in reason


def test_what_was_written_by_who_may_only_look_since_is_refused_with_the_reason_and_shown(
    laptop: Laptop, server: CentralServer
) -> None:
    ann, eve = laptop("ann"), laptop("eve", "inspector")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(eve)
    edit(eve, site, name_en="Mine now")
    server.command("user", "set", "eve", "--role", "viewer")
    assert rounds.sync(eve).refused == 1
    assert value(eve, site, "name_en") == "Old works"
    with eve.reading() as session:
        (change,) = history.refused(session)
    assert (change.reason, change.fields[0].new) == ("ReadingOnly", "Mine now")
    with pytest.raises(ReadingOnly):
        edit(eve, site, name_en="Not even here")
    rounds.sync(ann)
    assert rows(ann) == rows(eve)


def test_history_tells_who_changed_what_on_both_laptops(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    edit(bob, site, name_en="By bob")
    with bob.reading() as session:
        (waits,) = history.waiting(session)
        assert standing.waiting_count(session) == 1
    assert (waits.command, waits.site, waits.state) == ("Change a site", "A-1", "pending")
    rounds.sync(bob)
    rounds.sync(ann)
    with ann.reading() as session:
        newest = history.of_row(session, "site", site)[0]
        assert history.of_site(session, site)[0] == newest
        last = history.last_sync(session)
    assert (newest.author, newest.command) == ("bob", "Change a site")
    assert [(each.name, each.old, each.new) for each in newest.fields] == [("name_en", "Old works", "By bob")]
    assert last is not None
    assert last.outcome["received"] == 1


def test_a_register_made_before_enrolment_hands_in_everything(
    new_register: Callable[..., Register], server: CentralServer, laptop: Laptop
) -> None:
    old = new_register("old.register", person="before", clock=None)
    site = a_site(old)
    edit(old, site, name_en="Renamed offline")
    rounds.enrol(old, url=server.url, code=server.code("ann"))
    assert old.me.person == "ann"
    assert rounds.sync(old).sent == 5
    bob = laptop("bob", "inspector")
    rounds.sync(bob)
    assert rows(old) == rows(bob)


def test_a_server_set_back_to_a_copy_gets_everything_again(laptop: Laptop, server: CentralServer, tmp_path: object) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    copy = server.data.parent / "copy.db"
    server.command("backup", str(copy))
    edit(ann, site, name_en="After the copy")
    rounds.sync(ann)
    rounds.sync(bob)
    edit(bob, site, address="Aktau")
    rounds.sync(bob)
    server.stop()
    server.command("restore", str(copy))
    server.start()

    rounds.sync(bob)
    rounds.sync(ann)
    rounds.sync(bob)

    assert value(bob, site, "name_en") == value(ann, site, "name_en") == "After the copy"
    assert value(ann, site, "address") == "Aktau"
    assert rows(ann) == rows(bob)
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."


def test_a_copied_laptop_is_noticed_and_loses_nothing(laptop: Laptop) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    twin_path = ann.path.with_name("twin.register")
    ann.copy(twin_path)
    twin_path.with_name("twin.register.key").write_bytes(ann.path.with_name(ann.path.name + ".key").read_bytes())
    twin = Register.open(twin_path)
    try:
        edit(ann, site, name_en="On the first")
        edit(twin, site, address="On the second")
        rounds.sync(ann)
        rounds.sync(twin)
        rounds.sync(ann)
        assert rows(ann) == rows(twin)
        assert (value(ann, site, "name_en"), value(ann, site, "address")) == ("On the first", "On the second")
    finally:
        twin.close()
