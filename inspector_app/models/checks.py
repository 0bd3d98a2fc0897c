"""Every invariant of domain.md 6.4 over a whole register, the log against the data, and the file itself; one function each.

`check` answers with what is wrong and is empty for a sound register. `doubts` are facts that may be true and that a
person should look at. Nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inspector_app.domain import inspection as inspections
from inspector_app.domain import ownership, pcb
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.ownership import STATE_OWNED, Status
from inspector_app.domain.pcb import ConcentrationClass
from inspector_app.domain.waste import check_hazards, parse_code
from inspector_app.i18n import N_, Words
from inspector_app.models import derived, files, fingerprint
from inspector_app.models.base import moment_text, plain
from inspector_app.models.changes import GENESIS, Operation, chain, said
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.waste import PcbItem, WasteItem, WasteType

MOST = 50
"""Problems of one kind that are told; what is wrong a thousand times has one cause."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the rule it breaks, the row, and a sentence of the catalogue with its facts."""

    rule: str
    entity: str
    row: str
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, words: Words) -> str:
        """The problem as a person reads it."""
        told = {name: words.say(fact) if isinstance(fact, str) else fact for name, fact in self.facts.items()}
        return f"{self.rule}: {words.say(self.message, **told)} ({self.entity} {self.row})"

    def as_json(self) -> dict[str, object]:
        """The problem as a program reads it."""
        message = self.message.format(**self.facts) if self.facts else self.message
        return {"rule": self.rule, "entity": self.entity, "row": self.row, "problem": message}


def check(session: Session) -> list[Problem]:
    """Everything that is wrong with a register; nothing when it is sound."""
    return _told(CHECKS, session)


def doubts(session: Session) -> list[Problem]:
    """What may be true and should be looked at by a person; a sound register can have some."""
    return _told(DOUBTS, session)


Check = Callable[[Session], Iterable[Problem]]


def _told(checks: Iterable[Check], session: Session) -> list[Problem]:
    found = []
    for each in checks:
        for number, problem in enumerate(each(session)):
            if number == MOST:
                break
            found.append(problem)
    return found


# -- the file -------------------------------------------------------------------------------------------------------------


def file_is_whole(session: Session) -> Iterator[Problem]:
    """SQLite finds no damage in the file."""
    # a connection judges the search index by what it remembers of it, until a question makes it look at the file again
    session.execute(text("SELECT rowid FROM search WHERE search MATCH 'x' LIMIT 1")).all()
    for (said_,) in session.execute(text("PRAGMA integrity_check")):
        if said_ != "ok":
            yield Problem("file", "register", "", N_("the file is damaged: {detail}"), {"detail": said_})


def rows_point_to_rows(session: Session) -> Iterator[Problem]:
    """Every reference leads to a row."""
    for name, number, target, _key in session.execute(text("PRAGMA foreign_key_check")):
        yield Problem("file", name, str(number), N_("it points to a missing row of {target}."), {"target": target})


def bytes_are_whole(session: Session) -> Iterator[Problem]:
    """Documents and photos that lie beside the register still have their fingerprint. Missing ones may wait elsewhere."""
    register = Path(session.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'")))
    for entity in ("document", "photo"):
        asked = text(f"SELECT id, sha256 FROM {entity} WHERE sha256 IS NOT NULL AND deleted = 0")
        for row_id, sha256 in session.execute(asked):
            try:
                path = files.path_of(register, sha256)
            except ValueError:
                yield Problem("INV-14", entity, row_id, N_("its fingerprint is none."))
                continue
            if path.is_file() and not files.is_whole(register, sha256):
                yield Problem("INV-14", entity, row_id, N_("its file was changed."))


# -- the log --------------------------------------------------------------------------------------------------------------


def chain_verifies(session: Session) -> Iterator[Problem]:
    """Own operations follow each other without a gap, and each carries the hash of all before it (INV-19)."""
    before, expected = GENESIS, 1
    asked = select(*Operation.__table__.columns).where(Operation.seq.is_not(None)).order_by(Operation.seq)
    for operation in session.execute(asked.execution_options(yield_per=1000)):
        if operation.seq != expected:
            yield Problem("INV-19", "operation", str(operation.seq), N_("the log has a gap before it."))
        elif operation.prev_hash != before or operation.hash != chain(before, _said(operation)):
            yield Problem("INV-19", "operation", str(operation.seq), N_("the log was changed here."))
        before, expected = operation.hash, operation.seq + 1


def _said(operation: Any) -> dict[str, Any]:
    return said(
        op_id=operation.op_id,
        txn_id=operation.txn_id,
        entity=operation.entity,
        row_id=operation.row_id,
        kind=operation.kind,
        body=operation.body,
        occurred_at=moment_text(operation.occurred_at),
        author=operation.author,
    )


def data_follow_the_log(session: Session) -> Iterator[Problem]:
    """Every field whose last operation is in this file holds what that operation wrote (INV-19).

    What was sent about a region that the person may not see any more stays in the log without its rows (models/evict.py);
    they come again when he may, all but those that the server refused to make.
    """
    bounded = bool(session.scalar(text(_BOUNDED)))
    for entity in ENTITIES:
        names = (*fields(entity), "deleted")
        columns = table(entity).columns
        rows = session.execute(
            select(columns["id"], columns["sources"], *(columns[name] for name in names))
            .order_by(columns["id"])
            .execution_options(yield_per=1000)
        )
        operations = groupby(
            session.execute(
                select(Operation.row_id, Operation.op_id, Operation.kind, Operation.body, Operation.state)
                .where(Operation.entity == entity)
                .order_by(Operation.row_id, Operation.n)
                .execution_options(yield_per=1000)
            ),
            key=lambda operation: str(operation.row_id),
        )
        yield from _compare(entity, names, rows, operations, bounded=bounded)


def _compare(
    entity: str, names: tuple[str, ...], rows: Iterable[Any], operations: Iterator[Any], *, bounded: bool
) -> Iterator[Problem]:
    """Two streams in the order of row ids: what the table says and what the log says."""
    logged_id, history = next(operations, (None, ()))
    for row in rows:
        while logged_id is not None and logged_id < row.id:
            yield from _absent(entity, logged_id, history, bounded=bounded)
            logged_id, history = next(operations, (None, ()))
        if logged_id != row.id:
            continue  # heard from the server as a row, with its operations on demand
        said_, sources = _fold(history, decided=_DECIDED.get(entity, frozenset()))
        for name, value in zip(names, row[2:], strict=True):
            source = (row.sources or {}).get(name, row.id)
            if name in said_ and sources.get(name, row.id) == source and _shown(value) != said_[name]:
                yield Problem("INV-19", entity, row.id, N_("«{field}» is not what the log says."), {"field": name})
        logged_id, history = next(operations, (None, ()))
    while logged_id is not None:
        yield from _absent(entity, logged_id, history, bounded=bounded)
        logged_id, history = next(operations, (None, ()))


_BOUNDED = "SELECT 1 FROM fact WHERE (name = 'regions' AND value <> '') OR (name = 'anew' AND value = '1')"
_DECIDED = {"status_event": frozenset({"state", "position", "reason", "actor", "role"})}
"""Fields that the server alone decides once it has judged an operation (domain.md 6.3)."""


def _absent(entity: str, row_id: str, history: Iterable[Any], *, bounded: bool) -> Iterator[Problem]:
    states = {each.state for each in history}
    if states & {"pending", "held"} or not (bounded or states == {"rejected"}):
        yield Problem("INV-19", entity, row_id, N_("the log knows a row that is not there."))


def _fold(history: Iterable[Any], *, decided: frozenset[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the operations of one row left it with, and which operation wrote each field."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for operation in history:
        if operation.kind == "create":
            # what others made came as a row, its operation without what it says; what was refused is a deleted row
            if "data" in operation.body and operation.state != "rejected":
                values.update({"deleted": False, **operation.body["data"]})
                for name in decided if operation.state != "pending" else ():
                    values.pop(name, None)
            continue
        for name, (_old, new) in operation.body["changes"].items():
            sources[name] = operation.op_id
            if operation.state == "rejected" or (name in decided and operation.state != "pending"):
                values.pop(name, None)
            else:
                values[name] = new
    return values, sources


def _shown(value: Any) -> Any:
    return value if isinstance(value, dict | list) else plain(value)


def derived_values_follow(session: Session) -> Iterator[Problem]:
    """Statuses, masses, counters and the search index are what their sources say (INV-06, 13, 17)."""
    for entity, asked in derived.disagreements():
        for (key,) in session.execute(text(asked)):
            yield Problem("INV-13", entity, str(key), N_("a derived value is not what its sources say."))


# -- sites and their ownership -----------------------------------------------------------------------------------------------


def buckets_sum(session: Session) -> Iterator[Problem]:
    """A site that ever came into state ownership is in one of the five published buckets (6.6)."""
    owned = ", ".join(f"'{each}'" for each in sorted(STATE_OWNED))
    asked = f"SELECT id FROM site WHERE deleted = 0 AND (state_owned_since IS NOT NULL) <> (status IN ({owned}))"
    for (row_id,) in session.execute(text(asked)):
        yield Problem("6.6", "site", row_id, N_("it came into state ownership, but is in none of its statuses."))


def chains_are_lawful(session: Session) -> Iterator[Problem]:
    """Accepted events follow the table of steps, each from where the one before it led, and never back in time (INV-13)."""
    asked = (
        "SELECT site_id, id, from_status, to_status, effective_on, historical FROM status_event"
        " WHERE state = 'ACCEPTED' AND deleted = 0 ORDER BY site_id, position, n"
    )
    for _site, events in groupby(session.execute(text(asked)), key=lambda event: event.site_id):
        before = None
        for event in events:
            if before is None:
                if event.from_status is not None or (event.to_status != Status.DISCOVERED and not event.historical):
                    yield Problem("INV-13", "status_event", event.id, N_("the chain does not begin with the discovery."))
            elif event.from_status != before.to_status:
                yield Problem("INV-13", "status_event", event.id, N_("it does not follow the event before it."))
            elif event.effective_on < before.effective_on:
                yield Problem("INV-13", "status_event", event.id, N_("it lies before the event before it."))
            elif not event.historical and not ownership.is_lawful(event.from_status, event.to_status):
                yield Problem("INV-13", "status_event", event.id, N_("the law knows no such step."))
            before = event


_SELECTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "INV-05",
        "removal_batch",
        N_("gross, tare and net mass do not fit."),
        "SELECT id FROM removal_batch WHERE deleted = 0 AND (net_g < 0 OR tare_g >= gross_g OR net_g <> gross_g - tare_g)",
    ),
    (
        "INV-06",
        "waste_item",
        N_("more has left than was there."),
        "SELECT id FROM waste_item WHERE deleted = 0 AND remaining_g < 0",
    ),
    (
        "INV-06",
        "waste_item",
        N_("two quantities are accepted at once."),
        "SELECT item_id FROM quantity_estimate WHERE accepted = 1 AND deleted = 0 GROUP BY item_id HAVING COUNT(*) > 1",
    ),
    (
        "INV-06",
        "batch_line",
        N_("its item or its batch is of another site."),
        (
            "SELECT l.id FROM batch_line l JOIN waste_item i ON i.id = l.item_id JOIN removal_batch b ON b.id = l.batch_id"
            " WHERE l.deleted = 0 AND (i.site_id <> l.site_id OR b.site_id <> l.site_id)"
        ),
    ),
    (
        "INV-07",
        "pcb_item",
        N_("its label stands on another item too."),
        (
            "SELECT id FROM pcb_item WHERE deleted = 0 AND label IN"
            " (SELECT label FROM pcb_item WHERE deleted = 0 GROUP BY label HAVING COUNT(*) > 1)"
        ),
    ),
    (
        "INV-07",
        "pcb_item",
        N_("it goes with two batches."),
        (
            "SELECT p.value FROM batch_line l JOIN removal_batch b ON b.id = l.batch_id, json_each(l.pcb_items) p"
            " WHERE l.deleted = 0 AND b.deleted = 0 AND b.state NOT IN ('CANCELLED', 'RETURNED') AND l.pcb_items <> '[]'"
            " GROUP BY p.value HAVING COUNT(*) > 1"
        ),
    ),
    (
        "INV-11",
        "removal_batch",
        N_("its manifest number is that of another batch too."),
        (
            "SELECT id FROM removal_batch WHERE deleted = 0 AND state <> 'CANCELLED' AND manifest_no IN (SELECT manifest_no"
            " FROM removal_batch WHERE deleted = 0 AND state <> 'CANCELLED' GROUP BY manifest_no HAVING COUNT(*) > 1)"
        ),
    ),
    (
        "INV-11",
        "removal_batch",
        N_("it was received before it was loaded."),
        "SELECT id FROM removal_batch WHERE deleted = 0 AND received_on < date(loaded_at, '+5 hours')",
    ),
    (
        "INV-11",
        "removal_batch",
        N_("a licence had expired on the day of loading."),
        (
            "SELECT b.id FROM removal_batch b LEFT JOIN contract c ON c.id = b.contract_id WHERE b.deleted = 0"
            " AND b.state <> 'CANCELLED'"
            " AND min(COALESCE(b.licence_until, '9999'), COALESCE(c.licence_until, '9999')) < date(b.loaded_at, '+5 hours')"
        ),
    ),
    (
        "INV-12",
        "court_decision",
        N_("it came into force before it was made."),
        "SELECT id FROM court_decision WHERE deleted = 0 AND in_force_on < decided_on",
    ),
    (
        "INV-18",
        "budget",
        N_("it belongs to a programme or to a site, not to both and not to none."),
        "SELECT id FROM budget WHERE deleted = 0 AND (site_id IS NULL) = (programme_id IS NULL)",
    ),
    (
        "INV-20",
        "waste_item",
        N_("it was deleted, but something left it."),
        "SELECT id FROM waste_item WHERE deleted = 1 AND (removed_g <> 0 OR sold_g <> 0 OR transferred_g <> 0)",
    ),
    (
        "6.1",
        "site",
        N_("another site has the same code."),
        (
            "SELECT id FROM site WHERE deleted = 0 AND code IN (SELECT code FROM site WHERE deleted = 0"
            " GROUP BY code HAVING COUNT(*) > 1)"
        ),
    ),
)

_DOUBTED: tuple[tuple[str, str, str, str], ...] = (
    (
        "INV-07",
        "pcb_item",
        N_("another item of the same maker has the same serial number."),
        (
            "SELECT id FROM pcb_item WHERE deleted = 0 AND (maker, serial_no) IN (SELECT maker, serial_no FROM pcb_item"
            " WHERE deleted = 0 AND serial_no IS NOT NULL GROUP BY maker, serial_no HAVING COUNT(*) > 1)"
        ),
    ),
    (
        "INV-18",
        "budget",
        N_("more was spent than planned."),
        "SELECT id FROM budget WHERE deleted = 0 AND spent_kzt > planned_kzt",
    ),
)


def _selected(rows: tuple[tuple[str, str, str, str], ...]) -> Check:
    def run(session: Session) -> Iterator[Problem]:
        for rule, entity, message, asked in rows:
            for number, (row_id,) in enumerate(session.execute(text(asked))):
                if number < MOST:
                    yield Problem(rule, entity, row_id, message)

    return run


# -- waste, PCB, inspections ---------------------------------------------------------------------------------------------------


def items_carry_their_hazards(session: Session) -> Iterator[Problem]:
    """Codes are codes; hazardous waste says why it is, other waste says nothing; PCB is marked as PCB (INV-01, 02, 04)."""
    asked = (
        select(WasteItem.id, WasteItem.code, WasteItem.hazards, WasteItem.y_codes, WasteType.hazardous)
        .outerjoin(WasteType, WasteType.code == WasteItem.code)
        .where(WasteItem.deleted.is_(False))
        .execution_options(yield_per=1000)
    )
    for row in session.execute(asked):
        try:
            parse_code(row.code)
            check_hazards(row.code, hazardous=row.hazardous, hazards=row.hazards, y_codes=row.y_codes)
        except InspectorError as error:
            rule = str(error.facts.get("invariant", "INV-01"))
            message = str(error.facts.get("rule") or error.facts.get("reason"))
            yield Problem(rule, "waste_item", row.id, message)


def mirror_codes_are_assessed(session: Session) -> Iterator[Problem]:
    """A mirror code has its assessment before its quantity is accepted (INV-03)."""
    asked = (
        "SELECT DISTINCT i.id FROM waste_item i JOIN waste_type t ON t.code = i.code"
        " JOIN quantity_estimate q ON q.item_id = i.id"
        " WHERE t.entry = 'mirror' AND i.deleted = 0 AND q.deleted = 0 AND q.accepted = 1"
        " AND COALESCE(i.mirror_assessment, '') = ''"
    )
    for (row_id,) in session.execute(text(asked)):
        yield Problem("INV-03", "waste_item", row_id, N_("a mirror code is accepted without its assessment."))


def classes_follow_from_evidence(session: Session) -> Iterator[Problem]:
    """The class of a PCB item is the one that its evidence allows, and its masses can be true (INV-08, 09, 10)."""
    items = session.execute(
        select(*PcbItem.__table__.columns).where(PcbItem.deleted.is_(False)).execution_options(yield_per=1000)
    )
    for item in items:
        declared: ConcentrationClass | None = item.concentration if item.concentration in pcb.DECLARED else None
        expected = pcb.classify(
            ppm=item.ppm,
            qualifier=item.ppm_qualifier,
            method=item.test_method,
            liquid=item.liquid,
            model=item.model,
            year_made=item.year_made,
            declared=declared,
        )
        if item.concentration is not expected:
            yield Problem("INV-09", "pcb_item", item.id, N_("its class is not what the evidence says."))
        try:
            pcb.check_masses(
                total_g=item.total_g,
                dry_g=item.dry_g,
                liquid_g=item.liquid_g,
                liquid_ml=item.liquid_ml,
                liquid=item.liquid,
            )
        except InspectorError as error:
            yield Problem("INV-08", "pcb_item", item.id, str(error.facts.get("rule") or error.facts.get("reason")))


def signed_inspections_are_unchanged(session: Session) -> Iterator[Problem]:
    """What a signed inspection says still has the fingerprint that was signed (INV-14)."""
    asked = "SELECT id, content_sha256 FROM inspection WHERE state = 'SIGNED' AND deleted = 0"
    for row_id, sha256 in session.execute(text(asked)).all():
        if fingerprint.fingerprint(session, row_id) != sha256:
            yield Problem("INV-14", "inspection", row_id, N_("it was changed after it was signed."))


def readings_can_be_read(session: Session) -> Iterator[Problem]:
    """What an instrument is said to have shown, it can show."""
    for row_id, kind, value in session.execute(text("SELECT id, kind, value FROM measurement WHERE deleted = 0")):
        low, high = inspections.RANGES.get(inspections.MeasurementKind.known(kind), (value, value))
        if not low <= value <= high:
            yield Problem("6.1", "measurement", row_id, N_("the number lies outside the allowed range."))


CHECKS: tuple[Check, ...] = (
    file_is_whole,
    rows_point_to_rows,
    chain_verifies,
    data_follow_the_log,
    derived_values_follow,
    buckets_sum,
    chains_are_lawful,
    _selected(_SELECTS),
    items_carry_their_hazards,
    mirror_codes_are_assessed,
    classes_follow_from_evidence,
    signed_inspections_are_unchanged,
    readings_can_be_read,
    bytes_are_whole,
)
DOUBTS: tuple[Check, ...] = (_selected(_DOUBTED),)
