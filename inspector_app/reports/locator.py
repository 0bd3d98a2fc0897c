"""The locator map of a paper, drawn from the outlines that ship with the program: surroundings at left, country at right.

The surroundings are drawn in the plane of the site's parallel, so that north is up and the scale holds; the country in
an equal-area conic.
"""

import json
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from inspector_app.i18n import words
from inspector_app.reports import shapes
from inspector_app.reports.blocks import Place
from inspector_app.reports.fonts import face, pdf_text
from inspector_app.reports.sheet import DANGER, LINE, SECOND, TEXT, Sheet, rgb
from inspector_app.settings import RESOURCES

Ring = np.ndarray[Any, np.dtype[np.float64]]

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


class Town(NamedTuple):
    """A named place of the map data."""

    lat: float
    lon: float
    rank: int
    names: tuple[str, ...]


@cache
def _rings(name: str) -> tuple[tuple[Ring, ...], ...]:
    """The polygons of a file of outlines, each a tuple of rings of (lon, lat)."""
    with (RESOURCES / "geo" / f"{name}.geojson").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    polygons: list[tuple[Ring, ...]] = []
    for feature in features:
        polygons += _polygons(feature["geometry"])
    return tuple(polygons)


@cache
def _regions() -> tuple[Town, ...]:
    """Where the names of regions stand."""
    with (RESOURCES / "geo" / "regions.geojson").open(encoding="utf-8") as file:
        found = [each["properties"] for each in json.load(file)["features"]]
    names = ("name_en", "name_ru", "name_kk")
    return tuple(Town(each["label"][1], each["label"][0], 0, tuple(each[name] for name in names)) for each in found)


@cache
def _rivers() -> tuple[Ring, ...]:
    """The lines of the file of water."""
    with (RESOURCES / "geo" / "water.geojson").open(encoding="utf-8") as file:
        shapes_ = [feature["geometry"] for feature in json.load(file)["features"]]
    lines = [shape["coordinates"] for shape in shapes_ if shape["type"] == "LineString"]
    lines += [line for shape in shapes_ if shape["type"] == "MultiLineString" for line in shape["coordinates"]]
    return tuple(np.array(line, dtype=np.float64)[:, :2] for line in lines)


def _polygons(shape: dict[str, Any]) -> list[tuple[Ring, ...]]:
    """The polygons of a GeoJSON geometry; lines and points have none."""
    parts = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}.get(shape["type"], [])
    return [tuple(np.array(ring, dtype=np.float64)[:, :2] for ring in part) for part in parts]


@cache
def _towns() -> tuple[Town, ...]:
    with (RESOURCES / "geo" / "towns.geojson").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    return tuple(
        Town(
            each["geometry"]["coordinates"][1],
            each["geometry"]["coordinates"][0],
            each["properties"]["rank"],
            (each["properties"]["name_en"], each["properties"]["name_ru"], each["properties"]["name_kk"]),
        )
        for each in sorted(features, key=lambda each: (each["properties"]["rank"], -(each["properties"]["population"] or 0)))
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

    def project(self, ring: Ring) -> Ring:
        """(lon, lat) in degrees to points on the paper."""
        if self.conic:
            east, north = _conic(ring)
        else:
            east = (ring[:, 0] - self.lon) * _KM_PER_DEGREE * math.cos(math.radians(self.lat))
            north = (ring[:, 1] - self.lat) * _KM_PER_DEGREE
        return np.column_stack((self.x + self.width / 2 + east * self.scale, self.y + self.height / 2 + north * self.scale))

    def path(self, polygon: tuple[Ring, ...], *, closed: bool = True) -> str:
        """The polygon, or lines, as path operators; what lies outside is drawn in to the edge, what is too fine is left out."""
        parts = []
        for ring in polygon:
            points = self.project(ring)
            low, high = (self.x - 20, self.y - 20), (self.x + self.width + 20, self.y + self.height + 20)
            if (points.max(axis=0) < low).any() or (points.min(axis=0) > high).any():
                continue
            points = np.round(np.clip(points, low, high) * 2.5) / 2.5
            points = points[np.insert(np.any(points[1:] != points[:-1], axis=1), 0, values=True)]
            if len(points) < (3 if closed else 2):
                continue
            lines = [f"{x:.1f} {y:.1f} l" for x, y in points.tolist()]
            parts.append(f"{lines[0][:-1]}m {' '.join(lines[1:])}{' h' if closed else ''}")
        return " ".join(parts)


def _conic(ring: Ring) -> tuple[Any, Any]:
    """Albers' equal-area conic on a sphere, in kilometres from the centre of the country."""
    first, second = (math.radians(each) for each in _PARALLELS)
    lat0, lon0 = (math.radians(each) for each in _CENTRE)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    radius = _KM_PER_DEGREE * 180 / math.pi
    rho0 = math.sqrt(c - 2 * n * math.sin(lat0)) / n
    rho = np.sqrt(c - 2 * n * np.sin(np.radians(ring[:, 1]))) / n
    turn = n * (np.radians(ring[:, 0]) - lon0)
    return radius * rho * np.sin(turn), radius * (rho0 - rho * np.cos(turn))


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
    sheet.operators(_land_code(view))


@lru_cache(maxsize=32)
def _land_code(view: View) -> str:
    """The ground of a map; many papers of one run show the same."""
    code = [
        f"q {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re W n",
        f"{rgb(_BEYOND)} rg {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re f",
    ]
    code += [f"{rgb(_LAND)} rg {path} f" for path in map(view.path, _rings("country")) if path]
    code += [f"{rgb(_WATER)} rg {path} f*" for path in map(view.path, _rings("water")) if path]
    code += [f"{rgb(_WATER)} RG 0.9 w {path} S" for line in _rivers() if (path := view.path((line,), closed=False))]
    code += [f"{rgb(_REGION)} RG 0.5 w {path} S" for path in map(view.path, _rings("regions")) if path]
    code += [f"{rgb(_BORDER)} RG 0.9 w {path} S" for path in map(view.path, _rings("country")) if path]
    return "\n".join([*code, "Q"])


def _border(sheet: Sheet, view: View) -> None:
    sheet.operators(f"{rgb(LINE)} RG 0.6 w {view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f} re S")


def _at(view: View, lat: float, lon: float) -> tuple[float, float]:
    ((x, y),) = view.project(np.array([[lon, lat]])).tolist()
    return x, y


def _site(sheet: Sheet, view: View, block: Place, size: float) -> None:
    x, y = _at(view, block.lat, block.lon)
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
    sx, sy = _at(view, block.lat, block.lon)
    label = face("bold").width(pdf_text(block.label), 8)
    left = sx + 10 + label > view.x + view.width - 4
    start = sx - 10 - label if left else sx + 10
    taken = [(start - 2, sy - 5, start + label + 2, sy + 7), (sx - 8, sy - 8, sx + 8, sy + 8)]
    taken += [(view.x, view.y, view.x + 74, view.y + 24), (view.x + view.width - 26, view.y + view.height - 34, 1e9, 1e9)]
    pick = words(block.language).pick
    for town in _towns():
        x, y = _at(view, town.lat, town.lon)
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
        x, y = _at(view, region.lat, region.lon)
        text = pdf_text(pick(*region.names))
        wide = face("italic").width(text, 7) / 2
        box = (x - wide, y - 3, x + wide, y + 7)
        inside = box[0] > view.x + 4 and box[2] < view.x + view.width - 4 and view.y + 4 < y < view.y + view.height - 12
        if inside and not any(_meet(box, each) for each in taken):
            taken.append(box)
            sheet.text(x, y, text, style="italic", size=7, colour=_BORDER, align=1)
    sheet.text(start, sy - 2.8, block.label, style="bold", size=8)


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
