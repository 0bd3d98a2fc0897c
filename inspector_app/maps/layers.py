"""Sites on the map: a snapshot as arrays, and what a viewport shows of it, clusters that keep their status proportions.

The snapshot is made beside the window and never changes; a viewport is answered from it within milliseconds, without
touching the register (map.md 0.4 and 0.8): a far one from sums that were made with it, whatever the number of sites, a
near one from the sites around it alone.
"""

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from inspector_app.models.queries.points import KINDS, Column, Points

CELL_PX = 80
"""Side of the square on the screen whose sites become one cluster."""

FINE_CELL_PX = 32
FINE_ZOOM = 13
"""From this zoom on only marks that would cover each other become clusters."""

SINGLES = 300
"""Up to this many sites in view are drawn one by one, as far as their marks do not cover each other."""

GAP_PX = 17
"""Marks nearer than this cover each other."""

_MARK_PX = GAP_PX / 2

MAX_ZOOM = 18

_TILE_PX = 256
_DENSE = 20_000  # cells of a window on the largest screens
_SUMMED_ZOOM = 8  # up to this zoom the sums of all cells are kept; the country has 6,000 cells there
_SUMMED_SIZE = CELL_PX / (_TILE_PX * 2**_SUMMED_ZOOM)
_NONE = np.arange(0)
_NUMBER, _X, _Y, _PLACE = range(4)  # what is summed; of a site that is alone the sum of places is its place


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
    known, so that a click can go there.
    """

    lat: float
    lon: float
    count: int
    shares: tuple[tuple[int, int], ...]
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
                "clusters": [[each.lat, each.lon, each.count, each.shares, _corners(each.extent)] for each in self.clusters],
            },
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()


@dataclass(frozen=True, slots=True)
class _Cells:
    """A rectangle of cells; its edges are counted from the north-western corner of the world."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def columns(self) -> int:
        """How many from west to east."""
        return self.right - self.left

    @property
    def rows(self) -> int:
        """How many from north to south."""
        return self.bottom - self.top

    def common(self, other: "_Cells") -> "_Cells":
        """What lies in both; a rectangle without area, at the edge of the other, where nothing does."""
        left, top = (
            min(max(mine, low), high)
            for mine, low, high in ((self.left, other.left, other.right), (self.top, other.top, other.bottom))
        )
        return _Cells(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))


@dataclass(frozen=True, slots=True)
class _Heaps:
    """Cells that hold something: where they are, and by cell and kind the sums of number, x, y and place."""

    column: Column
    row: Column
    sums: Column


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells whether they hold something or not: `sums` as of heaps, by row, column and kind."""

    cells: _Cells
    sums: Column

    def coarser(self) -> "_Grid":
        """The same one zoom farther, where four cells are one."""
        cells = self.cells
        even = np.pad(self.sums, ((cells.top % 2, cells.bottom % 2), (cells.left % 2, cells.right % 2), (0, 0), (0, 0)))
        halves = even[0::2] + even[1::2]
        whole = _Cells(cells.left // 2, cells.top // 2, (cells.right + 1) // 2, (cells.bottom + 1) // 2)
        return _Grid(whole, halves[:, 0::2] + halves[:, 1::2])

    def within(self, asked: _Cells) -> _Heaps:
        """The part inside a rectangle."""
        cells, left, top = asked.common(self.cells), self.cells.left, self.cells.top
        sums = self.sums[cells.top - top :, cells.left - left :][: cells.rows, : cells.columns]
        row, column = np.nonzero(sums[..., _NUMBER].any(axis=2))
        return _Heaps(cells.left + column, cells.top + row, sums[row, column])


class Snapshot:
    """Every site of one state of the register that passes the filter."""

    def __init__(self, points: Points, *, revision: int) -> None:
        """Lay the points out cell after cell in the unit square of the Web Mercator projection, and sum the cells up."""
        x, y = _project(points.lat, points.lon)
        column, row = _cell(x, _SUMMED_SIZE), _cell(y, _SUMMED_SIZE)
        self._cells = cells = _around(column, row)
        cell = (row - cells.top) * cells.columns + column - cells.left
        # sixteen bits sort in linear time
        order = np.argsort(cell.astype(np.uint16) if cells.columns * cells.rows <= 2**16 else cell, kind="stable")
        self.revision = revision
        self._points, self._order = points, order
        self._x, self._y, self._kind = x[order], y[order], points.kind[order]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(cell, minlength=cells.columns * cells.rows)))).tolist()
        grids = [_Grid(cells, self._sums(np.arange(len(order)), cell[order], cells.rows, cells.columns))]
        for _ in range(_SUMMED_ZOOM):
            grids.append(grids[-1].coarser())
        self._grids = tuple(reversed(grids))
        self.counts: tuple[int, ...] = tuple(np.bincount(self._kind, minlength=len(KINDS)).tolist())

    def __len__(self) -> int:
        return len(self._order)

    def box(self) -> Box | None:
        """The rectangle around all sites; nothing when there are none."""
        return self._extent(slice(None)) if len(self) else None

    def within(self, box: Box, *, hidden: Collection[int] = (), limit: int) -> list[Single]:
        """Sites inside a rectangle, worst first, at most `limit`."""
        points = self._points
        inside = (points.lon >= box.west) & (points.lon <= box.east) & (points.lat >= box.south) & (points.lat <= box.north)
        chosen = np.flatnonzero(inside & _shown(hidden)[points.kind])
        return [self._single(int(row)) for row in chosen[np.argsort(points.kind[chosen], kind="stable")][:limit]]

    def view(self, box: Box, zoom: int, *, scale: float = 1.0, hidden: Collection[int] = ()) -> View:
        """What a viewport shows at a zoom of 0 to 18, without the kinds that are `hidden`.

        `scale` says how much larger than at that zoom it is on the screen.
        """
        cell_px = FINE_CELL_PX if zoom >= FINE_ZOOM else CELL_PX
        size = cell_px / (_TILE_PX * 2**zoom)
        (west, east), (south, north) = _project(np.array([box.south, box.north]), np.array([box.west, box.east]))
        left, top = math.floor(west / size), math.floor(north / size)
        cells = _Cells(left, top, math.floor(east / size) + 1, math.floor(south / size) + 1)
        shown = _shown(hidden)
        heaps = self._grids[zoom].within(cells) if zoom <= _SUMMED_ZOOM else None
        count = 0 if heaps is None else int(heaps.sums[:, shown, _NUMBER].sum())
        if heaps is None or count <= SINGLES:
            chosen = self._inside(cells, size, shown)
            count = len(chosen)
            heaps = None if count <= SINGLES else self._heaps(chosen, cells, size)
        singles, clusters = (
            self._apart(chosen, zoom, scale) if heaps is None else self._gridded(heaps, shown, size, cell_px * scale)
        )
        whole = Box(
            _longitude(left * size), _latitude(cells.bottom * size), _longitude(cells.right * size), _latitude(top * size)
        )
        return View(self.revision, zoom, whole, count, tuple(singles), tuple(clusters))

    def _apart(self, chosen: Column, zoom: int, scale: float) -> tuple[list[Single], list[Cluster]]:
        """Few sites: one by one, those that would cover each other together, gathered around the worst of them."""
        world_px = _TILE_PX * 2**zoom * scale
        ranked = chosen[np.argsort(self._kind[chosen], kind="stable")]
        x, y = self._x[ranked] * world_px, self._y[ranked] * world_px
        near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 < GAP_PX * GAP_PX
        free = np.ones(len(ranked), dtype=bool)
        groups = []
        for at in range(len(ranked)):
            if free[at]:
                members = np.flatnonzero(near[at] & free)
                free[members] = False
                groups.append(members)
        groups = _joined(groups, x, y)
        singles = [self._single(int(self._order[ranked[members[0]]])) for members in groups if len(members) == 1]
        return singles, [self._cluster(ranked[members]) for members in groups if len(members) > 1]

    def _cluster(self, places: Column) -> Cluster:
        kinds, counts = np.unique(self._kind[places], return_counts=True)
        return Cluster(
            lat=round(_latitude(float(self._y[places].mean())), 6),
            lon=round(_longitude(float(self._x[places].mean())), 6),
            count=len(places),
            shares=tuple(zip(kinds.tolist(), counts.tolist(), strict=True)),
            extent=self._extent(places),
        )

    def _inside(self, cells: _Cells, size: float, shown: Column) -> Column:
        """The places of all sites in these cells, of the kinds that are shown."""
        edges = np.array([cells.left, cells.right, cells.top, cells.bottom]) * size
        left, right, top, bottom = _cell(edges + np.array([-1, 1, -1, 1]) * 1e-12, _SUMMED_SIZE).tolist()
        near = _Cells(left, top, right + 1, bottom + 1).common(self._cells)
        firsts = [(row - self._cells.top) * self._cells.columns - self._cells.left for row in range(near.top, near.bottom)]
        runs = [np.arange(self._starts[first + near.left], self._starts[first + near.right]) for first in firsts]
        around = np.concatenate(runs or [_NONE])
        column, row = _cell(self._x[around], size), _cell(self._y[around], size)
        inside = (column >= cells.left) & (column < cells.right) & (row >= cells.top) & (row < cells.bottom)
        found: Column = around[inside & shown[self._kind[around]]]
        return found

    def _heaps(self, chosen: Column, cells: _Cells, size: float) -> _Heaps:
        """What these sites, all of them in these cells, sum up to."""
        cell = (_cell(self._y[chosen], size) - cells.top) * cells.columns + _cell(self._x[chosen], size) - cells.left
        if cells.columns * cells.rows <= _DENSE:
            places = np.arange(cells.columns * cells.rows)
        else:  # a wide view at a deep zoom, which the page never asks for: only cells that hold something count
            places, cell = np.unique(cell, return_inverse=True)
        sums = self._sums(chosen, cell, len(places))
        return _Heaps(cells.left + places % cells.columns, cells.top + places // cells.columns, sums)

    def _sums(self, chosen: Column, cell: Column, *shape: int) -> Column:
        """The sums of these sites by cell, whose numbers count through `shape`, and kind."""
        whole = (*shape, len(KINDS))
        which = cell * len(KINDS) + self._kind[chosen]
        weights = (None, self._x[chosen], self._y[chosen], chosen)
        sums = [np.bincount(which, weights=each, minlength=math.prod(whole)) for each in weights]
        return np.stack(sums, axis=-1).reshape(*whole, len(weights))

    def _gridded(self, heaps: _Heaps, shown: Column, size: float, cell_px: float) -> tuple[list[Single], list[Cluster]]:
        """Many sites: one cluster per cell at the middle of its sites, moved so that its disc stays inside the cell."""
        sums = heaps.sums * shown[:, None]
        whole = sums.sum(axis=1)
        singles = [self._single(int(self._order[int(at)])) for at in whole[whole[:, _NUMBER] == 1, _PLACE].tolist()]
        many = whole[:, _NUMBER] > 1
        whole, shares = whole[many], sums[many, :, _NUMBER].astype(np.int64)
        room = np.maximum(0.0, 0.5 - _radius(whole[:, _NUMBER]) / cell_px)
        middles = []
        for along, start in ((_X, heaps.column[many]), (_Y, heaps.row[many])):
            centre = (start + 0.5) * size
            middles.append(np.clip(whole[:, along] / whole[:, _NUMBER], centre - room * size, centre + room * size))
        lon = np.round(middles[0] * 360 - 180, 6).tolist()
        lat = np.round(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * middles[1])))), 6).tolist()
        numbers = shares.sum(axis=1).tolist()
        told = zip(lat, lon, numbers, map(_pairs, shares.tolist()), strict=True)
        return singles, [Cluster(*facts, extent=None) for facts in told]

    def _single(self, row: int) -> Single:
        points = self._points
        return Single(
            int(points.n[row]),
            round(float(points.lat[row]), 6),
            round(float(points.lon[row]), 6),
            int(points.kind[row]),
            points.code[row],
        )

    def _extent(self, at: Column | slice) -> Box:
        rows = self._order[at]
        lat, lon = self._points.lat[rows], self._points.lon[rows]
        return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


def _radius(counts: Column) -> Column:
    """Radius of the disc of so many sites in pixels, with its line (resources/map/marks.js)."""
    radius: Column = np.minimum(22, 10.5 + 2.5 * np.log10(np.maximum(counts, 1)) + np.where(counts > 999, 3, 0)) + 1
    return radius


def _joined(groups: list[Column], x: Column, y: Column) -> list[Column]:
    """Groups of places at x and y, in pixels, joined until no disc of several covers another disc or mark."""
    while True:
        sizes = np.array([len(each) for each in groups])
        radius = np.where(sizes > 1, _radius(sizes), _MARK_PX)
        middle_x, middle_y = (np.array([along[each].mean() for each in groups]) for along in (x, y))
        room = np.hypot(middle_x[:, None] - middle_x, middle_y[:, None] - middle_y) - radius[:, None] - radius
        pairs = np.argwhere(np.triu((room < 0) & ((sizes[:, None] > 1) | (sizes > 1)), 1))
        if not len(pairs):
            return groups
        gone: set[int] = set()
        for one, other in pairs[np.argsort(room[pairs[:, 0], pairs[:, 1]], kind="stable")].tolist():
            if one not in gone and other not in gone:
                groups[one] = np.concatenate((groups[one], groups[other]))
                gone |= {one, other}
                groups[other] = _NONE
        groups = [each for each in groups if len(each)]


def _shown(hidden: Collection[int]) -> Column:
    """Which kinds are to be seen."""
    shown = np.ones(len(KINDS), dtype=bool)
    shown[[kind for kind in hidden if 0 <= kind < len(KINDS)]] = False
    return shown


def _pairs(shares: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple((kind, count) for kind, count in enumerate(shares) if count)


def _corners(box: Box | None) -> list[float] | None:
    return None if box is None else [round(each, 6) for each in (box.west, box.south, box.east, box.north)]


def _project(lat: Column, lon: Column) -> tuple[Column, Column]:
    """Web Mercator: x grows east and y south, both 0 to 1 over the whole world."""
    sine = np.sin(np.radians(np.clip(lat, -85.0511, 85.0511)))
    return lon / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)


def _cell(along: Column, size: float) -> Column:
    """Which cell of a size, counted from the edge of the world."""
    cells: Column = np.floor(along / size).astype(np.int64)
    return cells


def _around(column: Column, row: Column) -> _Cells:
    """The smallest rectangle of cells that holds all these; one cell where there are none."""
    if not len(column):
        return _Cells(0, 0, 1, 1)
    return _Cells(int(column.min()), int(row.min()), int(column.max()) + 1, int(row.max()) + 1)


def _longitude(x: float) -> float:
    return x * 360 - 180


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))
