"""Every published figure comes out of the demo register by counting its records (product.md, domain.md 6.6)."""

from typing import Any

import pytest
from sqlalchemy import select, text

from inspector_app.demo import azpm, facts
from inspector_app.domain.ownership import Bucket
from inspector_app.models import changes
from inspector_app.models.queries.overview import published
from inspector_app.models.register import Register
from inspector_app.models.removal import BatchLine, Budget, RemovalBatch
from inspector_app.models.sites import Site, SiteProgramme, StatusEvent

_LAST_EVENTS = """
SELECT to_status, COUNT(*) FROM (
  SELECT e.to_status, ROW_NUMBER() OVER (PARTITION BY e.site_id ORDER BY e.position DESC) AS place
  FROM status_event e JOIN site s ON s.id = e.site_id
  WHERE e.deleted = 0 AND s.deleted = 0 AND e.state = 'ACCEPTED'
) WHERE place = 1 GROUP BY to_status
"""
_TYPES = """
SELECT substr(b.received_on, 1, 4), COUNT(DISTINCT l.item_id)
FROM batch_line l JOIN removal_batch b ON b.id = l.batch_id JOIN site s ON s.id = l.site_id
WHERE s.code = 'AZPM' AND l.deleted = 0 AND b.deleted = 0 AND b.state IN ('RECEIVED', 'DESTROYED') GROUP BY 1
"""


def _sql(register: Register, statement: str) -> list[tuple[Any, ...]]:
    with register.reading() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def _tally(register: Register) -> dict[str, Any]:
    with register.reading() as session:
        return published(session)


def test_seventeen_sites_came_to_the_state_and_their_five_groups_make_seventeen(demo: Register) -> None:
    found = _tally(demo)
    assert found["state_owned"] == 17
    assert found["by_bucket"] == {"removed": 6, "sold": 2, "transferred": 2, "pending_removal": 6, "under_inspection": 1}


def test_the_last_events_alone_tell_the_same(demo: Register) -> None:
    last = dict(_sql(demo, _LAST_EVENTS))
    assert last["REMOVED"] == 6
    assert last["SOLD"] == 2
    assert last["TRANSFERRED_LEB"] == 2
    assert last["PENDING_REMOVAL"] + last["FOR_SALE"] + last["REMOVING"] == 6
    assert min(last["PENDING_REMOVAL"], last["FOR_SALE"], last["REMOVING"]) >= 1
    assert last["UNDER_INSPECTION"] == 1
    before = {"DISCOVERED", "OWNER_SEARCH", "CLAIM_FILED", "DECIDED", "OWNER_FOUND", "COURT_REFUSED", "COMMUNAL"}
    assert {status: last[status] for status in before} == dict.fromkeys(before, 1)


def test_azpm_removed_121_and_2_and_83_waste_types_and_nothing_remains(demo: Register) -> None:
    assert _tally(demo)["waste_types_removed"]["AZPM"] == {"2023": 121, "2024": 2, "2025": 83}
    assert dict(_sql(demo, _TYPES)) == {"2023": 121, "2024": 2, "2025": 83}
    assert _sql(demo, "SELECT items, remaining_g, inventory_g = removed_g, status FROM site WHERE code = 'AZPM'") == [
        (206, 0, 1, "REMOVED")
    ]
    assert len(set(azpm.lines())) == 206


def test_seven_legacy_sites_in_four_regions_have_eleven_point_nine_billion(demo: Register) -> None:
    members = _sql(
        demo,
        "SELECT COUNT(DISTINCT s.id), COUNT(DISTINCT s.region) FROM site_programme m JOIN site s ON s.id = m.site_id"
        " JOIN programme p ON p.id = m.programme_id WHERE p.code = 'LEGACY' AND m.deleted = 0",
    )
    assert members == [(7, 4)]
    money = "SELECT SUM(planned_kzt) FROM budget b JOIN programme p ON p.id = b.programme_id WHERE p.code = 'LEGACY'"
    assert _sql(demo, money) == [(11_900_000_000,)]


def test_koshkar_ata_has_five_billion_of_its_own(demo: Register) -> None:
    money = "SELECT SUM(planned_kzt) FROM budget b JOIN site s ON s.id = b.site_id WHERE s.code = 'KOSHKAR-ATA'"
    assert _sql(demo, money) == [(5_000_000_000,)]
    found = _tally(demo)["funding_kzt"]
    assert found["planned"] == 16_900_000_000
    assert 0 < found["spent"] < found["planned"]
    assert _sql(demo, "SELECT COUNT(*) FROM budget WHERE spent_kzt > planned_kzt OR (year > 2026 AND spent_kzt > 0)") == [(0,)]


def test_koshkar_ata_has_several_estimates_one_of_them_accepted_and_gamma_readings(demo: Register) -> None:
    asked = "SELECT COUNT(*), SUM(accepted), COUNT(DISTINCT source), COUNT(DISTINCT method) FROM quantity_estimate q"
    estimates = _sql(demo, f"{asked} JOIN site s ON s.id = q.site_id WHERE s.code = 'KOSHKAR-ATA'")
    assert estimates == [(5, 1, 5, 3)]
    assert _sql(demo, "SELECT radiological, inventory_g FROM site WHERE code = 'KOSHKAR-ATA'") == [(1, 360_000_000_000_000)]
    readings = _sql(
        demo,
        "SELECT COUNT(*), MIN(value), MAX(value), COUNT(DISTINCT inspection_id), MIN(calibrated_until > substr(measured_at, 1, 10))"
        " FROM measurement m JOIN site s ON s.id = m.site_id WHERE s.code = 'KOSHKAR-ATA' AND kind = 'GAMMA'",
    )
    count, low, high, visits, calibrated = readings[0]
    assert (count, visits, calibrated) == (60, 5, 1)
    assert low < 0.15
    assert 15 <= high <= 30


def test_pcb_equipment_is_being_relocated_under_its_programme(demo: Register) -> None:
    moved = _sql(
        demo,
        "SELECT COUNT(*), COUNT(DISTINCT m.site_id), MIN(m.origin <> m.target) FROM pcb_move m"
        " JOIN site_programme sp ON sp.site_id = m.site_id JOIN programme p ON p.id = sp.programme_id WHERE p.code = 'PCB-GEF'",
    )
    assert moved == [(21, 2, 1)]
    assert sum(_tally(demo)["pcb_items"].values()) == sum(each.pieces for each in facts.EQUIPMENT)
    assert _sql(demo, "SELECT COUNT(*) FROM pcb_item WHERE condition = 'LEAKING' AND leak_since IS NOT NULL") == [(1,)]


# -- delete one record and the figure moves -------------------------------------------------------------------------------


def test_without_the_batch_of_2024_two_waste_types_less_were_removed(demo_copy: Register) -> None:
    with demo_copy.writing("Delete a batch") as session:
        batch = session.scalars(select(RemovalBatch).where(RemovalBatch.no.like("AZPM-2024-%"))).one()
        changes.delete(batch)
    found = _tally(demo_copy)
    assert found["waste_types_removed"]["AZPM"] == {"2023": 121, "2025": 83}
    assert _sql(demo_copy, "SELECT remaining_g > 0 FROM site WHERE code = 'AZPM'") == [(1,)]


def test_without_one_line_of_a_batch_one_waste_type_less_was_removed(demo_copy: Register) -> None:
    with demo_copy.writing("Delete a line") as session:
        asked = select(BatchLine).join(RemovalBatch, RemovalBatch.id == BatchLine.batch_id)
        changes.delete(session.scalars(asked.where(RemovalBatch.no.like("AZPM-2024-%"))).first())
    assert _tally(demo_copy)["waste_types_removed"]["AZPM"]["2024"] == 1


@pytest.mark.parametrize(
    ("code", "lost", "gained"),
    [
        ("TS-01", "removed", "pending_removal"),
        ("TS-06", "sold", "pending_removal"),
        ("TS-08", "transferred", "pending_removal"),
        ("TS-14", "pending_removal", "under_inspection"),
    ],
)
def test_without_its_last_event_a_site_goes_back_to_the_group_before(
    demo_copy: Register, code: str, lost: str, gained: str
) -> None:
    before = _tally(demo_copy)["by_bucket"]
    _delete_last_event(demo_copy, code)
    after = _tally(demo_copy)
    assert after["by_bucket"] == {**before, lost: before[lost] - 1, gained: before[gained] + 1}
    assert sum(after["by_bucket"].values()) == after["state_owned"] == 17


def test_without_its_acceptance_a_site_never_came_to_the_state(demo_copy: Register) -> None:
    _delete_last_event(demo_copy, "TS-15")
    found = _tally(demo_copy)
    assert found["state_owned"] == 16
    assert found["by_bucket"][Bucket.UNDER_INSPECTION] == 0


def test_without_one_year_of_its_budget_the_programme_has_less(demo_copy: Register) -> None:
    with demo_copy.writing("Delete a budget") as session:
        changes.delete(session.scalars(select(Budget).where(Budget.programme_id.is_not(None), Budget.year == 2028)).one())
    assert _tally(demo_copy)["funding_kzt"]["planned"] == 16_900_000_000 - 1_600_000_000


def test_without_its_place_in_the_programme_six_sites_are_left(demo_copy: Register) -> None:
    with demo_copy.writing("Leave a programme") as session:
        asked = select(SiteProgramme).join(Site, Site.id == SiteProgramme.site_id).where(Site.code == "TS-11")
        changes.delete(session.scalars(asked).one())
    rows = {each.get("programme"): each for each in _tally(demo_copy)["budgets"]}
    assert rows["LEGACY"]["sites"] == 6


def _delete_last_event(register: Register, code: str) -> None:
    with register.writing("Delete an event") as session:
        asked = select(StatusEvent).join(Site, Site.id == StatusEvent.site_id).where(Site.code == code)
        changes.delete(session.scalars(asked.order_by(StatusEvent.position.desc())).first())
