"""The locator map of a paper, drawn from the outlines that ship with the program: surroundings at left, country at right.

The surroundings are drawn in the plane of the site's parallel, so that north is up and the scale holds; the country in
an equal-area conic.
"""

import json
import math
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from inspector_app.i18n import words
from inspector_app.reports import shapes
from inspector_app.reports.blocks import Place
from inspector_app.reports.fonts import face, pdf_text, shortened
from inspector_app.reports.sheet import DANGER, LINE, SECOND, TEXT, Sheet, rgb
from inspector_app.settings import RESOURCES

_WATER: Final = "#D5E6F1"
_LAND: Final = "#FBFAF6"
_BEYOND: Final = "#EFF1F3"
_BORDER: Final = "#8B95A1"
_REGION: Final = "#C3C9D0"
_HALF_HEIGHT_KM: Final = 125.0
_KM_PER_DEGREE: Final = 111.195
_HIGH: Final = 176.0
_CREDIT: Final = 12.0
_INSET: Final = 0.4
_PARALLELS: Final = (44.0, 52.0)
_CENTRE: Final = (48.0, 67.0)
_BEYOND_EDGE: Final = 20.0
_STEPS: Final = 2.5
"""Steps to a point of paper; nothing finer is drawn."""
_FINE: Final = 0.08
"""Degrees; less than a step in the map of the country."""


class Town(NamedTuple):
    """A named place of the map data."""

    lat: float
    lon: float
    rank: int
    names: tuple[str, ...]


class Ring(NamedTuple):
    """A line of the map data in degrees, closed or not, and its bounds: west, south, east, north."""

    points: list[list[float]]
    box: tuple[float, float, float, float]


def _ring(points: list[list[float]]) -> Ring:
    lons, lats = [each[0] for each in points], [each[1] for each in points]
    return Ring(points, (min(lons), min(lats), max(lons), max(lats)))


@cache
def _features(name: str) -> list[dict[str, Any]]:
    with (RESOURCES / "geo" / f"{name}.geojson").open(encoding="utf-8") as file:
        found: list[dict[str, Any]] = json.load(file)["features"]
    return found


@cache
def _rings(name: str) -> tuple[tuple[Ring, ...], ...]:
    """The polygons of a file of outlines, each a tuple of rings."""
    return tuple(polygon for feature in _features(name) for polygon in _polygons(feature["geometry"]))


@cache
def _regions() -> tuple[Town, ...]:
    """Where the names of regions stand."""
    names = ("name_en", "name_ru", "name_kk")
    found = [feature["properties"] for feature in _features("regions")]
    return tuple(Town(each["label"][1], each["label"][0], 0, tuple(each[name] for name in names)) for each in found)


@cache
def _rivers() -> tuple[Ring, ...]:
    """The lines of the file of water."""
    shapes_ = [feature["geometry"] for feature in _features("water")]
    lines = [shape["coordinates"] for shape in shapes_ if shape["type"] == "LineString"]
    lines += [line for shape in shapes_ if shape["type"] == "MultiLineString" for line in shape["coordinates"]]
    return tuple(map(_ring, lines))


def _polygons(shape: dict[str, Any]) -> list[tuple[Ring, ...]]:
    """The polygons of a GeoJSON geometry; lines and points have none."""
    parts = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}.get(shape["type"], [])
    return [tuple(_ring(ring) for ring in part) for part in parts]


@cache
def _towns() -> tuple[Town, ...]:
    return tuple(
        Town(
            each["geometry"]["coordinates"][1],
            each["geometry"]["coordinates"][0],
            each["properties"]["rank"],
            (each["properties"]["name_en"], each["properties"]["name_ru"], each["properties"]["name_kk"]),
        )
        for each in sorted(
            _features("towns"), key=lambda each: (each["properties"]["rank"], -(each["properties"]["population"] or 0))
        )
    )


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle of paper that shows a part of the earth. `scale` is points per kilometre."""

    x: float
    y: float
    width: float
    height: float
    scale: float
    lat: float
    lon: float
    conic: bool

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Degrees to points on the paper."""
        if self.conic:
            east, north = _conic(lat, lon)
        else:
            east = (lon - self.lon) * _KM_PER_DEGREE * math.cos(math.radians(self.lat))
            north = (lat - self.lat) * _KM_PER_DEGREE
        return self.x + self.width / 2 + east * self.scale, self.y + self.height / 2 + north * self.scale

    def path(self, polygon: tuple[Ring, ...], *, closed: bool = True) -> str:
        """The polygon, or lines, as path operators; what lies outside is drawn in to the edge, what is too fine is left out."""
        return " ".join(filter(None, (self._line(ring, closed=closed) for ring in polygon)))

    def _line(self, ring: Ring, *, closed: bool) -> str:
        xs, ys = self._bent(ring) if self.conic else self._straight(ring)
        west, east = self._steps(self.x - _BEYOND_EDGE), self._steps(self.x + self.width + _BEYOND_EDGE)
        south, north = self._steps(self.y - _BEYOND_EDGE), self._steps(self.y + self.height + _BEYOND_EDGE)
        if not xs or max(xs) < west or min(xs) > east or max(ys) < south or min(ys) > north:
            return ""
        lines: list[str] = []
        last = (-1, -1)
        for x, y in zip(xs, ys, strict=True):
            here = (west if x < west else min(x, east), south if y < south else min(y, north))
            if here != last:
                lines.append(f"{here[0] / _STEPS:.1f} {here[1] / _STEPS:.1f} l")
                last = here
        if len(lines) < (3 if closed else 2):
            return ""
        return f"{lines[0][:-1]}m {' '.join(lines[1:])}{' h' if closed else ''}"

    def _straight(self, ring: Ring) -> tuple[list[int], list[int]]:
        """The ring in steps of the paper; nothing where it lies outside altogether."""
        north = _KM_PER_DEGREE * self.scale * _STEPS
        east = north * math.cos(math.radians(self.lat))
        half_lon, half_lat = (self.width / 2 + _BEYOND_EDGE) * _STEPS / east, (self.height / 2 + _BEYOND_EDGE) * _STEPS / north
        low_lon, low_lat, high_lon, high_lat = ring.box
        if low_lon > self.lon + half_lon or high_lon < self.lon - half_lon:
            return [], []
        if low_lat > self.lat + half_lat or high_lat < self.lat - half_lat:
            return [], []
        x0, y0 = (self.x + self.width / 2) * _STEPS - self.lon * east, (self.y + self.height / 2) * _STEPS - self.lat * north
        return [round(x0 + each[0] * east) for each in ring.points], [round(y0 + each[1] * north) for each in ring.points]

    def _bent(self, ring: Ring) -> tuple[list[int], list[int]]:
        """The ring in steps of the paper; points that lie nearer to each other than a step are left out."""
        xs, ys = [], []
        last_lon = last_lat = math.inf
        for point in ring.points:
            lon, lat = point[0], point[1]
            if abs(lon - last_lon) + abs(lat - last_lat) < _FINE:
                continue
            last_lon, last_lat = lon, lat
            x, y = self.at(lat, lon)
            xs.append(round(x * _STEPS))
            ys.append(round(y * _STEPS))
        return xs, ys

    @staticmethod
    def _steps(points: float) -> int:
        return round(points * _STEPS)


_FIRST, _SECOND = (math.radians(each) for each in _PARALLELS)
_N: Final = (math.sin(_FIRST) + math.sin(_SECOND)) / 2
_C: Final = math.cos(_FIRST) ** 2 + 2 * _N * math.sin(_FIRST)
_RADIUS: Final = _KM_PER_DEGREE * 180 / math.pi
_RHO: Final = math.sqrt(_C - 2 * _N * math.sin(math.radians(_CENTRE[0]))) / _N


def _conic(lat: float, lon: float) -> tuple[float, float]:
    """Albers' equal-area conic on a sphere, in kilometres from the centre of the country."""
    rho = math.sqrt(_C - 2 * _N * math.sin(math.radians(lat))) / _N
    turn = _N * math.radians(lon - _CENTRE[1])
    return _RADIUS * rho * math.sin(turn), _RADIUS * (_RHO - rho * math.cos(turn))


def height(_width: float) -> float:
    """How high both maps and their credit are, in points."""
    return _HIGH + _CREDIT + 4


def draw(sheet: Sheet, block: Place) -> None:
    """Both maps, the site's mark on each, north, scale and credit."""
    sheet.need(height(sheet.width))
    gap = 8.0
    inset = (sheet.width - gap) * _INSET if sheet.width > 300 else 0
    wide = sheet.width - gap - inset if inset else sheet.width
    y = sheet.y - _HIGH
    near = View(sheet.left, y, wide, _HIGH, _HIGH / (2 * _HALF_HEIGHT_KM), block.lat, block.lon, conic=False)
    _land(sheet, near)
    _names(sheet, near, block)
    _site(sheet, near, block, 11)
    _scale_bar(sheet, near, block)
    _north(sheet, near, block.north)
    _border(sheet, near)
    if inset:
        x = sheet.left + wide + gap
        far = View(x, y, inset, _HIGH, inset / 3080, *_CENTRE, conic=True)
        _land(sheet, far)
        _site(sheet, far, block, 9)
        _border(sheet, far)
    sheet.y = y - 9
    sheet.text(sheet.left, sheet.y, block.credit, size=6.5, colour=SECOND)
    sheet.y -= 7


def _land(sheet: Sheet, view: View) -> None:
    sheet.operators(f"q 1 0 0 1 {view.x:.2f} {view.y:.2f} cm\n{_land_code(replace(view, x=0.0, y=0.0))}\nQ")


@lru_cache(maxsize=32)
def _land_code(view: View) -> str:
    """The ground of a map from its lower left corner; many papers of one run show the same, wherever it stands on the page."""
    code = [
        f"q {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re W n",
        f"{rgb(_BEYOND)} rg {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re f",
    ]
    country = [path for path in map(view.path, _rings("country")) if path]
    code += [f"{rgb(_LAND)} rg {path} f" for path in country]
    code += [f"{rgb(_WATER)} rg {path} f*" for path in map(view.path, _rings("water")) if path]
    code += [f"{rgb(_WATER)} RG 0.9 w {path} S" for line in _rivers() if (path := view.path((line,), closed=False))]
    code += [f"{rgb(_REGION)} RG 0.5 w {path} S" for path in map(view.path, _rings("regions")) if path]
    code += [f"{rgb(_BORDER)} RG 0.9 w {path} S" for path in country]
    return "\n".join([*code, "Q"])


def _border(sheet: Sheet, view: View) -> None:
    sheet.operators(f"{rgb(LINE)} RG 0.6 w {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re S")


def _site(sheet: Sheet, view: View, block: Place, size: float) -> None:
    x, y = view.at(block.lat, block.lon)
    if not view.conic and isinstance(block.boundary, dict):
        _outline(sheet, view, block.boundary)
    sheet.operators(f"q 1 1 1 rg {_disc(x, y, size * 0.72)} f Q")
    shapes.mark(sheet, x, y, size, block.mark)


def _disc(x: float, y: float, r: float) -> str:
    return " ".join(
        f"{x + r * math.cos(turn * math.pi / 8):.2f} {y + r * math.sin(turn * math.pi / 8):.2f} {'l' if turn else 'm'}"
        for turn in range(16)
    )


def _outline(sheet: Sheet, view: View, boundary: dict[str, Any]) -> None:
    """The site's own boundary, where it is large enough to be seen."""
    for polygon in _polygons(boundary):
        if path := view.path(polygon):
            sheet.operators(f"q {rgb(DANGER)} RG 0.8 w {path} S Q")


def _names(sheet: Sheet, view: View, block: Place) -> None:
    """Towns in view, larger ones first; a name that would cover another is left out."""
    sx, sy = view.at(block.lat, block.lon)
    shown = shortened(pdf_text(block.label), "bold", 8, view.width / 2 - 24)
    label = face("bold").width(shown, 8)
    left = sx + 10 + label > view.x + view.width - 4
    start = sx - 10 - label if left else sx + 10
    taken = [(start - 2, sy - 5, start + label + 2, sy + 7), (sx - 8, sy - 8, sx + 8, sy + 8)]
    taken += [(view.x, view.y, view.x + 74, view.y + 24), (view.x + view.width - 26, view.y + view.height - 34, 1e9, 1e9)]
    pick = words(block.language).pick
    for town in _towns():
        x, y = view.at(town.lat, town.lon)
        if not (view.x + 4 < x < view.x + view.width - 4 and view.y + 4 < y < view.y + view.height - 8):
            continue
        text = pdf_text(pick(*town.names))
        size = 7.5 if town.rank <= 1 else 6.5
        wide = face("regular").width(text, size)
        for box in ((x + 4, y - 4, x + 6 + wide, y + 5), (x - 6 - wide, y - 4, x - 4, y + 5)):
            if box[0] > view.x + 2 and box[2] < view.x + view.width - 2 and not any(_meet(box, each) for each in taken):
                taken.append(box)
                sheet.operators(f"q {rgb(SECOND)} rg {_disc(x, y, 1.5)} f Q")
                sheet.text(box[0] + 1, y - 2.4, text, size=size, colour=TEXT if town.rank <= 1 else SECOND)
                break
    for region in _regions():
        x, y = view.at(region.lat, region.lon)
        text = pdf_text(pick(*region.names))
        wide = face("regular").width(text, 7) / 2
        box = (x - wide, y - 3, x + wide, y + 7)
        inside = box[0] > view.x + 4 and box[2] < view.x + view.width - 4 and view.y + 4 < y < view.y + view.height - 12
        if inside and not any(_meet(box, each) for each in taken):
            taken.append(box)
            sheet.text(x, y, text, size=7, colour=_BORDER, align=1)
    sheet.text(start, sy - 2.8, shown, style="bold", size=8)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale_bar(sheet: Sheet, view: View, block: Place) -> None:
    kilometres = 50
    long, x, y = kilometres * view.scale, view.x + 8, view.y + 8
    sheet.box(x - 3, y - 4, long + 6, 17, "#FFFFFF")
    sheet.operators(
        f"{rgb(TEXT)} RG 0.9 w {x:.2f} {y + 3:.2f} m {x:.2f} {y:.2f} l {x + long:.2f} {y:.2f} l {x + long:.2f} {y + 3:.2f} l S"
    )
    sheet.text(x + long / 2, y + 5, f"{kilometres}\N{NO-BREAK SPACE}{block.unit}", size=7, align=1)


def _north(sheet: Sheet, view: View, letter: str) -> None:
    x, y = view.x + view.width - 14, view.y + view.height - 30
    sheet.operators(
        f"{rgb(TEXT)} rg {x:.2f} {y + 14:.2f} m {x + 4:.2f} {y:.2f} l {x:.2f} {y + 3.5:.2f} l {x - 4:.2f} {y:.2f} l h f"
    )
    sheet.text(x, y + 17, letter, style="bold", size=8, align=1)
