"""Sites by their distance from a point."""

import json
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.models.sites import Site

EARTH_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG); distances on the sphere differ from the ellipsoid by at most 0.6 per cent."""


@dataclass(frozen=True, slots=True)
class Near:
    """A site's number in this file and its distance in metres."""

    n: int
    distance_m: float


def nearest(session: Session, *, lat: float, lon: float, limit: int) -> list[Near]:
    """The nearest sites, nearest first."""
    # three values instead of a row per site: a fifth of the time
    every = (func.json_group_array(column) for column in (Site.n, Site.lat, Site.lon))
    numbers, lats, lons = (np.array(json.loads(told)) for told in session.execute(select(*every).where(~Site.deleted)).one())
    here, there = np.radians([lat, lon]), np.radians([lats, lons])
    half = np.sin((there[0] - here[0]) / 2) ** 2 + np.cos(here[0]) * np.cos(there[0]) * np.sin((there[1] - here[1]) / 2) ** 2
    distances = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    order = np.argsort(distances, kind="stable")[:limit]
    return [Near(int(numbers[place]), float(distances[place])) for place in order]
