"""What a row may hold, asked of the register's own tables, and what the rules ask of a site, by the register's own queries.

The laptops' registers refuse a row that breaks a constraint; a row like that must never come to them from here. So the
server asks the same mapped columns for types and closed lists, and SQLite itself for the very text of their CHECKs.
"""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, Column, Engine, Integer, Text, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import REAL
from sqlcipher3 import dbapi2

from inspector_app.domain.errors import BadValue
from inspector_app.domain.ownership import SiteFacts
from inspector_app.i18n import N_
from inspector_app.models import derived, heard
from inspector_app.models.base import Base, CodeText, DayText, Flag, JsonText, MomentText
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.queries.facts import basis_types, site_facts

_EXACT = 2**53
_LONGEST = 200_000
_KEPT = 10_000
_REQUIRED, _WRONG = N_("this is required."), N_("this is no such value.")


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value).year > 0
    except ValueError:
        return False


def _moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _whole(value: Any) -> bool:
    return type(value) is int and -_EXACT < value < _EXACT


def _number(value: Any) -> bool:
    return _whole(value) or (type(value) is float and abs(value) < 1e300)


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is(column: Column[Any]) -> Callable[[Any], bool]:
    """What tells a fit value of a column, as JSON carries it, from an unfit one; null is judged elsewhere."""
    match column.type:
        case CodeText() as kind:
            return frozenset(map(str, kind.codes)).__contains__
        case DayText():
            return _day
        case MomentText():
            return _moment
        case Flag():
            return lambda value: isinstance(value, bool)
        case JsonText():
            return lambda value: isinstance(value, list | dict)
        case REAL():
            return _number
        case Integer():
            return _whole
        case Text():
            return _text
    raise TypeError(column)


class _Fields:
    """The fields of one entity: their types, what must be there, where they point, which of them constraints weigh."""

    def __init__(self, entity: str) -> None:
        columns = {name: table(entity).columns[name] for name in fields(entity)}
        self.fits = {name: _is(column) for name, column in columns.items()}
        self.required = frozenset(name for name, column in columns.items() if not column.nullable)
        # what has a default may be left out: an older program does not know every field
        self.said = frozenset(name for name in self.required if columns[name].default is None)
        self.points = {name: key.column.table.name for name, column in columns.items() for key in column.foreign_keys}
        rules = [str(each.sqltext) for each in table(entity).constraints if isinstance(each, CheckConstraint)]
        self.weighed = tuple(name for name in columns if any(re.search(rf"\b{name}\b", rule) for rule in rules))
        answers, asked = ", ".join(f"({rule})" for rule in rules), ", ".join(f"? AS {name}" for name in self.weighed)
        self.question = f"SELECT {answers} FROM (SELECT {asked})"  # noqa: S608 - put together from our own constraints


FIELDS = {entity: _Fields(entity) for entity in ENTITIES}


def check(entity: str, values: Mapping[str, Any], *, whole: bool) -> None:
    """Types, closed lists and required fields of a new row (`whole`) or of some fields. Raises BadValue."""
    required = FIELDS[entity].required
    try:
        fits = _fits(entity, tuple(values))
    except KeyError as error:
        raise BadValue(field=str(error.args[0]), reason=N_("there is no such field.")) from error
    for fit, (name, value) in zip(fits, values.items(), strict=True):
        if value is None:
            if name in required:
                raise BadValue(field=name, reason=_REQUIRED)
            continue
        try:
            is_fit = fit(value)
        except TypeError:  # a list where a word of a closed list is asked for
            is_fit = False
        if not is_fit:
            raise BadValue(field=name, reason=_WRONG)
    if whole and not (said := FIELDS[entity].said) <= values.keys():
        raise BadValue(field=min(said - values.keys()), reason=_REQUIRED)


@lru_cache(1000)
def _fits(entity: str, names: tuple[str, ...]) -> tuple[Callable[[Any], bool], ...]:
    """What tells fit values of these fields, of which most rows have the same. Raises KeyError."""
    known = FIELDS[entity].fits
    return tuple([known[name] for name in names])


class Scale:
    """Weighs rows and gathers the facts of a site. One per process; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # without SQLAlchemy between: this is asked for every single row
        self._plain = dbapi2.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._register: Engine | None = None
        # what a constraint looks at is the same in many rows: the code of a waste, a region, a place
        self._answers = lru_cache(_KEPT)(self._asked)

    def weigh(self, entity: str, data: Mapping[str, Any]) -> None:
        """Ask the constraints of the register, where the entity has any beyond closed lists. Raises BadValue."""
        known = FIELDS[entity]
        if 0 in self._answers(known.question, tuple([data.get(name) for name in known.weighed])):
            raise BadValue(
                field=", ".join(known.weighed), reason=N_("the values do not go together or lie outside their limits.")
            )

    def _asked(self, question: str, values: tuple[Any, ...]) -> tuple[int | None, ...]:
        with self._lock:
            (answers,) = self._plain.execute(question, values)
        told: tuple[int | None, ...] = answers
        return told

    def facts(
        self, rows: Iterable[tuple[str, str, int, Mapping[str, Any]]], site_id: str, basis: Collection[str], *, on: date
    ) -> SiteFacts:
        """What the guards of a step look at, out of rows (entity, id, deleted, data) of a site. Raises NotFound."""
        with self._lock:
            if self._register is None:
                self._register = _memory()
                with self._register.connect() as connection:
                    Base.metadata.create_all(connection)
                    derived.install(connection)
            with self._register.connect() as connection, Session(connection) as session:
                connection.exec_driver_sql("BEGIN")
                by_entity: dict[str, list[Any]] = {}
                for entity, row_id, deleted, data in rows:
                    by_entity.setdefault(entity, []).append((entity, row_id, 0, deleted, data, {}))
                for entity in ENTITIES:
                    if entity in by_entity:
                        heard.write(connection, entity, by_entity[entity])
                found = site_facts(session, site_id, basis_types(session, basis), on=on)
                connection.exec_driver_sql("ROLLBACK")
                return found


def _memory() -> Engine:
    return create_engine(
        "sqlite://",
        creator=lambda: dbapi2.connect(":memory:", check_same_thread=False, isolation_level=None),
        module=dbapi2,
        poolclass=StaticPool,
    )
