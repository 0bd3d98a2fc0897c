"""Sites on the map: a snapshot as arrays, and what a viewport shows of it, clusters that keep their status proportions.

The snapshot is made beside the window and never changes; a viewport of 100,000 sites is answered from it within
milliseconds, without touching the register (map.md 0.4 and 0.8).
"""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from inspector_app.models.queries.points import KINDS, Column, Points

CELL_PX = 80
"""Side of the square on the screen whose sites become one cluster."""

FINE_CELL_PX = 24
FINE_ZOOM = 13
"""From this zoom on only marks that would cover each other become clusters."""

SINGLES = 300
"""Up to this many sites in view are drawn one by one, as far as their marks do not cover each other."""

GAP_PX = 17
"""Marks nearer than this cover each other."""

MAX_ZOOM = 18

_LARGEST_DISC_PX = 22
_TILE_PX = 256
_DENSE = 20_000  # cells of a window on the largest screens


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Single:
    """One site; `kind` indexes KINDS."""

    n: int
    lat: float
    lon: float
    kind: int
    code: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several sites in one place of the screen.

    `shares` are pairs of kind and number of sites, worst first, that sum to `count`; `extent` surrounds them where it is
    known, so that a click can go there; `remaining_g` is grams.
    """

    lat: float
    lon: float
    count: int
    shares: tuple[tuple[int, int], ...]
    remaining_g: int
    extent: Box | None


@dataclass(frozen=True, slots=True)
class View:
    """What a viewport shows: `box` is the asked one grown to whole cells, and holds exactly the `count` sites shown."""

    revision: int
    zoom: int
    box: Box
    count: int
    singles: tuple[Single, ...]
    clusters: tuple[Cluster, ...]

    def as_json(self) -> bytes:
        """What the page's script draws."""
        return json.dumps(
            {
                "revision": self.revision,
                "zoom": self.zoom,
                "box": _corners(self.box),
                "count": self.count,
                "sites": [[each.n, each.lat, each.lon, each.kind, each.code] for each in self.singles],
                "clusters": [
                    [each.lat, each.lon, each.count, each.shares, each.remaining_g, _corners(each.extent)]
                    for each in self.clusters
                ],
            },
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()


class Snapshot:
    """Every site of one state of the register that passes the filter."""

    def __init__(self, points: Points, *, revision: int) -> None:
        """Lay the points out roughly west to east, in the unit square of the Web Mercator projection."""
        x, y = _project(points.lat, points.lon)
        # sixteen bits sort in linear time, and a viewport only needs to know where about to look
        order = np.argsort(_strip(x), kind="stable")
        self.revision = revision
        self._points, self._order = points, order
        self._x, self._y = x[order], y[order]
        self._strips = _strip(self._x)
        self._kind, self._remaining_g = points.kind[order], points.remaining_g[order]
        self.counts: tuple[int, ...] = tuple(np.bincount(self._kind, minlength=len(KINDS)).tolist())

    def __len__(self) -> int:
        return len(self._order)

    def box(self) -> Box | None:
        """The rectangle around all sites; nothing when there are none."""
        return self._extent(slice(None)) if len(self) else None

    def single(self, n: int) -> Single | None:
        """The site with this number, if the filter lets it through."""
        found = np.flatnonzero(self._points.n[self._order] == n)
        return self._single(int(found[0])) if len(found) else None

    def within(self, box: Box, *, hidden: Collection[int] = (), limit: int) -> list[Single]:
        """Sites inside a rectangle, worst first, at most `limit`."""
        lat, lon = self._points.lat[self._order], self._points.lon[self._order]
        inside = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        chosen = np.flatnonzero(inside & self._shown(hidden)[self._kind])
        return [self._single(int(at)) for at in chosen[np.argsort(self._kind[chosen], kind="stable")][:limit]]

    def view(self, box: Box, zoom: int, *, hidden: Collection[int] = ()) -> View:
        """What a viewport shows at a zoom of 0 to 18, without the kinds that are `hidden`."""
        cell_px = FINE_CELL_PX if zoom >= FINE_ZOOM else CELL_PX
        size = cell_px / (_TILE_PX * 2**zoom)
        (west, east), (south, north) = _project(np.array([box.south, box.north]), np.array([box.west, box.east]))
        left, right = math.floor(west / size), math.floor(east / size) + 1
        top, bottom = math.floor(north / size), math.floor(south / size) + 1
        ends = _strip(np.array([left * size, right * size]))
        first = int(np.searchsorted(self._strips, ends[0], side="left"))
        last = int(np.searchsorted(self._strips, ends[1], side="right"))
        column = np.floor(self._x[first:last] / size).astype(np.int64)
        row = np.floor(self._y[first:last] / size).astype(np.int64)
        inside = (column >= left) & (column < right) & (row >= top) & (row < bottom)
        if hidden:
            inside &= self._shown(hidden)[self._kind[first:last]]
        chosen = np.flatnonzero(inside)
        if len(chosen) <= SINGLES:
            singles, clusters = self._apart(chosen + first, zoom)
        else:
            cell = (row[chosen] - top) * (right - left) + column[chosen] - left
            singles, clusters = self._gridded(chosen + first, cell, (left, top, right - left, bottom - top), size, cell_px)
        whole = Box(_longitude(left * size), _latitude(bottom * size), _longitude(right * size), _latitude(top * size))
        return View(self.revision, zoom, whole, len(chosen), tuple(singles), tuple(clusters))

    def _apart(self, chosen: Column, zoom: int) -> tuple[list[Single], list[Cluster]]:
        """Few sites: one by one, those that would cover each other together, gathered around the worst of them."""
        gap = GAP_PX / (_TILE_PX * 2**zoom)
        ranked = chosen[np.argsort(self._kind[chosen], kind="stable")]
        x, y = self._x[ranked], self._y[ranked]
        near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 < gap * gap
        free = np.ones(len(ranked), dtype=bool)
        singles, clusters = [], []
        for at in range(len(ranked)):
            if not free[at]:
                continue
            members = np.flatnonzero(near[at] & free)
            free[members] = False
            if len(members) == 1:
                singles.append(self._single(int(ranked[at])))
                continue
            rows = ranked[members]
            kinds, counts = np.unique(self._kind[rows], return_counts=True)
            clusters.append(
                Cluster(
                    lat=round(_latitude(float(self._y[rows].mean())), 6),
                    lon=round(_longitude(float(self._x[rows].mean())), 6),
                    count=len(rows),
                    shares=tuple(zip(kinds.tolist(), counts.tolist(), strict=True)),
                    remaining_g=int(self._remaining_g[rows].sum()),
                    extent=self._extent(rows),
                )
            )
        return singles, clusters

    def _gridded(
        self, chosen: Column, cell: Column, grid: tuple[int, int, int, int], size: float, cell_px: int
    ) -> tuple[list[Single], list[Cluster]]:
        """Many sites: one cluster per cell at the middle of its sites, moved so that neighbours never cover each other."""
        left, top, columns, rows = grid
        kinds = len(KINDS)
        if columns * rows <= _DENSE:
            places = np.arange(columns * rows)
        else:  # a wide view at a deep zoom, which the page never asks for: only cells that hold something count
            places, cell = np.unique(cell, return_inverse=True)
        cells = len(places)
        shares = np.bincount(cell * kinds + self._kind[chosen], minlength=cells * kinds).reshape(cells, kinds)
        counts = shares.sum(axis=1)
        lone = counts == 1
        singles = [self._single(int(at)) for at in chosen[lone[cell]]]
        used = np.flatnonzero(counts > 1)
        room = max(0.0, 0.5 - _LARGEST_DISC_PX / cell_px)
        middles = []
        for along, start in ((self._x, left + places[used] % columns), (self._y, top + places[used] // columns)):
            mean = np.bincount(cell, weights=along[chosen], minlength=cells)[used] / counts[used]
            centre = (start + 0.5) * size
            middles.append(np.clip(mean, centre - room * size, centre + room * size))
        remaining_g = np.bincount(cell, weights=self._remaining_g[chosen], minlength=cells)[used]
        lon = np.round(middles[0] * 360 - 180, 6).tolist()
        lat = np.round(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * middles[1])))), 6).tolist()
        clusters = [
            Cluster(lat[at], lon[at], int(counts[row]), _pairs(shares[row]), int(remaining_g[at]), None)
            for at, row in enumerate(used.tolist())
        ]
        return singles, clusters

    def _single(self, at: int) -> Single:
        points, row = self._points, int(self._order[at])
        return Single(
            int(points.n[row]),
            round(float(points.lat[row]), 6),
            round(float(points.lon[row]), 6),
            int(points.kind[row]),
            str(points.code[row]),
        )

    def _extent(self, at: Column | slice) -> Box:
        rows = self._order[at]
        lat, lon = self._points.lat[rows], self._points.lon[rows]
        return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))

    @staticmethod
    def _shown(hidden: Collection[int]) -> Column:
        shown = np.ones(len(KINDS), dtype=bool)
        shown[[kind for kind in hidden if 0 <= kind < len(KINDS)]] = False
        return shown


def _pairs(shares: Column) -> tuple[tuple[int, int], ...]:
    return tuple((kind, count) for kind, count in enumerate(shares.tolist()) if count)


def _corners(box: Box | None) -> list[float] | None:
    return None if box is None else [round(each, 6) for each in (box.west, box.south, box.east, box.north)]


def _project(lat: Column, lon: Column) -> tuple[Column, Column]:
    """Web Mercator: x grows east and y south, both 0 to 1 over the whole world."""
    sine = np.sin(np.radians(np.clip(lat, -85.0511, 85.0511)))
    return lon / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)


def _strip(x: Column) -> Column:
    """Which of 65,536 strips of the world, west to east, an x lies in."""
    strips: Column = np.clip(np.floor(x * 65536), 0, 65535).astype(np.uint16)
    return strips


def _longitude(x: float) -> float:
    return x * 360 - 180


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))
