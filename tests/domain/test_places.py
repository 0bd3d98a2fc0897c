"""Coordinates: every form of domain.md 5.3, its test vectors, the country's box, swapped axes, boundaries."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector_app.domain import places
from inspector_app.domain.errors import BadValue, InputError, PlaceOutside
from inspector_app.domain.places import System, boundary, check_inside, from_gk, gk_zone, parse, show, to_gk, to_utm

GK = [
    (9, 9513005.61, 4835028.13, 43.65, 51.16),
    (10, 10523798.53, 5529847.35, 49.9, 57.33),
    (12, 12671349.89, 5673837.81, 51.1694, 71.4491),
    (14, 14616875.72, 5536398.86, 49.9482, 82.6279),
    (8, 8680000, 5400000, 48.7068443, 47.4442716),
    (11, 11500000, 5000000, 45.1348912, 62.9990210),
    (13, 13500000, 4800000, 43.3350905, 74.9993687),
    (15, 15400000, 5400000, 48.7251990, 85.6404445),
]
UTM = [
    (39, 512903.03, 4833012.74, 43.65, 51.16),
    (42, 671214.73, 5671514.45, 51.1694, 71.4491),
    (44, 616789.45, 5534141.52, 49.9482, 82.6279),
]
AKTAU = (43.65, 51.16)

WAYS_TO_WRITE_AKTAU = [
    "43.65, 51.16",
    "43.65 51.16",
    "43.65;51.16",
    "43,65 51,16",
    "43,65; 51,16",
    "43,65, 51,16",
    "  43.65 ,  51.16 ",
    "43°39'00.0\"N 51°09'36.0\"E",
    "43°39′00″N, 51°09′36″E",
    "N43°39'00\" E51°09'36\"",
    "N 43 39 00 E 51 09 36",
    "43 39 00 С.Ш. 51 09 36 В.Д.",
    "43 39 00 с.ш., 51 09 36 в.д.",
    "43°39'00\" с. ш. 51°09'36\" в. д.",
    "43°39' 51°09,6'",
    "43 39 00 51 09 36",
    "43 39 51 9.6",
    "43°39.0'N 51°09.6'E",
    "43.65°N 51.16°E",
    "43.65N 51.16E",
    "51.16E 43.65N",
    "51°09'36\"E 43°39'00\"N",
    "43,65° 51,16°",
    "43°39'00\" с.е. 51°09'36\" ш.б.",
    "43\u00a039\u00a000 N 51\u00a009\u00a036 E",
    "39N 512903.03 4833012.74",
    "39N 512903,03 4833012,74",
    "9513005.61 4835028.13",
    "4835028.13 9513005.61",
    "X 4835028.13 Y 9513005.61",
    "X=4835028,13; Y=9513005,61",
]

NONSENSE = [
    "", " ", "Aktau", "43.65", "43.65, ", "43°39'00\"N", "43°60'00\"N 51°09'36\"E", "43°39'60\"N 51°09'36\"E", "43.5°39'N 51°09'E",
    "43N 51N", "51E 43E", "1, 2, 3", "43.65, 51.16, 12", "nan, inf", "1e5, 51", "4835028 513005", "7513005 4835028", "16513005 4835028",
    "4835028 4835028", "9513005 9513005", "37N 512903 4833013", "46N 512903 4833013", "39N 512903", "43°39'00\"N 51°09'36\"E 12", "٤٣ ٥١",
    "43.65, 51.16\x00", "9" * 400 + " 51", "43' 51'", "°' °'", "С.Ш. В.Д.",
]  # fmt: skip


@pytest.mark.parametrize("text", WAYS_TO_WRITE_AKTAU)
def test_every_way_to_write_a_position_is_understood(text: str) -> None:
    found = parse(text)
    assert (found.lat, found.lon) == pytest.approx(AKTAU, abs=2e-7)
    assert found.text == text.strip()


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_position_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


@given(st.text(alphabet="0123456789.,;°'\"NSEWСШВД -+XY\n", max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        found = parse(text)
    except InputError:
        return
    assert places.is_inside(found.lat, found.lon)


@pytest.mark.parametrize(("zone", "east", "north", "lat", "lon"), GK)
def test_sk_42_metres_become_degrees_and_back(zone: int, east: float, north: float, lat: float, lon: float) -> None:
    found = parse(f"{east} {north}")
    assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=1e-7)
    assert found.source_crs == f"EPSG:{28400 + zone}"
    back = from_gk(zone, east % 1_000_000, north)
    assert back == pytest.approx((lat, lon), abs=1e-7)
    if gk_zone(lon) == zone:
        assert to_gk(lat, lon) == pytest.approx((east, north), abs=0.011)


def test_an_easting_without_prefix_needs_its_zone() -> None:
    with pytest.raises(BadValue):
        parse("513005.61 4835028.13")
    assert parse("513005.61 4835028.13", zone=9).lon == pytest.approx(51.16, abs=1e-7)


@pytest.mark.parametrize(("zone", "east", "north", "lat", "lon"), UTM)
def test_utm_metres_become_degrees_and_back(zone: int, east: float, north: float, lat: float, lon: float) -> None:
    found = parse(f"{zone}N {east} {north}")
    assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=1.5e-7)
    assert to_utm(lat, lon) == pytest.approx((zone, east, north), abs=0.011)


def test_the_shift_of_sk_42_is_the_one_of_epsg_15865() -> None:
    from pyproj import Transformer
    from pyproj.transformer import TransformerGroup

    group = TransformerGroup(4284, 4326, always_xy=True)
    (official,) = [each for each in group.transformers if "Pulkovo 1942 to WGS 84 (16)" in each.description] or [None]
    if official is None:  # some builds of PROJ name it otherwise; the parameters are the law
        official = Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::15865")
        lat, lon = official.transform(43.65, 51.16)
    else:
        lon, lat = official.transform(51.16, 43.65)
    zone = gk_zone(51.16)
    plain = Transformer.from_crs(4284, 28400 + zone, always_xy=True)
    east, north = plain.transform(51.16, 43.65)
    assert from_gk(zone, east - zone * 1_000_000, north) == pytest.approx((lat, lon), abs=1e-7)


@given(st.floats(places.SOUTH, places.NORTH), st.floats(places.WEST, places.EAST))
@settings(max_examples=60, deadline=None)
def test_what_is_shown_can_be_read_back_in_every_system(lat: float, lon: float) -> None:
    lat, lon = check_inside(min(max(lat, 40.6), 55.44), min(max(lon, 46.5), 87.34))
    for system, tolerance in ((System.DECIMAL, 6e-7), (System.DMS, 2e-5), (System.GK, 2e-7), (System.UTM, 2e-7)):
        found = parse(show(lat, lon, system))
        assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=tolerance)


def test_a_position_is_shown_as_people_write_it() -> None:
    assert show(*AKTAU) == "43.650000, 51.160000"
    assert show(*AKTAU, System.DMS) == "43°39'00.0\"N 51°09'36.0\"E"
    assert show(*AKTAU, System.GK) == "X 4835028.13 Y 9513005.61"
    assert show(*AKTAU, System.UTM) == "39N 512903.03 4833012.74"
    assert show(43.9999999, 51.0, System.DMS) == "44°00'00.0\"N 51°00'00.0\"E"


def test_swapped_axes_are_named_as_such_and_a_foreign_place_as_outside() -> None:
    with pytest.raises(BadValue) as caught:
        check_inside(71.45, 51.17)
    assert "swapped" in str(caught.value.facts["reason"])
    with pytest.raises(PlaceOutside):
        check_inside(10.0, 20.0)
    for value in (math.nan, math.inf):
        with pytest.raises(BadValue):
            check_inside(value, 51.0)


def test_the_corners_of_the_box_are_inside_and_beyond_them_is_not() -> None:
    assert check_inside(places.SOUTH, places.WEST)
    assert check_inside(places.NORTH, places.EAST)
    with pytest.raises(PlaceOutside):
        check_inside(places.SOUTH - 0.001, places.WEST)


# -- boundaries -------------------------------------------------------------------------------------------------------------

SQUARE = [[51.0, 43.0], [51.01, 43.0], [51.01, 43.01], [51.0, 43.01], [51.0, 43.0]]


def polygon(*rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": kind, "coordinates": list(rings)}


def test_a_boundary_knows_its_area_on_the_ellipsoid() -> None:
    kept, area_m2 = boundary(polygon(SQUARE))
    assert kept == polygon(SQUARE)
    assert area_m2 == pytest.approx(815 * 1111, rel=0.01)
    _kept, with_hole = boundary(polygon(SQUARE, [[51.002, 43.002], [51.004, 43.002], [51.004, 43.004], [51.002, 43.002]]))
    assert with_hole < area_m2


def test_a_boundary_of_several_parts_is_kept() -> None:
    other = [[lon + 0.1, lat] for lon, lat in SQUARE]
    kept, _area = boundary(polygon([SQUARE], [other], kind="MultiPolygon"))
    assert kept["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [51, 43]},
        polygon([[51, 43], [51.1, 43]]),
        polygon([]),
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": "x"},
        polygon([[51, 43], [51.1, 43.1], [51.1, 43], [51, 43.1], [51, 43]]),
        polygon([[51, 43], [51, 43], [51, 43], [51, 43]]),
        polygon([[51, 43], [51.1, 43], [math.nan, 43.1], [51, 43]]),
        polygon([[51, 43], [51.1, 43], ["a", 43.1], [51, 43]]),
        polygon([[43, 51], [43, 51.1], [43.1, 51.1], [43, 51]]),
        polygon([[10, 20], [10.1, 20], [10.1, 20.1], [10, 20]]),
        polygon([[51 + index / 1e6, 43 + (index % 2) / 1e3] for index in range(10_002)]),
    ],
)
def test_what_bounds_no_area_of_the_country_is_refused(geometry: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        boundary(geometry)


def test_distances_are_measured_on_the_ellipsoid() -> None:
    assert places.distance_m((43.0, 51.0), (43.0, 51.0)) == 0
    assert places.distance_m((43.0, 51.0), (44.0, 51.0)) == pytest.approx(111_100, rel=0.001)
