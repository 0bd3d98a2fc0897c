"""Proof that two copies of the register hold the same rows: a digest per entity and bucket, and how a difference is mended.

A row is taken as its table stores it, without `rev` and `n`, which belong to one file. Digests of rows are added up, so
that no order matters and no database sorts. A bucket is named by the last two letters of the rows' ids, which are random.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection
from sqlalchemy.types import REAL

from inspector_app.models import heard
from inspector_app.models.base import json_text
from inspector_app.models.driver import Asking
from inspector_app.models.entities import ENTITIES, fields, table

CONFLICT = "conflict"
KINDS = (*ENTITIES, CONFLICT)
"""What is compared: every entity of the register, and conflicts."""

_WHOLE = 2**64
_OPEN = "FROM operation WHERE state <> 'acked' AND state <> 'heard'"  # the words of the partial index
Sums = dict[str, int]


def digest(values: Sequence[Any]) -> int:
    """The digest of one row's values, a whole number of 64 bits."""
    return int.from_bytes(blake2b(to_json(values), digest_size=8).digest())


def shown(sums: Sums) -> dict[str, str]:
    """Digests of buckets as they travel."""
    return {bucket: f"{value:016x}" for bucket, value in sums.items()}


def own(asking: Asking, kind: str, *, without: Collection[str] = ()) -> tuple[Sums, int]:
    """The digests of this register's buckets of an entity, and how many rows they cover."""
    names, _of = _KINDS[kind]
    rows = asking.rows(f"SELECT {', '.join(names)} FROM {kind}")
    return _summed(kind, rows, without)


def heard_sums(kind: str, rows: Iterable[tuple[str, int, str, str]], *, without: Collection[str] = ()) -> tuple[Sums, int]:
    """The same of rows as the server keeps them: id, deleted, data and sources, the last two as JSON."""
    _names, of = _KINDS[kind]
    found = (of(row_id, deleted, json.loads(data), json.loads(sources)) for row_id, deleted, data, sources in rows)
    return _summed(kind, found, without)


def _summed(kind: str, rows: Iterable[Sequence[Any]], without: Collection[str]) -> tuple[Sums, int]:
    tidy = _TIDY[kind]
    left_out = frozenset(without)
    sums: Counter[str] = Counter()
    count = 0
    for row in rows:
        row_id = row[0]
        if row_id not in left_out:
            sums[row_id[-2:]] += digest(tidy(row))
            count += 1
    return {bucket: value % _WHOLE for bucket, value in sums.items()}, count


def unsettled(asking: Asking, *, most: int) -> list[str] | None:
    """Rows that the server has not judged, refused to make or holds back; nothing when there are more than `most`."""
    asked = (
        f"SELECT row_id {_OPEN} AND (state IN ('pending', 'held') OR (state = 'rejected' AND kind = 'create'))"
        f" UNION SELECT json_extract(body, '$.conflict') {_OPEN} AND state IN ('pending', 'held') AND kind = 'settle' LIMIT ?"
    )
    found = [row[0] for row in asking.rows(asked, (most + 1,)) if row[0]]
    return found if len(found) <= most else None


def differences(
    asking: Asking, kind: str, buckets: Collection[str], rows: Iterable[Sequence[Any]], *, cursor: int, head: int
) -> "Differing":
    """Of rows as a page carries them, those that are not so here; and rows here that the server does not have.

    Rows that the server changed after `cursor` come with the next sync and are left alone; so are all that it does not
    have, where it is at another revision (`head`): they may have gone to where nobody here may see them.
    """
    names, of = _KINDS[kind]
    tidy = _TIDY[kind]
    marks = ", ".join("?" * len(buckets))
    asked = f"SELECT {', '.join(names)} FROM {kind} WHERE substr(id, -2) IN ({marks})"
    here = {row[0]: tuple(tidy(row)) for row in asking.rows(asked, tuple(buckets))}
    wrong = []
    for row in rows:
        _kind, row_id, rev, deleted, data, sources = row
        mine = here.pop(row_id, None)
        if rev <= cursor and mine != tuple(tidy(of(row_id, deleted, data, sources))):
            wrong.append(row)
    return Differing(kind, wrong, sorted(here) if head == cursor else [])


class Differing:
    """What of one entity is not as at the server: rows to write again, and ids of rows that nobody else knows."""

    def __init__(self, kind: str, wrong: list[Sequence[Any]], unknown: list[str]) -> None:
        """Keep them."""
        self.kind, self.wrong, self.unknown = kind, wrong, unknown

    def without(self, row_ids: Collection[str]) -> "Differing":
        """The same but for some rows, which wait to be sent."""
        left_out = frozenset(row_ids)
        return Differing(
            self.kind,
            [row for row in self.wrong if row[1] not in left_out],
            [row_id for row_id in self.unknown if row_id not in left_out],
        )

    @property
    def count(self) -> int:
        """How many rows differ."""
        return len(self.wrong) + len(self.unknown)


def mend(connection: Connection, found: Iterable[Differing]) -> None:
    """Write rows as the server has them, and take out those it does not know; only inside `Register.hearing`.

    Own operations are not touched, and rows with unsent ones are never among them; what was heard of others goes with its
    row. So does what the server refused to make with the row that it points to: it is a deleted row here, and its operation
    goes on saying what it was.
    """
    by_kind: dict[str, list[Differing]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each)
    for kind in KINDS:
        heard.take(connection, [row for each in by_kind[kind] for row in each.wrong])
    unknown = {kind: {row_id for each in by_kind[kind] for row_id in each.unknown} for kind in KINDS}
    if not any(unknown.values()):
        return
    for kind in ENTITIES:  # in this order a row comes after those that it points to
        for name, target in _POINTS[kind]:
            given = (json.dumps(sorted(unknown[target])),)
            unknown[kind].update(connection.exec_driver_sql(_REFUSED.format(kind=kind, name=name), given).scalars())
    for kind in reversed(KINDS):
        if gone := [(row_id,) for row_id in unknown[kind]]:
            connection.exec_driver_sql(f"DELETE FROM {kind} WHERE id = ?", gone)
            connection.exec_driver_sql("DELETE FROM operation WHERE seq IS NULL AND row_id = ?", gone)


_REFUSED = (
    "SELECT id FROM {kind} WHERE {name} IN (SELECT value FROM json_each(?))"
    f" AND id IN (SELECT row_id {_OPEN} AND state = 'rejected' AND kind = 'create')"
)
_POINTS = {
    kind: [
        (column.name, key.column.table.name)
        for column in table(kind).columns
        for key in column.foreign_keys
        if key.column.table.name in ENTITIES
    ]
    for kind in ENTITIES
}


# -- how a row is written down for its digest ---------------------------------------------------------------------------

_HEAD = ("id", "deleted", "sources", "extra")
Made = Callable[[str, int, dict[str, Any], dict[str, str]], tuple[Any, ...]]


def _entity(kind: str) -> tuple[tuple[str, ...], Made]:
    shape = heard.shape(kind)

    def of(row_id: str, deleted: int, data: dict[str, Any], sources: dict[str, str]) -> tuple[Any, ...]:
        values = shape(row_id, 0, deleted, data, sources)
        return values[0], *values[2:]

    return (*_HEAD, *fields(kind)), of


def _tidier(kind: str) -> Callable[[Sequence[Any]], list[Any]]:
    """Makes values alike that two files store with other letters: the order of sources, whole numbers with a fraction."""
    columns = table(kind).columns
    real = tuple(at for at, name in enumerate(fields(kind), len(_HEAD)) if isinstance(columns[name].type, REAL))

    def tidy(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at in (2, 3):
            if values[at] != "{}":
                values[at] = json_text(json.loads(values[at]))
        for at in real:
            if values[at] is not None:
                values[at] = float(values[at])
        return values

    return tidy


def _conflict(row_id: str, _deleted: int, data: dict[str, Any], _sources: dict[str, str]) -> tuple[Any, ...]:
    values = dict(zip(heard.CONFLICT, heard.conflict_values(row_id, 0, data), strict=True))
    return tuple(values[name] for name in _CONFLICT_NAMES)


_CONFLICT_NAMES = ("id", *(name for name in heard.CONFLICT if name not in {"id", "rev"}))
_KINDS: dict[str, tuple[tuple[str, ...], Made]] = {
    **{kind: _entity(kind) for kind in ENTITIES},
    CONFLICT: (_CONFLICT_NAMES, _conflict),
}
_TIDY: dict[str, Callable[[Sequence[Any]], list[Any]]] = {**{kind: _tidier(kind) for kind in ENTITIES}, CONFLICT: list}
