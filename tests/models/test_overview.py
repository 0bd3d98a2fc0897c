"""The tally counts, the overview reads counters, and what needs attention is found."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from office import D, Office

from inspector_app.actions import inspections, money, ownership, removal, waste
from inspector_app.domain.ownership import Bucket, CourtResult, DocumentType, Status
from inspector_app.domain.pcb import ConcentrationClass, EquipmentCondition, EquipmentType, Liquid
from inspector_app.domain.people import Role
from inspector_app.i18n import words
from inspector_app.models.queries.attention import MOST, Concern, NeedsAttention, needs_attention
from inspector_app.models.queries.overview import Overview, Tally, overview, published, site_years, tally, waste_types_removed
from inspector_app.models.register import Register

T = 1_000_000


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


def counted(office: Office) -> Tally:
    with office.register.reading() as session:
        return tally(session)


def told(office: Office) -> dict[str, Any]:
    with office.register.reading() as session:
        return published(session)


def seen(office: Office) -> Overview:
    with office.register.reading() as session:
        return overview(session)


def attention(office: Office) -> NeedsAttention:
    with office.register.reading() as session:
        return needs_attention(session)


def test_an_empty_register_has_a_tally_of_nothing(office: Office) -> None:
    found = counted(office)
    assert found.state_owned == 0
    assert set(found.by_bucket.values()) == {0}
    assert seen(office).is_empty
    assert json.dumps(told(office))


def test_the_tally_has_exactly_the_keys_that_programs_read(office: Office) -> None:
    found = told(office)
    assert set(found) >= {
        "state_owned", "by_bucket", "by_status", "waste_types_removed", "kg", "pcb_items", "funding_kzt",
    }  # fmt: skip
    assert set(found["by_bucket"]) == {"removed", "sold", "transferred", "pending_removal", "under_inspection"}
    assert set(found["by_status"]) == {status.lower() for status in Status}
    assert set(found["kg"]) == {"inventory", "removed", "remaining"}
    assert set(found["funding_kzt"]) == {"planned", "spent"}


def test_waste_types_are_counted_per_year_once_however_many_batches_bring_them(office: Office) -> None:
    site, item = office.pending(tonnes=5)
    other = office.item(site, 1)
    office.received(site, (item, T), on=D(2023, 3, 1))
    office.received(site, (item, T), (other, T), on=D(2023, 5, 1))
    office.received(site, (item, T), on=D(2024, 1, 1))
    office.loaded(site, (item, T), on=D(2025, 1, 1))  # on the road: removed from the site, but not arrived

    found = told(office)
    assert found["waste_types_removed"] == {"A-1": {"2023": 2, "2024": 1}}
    assert found["kg"] == {"inventory": 6_000, "removed": 5_000, "remaining": 1_000}
    with office.register.reading() as session:
        years = [(row.year, row.types, row.mass_g) for row in site_years(session, code="A-1")]
        assert waste_types_removed(session, site_id="none") == {}
    assert years == [(2023, 2, 3 * T), (2024, 1, T)]
    assert [(row.year, row.types) for row in seen(office).removed_by_year] == [(2023, 2), (2024, 1)]


def test_delete_one_record_and_the_figure_moves(office: Office) -> None:
    site, item = office.pending()
    batch = office.received(site, (item, T), on=D(2023, 3, 1))
    assert told(office)["waste_types_removed"] == {"A-1": {"2023": 1}}
    with office.register.writing("Delete a batch") as session:
        from inspector_app.models import changes
        from inspector_app.models.removal import RemovalBatch

        changes.delete(session.get_one(RemovalBatch, batch))
    assert told(office)["waste_types_removed"] == {}
    assert counted(office).removed_g == 0


def test_buckets_and_money_and_pcb_are_counted(office: Office) -> None:
    site, item = office.pending()
    office.owned("B-2", 2021, region="55")
    office.site("C-3")
    programme = office.do(money.make_programme, code="LEGACY", name_en="Legacy waste", name_ru="Исторические отходы")
    for each in office.ask("SELECT id FROM site WHERE code < 'C'"):
        office.do(money.add_to_programme, each[0], programme)
    office.do(money.set_budget, programme_id=programme, year=2025, planned_kzt=11_900_000_000, spent_kzt=3_200_000_000)
    office.do(money.set_budget, site_id=site, year=2025, planned_kzt=5_000_000_000)
    office.do(waste.add_pcb_item, site, equipment=EquipmentType.TRANSFORMER, liquid=Liquid.SOVTOL10, total_g=8_200_000)

    found = counted(office)
    assert found.state_owned == 2
    assert found.by_bucket[Bucket.PENDING_REMOVAL] == 1
    assert found.by_bucket[Bucket.UNDER_INSPECTION] == 1
    assert (found.planned_kzt, found.spent_kzt) == (16_900_000_000, 3_200_000_000)
    assert [(row.kind, row.code, row.sites, row.regions) for row in found.budgets] == [
        ("programme", "LEGACY", 2, 2),
        ("site", "A-1", 1, 1),
    ]
    assert found.budgets[0].name(words("ru")) == "Исторические отходы"
    assert not found.budgets[0].is_overspent
    assert found.pcb_items[ConcentrationClass.GT_10PCT] == 1
    page = seen(office)
    assert page.pcb_mass_g[ConcentrationClass.GT_10PCT] == 8_200_000
    assert page.sites == 3
    assert page.remaining_g == 5 * T
    assert page.remaining_by_status[Status.PENDING_REMOVAL] == 5 * T
    assert item


def test_the_way_to_the_goal_follows_closures_and_reopenings(office: Office) -> None:
    site, item = office.pending("A-1", 2020)
    office.owned("B-2", 2021)
    office.destroyed(site, (item, 5 * T), on=D(2020, 10, 1))
    office.step(site, Status.REMOVING, D(2020, 10, 1), DocumentType.CONTRACT)
    office.step(site, Status.REMOVED, D(2020, 11, 1), DocumentType.CLEARANCE_ACT)
    way = seen(office).way
    assert way.steps == ((D(2020, 7, 1), 1), (D(2020, 11, 1), 0), (D(2021, 7, 1), 1))
    office.step(site, Status.UNDER_INSPECTION, D(2022, 1, 1), DocumentType.DISCOVERY_ACT)
    assert seen(office).way.still_open == 2


# -- what needs attention ---------------------------------------------------------------------------------------------------


def concerns(office: Office) -> dict[str, str]:
    return {str(row.concern): row.sentence(words("en")) for row in attention(office).rows}


def troubled(office: Office) -> Iterator[tuple[str, str]]:
    """Make one trouble after the other; tell its concern and sentence."""
    site = office.site("A-1", name_en="Old depot")
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), DocumentType.SURVEY_ACT)
    office.decision(site, D(2026, 4, 21), in_force_on=None)
    yield "NO_FORCE", "Old depot: court decision without date of legal force"
    office.do(inspections.start_inspection, site, planned_on=D(2026, 4, 13))
    yield "OVERDUE", "Old depot: inspection overdue"
    item = office.item(site, 50)
    office.loaded(site, (item, 10 * T), on=D(2026, 3, 1))
    yield "NOT_RECEIVED", "Batch A-1-2026-001: loaded, but never received"
    batch = office.loaded(site, (item, 10 * T), on=D(2026, 4, 25))
    office.do(removal.send_batch, batch)
    office.do(removal.receive_batch, batch, on=D(2026, 4, 26), received_g=9 * T, note="Ran off")
    yield "DIFFERENCE", "Batch A-1-2026-002: 1 000 kg less received than loaded (10.0 %)"
    office.do(waste.add_pcb_item, site, equipment=EquipmentType.CAPACITOR, condition=EquipmentCondition.LEAKING)
    yield "LEAKING", "PCB equipment KZ-PCB-47-000001 leaks, Old depot"
    office.become(Role.INSPECTOR)
    office.step(site, Status.CLAIM_FILED, D(2026, 3, 1), DocumentType.CLAIM, DocumentType.OWNER_INQUIRY)
    yield "PROPOSED", "Old depot: a proposed change of status waits"


def test_each_trouble_is_found_with_its_words_and_its_days(office: Office) -> None:
    told: dict[str, str] = {}
    for concern, sentence in troubled(office):
        told[concern] = sentence.replace(" ", "")
        found = {
            name: text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "") for name, text in concerns(office).items()
        }
        assert found == told
    days = {str(row.concern): row.days for row in attention(office).rows}
    assert (days["NO_FORCE"], days["OVERDUE"], days["LEAKING"]) == (11, 19, 0)
    assert attention(office).total == len(told)
    first = attention(office).rows[0]
    assert (first.concern, first.entity, first.site_code) == (Concern.LEAKING, "pcb_item", "A-1")


def test_what_was_settled_needs_no_attention_any_more(office: Office) -> None:
    for _trouble in troubled(office):
        pass
    office.become(Role.REGISTRAR)
    for (event,) in office.ask("SELECT id FROM status_event WHERE state = 'PROPOSED'"):
        office.do(ownership.refuse_proposal, event, "Not yet")
    for (decision,) in office.ask("SELECT id FROM court_decision"):
        office.do(ownership.change_decision, decision, in_force_on=D(2026, 5, 1))
    for (act,) in office.ask("SELECT id FROM inspection"):
        office.do(inspections.remove_inspection, act)
    for batch, state in office.ask("SELECT id, state FROM removal_batch"):
        if state == "LOADED":
            office.do(removal.return_batch, batch, reason="Turned back")
        else:
            office.do(removal.destroy_batch, batch, certificate_no="C", on=D(2026, 5, 1))
    for (piece,) in office.ask("SELECT id FROM pcb_item"):
        office.do(waste.change_pcb_item, piece, condition=EquipmentCondition.INTACT)
    assert attention(office).rows == ()
    assert attention(office).total == 0


def test_a_refused_claim_comes_into_no_force_and_a_batch_of_yesterday_is_no_trouble(office: Office) -> None:
    site = office.site()
    office.decision(site, D(2026, 4, 1), result=CourtResult.REFUSED, ownership=None, in_force_on=None)
    office.loaded(site, (office.item(site), T), on=D(2026, 5, 1))
    office.do(inspections.start_inspection, site, planned_on=D(2026, 5, 2))
    assert attention(office).rows == ()


def test_a_thousand_small_troubles_hide_no_leak(office: Office) -> None:
    site = office.site()
    with office.register.writing("Many plans") as session:
        for _number in range(3 * MOST):
            inspections.start_inspection(session, site, planned_on=D(2026, 1, 1))
    office.do(waste.add_pcb_item, site, equipment=EquipmentType.CAPACITOR, condition=EquipmentCondition.LEAKING)
    found = attention(office)
    assert len(found.rows) == MOST
    assert found.rows[0].concern is Concern.LEAKING
    assert found.counts == {Concern.LEAKING: 1, Concern.OVERDUE: 3 * MOST}
