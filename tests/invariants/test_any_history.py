"""Whatever people do, in any order: the ledger balances, the buckets sum, the log replays, undo returns, tampering shows."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from office import Office, answers, noon
from sqlalchemy import text, update

from inspector_app.actions import documents, inspections, money, ownership, removal, sites, waste
from inspector_app.domain.errors import CannotUndo, InspectorError
from inspector_app.domain.ownership import BUCKETS, STEPS, CourtResult, DocumentType, OwnershipType, Status
from inspector_app.domain.pcb import EquipmentType
from inspector_app.domain.removal import TenderResult
from inspector_app.domain.waste import QuantityMethod, Unit
from inspector_app.models.base import json_text
from inspector_app.models.changes import Operation
from inspector_app.models.checks import check
from inspector_app.models.derived import disagreements
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.queries.overview import tally
from inspector_app.models.register import Register

NOW = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
START = date(2020, 1, 1)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the registers of these tests lie: what is proved here needs no disk."""

QUICK = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True
)


@dataclass
class Life:
    """A register and what a random history has made in it."""

    office: Office
    day: date = START
    refused: int = 0
    done: int = 0
    made: dict[str, list[str]] = field(default_factory=dict)

    def take(self, action: Any, *args: Any, kind: str = "", **given: Any) -> None:
        """Do one thing, or be refused with a sentence; nothing else may come out."""
        try:
            row = self.office.do(action, *args, command=action.__name__, **given)
        except InspectorError:
            self.refused += 1
            return
        self.done += 1
        if kind:
            self.made.setdefault(kind, []).append(row)

    def any(self, kind: str, number: int) -> str:
        """One of the rows of a kind; a name that leads nowhere when there is none."""
        rows = self.made.get(kind, [])
        return rows[number % len(rows)] if rows else "nothing"


def _site(life: Life, a: int, b: int) -> None:
    values = {"lat": 43.0 + a % 10, "lon": 51.0 + b % 30, "region": "47", "discovered_on": life.day, "name_ru": f"Объект {a}"}
    life.take(sites.register_site, code=f"S-{a % 5}", kind="site", **values)


def _rename(life: Life, a: int, b: int) -> None:
    life.take(sites.change_site, life.any("site", a), name_en=f"Name {b % 3}", description=None if b % 2 else "x")


def _paper(life: Life, a: int, b: int) -> None:
    kinds = list(DocumentType)
    life.take(
        documents.record_document, life.any("site", a), type=kinds[b % len(kinds)], no=str(b), issued_on=life.day, kind="paper"
    )


def _papers(life: Life, a: int, b: int) -> None:
    """One paper of every kind, in one command."""
    site = life.any("site", a)
    try:
        with life.office.register.writing("Record papers") as session:
            for kind in DocumentType:
                row = documents.record_document(session, site, type=kind, no=str(b), issued_on=life.day)
                life.made.setdefault("paper", []).append(row.id)
    except InspectorError:
        life.refused += 1


def _decision(life: Life, a: int, b: int) -> None:
    result = list(CourtResult)[b % 3]
    life.take(
        ownership.record_decision,
        life.any("site", a),
        court="Court",
        case_no=str(b),
        decided_on=life.day,
        in_force_on=life.day,
        result=result,
        ownership=list(OwnershipType)[b % 2],
    )


def _step(life: Life, a: int, b: int) -> None:
    life.take(ownership.take_step, life.any("site", a), list(Status)[b % len(Status)], on=life.day)


def _next(life: Life, a: int, b: int) -> None:
    """A step that the law knows, with its papers."""
    site = life.any("site", a)
    found = life.office.ask("SELECT status FROM site WHERE id = :id", id=site)
    steps = [step for step in STEPS if found and step.origin == found[0][0]]
    if steps:
        step = steps[b % len(steps)]
        for kind in step.basis:
            life.take(documents.record_document, site, type=kind, no=str(b), issued_on=life.day, kind="paper")
        life.take(ownership.take_step, site, step.target, on=life.day)


def _history(life: Life, a: int, b: int) -> None:
    life.take(ownership.record_history, life.any("site", a), list(Status)[b % len(Status)], on=life.day)


def _item(life: Life, a: int, b: int) -> None:
    values = (
        {"code": "160209", "hazards": ["HP14", "C16"], "y_codes": ["Y10"]} if b % 3 else {"code": "060101", "hazards": ["HP8"]}
    )
    life.take(waste.add_item, life.any("site", a), kind="item", **values)


def _estimate(life: Life, a: int, b: int) -> None:
    given_ = {"unit": Unit.KG, "method": QuantityMethod.EXPERT, "estimated_on": life.day, "accepted": b % 4 != 0}
    life.take(waste.add_estimate, life.any("item", a), value=b % 5_000, kind="estimate", **given_)


def _accept(life: Life, a: int, _b: int) -> None:
    life.take(waste.accept_estimate, life.any("estimate", a))


def _correct(life: Life, a: int, b: int) -> None:
    paper = life.any("paper", b)
    life.take(waste.correct, life.any("item", a), mass_g=b % 2_000_000 - 1_000_000, on=life.day, reason="x", document_id=paper)


def _sell(life: Life, a: int, b: int) -> None:
    action = waste.sell if b % 2 else waste.transfer
    mass_g = None if b % 5 == 0 else b % 3_000_000
    life.take(action, life.any("item", a), mass_g=mass_g, on=life.day, document_id=life.any("paper", b))


def _remove_item(life: Life, a: int, _b: int) -> None:
    life.take(waste.remove_item, life.any("item", a))


def _pcb(life: Life, a: int, b: int) -> None:
    life.take(waste.add_pcb_item, life.any("site", a), equipment=EquipmentType.CAPACITOR, total_g=b, kind="pcb")


def _move(life: Life, a: int, b: int) -> None:
    life.take(waste.move_pcb_item, life.any("pcb", a), target=f"Store {b % 3}", on=life.day)


def _batch(life: Life, a: int, b: int) -> None:
    item = life.any("item", a)
    found = life.office.ask("SELECT site_id, remaining_g FROM waste_item WHERE id = :id", id=item)
    if found:
        life.take(removal.plan_batch, found[0][0], kind="batch")
        life.take(removal.add_line, life.any("batch", -1), item, mass_g=found[0][1] if b % 2 else b % 2_000_000)


def _load(life: Life, a: int, b: int) -> None:
    life.take(removal.load_batch, life.any("batch", a), at=noon(life.day), manifest_no=f"M-{b % 50}")


def _haul(life: Life, a: int, b: int) -> None:
    """All of a consignment's way."""
    _batch(life, a, b)
    batch = life.any("batch", -1)
    life.take(removal.load_batch, batch, at=noon(life.day), manifest_no=f"M-{batch}")
    life.take(removal.send_batch, batch)
    life.take(removal.receive_batch, batch, on=life.day, received_g=b, note="weighed")
    life.take(removal.destroy_batch, batch, certificate_no="C", on=life.day)


def _go_on(life: Life, a: int, b: int) -> None:
    batch = life.any("batch", a)
    given_: dict[Any, dict[str, Any]] = {
        removal.send_batch: {},
        removal.receive_batch: {"on": life.day, "received_g": b, "note": "x"},
        removal.destroy_batch: {"certificate_no": "C", "on": life.day},
        removal.return_batch: {"reason": "x"},
        removal.reject_batch: {"reason": "x"},
        removal.cancel_batch: {"reason": "x"},
    }
    action = list(given_)[b % len(given_)]
    life.take(action, batch, **given_[action])


def _inspect(life: Life, a: int, b: int) -> None:
    life.take(inspections.start_inspection, life.any("site", a), visited_on=life.day, kind="act")
    act = life.any("act", -1)
    life.take(inspections.change_inspection, act, facts="Seen", conclusions="x", answers=answers())
    life.take(inspections.add_finding, act, code="060101", mass_g=b)
    if b % 3:
        life.take(inspections.sign_inspection, act, signatures=[{"name": "I."}])


def _amend(life: Life, a: int, _b: int) -> None:
    life.take(inspections.amend_inspection, life.any("act", a), kind="act")


def _tender(life: Life, a: int, b: int) -> None:
    life.take(money.announce_tender, life.any("site", a), on=life.day, kind="tender")
    if b % 2:
        life.take(money.close_tender, life.any("tender", -1), result=list(TenderResult)[b % 4], on=life.day)


def _undo(life: Life, _a: int, _b: int) -> None:
    try:
        life.office.undo()
    except InspectorError:
        life.refused += 1


def _wait(life: Life, a: int, _b: int) -> None:
    life.day = min(life.day + timedelta(days=a % 200), date(2026, 5, 1))


WORKS: tuple[Callable[[Life, int, int], None], ...] = (
    _site, _rename, _paper, _papers, _decision, _step, _next, _next, _next, _history, _item, _item, _estimate, _estimate, _accept, _correct,
    _sell, _remove_item, _pcb, _move, _batch, _load, _haul, _haul, _go_on, _inspect, _amend, _tender, _undo, _wait,
)  # fmt: skip
Script = list[tuple[int, int, int]]
SCRIPTS = st.lists(
    st.tuples(st.integers(0, len(WORKS) - 1), st.integers(0, 30), st.integers(0, 5_000_000)), min_size=4, max_size=25
)
ALL_OF_IT: Script = [(0, number, number) for number in range(2)]
ALL_OF_IT += [(WORKS.index(work), number % 3, 7 * number + 1) for number, work in enumerate(WORKS[1:])]
"""One history with every kind of work in it, so that no run leaves one out."""


@contextmanager
def lived(script: Script) -> Iterator[Life]:
    """A register in which a history has happened, beginning with one site that has something on it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        register = Register.create(Path(folder) / "any.register", person="A. Registrar", clock=lambda: NOW)
        life = Life(Office(register))
        try:
            _site(life, 1, 1)
            _item(life, 0, 0)
            _estimate(life, 0, 4_001)
            _papers(life, 0, 0)
            for work, a, b in script:
                WORKS[work](life, a, b)
            yield life
        finally:
            register.close()


# -- the promises -------------------------------------------------------------------------------------------------------------


def test_the_history_of_every_kind_of_work_does_most_of_it() -> None:
    with lived(ALL_OF_IT) as life:
        assert life.done > 2 * life.refused
        for table_ in set(ENTITIES) - {"measurement", "photo", "contract", "programme", "site_programme", "budget"}:
            assert life.office.ask(f"SELECT count(*) > 0 FROM {table_}") == [(True,)], table_


@given(SCRIPTS)
@example(ALL_OF_IT)
@QUICK
def test_after_any_history_the_register_is_sound_and_every_figure_balances(script: Script) -> None:
    with lived(script) as life:
        with life.office.register.reading() as session:
            assert check(session) == []
            found = tally(session)
        assert sum(found.by_bucket.values()) == found.state_owned
        assert found.state_owned == life.office.ask(
            "SELECT count(DISTINCT e.site_id) FROM status_event e JOIN site s ON s.id = e.site_id"
            f" WHERE s.deleted = 0 AND e.deleted = 0 AND e.state = 'ACCEPTED' AND e.to_status IN {tuple(map(str, BUCKETS))}"
        )[0][0]  # fmt: skip
        for row in life.office.ask(
            "SELECT inventory_g, removed_g, sold_g, transferred_g, remaining_g FROM site"
            " UNION ALL SELECT accepted_g + corrected_g, removed_g, sold_g, transferred_g, remaining_g FROM waste_item"
        ):
            assert row[0] == sum(row[1:])
            assert min(row[1:]) >= 0
        everywhere = life.office.ask("SELECT sum(inventory_g), sum(removed_g), sum(remaining_g) FROM site WHERE deleted = 0")[0]
        assert (found.inventory_g, found.removed_g, found.remaining_g) == tuple(each or 0 for each in everywhere)


@given(SCRIPTS)
@example(ALL_OF_IT)
@QUICK
def test_replaying_the_log_in_an_empty_register_gives_the_same_register(script: Script) -> None:
    with lived(script) as life, tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        again = Register.create(Path(folder) / "again.register", person="Somebody else", clock=lambda: NOW)
        try:
            replay(life.office.register, again)
            assert canonical(again) == canonical(life.office.register)
        finally:
            again.close()


@given(SCRIPTS)
@example(ALL_OF_IT)
@QUICK
def test_undo_brings_back_exactly_what_was_there_before_the_command(script: Script) -> None:
    with lived(script) as life:
        before = visible(life.office.register)
        site = life.any("site", 0)
        for work in (
            lambda: life.office.do(sites.change_site, site, name_en="Undone soon", address="x", lat=50.5),
            lambda: life.office.do(money.set_budget, site_id=site, year=2031, planned_kzt=5),
            lambda: life.office.do(waste.add_item, site, code="060101", hazards=["HP8"]),
        ):
            try:
                work()
            except InspectorError:
                continue  # the site was undone
            try:
                life.office.undo()
            except CannotUndo:
                pytest.fail("nobody else worked here")
            assert visible(life.office.register) == before


@given(
    SCRIPTS, st.integers(0, 10**6), st.sampled_from(["body", "author", "occurred_at", "entity", "row_id", "prev_hash", "hash"])
)
@QUICK
def test_one_changed_word_of_the_log_is_found(script: Script, number: int, column: str) -> None:
    with lived(script) as life:
        ((count,),) = life.office.ask("SELECT max(seq) FROM operation")
        seq = number % count + 1
        other = {
            "body": "json_set(body, '$.x', 1)",
            "occurred_at": "'2021-01-01T00:00:00.000Z'",
            "entity": "'photo'",
        }.get(column, f"{column} || 'x'")
        with life.office.register.hearing() as session:
            session.execute(text(f"UPDATE operation SET {column} = {other} WHERE seq = {seq}"))
        with life.office.register.reading() as session:
            assert "INV-19" in {problem.rule for problem in check(session)}


@given(SCRIPTS, st.integers(0, 10**6))
@QUICK
def test_an_operation_taken_out_of_the_log_is_found(script: Script, number: int) -> None:
    with lived(script) as life:
        ((count,),) = life.office.ask("SELECT max(seq) FROM operation")
        seq = number % (count - 1) + 1  # the last one alone leaves no gap; the server's copy tells of it
        with life.office.register.hearing() as session:
            session.execute(text(f"DELETE FROM operation WHERE seq = {seq}"))
        with life.office.register.reading() as session:
            assert "INV-19" in {problem.rule for problem in check(session)}


@given(SCRIPTS)
@QUICK
def test_what_the_triggers_kept_is_what_recompute_makes(script: Script) -> None:
    with lived(script) as life:
        kept = canonical(life.office.register)
        with life.office.register.hearing(bulk=True):
            pass
        assert canonical(life.office.register) == kept
        for _what, asked in disagreements():
            assert life.office.ask(asked) == []


# -- replay and canonical form --------------------------------------------------------------------------------------------------


def replay(source: Register, target: Register) -> None:
    """Write what the operations of one register say into another, by the plainest means."""
    with source.reading() as old, target.hearing() as new:
        for operation in old.query(Operation).order_by(Operation.seq):
            rows = table(operation.entity)
            if operation.kind == "create":
                values = {name: stored(value) for name, value in operation.body["data"].items()}
                new.execute(text_insert(operation.entity, {"id": operation.row_id, **values}))
                continue
            changes = {name: stored(new_value) for name, (_old, new_value) in operation.body["changes"].items()}
            assignments = ", ".join(f"{name} = :{name}" for name in changes)
            new.execute(
                text(f"UPDATE {operation.entity} SET {assignments} WHERE id = :id"), {**changes, "id": operation.row_id}
            )
            sources = new.execute(
                text(f"SELECT sources FROM {operation.entity} WHERE id = :id"), {"id": operation.row_id}
            ).scalar_one()
            merged = {**json.loads(sources), **dict.fromkeys(operation.body["changes"], operation.op_id)}
            new.execute(update(rows).where(rows.c.id == operation.row_id).values(sources=merged))


def text_insert(entity: str, values: dict[str, Any]) -> Any:
    names = ", ".join(values)
    slots = ", ".join(f":{name}" for name in values)
    return text(f"INSERT INTO {entity} ({names}) VALUES ({slots})").bindparams(**values)


def stored(value: Any) -> Any:
    """A value of the log as the file stores it."""
    if isinstance(value, dict | list):
        return json_text(value)
    return int(value) if isinstance(value, bool) else value


def canonical(register: Register) -> dict[str, list[Any]]:
    """Everything that a register says, in an order and form that do not depend on how it came to say it."""
    office = Office(register)
    said: dict[str, list[Any]] = {}
    for entity in ENTITIES:
        names = [column.name for column in table(entity).columns if column.name not in {"n", "rev"}]
        said[entity] = office.ask(f"SELECT {', '.join(names)} FROM {entity} ORDER BY id")
    said["counter"] = office.ask("SELECT * FROM counter WHERE count <> 0 OR mass_g <> 0 ORDER BY kind, key")
    said["item_year"] = office.ask("SELECT * FROM item_year ORDER BY item_id, year")
    said["site_year"] = office.ask("SELECT * FROM site_year ORDER BY site_id, year")
    said["search"] = sorted(office.ask("SELECT words FROM search"))
    return said


def visible(register: Register) -> dict[str, list[Any]]:
    """What people see: living rows with their fields and derived values."""
    office = Office(register)
    return {
        entity: office.ask(
            f"SELECT {', '.join(('id', *fields(entity)))} FROM {entity} WHERE deleted = 0 ORDER BY id"
        )
        for entity in ENTITIES
    } | {"counter": office.ask("SELECT * FROM counter WHERE count <> 0 OR mass_g <> 0 ORDER BY kind, key")}  # fmt: skip
