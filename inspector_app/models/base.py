"""What every table shares: names of constraints, column types that SQLite's STRICT tables accept, and `Logged`."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Dialect, FetchedValue, Index, Integer, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import REAL, TypeDecorator

from inspector_app.domain.codes import Code, Unknown
from inspector_app.models.watched import Watched


class CodeText(TypeDecorator[Code]):
    """A closed list, stored as its code. A code of a newer program is kept, and read as `Unknown`."""

    impl = Text
    cache_ok = True

    def __init__(self, codes: type[Code]) -> None:
        """Store members of `codes`."""
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: Code | str | None, _dialect: Dialect) -> str | None:
        """The code itself."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """The member of the list, or the word of a newer program."""
        return None if value is None else self.codes.known(value)


class DayText(TypeDecorator[date]):
    """A calendar day as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | str | None, _dialect: Dialect) -> str | None:
        """ISO text."""
        return value.isoformat() if isinstance(value, date) else value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> date | None:
        """A day."""
        return None if value is None else date.fromisoformat(value)


class MomentText(TypeDecorator[datetime]):
    """An instant in UTC as ISO text with milliseconds: 2026-05-02T08:11:09.120Z."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | str | None, _dialect: Dialect) -> str | None:
        """ISO text in UTC."""
        return moment_text(value) if isinstance(value, datetime) else value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """An aware instant."""
        return None if value is None else datetime.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """Yes or no, stored as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, _dialect: Dialect) -> int | None:  # noqa: FBT001 - SQLAlchemy's shape
        """1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> bool | None:
        """True or False."""
        return None if value is None else bool(value)


class JsonText(TypeDecorator[Any]):
    """A list or a map as compact JSON text. Assign a new value to change it; the object itself is never changed in place."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Compact JSON."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """The list or map."""
        return None if value is None else json.loads(value)


def moment_text(at: datetime) -> str:
    """An instant as the register and the wire write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_text(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=plain)


_PLAIN = frozenset({str, int, float, bool, list, dict})


def plain(value: Any) -> Any:
    """A column's value as JSON carries it: days and instants as text, codes as their code."""
    if value is None or type(value) in _PLAIN:
        return value
    match value:
        case Code() | Unknown():
            return str(value)
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case _:
            return value


class Base(DeclarativeBase):
    """All tables of the register; STRICT, with named constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - declared so by SQLAlchemy


class Logged:
    """A row whose every change is an operation of the log and travels to the server.

    `n` is a number of this file only: lists page by it and the search index points to it. `id` is the row's identity
    everywhere, a UUIDv7 made on the device; the operation that created the row has the same id. `sources` names, per
    field changed since, the operation that wrote it (sync.md b.3, there `fsrc`). `extra` keeps fields of a newer program.
    """

    __abstract__ = True

    constraints: ClassVar[Callable[[], tuple[SchemaItem, ...]] | None] = None

    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(Text, unique=True)
    rev: Mapped[int | None] = mapped_column(Integer)
    deleted: Mapped[bool] = mapped_column(Flag, default=False, server_default="0")
    sources: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict, server_default="{}")
    extra: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict, server_default="{}")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands the class
        """The identity of a row is its id, not its number in this file."""
        return {"primary_key": [cls.id], "eager_defaults": False}


BOOKKEEPING = frozenset({"n", "id", "rev", "deleted", "sources", "extra"})
"""Columns of `Logged` itself; everything else of a logged table that is not derived travels."""


def coded(codes: type[Code], **given: Any) -> Any:
    """A column that holds a member of a closed list.

    No CHECK holds it to the list: what a newer program wrote must come in (docs/sync.md b.12). The operation log lets only
    members out (models/changes.py).
    """
    return mapped_column(CodeText(codes), info={"codes": codes}, **given)


def derived(
    kind: type[Integer] | type[Text] | type[DayText] | CodeText | type[Flag] = Integer, *, zero: str | None = "0"
) -> Any:
    """A column that triggers keep (models/derived.py); never written by code, never sent."""
    return mapped_column(
        kind,
        nullable=zero is None,
        server_default=zero,
        server_onupdate=FetchedValue(),
        info={"derived": True},
    )


def real(**given: Any) -> Any:
    """A REAL column: degrees, metres, concentrations; never mass or money."""
    return mapped_column(REAL, **given)


def checks(*codes: tuple[str, type[Code]]) -> tuple[CheckConstraint, ...]:
    """CHECK constraints of columns that hold closed lists, for a table that does not travel."""
    return tuple(
        CheckConstraint(f"{column} IN ({', '.join(repr(str(each)) for each in values)})", name=column)
        for column, values in codes
    )


def index(*columns: str, **given: Any) -> Index:
    """An index named by the convention."""
    return Index(None, *columns, **given)


def watched(rows: Watched) -> Index:
    """The index by which the oldest of the rows that a supervisor asks about are found without looking at any other."""
    return index(rows.since, sqlite_where=text(rows.where))
