"""What every action does with rows: find the one that is meant, make a new one, set its fields; refuse who may only look."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from inspector_app.domain.errors import BadValue, Duplicate, NotFound, ReadingOnly
from inspector_app.domain.people import Role
from inspector_app.domain.rights import NAMES, check, writes
from inspector_app.domain.texts import fit
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models import changes, exchange
from inspector_app.models.base import BOOKKEEPING, Logged
from inspector_app.models.entities import fields

Row = TypeVar("Row", bound=Logged)


def role(session: Session) -> Role:
    """The role of who works in this register."""
    return Role(session.info["role"])  # type: ignore[call-arg]


def author(session: Session) -> str:
    """Who works in this register."""
    return str(session.info["author"])


def device_no(session: Session) -> str:
    """The number that the server gave this laptop, part of the numbers it gives; empty in a register never enrolled."""
    return exchange.facts(session).get("device_no", "")


def today(session: Session) -> date:
    """The day in Kazakhstan."""
    day: date = session.info["today"]
    return day


def day_of(at: datetime) -> date:
    """The day in Kazakhstan of an instant."""
    return at.astimezone(KAZAKHSTAN).date()


def check_may_write(session: Session) -> None:
    """Some roles change nothing. Raises ReadingOnly."""
    if not writes(role(session)):
        raise ReadingOnly(role=role(session).label)


def found(session: Session, kind: type[Row], row_id: str) -> Row:
    """The row of this id, to be read or changed. Raises NotFound when there is none or it was deleted."""
    row = changes.get(session, kind, row_id)
    if row is None or row.deleted:
        raise NotFound(what=NAMES[kind.__tablename__], code=row_id)  # type: ignore[attr-defined]
    return row


def create(session: Session, kind: type[Row], /, **values: Any) -> Row:
    """A new row with values made fit to be kept. Raises ReadingOnly, NotYourTask or BadValue."""
    check(role(session), kind.__tablename__, "create")  # type: ignore[attr-defined]
    return changes.add(session, kind, **{name: fit(_label(name), value) for name, value in values.items()})


def change(session: Session, row: Logged, allowed: frozenset[str], values: Mapping[str, Any]) -> None:
    """Set fields of a row, those of `allowed` alone. Raises ReadingOnly, NotYourTask or BadValue.

    A name outside `allowed` is a defect of the caller, hence a TypeError.
    """
    check(role(session), row.__tablename__, "patch")  # type: ignore[attr-defined]
    if strange := values.keys() - allowed:
        raise TypeError(f"{type(row).__name__} does not take {sorted(strange)} here")
    for name, value in values.items():
        setattr(row, name, fit(_label(name), value))


def delete(session: Session, row: Logged) -> None:
    """Mark a row as deleted (INV-20). Raises ReadingOnly or NotYourTask."""
    check(role(session), row.__tablename__, "delete")  # type: ignore[attr-defined]
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
