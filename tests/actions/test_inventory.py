"""Waste items, their quantities, what leaves them, PCB equipment (INV-01 to 10, 20)."""

from typing import Any

import pytest
from office import D, Office

from inspector_app.actions import waste
from inspector_app.domain.errors import BadValue, Duplicate, MassExceeded, NotFound, RuleBroken
from inspector_app.domain.ownership import DocumentType as T
from inspector_app.domain.pcb import ConcentrationClass, EquipmentType, Liquid, OperationalStatus
from inspector_app.domain.pcb import TestMethod as Method
from inspector_app.domain.waste import QuantityMethod, Unit


@pytest.fixture
def site(office: Office) -> str:
    return office.site()


def balance(office: Office, item: str) -> tuple[Any, ...]:
    return office.ask(
        "SELECT accepted_g, corrected_g, removed_g, sold_g, transferred_g, remaining_g, outcome FROM waste_item WHERE id = :i",
        i=item,
    )[0]


@pytest.mark.parametrize(
    ("values", "invariant"),
    [
        ({"code": "060101"}, "INV-02"),
        ({"code": "010101", "hazards": ["HP3"]}, "INV-02"),
        ({"code": "160209", "hazards": ["HP14"], "y_codes": ["Y10"]}, "INV-04"),
    ],
)
def test_an_item_whose_code_and_hazards_do_not_fit_is_refused(
    office: Office, site: str, values: dict[str, Any], invariant: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        office.do(waste.add_item, site, **values)
    assert caught.value.facts["invariant"] == invariant


def test_items_are_numbered_and_know_their_classifier(office: Office, site: str) -> None:
    for code in ("06 01 01*", "16.02.09", "199999"):
        office.do(waste.add_item, site, code=code, hazards=["HP8", "C16"], y_codes=["Y10"])
    assert office.ask("SELECT line_no, code, classifier_version IS NOT NULL FROM waste_item ORDER BY line_no") == [
        (1, "060101", 1),
        (2, "160209", 1),
        (3, "199999", 0),  # old papers have codes that the classifier does not know
    ]


def test_a_mirror_code_is_assessed_before_its_quantity_counts(office: Office, site: str) -> None:
    item = office.do(waste.add_item, site, code="160303", hazards=["HP6"])
    estimate = office.estimate(item, 3)
    with pytest.raises(RuleBroken) as caught:
        office.do(waste.accept_estimate, estimate)
    assert caught.value.facts["invariant"] == "INV-03"
    office.do(waste.change_item, item, mirror_assessment="Protocol 5")
    office.do(waste.accept_estimate, estimate)
    assert balance(office, item)[0] == 3_000_000
    with pytest.raises(RuleBroken):
        office.do(waste.change_item, item, mirror_assessment="")


def test_of_several_estimates_one_counts(office: Office, site: str) -> None:
    item = office.item(site, 5)
    second = office.estimate(item, "7,5")
    assert balance(office, item)[0] == 5_000_000
    office.do(waste.accept_estimate, second)
    assert balance(office, item)[0] == 7_500_000
    assert office.ask("SELECT value, accepted FROM quantity_estimate ORDER BY n") == [("5", 0), ("7.5", 1)]


@pytest.mark.parametrize(
    ("values", "mass_g"),
    [
        ({"value": "2,5", "unit": Unit.M3, "density": "1,2"}, 3_000_000),
        ({"value": 10, "unit": Unit.PCS, "unit_mass_g": 44_600}, 446_000),
        ({"value": "11242", "unit": Unit.BQ}, None),
    ],
)
def test_a_quantity_is_given_in_its_own_unit(office: Office, site: str, values: dict[str, Any], mass_g: int | None) -> None:
    item = office.do(waste.add_item, site, code="060101", hazards=["HP8"])
    given = {"method": QuantityMethod.EXPERT, "estimated_on": D(2020, 1, 2), **values}
    estimate = office.do(waste.add_estimate, item, **given)
    assert office.ask("SELECT mass_g FROM quantity_estimate") == [(mass_g,)]
    if mass_g is None:
        with pytest.raises(RuleBroken):
            office.do(waste.accept_estimate, estimate)


@pytest.mark.parametrize(
    "values",
    [
        {"value": "-1", "unit": Unit.T},
        {"value": "x", "unit": Unit.T},
        {"value": "1", "unit": Unit.L},
        {"value": "1", "unit": Unit.T, "estimated_on": D(2030, 1, 1)},
        {"value": "1", "unit": Unit.T, "low_g": 5, "high_g": 4},
    ],
)
def test_an_impossible_quantity_is_refused(office: Office, site: str, values: dict[str, Any]) -> None:
    item = office.do(waste.add_item, site, code="060101", hazards=["HP8"])
    with pytest.raises(BadValue):
        office.do(waste.add_estimate, item, **{"method": QuantityMethod.EXPERT, "estimated_on": D(2020, 1, 2), **values})


def test_what_is_sold_transferred_and_corrected_balances(office: Office, site: str) -> None:
    item, act = office.item(site, 5), office.paper(site, T.SALE_CONTRACT, D(2021, 1, 1))
    office.do(waste.sell, item, on=D(2021, 1, 1), document_id=act, mass_g=1_000_000)
    office.do(waste.correct, item, mass_g=500_000, on=D(2021, 1, 2), reason="Weighed anew", document_id=act)
    office.do(waste.transfer, item, on=D(2021, 1, 3), document_id=act)
    assert balance(office, item) == (5_000_000, 500_000, 0, 1_000_000, 4_500_000, 0, "TRANSFERRED")


def test_more_than_remains_never_leaves(office: Office, site: str) -> None:
    item, act = office.item(site, 5), office.paper(site, T.LEB_ACT, D(2021, 1, 1))
    with pytest.raises(MassExceeded):
        office.do(waste.transfer, item, on=D(2021, 1, 1), document_id=act, mass_g=5_000_001)
    office.do(waste.sell, item, on=D(2021, 1, 1), document_id=act, mass_g=4_000_000)
    with pytest.raises(RuleBroken):
        office.do(waste.correct, item, mass_g=-1_000_001, on=D(2021, 1, 2), reason="Less", document_id=act)
    smaller = office.estimate(item, 3)
    with pytest.raises(RuleBroken):
        office.do(waste.accept_estimate, smaller)
    assert balance(office, item)[5] == 1_000_000


def test_a_correction_needs_a_mass_a_reason_and_a_document(office: Office, site: str) -> None:
    item, act = office.item(site, 5), office.paper(site, T.OTHER, D(2021, 1, 1))
    for values, wrong in (
        ({"mass_g": 0}, BadValue),
        ({"reason": " "}, BadValue),
        ({"document_id": "none"}, NotFound),
        ({"on": D(2030, 1, 1)}, BadValue),
    ):
        given = {"mass_g": 1, "reason": "Weighed", "document_id": act, "on": D(2021, 1, 1), **values}
        with pytest.raises(wrong):
            office.do(waste.correct, item, **given)


def test_an_item_that_something_left_is_never_taken_out(office: Office, site: str) -> None:
    item, act = office.item(site, 5), office.paper(site, T.OTHER, D(2021, 1, 1))
    other = office.item(site, 1)
    office.do(waste.correct, item, mass_g=1, on=D(2021, 1, 1), reason="Weighed", document_id=act)
    with pytest.raises(RuleBroken):
        office.do(waste.remove_item, item)
    office.do(waste.remove_item, other)
    assert office.ask("SELECT items, inventory_g FROM site") == [(1, 5_000_001)]


# -- PCB --------------------------------------------------------------------------------------------------------------------


def piece(office: Office, site: str, **values: Any) -> str:
    return office.do(waste.add_pcb_item, site, **{"equipment": EquipmentType.CAPACITOR, **values})


def test_labels_go_up_by_region_and_are_never_given_twice(office: Office, site: str) -> None:
    other = office.site("B-1", region="55", lat=52.0, lon=76.9)
    for where in (site, site, other):
        piece(office, where)
    assert [row[0] for row in office.ask("SELECT label FROM pcb_item ORDER BY n")] == [
        "KZ-PCB-47-000001",
        "KZ-PCB-47-000002",
        "KZ-PCB-55-000001",
    ]
    with pytest.raises(Duplicate):
        piece(office, site, label="KZ-PCB-55-000001")
    with pytest.raises(BadValue):
        piece(office, site, label="PCB 1")


def test_the_class_follows_from_the_evidence_and_only_chromatography_lowers_it(office: Office, site: str) -> None:
    item = piece(office, site, model="КС2-1,05-75")
    assert office.ask("SELECT concentration FROM pcb_item") == [("GT_10PCT",)]
    office.do(waste.change_pcb_item, item, ppm=20.0, ppm_qualifier="=", test_method=Method.SCREEN_L2000)
    assert office.ask("SELECT concentration FROM pcb_item") == [("GT_10PCT",)]
    with pytest.raises(RuleBroken) as caught:
        office.do(waste.change_pcb_item, item, model="КМ", declared=ConcentrationClass.NO_PCB)
    assert caught.value.facts["invariant"] == "INV-10"
    office.do(waste.change_pcb_item, item, test_method=Method.GC_ECD)
    assert office.ask("SELECT concentration FROM pcb_item") == [("LE_50",)]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"declared": ConcentrationClass.GT_50}, RuleBroken),
        ({"total_g": 10, "dry_g": 10, "liquid_g": 10}, RuleBroken),
        ({"liquid": Liquid.SOVOL, "liquid_g": 100, "liquid_ml": 1_000}, RuleBroken),
        ({"ppm": -1.0}, BadValue),
        ({"ppm": 1_000_001.0}, BadValue),
        ({"ppm_qualifier": "about"}, BadValue),
        ({"year_made": 1899}, BadValue),
        ({"year_made": 2027}, BadValue),
        ({"total_g": -5}, BadValue),
        ({"item_id": "none"}, NotFound),
    ],
)
def test_an_impossible_pcb_item_is_refused(office: Office, site: str, values: dict[str, Any], wrong: type) -> None:
    with pytest.raises(wrong):
        piece(office, site, **values)


def test_equipment_with_pcb_stands_under_an_item_that_is_marked_as_pcb(office: Office, site: str) -> None:
    acid = office.item(site)
    with pytest.raises(RuleBroken) as caught:
        piece(office, site, liquid=Liquid.SOVOL, item_id=acid)
    assert caught.value.facts["invariant"] == "INV-04"
    elsewhere = office.item(office.site("B-1"))
    with pytest.raises(BadValue):
        piece(office, site, item_id=elsewhere)


def test_equipment_is_relocated_in_order_and_no_more_once_it_is_gone(office: Office, site: str) -> None:
    item = piece(office, site)
    office.do(waste.move_pcb_item, item, target="Store 1", on=D(2021, 5, 1))
    office.do(waste.move_pcb_item, item, target="Store 2", on=D(2021, 6, 1))
    assert office.ask("SELECT origin, target FROM pcb_move ORDER BY n") == [("A-1", "Store 1"), ("Store 1", "Store 2")]
    for values in ({"on": D(2021, 5, 31)}, {"on": D(2030, 1, 1)}, {"target": " "}):
        with pytest.raises(BadValue):
            office.do(waste.move_pcb_item, item, **{"target": "Store 3", "on": D(2021, 7, 1), **values})
    office.do(waste.change_pcb_item, item, operation=OperationalStatus.DESTROYED)
    with pytest.raises(RuleBroken):
        office.do(waste.move_pcb_item, item, target="Store 3", on=D(2021, 7, 1))
