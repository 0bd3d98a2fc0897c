"""Coordinate systems and formats: reading what people write, the country's box, and every way to show a position.

Stored are WGS 84 degrees with seven decimals. SK-42 (Pulkovo 1942) is reached by EPSG:15865 and nothing else
(domain.md 5.1): the transformation that PROJ prefers would be off by tens of metres.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from inspector_app.domain.errors import BadValue, PlaceOutside
from inspector_app.i18n import N_

SOUTH, NORTH, WEST, EAST = 40.59, 55.45, 46.49, 87.35
"""The country's box in degrees (domain.md 5.2, EPSG extent 1131)."""
DECIMALS = 7
MOST_POINTS = 10_000
"""Corners of the most detailed boundary that is kept."""

_FIELD = N_("Coordinates")


class System(StrEnum):
    """How a position is shown; the code is what the settings keep."""

    DECIMAL = "decimal"
    DMS = "dms"
    GK = "gk"
    UTM = "utm"


@dataclass(frozen=True, slots=True)
class Position:
    """A position as it was read: WGS 84 degrees, the system it was written in, and the text as it came."""

    lat: float
    lon: float
    source_crs: str
    text: str


def is_inside(lat: float, lon: float) -> bool:
    """Whether a position lies in the country's box."""
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def check_inside(lat: float, lon: float) -> tuple[float, float]:
    """The position with seven decimals. Raises BadValue for what is no number, PlaceOutside for what is not in the country.

    A swapped pair is named as such: as (lat, lon) it lies outside, as (lon, lat) inside.
    """
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise BadValue(field=_FIELD, reason=N_("a finite number is expected."))
    lat, lon = round(float(lat), DECIMALS), round(float(lon), DECIMALS)
    if not is_inside(lat, lon):
        if is_inside(lon, lat):
            raise BadValue(field=_FIELD, reason=N_("latitude and longitude are swapped; latitude comes first."))
        raise PlaceOutside(lat=lat, lon=lon)
    return lat, lon


# -- boundaries ---------------------------------------------------------------------------------------------------------


def boundary(geometry: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """A GeoJSON Polygon or MultiPolygon with seven decimals, and its area in square metres on the ellipsoid.

    Raises BadValue for anything that is no simple area, PlaceOutside when a corner lies outside the country.
    """
    import shapely  # noqa: PLC0415 - heavy, and only needed when a boundary is drawn
    from shapely.geometry import mapping, shape  # noqa: PLC0415

    field = N_("Boundary")
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadValue(field=field, reason=N_("an area is expected."))
    if not _are_numbers(geometry.get("coordinates")):
        raise BadValue(field=field, reason=N_("an area is expected."))
    try:
        area = shape(dict(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise BadValue(field=field, reason=N_("an area is expected.")) from error
    if area.is_empty or shapely.get_num_coordinates(area) > MOST_POINTS:
        raise BadValue(field=field, reason=N_("3 to 10 000 corners are expected."))
    area = shapely.orient_polygons(shapely.force_2d(area))  # GeoJSON's right-hand rule; areas of holes count negative by it
    corners = shapely.get_coordinates(area).tolist()
    for lon, lat in corners:
        check_inside(lat, lon)
    area = shapely.transform(area, lambda points: points.round(DECIMALS))
    if not area.is_valid:
        raise BadValue(field=field, reason=N_("the sides of an area never cross."))
    square_m = abs(_geod().geometry_area_perimeter(area)[0])
    if square_m < 1:
        raise BadValue(field=field, reason=N_("the area is smaller than a square metre."))
    plain = mapping(area)
    return {"type": plain["type"], "coordinates": _lists(plain["coordinates"])}, round(square_m)


def _are_numbers(value: Any) -> bool:
    """Whether nested lists hold nothing but finite numbers."""
    if isinstance(value, list | tuple):
        return all(_are_numbers(each) for each in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _lists(value: Any) -> Any:
    return [_lists(each) for each in value] if isinstance(value, tuple | list) else value


@cache
def _geod() -> Any:
    from pyproj import Geod  # noqa: PLC0415 - heavy, and only needed for areas and distances

    return Geod(ellps="WGS84")


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two positions (lat, lon) on the ellipsoid."""
    return float(_geod().inv(one[1], one[0], other[1], other[0])[2])


def length_m(points: Sequence[tuple[float, float]]) -> float:
    """Metres along a line of positions (lat, lon) on the ellipsoid."""
    return float(_geod().line_length([lon for _lat, lon in points], [lat for lat, _lon in points]))


def area_m2(ring: Sequence[tuple[float, float]]) -> float:
    """Square metres inside a ring of positions (lat, lon) on the ellipsoid; the last corner need not repeat the first."""
    return abs(float(_geod().polygon_area_perimeter([lon for _lat, lon in ring], [lat for lat, _lon in ring])[0]))


# -- reading --------------------------------------------------------------------------------------------------------------

_NUMBER = r"[-+\u2212]?[0-9]+(?:[.,][0-9]+)?"
_SIGNS = str.maketrans(
    {
        "\u2212": "-",
        "º": "°",
        "˚": "°",
        "′": "'",
        "’": "'",
        "`": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)
_DIRECTIONS: tuple[tuple[str, str], ...] = (
    (r"С\.?\s*Ш\.?", "N"),
    (r"Ю\.?\s*Ш\.?", "S"),
    (r"В\.?\s*Д\.?", "E"),
    (r"З\.?\s*Д\.?", "W"),
    (r"С\.?\s*Е\.?", "N"),
    (r"Ш\.?\s*Б\.?", "E"),
)
"""Cyrillic directions: Russian, and Kazakh «с.е.» (northern latitude) and «ш.б.» (eastern longitude)."""
_UTM = re.compile(rf"([0-9]{{2}})\s*N\s+({_NUMBER})\s*[ ,;]\s*({_NUMBER})")
_ANGLE = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>-)?(?P<d>[0-9]{1,3}(?:\.[0-9]+)?)\s*(?:°\s*|\s+)?"
    r"(?:(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)\s*(?:'\s*|\s+|$)?)?(?:(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)\s*(?:\"|'')?)?\s*(?P<after>[NSEW])?"
)


def parse(text: str, *, zone: int | None = None) -> Position:
    """A position from any of the forms of domain.md 5.3.

    Decimal degrees with point or comma, degrees with minutes and seconds in Latin or Cyrillic letters, SK-42 /
    Gauss-Krueger metres with zone prefix (or with `zone`), UTM.

    Raises BadValue when the text cannot be understood or the axes are swapped, PlaceOutside outside the country.
    """
    kept = text.strip()
    plain = kept.translate(_SIGNS).upper()
    for pattern, letter in _DIRECTIONS:
        plain = re.sub(pattern, letter, plain)
    if utm := _UTM.fullmatch(plain):
        lat, lon = from_utm(int(utm[1]), _float(utm[2]), _float(utm[3]))
        return Position(*check_inside(lat, lon), f"EPSG:{32600 + int(utm[1])}", kept)
    numbers = _pair(plain)
    if numbers is not None and all(abs(each) > 180 for each in numbers):
        return _read_gk(numbers, zone, kept)
    if numbers is not None and not re.search(r"[NSEW°'\"]", plain):
        return Position(*check_inside(*numbers), "EPSG:4326", kept)
    lat, lon = _read_angles(plain)
    return Position(*check_inside(lat, lon), "EPSG:4326", kept)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _pair(plain: str) -> tuple[float, float] | None:
    """Two bare numbers, with a decimal comma or a decimal point; a lone comma between them separates."""
    bare = re.sub(r"[XYХУ]\s*[=:]?\s*", "", plain).strip()
    for pattern in (
        r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*[,;\s]\s*([-+]?[0-9]+(?:\.[0-9]+)?)",  # 43.65, 51.16
        r"([-+]?[0-9]+(?:,[0-9]+)?)\s*(?:;|\s)\s*([-+]?[0-9]+(?:,[0-9]+)?)",  # 43,65 51,16
        r"([-+]?[0-9]+,[0-9]+)\s*,\s*([-+]?[0-9]+,[0-9]+)",  # 43,65, 51,16
    ):
        if found := re.fullmatch(pattern, bare):
            return _float(found[1]), _float(found[2])
    return None


def _read_gk(numbers: tuple[float, float], zone: int | None, text: str) -> Position:
    """SK-42 metres; the northing of the country is 4.49 to 6.15 million, an easting with prefix at least 8 million."""
    eastings = [each for each in numbers if 8_000_000 <= each < 16_000_000]
    northings = [each for each in numbers if 4_400_000 <= each <= 6_200_000]
    if len(eastings) == 1 and len(northings) == 1:
        prefix, easting = divmod(eastings[0], 1_000_000)
        found = int(prefix)
    elif zone is not None and len(northings) == 1:
        found = zone
        easting = next(each for each in numbers if each != northings[0])
    else:
        raise BadValue(
            field=_FIELD,
            reason=N_("metres of SK-42 need an easting with its zone (7 or 8 digits) and a northing of 7 digits."),
        )
    if not 8 <= found <= 15:
        raise BadValue(field=_FIELD, reason=N_("the country lies in zones 8 to 15."))
    lat, lon = from_gk(found, easting, northings[0])
    return Position(*check_inside(lat, lon), f"EPSG:{28400 + found}", text)


def _read_angles(plain: str) -> tuple[float, float]:
    """Latitude and longitude from degrees, minutes and seconds, or degrees with letters."""
    wrong = BadValue(field=_FIELD, reason=N_("a position is expected, for example 43.65, 51.16 or 43°39'00\"N 51°09'36\"E."))
    halves = _halves(plain)
    if halves is None:
        raise wrong
    angles: dict[str, float] = {}
    for half, axis in zip(halves, ("lat", "lon"), strict=True):
        found = _ANGLE.fullmatch(half.strip().replace(",", "."))
        if found is None:
            raise wrong
        degrees, minutes, seconds = (float(found[name] or 0) for name in "dms")
        if minutes >= 60 or seconds >= 60 or (found["m"] and not degrees.is_integer()):
            raise wrong
        letter = found["before"] or found["after"] or ("N" if axis == "lat" else "E")
        value = degrees + minutes / 60 + seconds / 3600
        name = "lat" if letter in "NS" else "lon"
        if name in angles:
            raise wrong
        angles[name] = -value if letter in "SW" or found["sign"] else value
    return angles["lat"], angles["lon"]


def _halves(plain: str) -> tuple[str, str] | None:
    """The text cut in two: after or before a letter of direction, at a separator, or at half of its numbers."""
    for pattern in (
        r"([^NSEW]*[0-9][^NSEW]*[NSEW])[\s,;]*([^NSEW]*[0-9][^NSEW]*[NSEW])",
        r"([NSEW][^NSEW]*[0-9][^NSEW]*?)[\s,;]*([NSEW][^NSEW]*[0-9][^NSEW]*)",
        r"([^;]*[0-9][^;]*)[;]([^;]*[0-9][^;]*)",
        r"([^,]*[0-9][^,]*),\s+([^,]*[0-9][^,]*)",
        r"(.*\")\s*,?\s*(.*\")",
        r"([^']*')\s*,?\s*([^']*')",
        r"([^°]*°)\s*,?\s*([^°]*°)",
    ):
        if found := re.fullmatch(pattern, plain):
            return found[1], found[2]
    parts = plain.split()
    if len(parts) in {4, 6}:
        half = len(parts) // 2
        return " ".join(parts[:half]), " ".join(parts[half:])
    return None


# -- coordinate systems -----------------------------------------------------------------------------------------------------

_PULKOVO = "+ellps=krass"
_SHIFT = "+proj=helmert +x=25 +y=-141 +z=-78.5 +rx=0 +ry=-0.35 +rz=-0.736 +s=0 +convention=coordinate_frame"
"""EPSG:15865, SK-42 to WGS 84, 4.5 m."""


@cache
def _gk_pipeline(zone: int) -> Any:
    """WGS 84 degrees (lon, lat) to SK-42 metres (easting without prefix, northing), and back by its inverse."""
    from pyproj import Transformer  # noqa: PLC0415 - heavy, and only needed for metres

    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
        " +step +proj=push +v_3 +step +proj=cart +ellps=WGS84"
        f" +step +inv {_SHIFT} +step +inv +proj=cart {_PULKOVO} +step +proj=pop +v_3"
        f" +step +proj=tmerc +lat_0=0 +lon_0={6 * zone - 3} +k=1 +x_0=500000 +y_0=0 {_PULKOVO}"
    )


@cache
def _utm_projection(zone: int) -> Any:
    from pyproj import Transformer  # noqa: PLC0415 - heavy, and only needed for metres

    return Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=utm +zone={zone} +ellps=WGS84"
    )


def gk_zone(lon: float) -> int:
    """The 6-degree zone of SK-42 by longitude: 9 for Aktau, 12 for Astana."""
    return int(lon // 6) + 1


def to_gk(lat: float, lon: float) -> tuple[float, float]:
    """SK-42 metres of a WGS 84 position: easting with its zone prefix, northing."""
    zone = gk_zone(lon)
    east, north = _gk_pipeline(zone).transform(lon, lat)
    return zone * 1_000_000 + east, north


def from_gk(zone: int, easting: float, northing: float) -> tuple[float, float]:
    """WGS 84 latitude and longitude of SK-42 metres; `easting` without prefix."""
    lon, lat = _gk_pipeline(zone).transform(easting, northing, direction="INVERSE")
    return lat, lon


def to_utm(lat: float, lon: float) -> tuple[int, float, float]:
    """UTM zone, easting and northing of a WGS 84 position."""
    zone = gk_zone(lon) + 30
    east, north = _utm_projection(zone).transform(lon, lat)
    return zone, east, north


def from_utm(zone: int, easting: float, northing: float) -> tuple[float, float]:
    """WGS 84 latitude and longitude of UTM metres of the northern half. Raises BadValue for a zone outside the country."""
    if not 38 <= zone <= 45:
        raise BadValue(field=_FIELD, reason=N_("the country lies in UTM zones 38 to 45."))
    lon, lat = _utm_projection(zone).transform(easting, northing, direction="INVERSE")
    return lat, lon


# -- showing ----------------------------------------------------------------------------------------------------------------


def show(lat: float, lon: float, system: System = System.DECIMAL) -> str:
    """A position in a system, the same in every language: 43.65000, 51.16000 or 43°39'00.0"N 51°09'36.0"E or metres."""
    return _SHOW[system](lat, lon)


def _decimal(lat: float, lon: float) -> str:
    return f"{lat:.6f}, {lon:.6f}"


def _dms(lat: float, lon: float) -> str:
    return f"{_angle(lat, 'NS')} {_angle(lon, 'EW')}"


def _angle(value: float, letters: str) -> str:
    tenths = round(abs(value) * 36_000)
    degrees, rest = divmod(tenths, 36_000)
    minutes, seconds = divmod(rest, 600)
    return f"{degrees:02}°{minutes:02}'{seconds / 10:04.1f}\"{letters[value < 0]}"


def _gk(lat: float, lon: float) -> str:
    east, north = to_gk(lat, lon)
    return f"X {north:.2f} Y {east:.2f}"


def _utm(lat: float, lon: float) -> str:
    zone, east, north = to_utm(lat, lon)
    return f"{zone}N {east:.2f} {north:.2f}"


_SHOW: dict[System, Callable[[float, float], str]] = {
    System.DECIMAL: _decimal,
    System.DMS: _dms,
    System.GK: _gk,
    System.UTM: _utm,
}
