"""Sites as points for the map: whole columns at once, a hundred thousand in a tenth of a second."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import case, select, text
from sqlalchemy.orm import Session

from inspector_app.domain.marks import SEVERITY
from inspector_app.domain.ownership import Status
from inspector_app.models.queries.near import nearest
from inspector_app.models.queries.sites import SiteFilter, conditions
from inspector_app.models.sites import Site

KINDS: tuple[Status | None, ...] = (None, *SEVERITY)
"""What a point can show, worst first; nothing stands for a disputed site, whatever its status."""

Column = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of equal length, one entry per site; `kind` indexes KINDS, degrees are WGS 84, `remaining_g` is grams."""

    n: Column
    lat: Column
    lon: Column
    kind: Column
    remaining_g: Column
    code: Column


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


_KIND = case(
    (Site.disputed, 0),
    *((Site.status == str(status), place) for place, status in enumerate(KINDS) if status is not None),
    else_=KINDS.index(Status.DISCOVERED),
)


def points(session: Session, *, chosen: SiteFilter | None = None) -> Points:
    """Every site that passes the filter, in no particular order."""
    columns = (Site.n, Site.lat, Site.lon, _KIND, Site.remaining_g, Site.code)
    # the driver's own rows: making SQLAlchemy's of a hundred thousand costs three times the query
    where = conditions(chosen or SiteFilter())
    found = session.connection().execute(select(*columns).where(text(where.sql).bindparams(**where.facts))).cursor
    rows = found.fetchall() if found is not None else []
    n, lat, lon, kind, remaining_g, code = zip(*rows, strict=True) if rows else ((),) * 6
    return Points(
        n=np.array(n, dtype=np.int64),
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        kind=np.array(kind, dtype=np.int64),
        remaining_g=np.array(remaining_g, dtype=np.float64),
        code=np.array(code, dtype=np.dtypes.StringDType()),
    )


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
    """(number of the site, GeoJSON geometry) of those among the sites `n` that have a drawn boundary."""
    query = select(Site.n, Site.boundary).where(Site.n.in_(n), Site.boundary.is_not(None), ~Site.deleted)
    return [(number, geometry) for number, geometry in session.execute(query)]
