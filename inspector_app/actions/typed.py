"""Which field a person may type anew where two values meet, how its text is read, and which action checks it.

The words of the form (dates, masses, codes of lists) are read here for the command line; the window has a field for each
kind. Both hand the value to the action that changes such a record, so that a third value is checked as the form checks it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.types import REAL, Integer

from inspector_app.actions import documents, inspections, ownership, removal, rows, sites, waste
from inspector_app.domain import places
from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.domain.quantities import parse_mass, parse_number, parse_tenge
from inspector_app.domain.waste import parse_code
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.base import CodeText, DayText, Flag, JsonText, MomentText
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.removal import Budget


class Typing(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    WHOLE = "whole"
    MASS = "mass"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"
    CODE = "code"
    FLAG = "flag"
    WORDS = "words"
    WASTE = "waste"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"


def _change_budget(session: Session, budget_id: str, **values: Any) -> Budget:
    budget = rows.found(session, Budget, budget_id)
    if any((value or 0) < 0 for value in values.values()):
        raise BadValue(field=N_("Amount"), reason=N_("an amount is a whole number of tenge, never negative."))
    rows.change(session, budget, BUDGET, values)
    return budget


BUDGET = frozenset({"planned_kzt", "spent_kzt"})
Change = Callable[..., Any]
CHANGES: Mapping[str, tuple[Change, frozenset[str]]] = {
    "site": (sites.change_site, sites.SITE),
    "document": (documents.change_document, documents.DOCUMENT),
    "photo": (documents.change_photo, documents.PHOTO),
    "court_decision": (ownership.change_decision, ownership.DECISION),
    "waste_item": (waste.change_item, waste.ITEM),
    "pcb_item": (waste.change_pcb_item, waste.PCB),
    "inspection": (inspections.change_inspection, inspections.INSPECTION),
    "finding": (inspections.change_finding, inspections.FINDING),
    "measurement": (inspections.change_measurement, inspections.MEASUREMENT),
    "contract": (removal.change_contract, removal.CONTRACT),
    "removal_batch": (removal.change_batch, removal.BATCH),
    "batch_line": (removal.change_line, removal.LINE),
    "budget": (_change_budget, BUDGET),
}
"""The action that changes a record of each kind, and the fields that it takes."""

_LONG = frozenset({"description", "note", "facts", "conclusions", "measures", "discrepancy_note", "mirror_assessment"})
_WORDS = frozenset({"hazards", "y_codes", "listed", "seals"})
_NO = frozenset({"no", "false", "0", "нет", "жоқ"})
_YES = frozenset({"yes", "true", "1", "да", "иә"})


def typing(entity: str, field: str) -> Typing | None:
    """How a field of an entity is typed; nothing where it follows from others, points to a record, or is drawn."""
    if entity not in CHANGES or field not in CHANGES[entity][1]:
        return None
    column = table(entity).columns[field]
    if column.foreign_keys or field.endswith("_id"):
        return None
    if field in {"lat", "lon"}:
        return Typing.LATITUDE if field == "lat" else Typing.LONGITUDE
    if field == "code" and entity in {"waste_item", "finding"}:
        return Typing.WASTE
    match column.type:
        case CodeText():
            return Typing.CODE
        case DayText():
            return Typing.DAY
        case MomentText():
            return Typing.MOMENT
        case Flag():
            return Typing.FLAG
        case JsonText():
            return Typing.WORDS if field in _WORDS else None
        case REAL():
            return Typing.NUMBER
        case Integer():
            return Typing.MASS if field.endswith("_g") else Typing.MONEY if field.endswith("_kzt") else Typing.WHOLE
        case _:
            return Typing.LONG if field in _LONG else Typing.TEXT


def codes_of(entity: str, field: str) -> type[Code]:
    """The closed list of a field that is typed as CODE."""
    kind = table(entity).columns[field].type
    if not isinstance(kind, CodeText):
        raise TypeError(field)
    return kind.codes


def change(session: Session, entity: str, row_id: str, field: str, value: Any) -> None:
    """Give a field a third value, checked by the action that changes such a record.

    Raises what that action raises, and RuleBroken for a field that is not typed.
    """
    if typing(entity, field) is None:
        raise RuleBroken(rule=N_("This value is not typed by hand; keep one of the two."), invariant="b.9")
    if value is None and not table(entity).columns[field].nullable:
        raise BadValue(field=field, reason=N_("this is required."))
    CHANGES[entity][0](session, row_id, **{field: value})


def read(entity: str, field: str, text: str, *, labels: Callable[[str], str] = str) -> Any:
    """A value from a text of the command line; an empty text is nothing. `labels` translates the labels of closed lists.

    Raises BadValue that says what is expected.
    """
    kind, said = typing(entity, field), text.strip()
    if not said:
        return None
    match kind:
        case Typing.NUMBER:
            return float(parse_number(said, field=field))
        case Typing.WHOLE:
            return _whole(said, field)
        case Typing.MASS:
            return parse_mass(said, field=field)
        case Typing.MONEY:
            return parse_tenge(said, field=field)
        case Typing.DAY:
            return _day(said, field)
        case Typing.MOMENT:
            return _moment(said, field)
        case Typing.CODE:
            return _code(codes_of(entity, field), said, field, labels)
        case Typing.FLAG:
            if said.casefold() not in _YES | _NO:
                raise BadValue(field=field, reason=N_("yes or no is expected."))
            return said.casefold() in _YES
        case Typing.WORDS:
            return [each.strip() for each in said.split(",") if each.strip()]
        case Typing.WASTE:
            return parse_code(said)
        case Typing.LATITUDE | Typing.LONGITUDE:
            return _degrees(said, field, at=0 if kind is Typing.LATITUDE else 1)
        case _:
            return said


def _whole(text: str, field: str) -> int:
    number = parse_number(text, field=field)
    if number != int(number):
        raise BadValue(field=field, reason=N_("a whole number is expected."))
    return int(number)


def _day(text: str, field: str) -> date:
    parts = text.split(".")
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(field=field, reason=N_("a day is expected, for example 02.05.2026.")) from error


def _moment(text: str, field: str) -> datetime:
    """A day and a time of the clock in Kazakhstan, or ISO text with its zone."""
    try:
        if "." in text.split(" ", maxsplit=1)[0]:
            day, _blank, clock = text.partition(" ")
            at = datetime.strptime(clock.strip() or "00:00", "%H:%M").time()  # noqa: DTZ007 - the zone follows
            return datetime.combine(_day(day, field), at, KAZAKHSTAN).astimezone(UTC)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue(field=field, reason=N_("a time is expected, for example 14:30.")) from error
    return found if found.tzinfo else found.replace(tzinfo=KAZAKHSTAN)


def _code(codes: type[Code], text: str, field: str, labels: Callable[[str], str]) -> Code:
    wanted = text.casefold()
    for each in codes:
        if wanted in {str(each).casefold(), each.label.casefold(), labels(each.label).casefold()}:
            return each
    raise BadValue(field=field, reason=", ".join(str(each).lower() for each in codes))


def _degrees(text: str, field: str, *, at: int) -> float:
    """Degrees of one axis, or a whole position of which this axis is taken."""
    try:
        return float(parse_number(text, field=field))
    except BadValue:
        position = places.parse(text)
    return (position.lat, position.lon)[at]


def known(entity: str, field: str) -> bool:
    """Whether the register has such a field."""
    return entity in ENTITIES and field in table(entity).columns
