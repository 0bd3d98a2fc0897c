"""Made-up places inside the country: around its towns, each inside the region it is said to lie in."""

import json
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from inspector_app.settings import RESOURCES

_ROUNDS = 6
_DEGREE_KM = 111.2


@dataclass(frozen=True, slots=True)
class Spots:
    """As many places as asked for: WGS 84 degrees, and the first two digits of KATO."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    region: tuple[str, ...]


def spots(count: int, *, seed: int) -> Spots:
    """Places around towns, more around large ones; one that falls outside its region is thrown again, then set in the town."""
    random = np.random.Generator(np.random.PCG64(seed))
    towns, areas = _towns(), _areas()
    towns = [town for town in towns if shapely.contains_xy(areas[town[0]], town[1], town[2])]
    weights = np.array([town[3] for town in towns]) ** 0.5
    home = random.choice(len(towns), size=count, p=weights / weights.sum())
    kato = np.array([town[0] for town in towns])[home]
    lon, lat = np.array([town[1] for town in towns])[home], np.array([town[2] for town in towns])[home]
    wanted = np.arange(count)
    for _ in range(_ROUNDS):
        km = random.lognormal(3.3, 0.9, size=wanted.size).clip(1.5, 220)
        turn = random.uniform(0, 2 * np.pi, size=wanted.size)
        to_lat = lat[wanted] + km / _DEGREE_KM * np.cos(turn)
        to_lon = lon[wanted] + km / _DEGREE_KM * np.sin(turn) / np.cos(np.radians(to_lat))
        inside = np.zeros(wanted.size, dtype=bool)
        for each in np.unique(kato[wanted]):
            rows = kato[wanted] == each
            inside[rows] = shapely.contains_xy(areas[str(each)], to_lon[rows], to_lat[rows])
        lat[wanted[inside]], lon[wanted[inside]] = to_lat[inside], to_lon[inside]
        wanted = wanted[~inside]
    return Spots(lat.round(6), lon.round(6), tuple(str(each) for each in kato))


def _towns() -> list[tuple[str, float, float, int]]:
    """(KATO digits, longitude, latitude, people) of the towns of the country."""
    data = json.loads((RESOURCES / "geo" / "towns.geojson").read_text("utf-8"))
    return [
        (each["properties"]["kato"], *each["geometry"]["coordinates"], each["properties"]["population"] or 5_000)
        for each in data["features"]
        if each["properties"]["country"] == "KZ"
    ]


def _areas() -> dict[str, shapely.Geometry]:
    """KATO digits to the area, prepared for many questions; two regions that are drawn together share one."""
    data = json.loads((RESOURCES / "geo" / "regions.geojson").read_text("utf-8"))
    found: dict[str, shapely.Geometry] = {}
    for each in data["features"]:
        area = shape(each["geometry"])
        shapely.prepare(area)
        found.update(dict.fromkeys(each["properties"]["kato"], area))
    return found
