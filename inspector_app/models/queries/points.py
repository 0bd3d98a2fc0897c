"""Sites as points for the map: whole columns at once, a hundred thousand in a tenth of a second."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from sqlalchemy import Integer, case, cast, func, select, text
from sqlalchemy.orm import Session

from inspector_app.domain.marks import SEVERITY
from inspector_app.domain.ownership import Status
from inspector_app.domain.places import DECIMALS
from inspector_app.models.queries.near import nearest
from inspector_app.models.queries.sites import SiteFilter, conditions
from inspector_app.models.sites import Site

KINDS: tuple[Status | None, ...] = (None, *SEVERITY)
"""What a point can show, worst first; nothing stands for a disputed site, whatever its status."""

Column = np.ndarray[Any, np.dtype[Any]]


class Texts(Sequence[str]):
    """Short texts in one piece of memory; a million of them are made without a million strings."""

    def __init__(self, array: str) -> None:
        """Take them as a JSON array of texts none of which needs an escape."""
        self._bytes = array.encode()
        marks = np.flatnonzero(np.frombuffer(self._bytes, dtype=np.uint8) == ord('"'))
        self._starts, self._ends = marks[0::2] + 1, marks[1::2]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """The text at a place, or those at several."""
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return self._bytes[self._starts[at] : self._ends[at]].decode()

    def __len__(self) -> int:
        """How many."""
        return len(self._ends)


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of equal length, one entry per site; `kind` indexes KINDS, degrees are WGS 84."""

    n: Column
    lat: Column
    lon: Column
    kind: Column
    code: Sequence[str]


@dataclass(frozen=True, slots=True)
class PointCard:
    """What the map tells about one site when it is pointed at."""

    n: int
    id: str
    code: str
    name_en: str | None
    name_ru: str | None
    name_kk: str | None
    status: Status
    disputed: bool
    remaining_g: int
    lat: float
    lon: float
    boundary: Any
    area_m2: int | None


_BY_STATUS = {str(status): place for place, status in enumerate(KINDS) if status is not None}
_KIND = case((Site.disputed, 0), else_=case(_BY_STATUS, value=Site.status, else_=KINDS.index(Status.DISCOVERED)))


def points(session: Session, *, chosen: SiteFilter | None = None) -> Points:
    """Every site that passes the filter, in no particular order."""
    # one text per column instead of a row per site: the driver gives the lock of the interpreter away for every row, and
    # making a million strings would keep it from the window; whole numbers, which are read six times as fast as others
    grain = 10**DECIMALS
    whole = [Site.n, *(cast(func.round(each * grain), Integer) for each in (Site.lat, Site.lon)), _KIND]
    question = select(*(func.group_concat(each) for each in whole), func.json_group_array(Site.code))
    where = conditions(chosen or SiteFilter())
    *texts, codes = session.execute(question.where(text(where.sql).bindparams(**where.facts))).one()
    n, lat, lon, kind = (np.fromstring(column or "", dtype=np.int64, sep=",") for column in texts)
    return Points(n, lat / grain, lon / grain, kind, json.loads(codes) if "\\" in codes else Texts(codes))


def cards(session: Session, *, n: Collection[int] = (), site_id: str | None = None) -> list[PointCard]:
    """The sites with these numbers, or the one with this id, in the order of their codes."""
    columns = (
        Site.n, Site.id, Site.code, Site.name_en, Site.name_ru, Site.name_kk, Site.status, Site.disputed, Site.remaining_g,
        Site.lat, Site.lon, Site.boundary, Site.area_m2,
    )  # fmt: skip
    chosen = Site.n.in_(n) if site_id is None else Site.id == site_id
    query = select(*columns).where(chosen, ~Site.deleted).order_by(Site.code)
    return [PointCard(*row) for row in session.execute(query)]


def around(session: Session, *, lat: float, lon: float, limit: int) -> list[tuple[PointCard, float]]:
    """The nearest sites with their distances in metres, nearest first."""
    near = nearest(session, lat=lat, lon=lon, limit=limit)
    known = {card.n: card for card in cards(session, n=[each.n for each in near])}
    return [(known[each.n], each.distance_m) for each in near]


def boundaries(session: Session, *, n: Collection[int]) -> list[tuple[int, Any]]:
    """(kind of point, GeoJSON geometry) of those among the sites `n` that have a drawn boundary."""
    query = select(_KIND, Site.boundary).where(Site.n.in_(n), Site.boundary.is_not(None), ~Site.deleted)
    return [(kind, geometry) for kind, geometry in session.execute(query)]
