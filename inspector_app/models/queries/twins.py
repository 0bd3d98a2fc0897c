"""Numbers that two records share: what two laptops gave alike, until a person gives one of them another (decision 012)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inspector_app.i18n import Words
from inspector_app.models.driver import Asking


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the records that share a number: its site, when it was made, and by whom as far as the log here tells."""

    row_id: str
    site_id: str
    site: str
    names: tuple[str | None, str | None, str | None]
    author: str | None
    at: datetime

    def name(self, words: Words) -> str:
        """The site in a language."""
        return words.pick(*self.names) or self.site


@dataclass(frozen=True, slots=True)
class Twins:
    """Records of one kind that have the same value in a field that tells them apart."""

    entity: str
    field: str
    value: str
    records: tuple[Twin, ...]


_ALIVE = "r.deleted = 0"
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("site", "code", _ALIVE),
    ("inspection", "no", _ALIVE),
    ("removal_batch", "no", _ALIVE),
    ("removal_batch", "manifest_no", f"{_ALIVE} AND r.state <> 'CANCELLED'"),
    ("pcb_item", "label", _ALIVE),
)
"""Kind, the field that tells its records apart, and which of them count."""


def _question(entity: str, field: str, alive: str) -> str:
    """The inner question is answered by the index of the field alone; only what it finds is looked at."""
    site = "r.id" if entity == "site" else "r.site_id"
    return (
        f"SELECT r.{field}, r.id, s.id, s.code, s.name_en, s.name_ru, s.name_kk, o.author FROM {entity} r"  # noqa: S608 - our own names
        f" JOIN site s ON s.id = {site} LEFT JOIN operation o ON o.op_id = r.id WHERE {alive} AND r.{field} IN"
        f" (SELECT {field} FROM {entity} WHERE {field} IS NOT NULL GROUP BY {field} HAVING COUNT(*) > 1)"
        f" ORDER BY r.{field}, r.id LIMIT 500"
    )


_QUESTIONS = tuple((entity, field, _question(entity, field, alive)) for entity, field, alive in _KINDS)


def twins(asking: Asking) -> tuple[Twins, ...]:
    """Everything that shares its number, by kind and number."""
    found: list[Twins] = []
    for entity, field, question in _QUESTIONS:
        groups: dict[str, list[Any]] = {}
        for value, *row in asking.rows(question):
            groups.setdefault(value, []).append(row)
        found += [
            Twins(entity, field, value, tuple(_twin(row) for row in rows)) for value, rows in groups.items() if len(rows) > 1
        ]
    return tuple(found)


def _twin(row: Any) -> Twin:
    row_id, site_id, site, name_en, name_ru, name_kk, author = row
    made = datetime.fromtimestamp(int(row_id.replace("-", "")[:12], 16) / 1000, UTC)  # a UUIDv7 begins with the moment
    return Twin(row_id, site_id, site, (name_en, name_ru, name_kk), author, made)
