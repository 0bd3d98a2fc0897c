"""Synthetic sites: everything that hangs on a site, in the numbers asked for, consistent, the same for a seed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from inspector_app.demo.synthetic import add_sites
from inspector_app.demo.where import spots
from inspector_app.domain.ownership import STEPS, Status
from inspector_app.models.checks import check
from inspector_app.models.fingerprint import fingerprint
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.overview import tally
from inspector_app.models.register import Register

SITES = 300


@pytest.fixture
def filled(new_register: Callable[..., Register]) -> Register:
    return _fill(new_register, "synthetic.register", seed=11)


def _fill(new_register: Callable[..., Register], name: str, *, seed: int) -> Register:
    register = new_register(name, kind="demo", person="S. Synthetic", clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    with register.writing("Write synthetic sites", bulk=True) as session:
        add_sites(session, SITES, seed=seed)
    return register


def _count(register: Register, statement: str) -> int:
    with register.reading() as session:
        return session.scalar(text(statement))


def test_a_site_has_ten_items_three_inspections_one_piece_of_equipment_and_two_batches_on_average(filled: Register) -> None:
    for table, each in (
        ("site", 1), ("waste_item", 10), ("quantity_estimate", 10), ("pcb_item", 1), ("inspection", 3), ("removal_batch", 2),
    ):  # fmt: skip
        assert _count(filled, f"SELECT COUNT(*) FROM {table}") == each * SITES
    assert (
        _count(filled, "SELECT COUNT(*) FROM removal_batch b WHERE NOT EXISTS (SELECT 1 FROM batch_line WHERE batch_id = b.id)")
        == 0
    )


def test_every_row_has_its_operation(filled: Register) -> None:
    tables = ("site", "document", "status_event", "court_decision", "waste_item", "quantity_estimate", "pcb_item",
              "inspection", "removal_batch", "batch_line", "ledger_entry", "sale_tender")  # fmt: skip
    rows = sum(_count(filled, f"SELECT COUNT(*) FROM {table}") for table in tables)
    assert _count(filled, "SELECT COUNT(*) FROM operation") == rows
    assert _count(filled, "SELECT COUNT(DISTINCT op_id) FROM operation") == rows


def test_the_groups_make_up_the_sites_of_the_state(filled: Register) -> None:
    with filled.reading() as session:
        found = tally(session)
    assert sum(found.by_bucket.values()) == found.state_owned == SITES * 66 // 100
    assert sum(found.by_status.values()) == SITES
    assert min(count for status, count in found.by_status.items()) >= SITES * 2 // 100
    assert found.inventory_g == found.removed_g + found.remaining_g + _count(
        filled, "SELECT SUM(sold_g + transferred_g) FROM site"
    )


def test_lives_take_only_steps_that_the_law_knows_and_days_never_go_back(filled: Register) -> None:
    with filled.reading() as session:
        pairs = session.execute(text("SELECT DISTINCT from_status, to_status FROM status_event WHERE from_status IS NOT NULL"))
        assert {(Status(one), Status(other)) for one, other in pairs} <= {(step.origin, step.target) for step in STEPS}
        backwards = (
            "SELECT COUNT(*) FROM status_event a JOIN status_event b ON b.previous_id = a.id"
            " WHERE b.effective_on < a.effective_on OR b.position <> a.position + 1 OR b.site_id <> a.site_id"
        )
        assert session.scalar(text(backwards)) == 0


def test_nothing_is_left_where_everything_went_and_never_less_than_nothing(filled: Register) -> None:
    gone = "SELECT COUNT(*) FROM site WHERE status IN ('REMOVED', 'SOLD', 'TRANSFERRED_LEB') AND remaining_g <> 0"
    assert _count(filled, gone) == 0
    assert _count(filled, "SELECT COUNT(*) FROM waste_item WHERE remaining_g < 0") == 0
    closed = (
        "SELECT COUNT(*) FROM removal_batch b JOIN site s ON s.id = b.site_id"
        " WHERE s.status = 'REMOVED' AND (b.state <> 'DESTROYED' OR b.certificate_no IS NULL)"
    )
    assert _count(filled, closed) == 0
    late = "SELECT COUNT(*) FROM removal_batch b JOIN site s ON s.id = b.site_id WHERE s.status = 'REMOVED' AND b.received_on > s.status_since"
    assert _count(filled, late) == 0


def test_hazards_agree_with_the_classifier(filled: Register) -> None:
    wrong = (
        "SELECT COUNT(*) FROM waste_item w LEFT JOIN waste_type t ON t.code = w.code"
        " WHERE t.code IS NULL OR (t.hazardous = 1) <> (w.hazards <> '[]')"
        " OR (t.entry = 'mirror' AND w.mirror_assessment IS NULL)"
    )
    assert _count(filled, wrong) == 0


def test_signed_inspections_carry_their_fingerprint(filled: Register) -> None:
    with filled.reading() as session:
        for each in session.scalars(select(Inspection).limit(40)):
            assert fingerprint(session, each.id) == each.content_sha256


def test_no_rule_of_the_register_is_broken(filled: Register) -> None:
    with filled.reading() as session:
        assert check(session) == []


def test_numbers_that_name_one_thing_name_one_thing(filled: Register) -> None:
    for table, column in (("site", "code"), ("inspection", "no"), ("removal_batch", "manifest_no"), ("pcb_item", "label")):
        assert _count(filled, f"SELECT COUNT(*) - COUNT(DISTINCT {column}) FROM {table}") == 0


def test_the_same_seed_gives_the_same_sites_and_another_seed_others(new_register: Callable[..., Register]) -> None:
    def rows(name: str, seed: int) -> list[tuple[object, ...]]:
        register = _fill(new_register, name, seed=seed)
        with register.reading() as session:
            return [tuple(row) for row in session.execute(text("SELECT seq, op_id, body FROM operation ORDER BY seq"))]

    first = rows("a.register", 11)
    assert rows("b.register", 11) == first
    assert rows("c.register", 12) != first


def test_sites_lie_all_over_the_country_and_each_in_its_region() -> None:
    found = spots(3000, seed=4)
    assert len(set(found.region)) >= 18
    assert found.lat.min() > 40.59
    assert found.lat.max() < 55.45
    assert found.lon.max() - found.lon.min() > 25
