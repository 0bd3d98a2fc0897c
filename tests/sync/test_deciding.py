"""What people decide on laptops that cannot hear each other: proposals, disputes, conflicts, and equal tallies at the end."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text

from inspector_app.actions.conflicts import decide_dispute, settle
from inspector_app.actions.documents import record_document
from inspector_app.actions.ownership import accept_proposal, refuse_proposal, take_step
from inspector_app.domain.errors import GuardUnmet, RoleMayNot
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.models import changes
from inspector_app.models.queries import history
from inspector_app.models.register import Register
from inspector_app.models.sites import Site
from inspector_app.server.store import open_data
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, events, propose, rows, tally, value

Laptop = Callable[..., Register]


def everybody(*registers: Register) -> None:
    """Sync until everybody has heard of everything."""
    for register in (*registers, *registers[:-1]):
        rounds.sync(register)


def paper(register: Register, site: str, kind: DocumentType, no: str = "17") -> str:
    with register.writing("Record a document") as session:
        return record_document(session, site, type=kind, no=no, issued_on=date(2024, 1, 5)).id


def step(register: Register, site: str, target: Status) -> str:
    with register.writing("Change status") as session:
        return take_step(session, site, target, on=date(2024, 3, 3)).id


def claim(register: Register, site: str, basis: DocumentType, target: Status) -> str:
    paper(register, site, basis)
    return step(register, site, target)


def searched(register: Register, code: str) -> str:
    """A site whose owner is searched for."""
    site = a_site(register, code)
    paper(register, site, DocumentType.SURVEY_ACT)
    step(register, site, Status.OWNER_SEARCH)
    return site


def of_server(server: CentralServer) -> tuple[Counter[str], Counter[str]]:
    """Statuses of sites by the last accepted event, and states of all events, counted on the server itself."""
    store = open_data(server.data)
    try:
        with store.reading() as connection:
            found = connection.execute(
                text("SELECT data FROM sync_row WHERE entity = 'status_event' AND deleted = 0")
            ).scalars()
            every = [json.loads(each) for each in found]
    finally:
        store.close()
    last: dict[str, tuple[int, str]] = {}
    for each in every:
        if each["state"] == "ACCEPTED":
            last[each["site_id"]] = max(last.get(each["site_id"], (0, "")), (each["position"], each["to_status"]))
    return Counter(status for _place, status in last.values()), Counter(each["state"] for each in every)


def of_laptop(register: Register) -> tuple[Counter[str], Counter[str]]:
    with register.reading() as session:
        run = session.connection().exec_driver_sql
        statuses = dict(run("SELECT status, COUNT(*) FROM site WHERE deleted = 0 GROUP BY status").all())
        states = dict(run("SELECT state, COUNT(*) FROM status_event WHERE deleted = 0 GROUP BY state").all())
    return Counter(statuses), Counter(states)


def test_proposals_refusals_and_disputes_end_in_the_same_tally_on_every_laptop_and_the_server(
    laptop: Laptop, server: CentralServer
) -> None:
    ann, bob, eve = laptop("ann"), laptop("bob", "inspector"), laptop("eve", "inspector")
    one, two, three = (searched(ann, f"S-{n}") for n in range(3))
    everybody(ann, bob, eve)
    found = DocumentType.OWNER_INQUIRY
    accepted = claim(bob, one, found, Status.OWNER_FOUND)
    refused = claim(bob, two, found, Status.OWNER_FOUND)
    first = claim(bob, three, found, Status.OWNER_FOUND)
    paper(eve, three, DocumentType.CLAIM, "18")
    second = claim(eve, three, found, Status.CLAIM_FILED)
    assert rounds.sync(bob).proposed == 3
    assert rounds.sync(eve).disputed == 1
    rounds.sync(ann)
    assert value(ann, three, "disputed") == 1
    assert value(ann, three, "status") == "OWNER_SEARCH"

    with ann.writing("Accept a step") as session:
        accept_proposal(session, accepted)
    with ann.writing("Refuse a step") as session:
        refuse_proposal(session, refused, "the reply is not signed")
    with ann.writing("Accept a step") as session, pytest.raises(GuardUnmet, match="disputed"):
        accept_proposal(session, first)
    with bob.writing("Decide a dispute") as session, pytest.raises(RoleMayNot):
        decide_dispute(session, three, keep=first, reason="I was there first")
    with ann.writing("Decide a dispute") as session:
        decide_dispute(session, three, keep=second, reason="the owner denies it in court")
    everybody(ann, bob, eve)

    assert value(bob, one, "status") == "OWNER_FOUND"
    assert value(eve, three, "status") == "CLAIM_FILED"
    for register in (ann, bob, eve):
        assert rows(register) == rows(ann)
        assert tally(register) == tally(ann)
        assert of_laptop(register) == of_server(server)
        assert value(register, three, "disputed") == 0
    with eve.reading() as session:
        run = session.connection().exec_driver_sql
        reasons = dict(run("SELECT id, reason FROM status_event WHERE state = 'REFUSED'").all())
    assert reasons == {refused: "the reply is not signed", first: "the owner denies it in court"}
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."


def test_a_registrar_keeps_what_is_accepted_and_names_the_paper(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    everybody(ann, bob)
    propose(ann, site, Status.OWNER_SEARCH)
    propose(bob, site, Status.OWNER_FOUND)
    everybody(ann, bob)
    act = paper(ann, site, DocumentType.OTHER, "31/2024")
    with ann.writing("Decide a dispute") as session:
        decide_dispute(session, site, keep=None, reason="nobody asked the owner yet", document_id=act)
    everybody(ann, bob)
    assert events(bob, site)[-1][:2] == ("OWNER_FOUND", "REFUSED")
    assert value(bob, site, "disputed") == 0
    with bob.reading() as session:
        asked = "SELECT reason FROM status_event WHERE state = 'REFUSED'"
        assert session.connection().exec_driver_sql(asked).scalar_one() == "nobody asked the owner yet (31/2024)"


def test_of_two_answers_to_one_proposal_the_first_stands_and_the_other_is_told_so(laptop: Laptop) -> None:
    ann, bob, eve = laptop("ann"), laptop("bob"), laptop("eve", "inspector")
    site = searched(ann, "S-1")
    everybody(ann, bob, eve)
    event = claim(eve, site, DocumentType.OWNER_INQUIRY, Status.OWNER_FOUND)
    everybody(eve, ann, bob)
    with ann.writing("Refuse a step") as session:
        refuse_proposal(session, event, "the reply is not signed")
    with bob.writing("Accept a step") as session:
        accept_proposal(session, event)
    rounds.sync(ann)
    assert rounds.sync(bob).refused == 1
    with bob.reading() as session:
        (told,) = history.refused(session)
    assert (told.reason, told.facts["rule"]) == ("GuardUnmet", "the proposal has been answered already.")
    everybody(ann, bob, eve)
    assert events(bob, site) == events(ann, site)
    assert events(bob, site)[-1][:2] == ("OWNER_FOUND", "REFUSED")


def contested(ann: Register, bob: Register) -> tuple[str, str]:
    """A site, and the conflict over its latitude that both know."""
    site = a_site(ann)
    everybody(ann, bob)
    edit(ann, site, lat=44.0)
    edit(bob, site, lat=45.0)
    everybody(ann, bob)
    with ann.reading() as session:
        (seen,) = history.conflicts(session)
    return site, seen.id


def test_two_people_settle_one_conflict_offline_and_the_second_is_asked_again(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site, conflict = contested(ann, bob)
    why = "measured again on the spot"
    with ann.writing("Settle a conflict") as session:
        settle(session, conflict, keep="other", value=44.5, reason=why, document="17/2024")
    with bob.writing("Settle a conflict") as session:
        settle(session, conflict, keep="mine", reason=why)
    assert value(bob, site, "lat") == 45.0
    assert rounds.sync(ann).accepted == 1
    assert rounds.sync(bob).conflicts == 1
    everybody(ann, bob)
    assert value(ann, site, "lat") == value(bob, site, "lat") == 44.5
    for register in (ann, bob):
        with register.reading() as session:
            (again,) = history.conflicts(session)
        assert {again.mine, again.theirs} == {44.5, 45.0}
    with bob.writing("Settle a conflict") as session:
        settle(session, again.id, keep="theirs", reason=why)
    everybody(bob, ann)
    assert rows(ann) == rows(bob)
    with ann.reading() as session:
        assert history.conflicts(session) == []
        asked = text("SELECT reason FROM conflict WHERE id = :id")
        assert session.execute(asked, {"id": conflict}).scalar_one() == f"{why} (17/2024)"


def test_half_a_position_by_one_and_half_by_another_is_never_put_together(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    everybody(ann, bob)
    edit(ann, site, lat=44.0)
    edit(bob, site, lon=52.0)
    rounds.sync(ann)
    assert rounds.sync(bob).conflicts == 1
    assert (value(bob, site, "lat"), value(bob, site, "lon")) == (44.0, 51.16)
    with bob.reading() as session:
        (seen,) = history.conflicts(session)
    assert (seen.field, seen.mine, seen.theirs) == ("lon", 52.0, 51.16)
    with bob.writing("Settle a conflict") as session:
        settle(session, seen.id, keep="mine", reason="both were measured by me")
    everybody(bob, ann)
    assert (value(ann, site, "lat"), value(ann, site, "lon")) == (44.0, 52.0)


def test_a_decision_that_the_server_refuses_takes_its_value_back_and_the_conflict_is_open_again(
    laptop: Laptop, server: CentralServer
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site, conflict = contested(ann, bob)
    with bob.writing("Settle a conflict") as session:
        settle(session, conflict, keep="mine", reason="measured again on the spot")
    edit(bob, site, address="Aktau")
    store = open_data(server.data)
    with store.writing() as connection:
        connection.execute(text("UPDATE person SET role = 'INSPECTOR' WHERE name = 'bob'"))
    store.close()
    assert rounds.sync(bob).refused == 1
    assert (value(bob, site, "lat"), value(bob, site, "address")) == (44.0, "Aktau")
    with bob.reading() as session:
        assert [each.id for each in history.conflicts(session)] == [conflict]
        (told,) = history.refused(session)
    assert (told.reason, told.kind) == ("RoleMayNot", "settle")
    rounds.sync(ann)
    assert rows(ann) == rows(bob)


def test_a_conflict_shows_what_stands_now_and_keeps_it(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site, _conflict = contested(ann, bob)
    edit(ann, site, lat=46.0)
    everybody(ann, bob)
    with bob.reading() as session:
        (seen,) = history.conflicts(session)
    assert (seen.mine, seen.theirs, seen.theirs_author) == (45.0, 46.0, "ann")
    with bob.writing("Settle a conflict") as session:
        settle(session, seen.id, keep="theirs", reason="hers was measured later")
    everybody(bob, ann)
    assert value(ann, site, "lat") == 46.0
    with ann.reading() as session:
        assert history.conflicts(session) == []


def test_a_deletion_that_missed_the_last_edit_is_one_conflict_with_both_people(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    everybody(ann, bob)
    edit(ann, site, name_en="Changed")
    with bob.writing("Delete a site") as session:
        changes.delete(session.get_one(Site, site))
    everybody(ann, bob)
    with bob.reading() as session:
        (seen,) = history.conflicts(session)
    assert (seen.mine, seen.mine_author, seen.theirs, seen.theirs_author) == (True, "bob", False, "ann")
    with bob.writing("Settle a conflict") as session:
        settle(session, seen.id, keep="mine")
    everybody(bob, ann)
    assert value(ann, site, "deleted") == 1
    assert value(ann, site, "name_en") == "Changed"
    assert rows(ann) == rows(bob)
