"""Contracts, batches from plan to certificate, tenders, programmes, budgets (INV-05 to 07, 11, 18)."""

from datetime import datetime
from typing import Any

import pytest
from office import D, Office, noon

from inspector_app.actions import money, removal, waste
from inspector_app.domain.errors import (
    BadValue,
    BatchStepForbidden,
    Duplicate,
    Immutable,
    MassExceeded,
    NotFound,
    RuleBroken,
)
from inspector_app.domain.pcb import EquipmentType
from inspector_app.domain.removal import Funding, TenderResult

T = 1_000_000
LOADING = noon(D(2021, 3, 1))


@pytest.fixture
def site(office: Office) -> str:
    return office.site()


def load(office: Office, batch: str, **given: Any) -> str:
    return office.do(removal.load_batch, batch, **{"at": LOADING, "manifest_no": "M-1", **given})


def test_a_batch_goes_from_plan_to_certificate_and_the_ledger_follows(office: Office, site: str) -> None:
    item = office.item(site, 5)
    batch = office.planned(site, (item, 2 * T))
    removed = "SELECT removed_g, remaining_g FROM waste_item"
    assert office.ask(removed) == [(0, 5 * T)]
    load(office, batch, gross_g=12 * T, tare_g=10 * T)
    assert office.ask(removed) == [(2 * T, 3 * T)]
    office.do(removal.send_batch, batch)
    office.do(removal.receive_batch, batch, on=D(2021, 3, 4), received_g=2 * T - 10_000)
    assert office.ask("SELECT year, mass_g FROM item_year") == [(2021, 2 * T)]
    office.do(removal.destroy_batch, batch, certificate_no="C-1", on=D(2021, 3, 9))

    assert office.ask("SELECT no, state, net_g, received_g, certificate_no FROM removal_batch") == [
        ("A-1-2026-001", "DESTROYED", 2 * T, 2 * T - 10_000, "C-1")
    ]
    with pytest.raises(Immutable):
        office.do(removal.change_batch, batch, carrier="Another")


def test_all_of_an_item_that_left_gives_it_its_outcome_and_a_return_takes_it_back(office: Office, site: str) -> None:
    item = office.item(site, 2)
    batch = office.loaded(site, (item, 2 * T), on=D(2021, 3, 1))
    assert office.ask("SELECT outcome, remaining_g FROM waste_item") == [("REMOVED", 0)]
    office.do(removal.return_batch, batch, reason="Closed road")
    assert office.ask("SELECT outcome, remaining_g FROM waste_item") == [("NONE", 2 * T)]


def test_lines_and_loading_never_take_more_than_remains(office: Office, site: str) -> None:
    item = office.item(site, 2)
    first, second = office.planned(site, (item, 2 * T)), office.planned(site, (item, 2 * T))
    with pytest.raises(MassExceeded):
        office.do(removal.add_line, first, item, mass_g=1)
    load(office, first)
    with pytest.raises(MassExceeded):
        load(office, second, manifest_no="M-2")
    assert office.ask("SELECT remaining_g FROM waste_item") == [(0,)]


def test_a_rejected_batch_counts_again_only_while_there_is_enough(office: Office, site: str) -> None:
    item = office.item(site, 2)
    batch = office.loaded(site, (item, 2 * T), on=D(2021, 3, 1))
    office.do(removal.send_batch, batch)
    office.do(removal.reject_batch, batch, reason="Wrong papers")
    office.loaded(site, (item, T), on=D(2021, 3, 2))
    with pytest.raises(MassExceeded):
        office.do(removal.send_batch, batch)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"manifest_no": ""}, BadValue),
        ({"at": noon(D(2026, 5, 3))}, BadValue),
        ({"gross_g": 2 * T, "tare_g": 2 * T}, RuleBroken),
        ({"gross_g": 12 * T, "tare_g": 10 * T, "net_g": T}, RuleBroken),
        ({"net_g": 0}, RuleBroken),
        ({"net_g": round(1.06 * 2 * T)}, RuleBroken),
        ({"net_g": round(0.94 * 2 * T)}, RuleBroken),
        ({"licence_until": D(2021, 2, 28)}, RuleBroken),
        ({"carrier_bin": "123"}, BadValue),
        ({"operation": "Z1"}, BadValue),
        ({"contract_id": "none"}, NotFound),
    ],
)
def test_an_impossible_loading_is_refused(office: Office, site: str, given: dict[str, Any], wrong: type) -> None:
    batch = office.planned(site, (office.item(site, 5), 2 * T))
    with pytest.raises(wrong):
        load(office, batch, **given)
    assert office.ask("SELECT state FROM removal_batch") == [("PLANNED",)]


def test_the_licence_of_the_contractor_must_hold_on_the_day_of_loading(office: Office, site: str) -> None:
    values = {"no": "5", "signed_on": D(2021, 1, 1), "contractor": "LLP", "licence_until": D(2021, 2, 28)}
    contract = office.do(removal.make_contract, **values)
    batch = office.planned(site, (office.item(site, 5), 2 * T))
    office.do(removal.change_batch, batch, contract_id=contract)
    with pytest.raises(RuleBroken):
        load(office, batch)
    office.do(removal.change_contract, contract, licence_until=D(2021, 3, 1))
    load(office, batch)


def test_a_batch_without_lines_is_never_loaded(office: Office, site: str) -> None:
    with pytest.raises(RuleBroken):
        load(office, office.planned(site))


def test_two_batches_never_share_a_manifest_or_a_number(office: Office, site: str) -> None:
    item = office.item(site, 5)
    first, second = office.planned(site, (item, T)), office.planned(site, (item, T))
    load(office, first)
    with pytest.raises(Duplicate):
        load(office, second)
    office.do(removal.cancel_batch, first, reason="Unloaded again")
    load(office, second)
    with pytest.raises(Duplicate):
        office.planned(site, no="A-1-2026-002")


def test_a_difference_beyond_the_tolerance_is_explained(office: Office, site: str) -> None:
    batch = office.loaded(site, (office.item(site, 5), 2 * T), on=D(2021, 3, 1))
    office.do(removal.send_batch, batch)
    short = {"on": D(2021, 3, 2), "received_g": 1_800_000}
    with pytest.raises(BadValue):
        office.do(removal.receive_batch, batch, **short, note=" ")
    office.do(removal.receive_batch, batch, **short, note="Water ran off")
    assert office.ask("SELECT discrepancy_note FROM removal_batch") == [("Water ran off",)]


def test_pcb_is_weighed_to_one_per_cent(office: Office, site: str) -> None:
    item = office.item(site, 5, code="160209", hazards=["C16", "HP14"], y_codes=["Y10"])
    batch = office.loaded(site, (item, 2 * T), on=D(2021, 3, 1))
    office.do(removal.send_batch, batch)
    with pytest.raises(BadValue):
        office.do(removal.receive_batch, batch, on=D(2021, 3, 2), received_g=1_970_000)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"on": D(2021, 2, 28)}, RuleBroken),
        ({"on": D(2030, 1, 1)}, BadValue),
        ({"received_g": -1}, BadValue),
    ],
)
def test_an_impossible_receipt_is_refused(office: Office, site: str, given: dict[str, Any], wrong: type) -> None:
    batch = office.loaded(site, (office.item(site, 5), 2 * T), on=D(2021, 3, 1))
    office.do(removal.send_batch, batch)
    with pytest.raises(wrong):
        office.do(removal.receive_batch, batch, **{"on": D(2021, 3, 2), "received_g": 2 * T, **given})


def test_a_batch_follows_its_states(office: Office, site: str) -> None:
    batch = office.planned(site, (office.item(site, 5), 2 * T))
    for action, given in (
        (removal.send_batch, {}),
        (removal.receive_batch, {"on": D(2021, 3, 2), "received_g": 2 * T}),
        (removal.destroy_batch, {"certificate_no": "C", "on": D(2021, 3, 2)}),
        (removal.return_batch, {"reason": "x"}),
        (removal.reject_batch, {"reason": "x"}),
    ):
        with pytest.raises(BatchStepForbidden):
            office.do(action, batch, **given)
    office.do(removal.cancel_batch, batch, reason="Not needed")
    with pytest.raises(BatchStepForbidden):
        load(office, batch)


def test_a_certificate_is_not_older_than_the_receipt(office: Office, site: str) -> None:
    batch = office.received(site, (office.item(site, 5), 2 * T), on=D(2021, 3, 5))
    for values, wrong in (({"on": D(2021, 3, 4)}, RuleBroken), ({"certificate_no": ""}, BadValue)):
        with pytest.raises(wrong):
            office.do(removal.destroy_batch, batch, **{"certificate_no": "C", "on": D(2021, 3, 5), **values})


def test_lines_change_only_while_the_batch_is_planned(office: Office, site: str) -> None:
    item, other = office.item(site, 5), office.item(office.site("B-1"), 5)
    batch = office.planned(site, (item, 2 * T))
    (line,) = office.ask("SELECT id FROM batch_line")[0]
    office.do(removal.change_line, line, mass_g=5 * T)
    for mass_g, wrong in ((5 * T + 1, MassExceeded), (0, BadValue), (-1, BadValue)):
        with pytest.raises(wrong):
            office.do(removal.change_line, line, mass_g=mass_g)
    with pytest.raises(BadValue):
        office.do(removal.add_line, batch, other, mass_g=1)
    load(office, batch)
    for change in (
        lambda: office.do(removal.change_line, line, mass_g=1),
        lambda: office.do(removal.remove_line, line),
        lambda: office.do(removal.add_line, batch, item, mass_g=1),
    ):
        with pytest.raises(Immutable):
            change()


def test_a_pcb_item_goes_with_one_batch_and_its_state_follows(office: Office, site: str) -> None:
    item = office.item(site, 5, code="160209", hazards=["C16", "HP14"], y_codes=["Y10"])
    piece = office.do(waste.add_pcb_item, site, equipment=EquipmentType.CAPACITOR, item_id=item)
    first, second = office.planned(site), office.planned(site)
    office.do(removal.add_line, first, item, mass_g=T, pcb_items=[piece])
    with pytest.raises(RuleBroken) as caught:
        office.do(removal.add_line, second, item, mass_g=T, pcb_items=[piece])
    assert caught.value.facts["invariant"] == "INV-07"
    load(office, first)
    assert office.ask("SELECT operation FROM pcb_item") == [("REMOVED",)]
    office.do(removal.return_batch, first, reason="Closed road")
    assert office.ask("SELECT operation FROM pcb_item") == [("WASTE",)]
    office.do(removal.add_line, second, item, mass_g=T, pcb_items=[piece])


def test_a_weight_is_corrected_on_the_road_within_what_the_lines_say(office: Office, site: str) -> None:
    batch = office.loaded(site, (office.item(site, 5), 2 * T), on=D(2021, 3, 1))
    office.do(removal.change_batch, batch, gross_g=12 * T + 1, tare_g=10 * T)
    assert office.ask("SELECT net_g FROM removal_batch") == [(2 * T + 1,)]
    with pytest.raises(RuleBroken):
        office.do(removal.change_batch, batch, gross_g=15 * T)


@pytest.mark.parametrize(
    "given",
    [
        {"no": ""},
        {"contractor": " "},
        {"signed_on": D(2030, 1, 1)},
        {"amount_kzt": -1},
        {"bin": "120840000013"},
        {"starts_on": D(2021, 2, 1), "ends_on": D(2021, 1, 1)},
    ],
)
def test_an_impossible_contract_is_refused(office: Office, given: dict[str, Any]) -> None:
    values = {"no": "1", "signed_on": D(2021, 1, 1), "contractor": "LLP", **given}
    with pytest.raises(BadValue):
        office.do(removal.make_contract, **values)


# -- money --------------------------------------------------------------------------------------------------------------------


def test_tenders_go_by_rounds_one_at_a_time(office: Office, site: str) -> None:
    first = office.do(money.announce_tender, site, on=D(2021, 1, 1), lots=3)
    with pytest.raises(RuleBroken):
        office.do(money.announce_tender, site, on=D(2021, 1, 2))
    with pytest.raises(BadValue):
        office.do(money.close_tender, first, result=TenderResult.HELD, on=D(2021, 2, 1))
    with pytest.raises(BadValue):
        office.do(money.close_tender, first, result=TenderResult.FAILED, on=D(2020, 12, 31))
    office.do(money.close_tender, first, result=TenderResult.FAILED, on=D(2021, 2, 1))
    with pytest.raises(Immutable):
        office.do(money.close_tender, first, result=TenderResult.HELD, on=D(2021, 2, 1), buyer="B", price_kzt=1)
    second = office.do(money.announce_tender, site, on=D(2021, 3, 1))
    office.do(money.close_tender, second, result=TenderResult.HELD, on=D(2021, 4, 1), buyer="LLP", price_kzt=1_000)
    assert office.ask("SELECT round, result FROM sale_tender ORDER BY round") == [(1, "FAILED"), (2, "HELD")]


def test_a_site_is_in_a_programme_once_and_can_leave_and_come_back(office: Office, site: str) -> None:
    programme = office.do(money.make_programme, code="LEGACY", name_en="Legacy waste")
    for _time in range(2):
        office.do(money.add_to_programme, site, programme)
    places = "SELECT count(*) FROM site_programme WHERE deleted = 0"
    assert office.ask(places) == [(1,)]
    office.do(money.remove_from_programme, site, programme)
    assert office.ask(places) == [(0,)]
    office.do(money.add_to_programme, site, programme)
    assert office.ask(places) == [(1,)]
    with pytest.raises(Duplicate):
        office.do(money.make_programme, code="LEGACY")


def test_a_budget_of_a_year_is_said_anew_not_twice(office: Office, site: str) -> None:
    given = {"site_id": site, "year": 2025, "funding": Funding.EPR}
    office.do(money.set_budget, **given, planned_kzt=5_000_000_000)
    office.do(money.set_budget, **given, planned_kzt=5_000_000_000, spent_kzt=400_000_000)
    office.do(money.set_budget, **{**given, "year": 2026}, planned_kzt=1)
    assert office.ask("SELECT year, planned_kzt, spent_kzt FROM budget ORDER BY year") == [
        (2025, 5_000_000_000, 400_000_000),
        (2026, 1, 0),
    ]


@pytest.mark.parametrize(
    "given",
    [{"planned_kzt": -1}, {"spent_kzt": -1}, {"year": 1990}, {"planned_kzt": 2**53}, {"site_id": None}, {"programme_id": "x"}],
)
def test_an_impossible_budget_is_refused(office: Office, site: str, given: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        office.do(money.set_budget, **{"site_id": site, "year": 2025, "planned_kzt": 1, **given})


def test_moments_of_loading_count_by_the_day_in_kazakhstan(office: Office, site: str) -> None:
    item = office.item(site, 5)
    batch = office.planned(site, (item, T))
    load(office, batch, at=datetime.fromisoformat("2021-02-28T20:00:00+00:00"))  # 1 March there
    office.do(removal.send_batch, batch)
    with pytest.raises(RuleBroken):
        office.do(removal.receive_batch, batch, on=D(2021, 2, 28), received_g=T)
    office.do(removal.receive_batch, batch, on=D(2021, 3, 1), received_g=T)
