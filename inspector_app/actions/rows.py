"""What every action does with rows: find the one that is meant, make a new one, set its fields; refuse who may only look."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from inspector_app.domain.errors import BadValue, Duplicate, NotFound, ReadingOnly
from inspector_app.domain.people import Role, outranks
from inspector_app.domain.texts import fit
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models import changes
from inspector_app.models.base import BOOKKEEPING, Logged
from inspector_app.models.entities import fields

Row = TypeVar("Row", bound=Logged)

NAMES: Mapping[str, str] = {
    "site": N_("site"),
    "document": N_("document"),
    "status_event": N_("status event"),
    "court_decision": N_("court decision"),
    "waste_item": N_("waste item"),
    "quantity_estimate": N_("quantity estimate"),
    "pcb_item": N_("PCB item"),
    "pcb_move": N_("PCB relocation"),
    "inspection": N_("inspection"),
    "finding": N_("finding"),
    "measurement": N_("measurement"),
    "photo": N_("photo"),
    "contract": N_("contract"),
    "removal_batch": N_("removal batch"),
    "batch_line": N_("batch line"),
    "ledger_entry": N_("ledger entry"),
    "sale_tender": N_("tender"),
    "programme": N_("programme"),
    "site_programme": N_("place in a programme"),
    "budget": N_("budget"),
}
"""What each kind of row is called in a sentence."""


def role(session: Session) -> Role:
    """The role of who works in this register."""
    return Role(session.info["role"])  # type: ignore[call-arg]


def author(session: Session) -> str:
    """Who works in this register."""
    return str(session.info["author"])


def today(session: Session) -> date:
    """The day in Kazakhstan."""
    day: date = session.info["today"]
    return day


def day_of(at: datetime) -> date:
    """The day in Kazakhstan of an instant."""
    return at.astimezone(KAZAKHSTAN).date()


def check_may_write(session: Session) -> None:
    """A viewer changes nothing. Raises ReadingOnly."""
    if not outranks(role(session), Role.INSPECTOR):
        raise ReadingOnly(role=role(session).label)


def found(session: Session, kind: type[Row], row_id: str) -> Row:
    """The row of this id, to be read or changed. Raises NotFound when there is none or it was deleted."""
    row = changes.get(session, kind, row_id)
    if row is None or row.deleted:
        raise NotFound(what=NAMES[kind.__tablename__], code=row_id)  # type: ignore[attr-defined]
    return row


def create(session: Session, kind: type[Row], /, **values: Any) -> Row:
    """A new row with values made fit to be kept. Raises ReadingOnly or BadValue."""
    check_may_write(session)
    return changes.add(session, kind, **{name: fit(_label(name), value) for name, value in values.items()})


def change(session: Session, row: Logged, allowed: frozenset[str], values: Mapping[str, Any]) -> None:
    """Set fields of a row, those of `allowed` alone. Raises ReadingOnly or BadValue.

    A name outside `allowed` is a defect of the caller, hence a TypeError.
    """
    check_may_write(session)
    if strange := values.keys() - allowed:
        raise TypeError(f"{type(row).__name__} does not take {sorted(strange)} here")
    for name, value in values.items():
        setattr(row, name, fit(_label(name), value))


def delete(session: Session, row: Logged) -> None:
    """Mark a row as deleted (INV-20). Raises ReadingOnly."""
    check_may_write(session)
    changes.delete(row)


def editable(kind: type[Logged], *but: str) -> frozenset[str]:
    """The logged fields of a kind that a person may set, all `but` some; never its bookkeeping or its site."""
    return frozenset(fields(kind.__tablename__)) - BOOKKEEPING - {"site_id", *but}  # type: ignore[attr-defined]


def need(field: str, value: Any) -> None:
    """A field that must hold something. Raises BadValue."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise BadValue(field=field, reason=N_("this is required."))


def not_after_today(session: Session, field: str, day: date | None) -> None:
    """A day that has come. Raises BadValue."""
    if day is not None and day > today(session):
        raise BadValue(field=field, reason=N_("the day lies in the future."))


def check_free(
    session: Session,
    kind: type[Logged],
    column: InstrumentedAttribute[Any],
    value: str,
    *,
    but: str | None = None,
    where: ColumnElement[bool] | None = None,
) -> None:
    """That no other living row has this value. Raises Duplicate."""
    asked = select(func.count()).select_from(kind).where(column == value, kind.deleted.is_(False))
    if but is not None:
        asked = asked.where(kind.id != but)
    if where is not None:
        asked = asked.where(where)
    if session.scalar(asked):
        what = NAMES[kind.__tablename__]  # type: ignore[attr-defined]
        raise Duplicate(what=what, code=value, field=_label(column.key))


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()
