"""`inspector check`: a sound register is sound, and whatever is changed behind its back is found and named."""

from collections.abc import Callable, Iterator

import pytest
from office import D, Office, a_picture
from sqlcipher3 import dbapi2

from inspector_app.actions import documents, money, removal, waste
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.pcb import EquipmentType
from inspector_app.domain.removal import TenderResult
from inspector_app.i18n import words
from inspector_app.models.checks import Problem, check, doubts
from inspector_app.models.register import Register

T = DocumentType


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


@pytest.fixture
def full(office: Office, tmp_path: object) -> Office:
    """A register with something in every table."""
    site, item = office.pending()
    other = office.owned("B-2", 2021, lat=44.0)
    cover = office.item(other, 2, code="160209", hazards=["HP14", "C16"], y_codes=["Y10"])
    piece = office.do(waste.add_pcb_item, other, equipment=EquipmentType.CAPACITOR, item_id=cover, total_g=50_000)
    office.do(waste.move_pcb_item, piece, target="Store 2", on=D(2022, 1, 1))
    office.destroyed(site, (item, 4_000_000), on=D(2021, 3, 1))
    office.step(site, Status.REMOVING, D(2021, 3, 1), T.CONTRACT)
    act = office.paper(site, T.SALE_CONTRACT, D(2021, 4, 1))
    office.do(waste.sell, item, on=D(2021, 4, 1), document_id=act, mass_g=500_000)
    office.do(waste.correct, item, mass_g=-100_000, on=D(2021, 4, 2), reason="Dried", document_id=act)
    office.planned(site, (item, 100_000))
    tender = office.do(money.announce_tender, other, on=D(2022, 1, 1))
    office.do(money.close_tender, tender, result=TenderResult.CANCELLED, on=D(2022, 2, 1))
    programme = office.do(money.make_programme, code="LEGACY", name_en="Legacy waste")
    office.do(money.add_to_programme, site, programme)
    office.do(money.set_budget, programme_id=programme, year=2025, planned_kzt=10)
    office.do(removal.make_contract, site_id=site, no="1", signed_on=D(2021, 1, 1), contractor="LLP")
    office.do(documents.attach_photo, site, a_picture(tmp_path / "a.jpg"), caption="Gate")
    return office


def found(office: Office) -> list[Problem]:
    with office.register.reading() as session:
        return check(session)


def meddle(office: Office, *statements: str) -> None:
    """Change the file as a stranger with a database browser would, past every trigger."""
    connection = dbapi2.connect(str(office.register.path), isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for statement in statements:
        assert connection.execute(statement).rowcount, statement
    for _name, sql in triggers:
        connection.execute(sql)
    connection.close()


def test_a_register_made_by_actions_is_sound(full: Office) -> None:
    assert found(full) == []
    with full.register.reading() as session:
        assert doubts(session) == []


def test_an_empty_register_is_sound(office: Office) -> None:
    assert found(office) == []


TAMPERINGS = [
    ("UPDATE operation SET body = json_set(body, '$.data.code', 'A-9') WHERE seq = 1", "INV-19"),
    ("DELETE FROM operation WHERE seq = 3", "INV-19"),
    ("UPDATE operation SET author = 'Nobody' WHERE seq = 5", "INV-19"),
    ("UPDATE operation SET occurred_at = '2020-01-01T00:00:00.000Z' WHERE seq = 2", "INV-19"),
    ("UPDATE operation SET seq = -seq WHERE seq IN (4, 5)", "INV-19"),
    ("UPDATE site SET name_en = 'Changed' WHERE code = 'A-1'", "INV-19"),
    ("UPDATE batch_line SET mass_g = 1", "INV-19"),
    ("DELETE FROM pcb_move", "INV-19"),
    ("UPDATE site SET inventory_g = inventory_g + 1", "INV-13"),
    ("UPDATE site SET status = 'REMOVED' WHERE code = 'A-1'", "INV-13"),
    ("UPDATE waste_item SET removed_g = 0 WHERE removed_g <> 0", "INV-13"),
    ("UPDATE counter SET count = count + 1 WHERE kind = 'state_owned'", "INV-13"),
    ("DELETE FROM counter WHERE kind = 'year'", "INV-13"),
    ("DELETE FROM item_year", "INV-13"),
    ("UPDATE item_year SET year = 1999", "INV-13"),
    ("UPDATE site_year SET types = types + 1", "INV-13"),
    ("DELETE FROM search WHERE rowid = (SELECT n * 16 + 1 FROM site WHERE code = 'A-1')", "INV-13"),
    ("UPDATE inspection SET conclusions = 'All is well'", "INV-14"),
    ("UPDATE status_event SET effective_on = '2019-01-01' WHERE to_status = 'DECIDED'", "INV-13"),
    ("UPDATE status_event SET from_status = 'DISCOVERED' WHERE to_status = 'DECIDED'", "INV-13"),
    ("UPDATE waste_item SET hazards = '[]'", "INV-02"),
    ("UPDATE waste_item SET y_codes = '[]' WHERE code = '160209'", "INV-04"),
    ("UPDATE waste_item SET code = '160303' WHERE code = '060101'", "INV-03"),
    ("UPDATE waste_item SET code = '990101' WHERE code = '060101'", "INV-01"),
    ("UPDATE quantity_estimate SET mass_g = 1 WHERE mass_g = 5000000", "INV-13"),
    ("UPDATE pcb_item SET concentration = 'NO_PCB', model = 'КС2'", "INV-09"),
    ("UPDATE pcb_item SET total_g = 1, dry_g = 100", "INV-08"),
    ("UPDATE removal_batch SET received_on = '2001-01-01' WHERE received_on IS NOT NULL", "INV-11"),
    ("UPDATE removal_batch SET licence_until = '2001-01-01' WHERE loaded_at IS NOT NULL", "INV-11"),
    ("UPDATE court_decision SET in_force_on = '2001-01-01'", "INV-12"),
    ("UPDATE budget SET programme_id = NULL", "INV-18"),
    ("UPDATE site SET code = 'A-1'", "6.1"),
    ("UPDATE batch_line SET item_id = 'nothing'", "file"),
]


@pytest.mark.parametrize(("statement", "rule"), TAMPERINGS)
def test_what_is_changed_behind_the_register_is_found_and_named(full: Office, statement: str, rule: str) -> None:
    meddle(full, statement)

    problems = found(full)

    assert rule in {problem.rule for problem in problems}
    for problem in problems:
        assert problem.sentence(words("en")).startswith(problem.rule)
        assert problem.as_json()["problem"]


def test_a_swapped_photo_is_found(full: Office) -> None:
    (path,) = [each for each in full.register.path.with_name("test.register.files").rglob("*") if each.is_file()]
    path.write_bytes(b"another picture")
    assert [(problem.rule, problem.entity) for problem in found(full)] == [("INV-14", "photo")]
    path.unlink()  # the original may wait on another laptop
    assert found(full) == []


def test_more_spent_than_planned_is_a_doubt_and_no_breach(full: Office) -> None:
    programme = full.ask("SELECT id FROM programme")[0][0]
    full.do(money.set_budget, programme_id=programme, year=2025, planned_kzt=10, spent_kzt=11)
    assert found(full) == []
    with full.register.reading() as session:
        assert [problem.rule for problem in doubts(session)] == ["INV-18"]


def test_what_triggers_kept_is_what_recompute_makes(full: Office) -> None:
    tables = ("site", "waste_item", "counter", "item_year", "site_year", "search")

    def kept() -> Iterator[tuple[object, ...]]:
        for table in tables:
            where = " WHERE count <> 0 OR mass_g <> 0" if table == "counter" else ""
            yield (table, *sorted(map(str, full.ask(f"SELECT * FROM {table}{where}"))))

    before = list(kept())
    with full.register.hearing(bulk=True):
        pass
    assert list(kept()) == before


def test_two_items_with_one_serial_number_are_a_doubt(new_register: Callable[..., Register]) -> None:
    office = Office(new_register())
    site = office.site()
    for _time in range(2):
        office.do(waste.add_pcb_item, site, equipment=EquipmentType.CAPACITOR, maker="UKKZ", serial_no="1")
    with office.register.reading() as session:
        assert {problem.rule for problem in doubts(session)} == {"INV-07"}
