"""How a frozen record is asked for: its fields name the columns of one table."""

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from inspector_app.models.base import Logged

T = TypeVar("T")


def columns(record: type, model: type[Logged]) -> tuple[InstrumentedAttribute[Any], ...]:
    """The columns of `model` that `record` names, in the order of its fields; fields of other tables are left out."""
    return tuple(getattr(model, field.name) for field in fields(record) if hasattr(model, field.name))


def asked(record: type, model: type[Logged], *others: Any) -> Select[Any]:
    """A select of what `record` holds, of rows that are not deleted; `others` are columns of joined tables."""
    return select(*columns(record, model), *others).where(model.deleted.is_(False))


def records(
    session: Session, record: type[T], model: type[Logged], *where: ColumnElement[bool], order: Any = None
) -> tuple[T, ...]:
    """Rows of one table as records."""
    statement = asked(record, model).where(*where)
    order = model.n if order is None else order
    statement = statement.order_by(*order) if isinstance(order, tuple) else statement.order_by(order)
    return told(session, record, statement)


def told(session: Session, record: type[T], statement: Select[Any]) -> tuple[T, ...]:
    """The answers to a statement as records, whatever the order of its columns."""
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]
    return tuple(record(*row) for row in session.execute(statement).columns(*names))
