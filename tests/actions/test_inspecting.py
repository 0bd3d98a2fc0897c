"""Inspections: filled at leisure, complete when signed, never changed after, amended by name (INV-14)."""

from pathlib import Path
from typing import Any

import pytest
from office import D, Office, a_picture, answers, noon

from inspector_app.actions import documents, inspections
from inspector_app.domain.errors import BadValue, Immutable, Incomplete, NotFound, PlaceOutside
from inspector_app.domain.inspection import InspectionKind, MeasurementKind
from inspector_app.domain.waste import PackagingCondition
from inspector_app.models.fingerprint import fingerprint

SIGNED = [{"name": "I. Inspector", "position": "Chief"}]


@pytest.fixture
def site(office: Office) -> str:
    return office.site()


def draft(office: Office, site: str, **given: Any) -> str:
    return office.do(inspections.start_inspection, site, **{"visited_on": D(2024, 5, 1), **given})


def filled(office: Office, site: str) -> str:
    act = draft(office, site)
    office.do(inspections.change_inspection, act, facts="Drums", conclusions="Remove", answers=answers())
    return act


def test_acts_are_numbered_by_region_and_year_and_a_dropped_number_is_not_given_again(office: Office, site: str) -> None:
    other = office.site("B-1", region="55")
    first = draft(office, site)
    office.do(inspections.remove_inspection, first)
    draft(office, site)
    draft(office, other)
    draft(office, site, visited_on=D(2023, 1, 1))
    draft(office, site, visited_on=None, planned_on=D(2027, 1, 1), kind=InspectionKind.CONTROL)
    assert [row[0] for row in office.ask("SELECT no FROM inspection ORDER BY n")] == [
        "ОБС-47-2024-001",
        "ОБС-47-2024-002",
        "ОБС-55-2024-001",
        "ОБС-47-2023-001",
        "ОБС-47-2027-001",
    ]


def test_an_incomplete_act_is_not_signed_and_every_gap_is_named(office: Office, site: str) -> None:
    act = draft(office, site, visited_on=None)
    office.do(inspections.answer, act, "access", "REFUSED")
    with pytest.raises(Incomplete) as caught:
        office.do(inspections.sign_inspection, act, signatures=[{"name": "W. Witness", "refusal": "Would not"}])
    missing = str(caught.value.facts["missing"])
    for gap in ("Who refused access", "Visited on", "Facts observed", "Conclusions", "Signature of the inspector"):
        assert gap in missing
    assert office.ask("SELECT state FROM inspection") == [("DRAFT",)]


def test_a_signed_act_is_scored_and_carries_the_fingerprint_of_what_it_says(office: Office, site: str) -> None:
    item = office.item(site, 20)
    act = filled(office, site)
    office.do(inspections.add_finding, act, code="06 01 01", item_id=item, mass_g=20_000_000, condition=PackagingCondition.OPEN)
    office.do(inspections.sign_inspection, act, signatures=SIGNED)

    state, contents, place, risk, sha256 = office.ask(
        "SELECT state, risk_contents, risk_place, risk, content_sha256 FROM inspection"
    )[0]
    assert (state, contents, place, risk) == ("SIGNED", 4, 0, "HIGH")  # 20 t by 2 for HP8 by 4 for open
    with office.register.reading() as session:
        assert fingerprint(session, act) == sha256


def test_a_signed_act_is_never_changed(office: Office, site: str, tmp_path: Path) -> None:
    act = filled(office, site)
    finding = office.do(inspections.add_finding, act, code="060101")
    reading = office.do(inspections.add_measurement, act, kind=MeasurementKind.GAMMA, value=0.12)
    photo = office.do(documents.attach_photo, site, a_picture(tmp_path / "a.jpg"), inspection_id=act)
    office.do(inspections.sign_inspection, act, signatures=SIGNED)
    before = office.ask("SELECT count(*) FROM operation")

    for action, args, given in (
        (inspections.change_inspection, (act,), {"facts": "Nothing"}),
        (inspections.answer, (act, "access", "DRY"), {}),
        (inspections.add_finding, (act,), {"code": "060101"}),
        (inspections.change_finding, (finding,), {"mass_g": 1}),
        (inspections.remove_finding, (finding,), {}),
        (inspections.add_measurement, (act,), {"kind": MeasurementKind.PH, "value": 7}),
        (inspections.change_measurement, (reading,), {"value": 1.0}),
        (inspections.remove_measurement, (reading,), {}),
        (inspections.remove_inspection, (act,), {}),
        (inspections.sign_inspection, (act,), {"signatures": SIGNED}),
        (documents.attach_photo, (site, a_picture(tmp_path / "b.jpg")), {"inspection_id": act}),
        (documents.change_photo, (photo,), {"caption": "Another"}),
        (documents.remove_photo, (photo,), {}),
    ):
        with pytest.raises(Immutable):
            office.do(action, *args, **given)
    assert office.ask("SELECT count(*) FROM operation") == before


def test_an_amendment_says_what_the_original_says_and_the_original_stays(office: Office, site: str, tmp_path: Path) -> None:
    act = filled(office, site)
    office.do(inspections.add_finding, act, code="060101", mass_g=5)
    office.do(inspections.add_measurement, act, kind=MeasurementKind.GAMMA, value=0.12, measured_at=noon(D(2024, 5, 1)))
    office.do(documents.attach_photo, site, a_picture(tmp_path / "a.jpg"), inspection_id=act)
    with pytest.raises(BadValue):
        office.do(inspections.amend_inspection, act)
    office.do(inspections.sign_inspection, act, signatures=SIGNED)
    amendment = office.do(inspections.amend_inspection, act)
    office.do(inspections.change_inspection, amendment, facts="Drums and sacks")

    assert office.ask("SELECT no, state, facts, amends_id FROM inspection ORDER BY n") == [
        ("ОБС-47-2024-001", "SIGNED", "Drums", None),
        ("ОБС-47-2024-001/2", "DRAFT", "Drums and sacks", act),
    ]
    for table in ("finding", "measurement", "photo"):
        assert office.ask(f"SELECT count(*) FROM {table} WHERE inspection_id = :id", id=amendment) == [(1,)]
    with pytest.raises(BadValue):
        office.do(inspections.amend_inspection, act)
    office.do(inspections.sign_inspection, amendment, signatures=SIGNED)
    third = office.do(inspections.amend_inspection, amendment)
    assert office.ask("SELECT no FROM inspection WHERE id = :id", id=third) == [("ОБС-47-2024-001/3",)]


def test_answers_are_kept_one_by_one_and_can_be_taken_back(office: Office, site: str) -> None:
    act = draft(office, site)
    office.do(inspections.answer, act, "dwelling_m", 300)
    office.do(inspections.answer, act, "roof", "NONE")
    office.do(inspections.answer, act, "roof", None)
    assert office.ask("SELECT answers FROM inspection") == [('{"dwelling_m":300}',)]
    for question, value in (("roof", "GREEN"), ("dwelling_m", -1), ("nothing", 1)):
        with pytest.raises(BadValue):
            office.do(inspections.answer, act, question, value)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"visited_on": D(2030, 1, 1)}, BadValue),
        ({"inspector": " "}, BadValue),
        ({"lat": 10.0, "lon": 20.0}, PlaceOutside),
        ({"answers": {"nothing": 1}}, BadValue),
    ],
)
def test_an_impossible_visit_is_refused(office: Office, site: str, given: dict[str, Any], wrong: type) -> None:
    act = draft(office, site)
    with pytest.raises(wrong):
        office.do(inspections.change_inspection, act, **given)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"code": "99"}, BadValue), ({"mass_g": -1}, BadValue), ({"packages": -1}, BadValue), ({"item_id": "none"}, NotFound)],
)
def test_an_impossible_finding_is_refused(office: Office, site: str, given: dict[str, Any], wrong: type) -> None:
    act = draft(office, site)
    with pytest.raises(wrong):
        office.do(inspections.add_finding, act, **{"code": "060101", **given})


def test_a_finding_is_of_the_site_that_was_visited(office: Office, site: str) -> None:
    elsewhere = office.item(office.site("B-1"))
    with pytest.raises(BadValue):
        office.do(inspections.add_finding, draft(office, site), code="060101", item_id=elsewhere)


@pytest.mark.parametrize(
    "given", [{"value": -1}, {"value": float("nan")}, {"measured_at": noon(D(2030, 1, 1))}, {"lat": 10.0, "lon": 20.0}]
)
def test_an_impossible_reading_is_refused(office: Office, site: str, given: dict[str, Any]) -> None:
    act = draft(office, site)
    with pytest.raises((BadValue, PlaceOutside)):
        office.do(inspections.add_measurement, act, **{"kind": MeasurementKind.GAMMA, "value": 0.1, **given})
