"""The built-in geography (resources/geo) is complete, valid and names its origin."""

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

GEO = Path(__file__).resolve().parents[2] / "resources" / "geo"
FILES = ("country", "neighbours", "regions", "towns", "water")
LANGUAGES = ("en", "ru", "kk")
SIZE_LIMIT = 700_000
MAP_BOX = shapely.box(40.0, 34.0, 95.0, 60.0)
KZ_BOX = shapely.box(46.49, 40.59, 87.35, 55.45).buffer(0.02)  # the corners of the EPSG extent are rounded
SLIVER = 1e-6  # square degrees, about 0.01 km2

Features = list[tuple[dict[str, Any], BaseGeometry]]
Regions = dict[tuple[str, ...], BaseGeometry]  # KATO codes -> area

#: KATO code of the region -> English name of its centre in the towns file
CENTRES = {
    "10": "Semey", "11": "Kokshetau", "15": "Aktobe", "19": "Konaev", "23": "Atyrau", "27": "Oral", "31": "Taraz",
    "33": "Taldykorgan", "35": "Karaganda", "39": "Kostanay", "43": "Kyzylorda", "47": "Aktau", "55": "Pavlodar",
    "59": "Petropavl", "61": "Turkistan", "62": "Zhezkazgan", "63": "Oskemen", "71": "Astana", "75": "Almaty",
    "79": "Shymkent",
}  # fmt: skip
WANTED_TOWNS = {
    "Zhanaozen",
    "Ekibastuz",
    "Balkhash",
    "Alga",
    "Stepnogorsk",
    "Orenburg",
    "Omsk",
    "Tashkent",
    "Bishkek",
    "Urumqi",
}


def load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((GEO / f"{name}.geojson").read_text(encoding="utf-8"))
    return data


def features(name: str) -> Features:
    return [(item["properties"], shape(item["geometry"])) for item in load(name)["features"]]


@pytest.fixture(scope="module")
def regions() -> Regions:
    return {tuple(properties["kato"]): area for properties, area in features("regions")}


@pytest.fixture(scope="module")
def country() -> BaseGeometry:
    ((_, outline),) = features("country")
    return outline


@pytest.fixture(scope="module")
def towns() -> Features:
    return features("towns")


def region_of(kato: str, regions: Regions) -> BaseGeometry:
    (found,) = [area for codes, area in regions.items() if kato in codes]
    return found


@pytest.mark.parametrize("name", FILES)
def test_file_names_its_origin(name: str) -> None:
    data = load(name)
    assert data["type"] == "FeatureCollection"
    assert data["made_by"] == "scripts/make_geo.py"
    assert dt.date.fromisoformat(data["made_on"])
    assert ("GeoNames" if name == "towns" else "Natural Earth") in data["source"]
    assert ("CC BY 4.0" if name == "towns" else "Public domain") in data["licence"]


def test_no_other_files_and_small_together() -> None:
    found = sorted(GEO.glob("*.geojson"))
    assert [path.stem for path in found] == sorted(FILES)
    assert sum(path.stat().st_size for path in found) < SIZE_LIMIT


@pytest.mark.parametrize("name", FILES)
def test_features_are_named_valid_and_in_the_box(name: str) -> None:
    for properties, geometry in features(name):
        for language in LANGUAGES:
            assert properties[f"name_{language}"].strip(), properties
        assert geometry.is_valid, properties
        assert not geometry.is_empty, properties
        assert MAP_BOX.covers(geometry), properties


@pytest.mark.parametrize("name", FILES)
def test_coordinates_have_four_decimals(name: str) -> None:
    for properties, geometry in features(name):
        for pair in shapely.get_coordinates(geometry).tolist():
            assert [round(value, 4) for value in pair] == pair, properties


def test_every_region_of_the_kato_is_drawn_exactly_once() -> None:
    codes = [code for properties, _ in features("regions") for code in properties["kato"]]
    assert sorted(codes) == sorted(CENTRES)


def test_regions_drawn_together_say_so() -> None:
    for properties, _ in features("regions"):
        for language in LANGUAGES:
            note = properties.get(f"note_{language}", "")
            assert bool(note) == (len(properties["kato"]) > 1)
            assert all(code in note for code in properties["kato"] if note)


def test_centres_lie_in_their_regions(regions: Regions, towns: Features) -> None:
    places = {properties["name_en"]: (properties, point) for properties, point in towns if properties["rank"] <= 2}
    for kato, name in CENTRES.items():
        properties, point = places[name]
        assert properties["kato"] == kato
        assert region_of(kato, regions).contains(point), name


def test_towns_lie_in_their_regions(regions: Regions, towns: Features) -> None:
    for properties, point in towns:
        if properties["country"] == "KZ":
            assert region_of(properties["kato"], regions).distance(point) < 0.02, properties["name_en"]
            assert KZ_BOX.contains(point), properties["name_en"]


def test_towns_abroad_lie_abroad(country: BaseGeometry, towns: Features) -> None:
    neighbours = {properties["iso"]: area for properties, area in features("neighbours")}
    for properties, point in towns:
        if properties["country"] != "KZ":
            assert properties["kato"] is None
            assert neighbours[properties["country"]].distance(point) < 0.02, properties["name_en"]
            assert not country.contains(point), properties["name_en"]


def test_towns_are_ranked_and_none_is_twice(towns: Features) -> None:
    names = {properties["name_en"] for properties, _ in towns}
    assert names >= WANTED_TOWNS | set(CENTRES.values())
    identifiers = [properties["geonameid"] for properties, _ in towns if properties["geonameid"]]
    assert len(set(identifiers)) == len(identifiers)
    for properties, _ in towns:
        population = properties["population"]
        assert population is None or 0 < population < 10_000_000
        if properties["country"] == "KZ" and properties["rank"] > 2:
            assert properties["rank"] == (3 if (population or 0) > 50_000 else 4), properties["name_en"]
    ranks = {rank: {p["name_en"] for p, _ in towns if p["rank"] == rank and p["country"] == "KZ"} for rank in (1, 2)}
    assert ranks[1] == {"Astana", "Almaty", "Shymkent"}
    assert ranks[2] == set(CENTRES.values()) - ranks[1]


def test_regions_do_not_overlap_and_fill_the_country(regions: Regions, country: BaseGeometry) -> None:
    areas = list(regions.values())
    for one, other in itertools.combinations(areas, 2):
        assert one.intersection(other).area < SLIVER
    assert shapely.coverage_is_valid(areas)  # neighbours share every vertex of their border
    assert shapely.union_all(areas).symmetric_difference(country).area < SLIVER


def test_country_has_no_hole_and_the_right_size(country: BaseGeometry) -> None:
    assert all(not part.interiors for part in shapely.get_parts(country))
    assert country.contains(shapely.Point(63.32, 45.62))  # Baikonur
    assert KZ_BOX.covers(country)
    assert 327 < country.area < 331  # square degrees


def test_country_neighbours_and_caspian_share_borders(country: BaseGeometry) -> None:
    (caspian,) = [area for properties, area in features("water") if properties["name_en"] == "Caspian Sea"]
    assert shapely.coverage_is_valid([country, caspian, *(area for _, area in features("neighbours"))])


def test_labels_lie_in_their_shapes() -> None:
    for name in ("country", "neighbours", "regions"):
        for properties, area in features(name):
            assert area.contains(shapely.Point(properties["label"])), properties["name_en"]


def test_great_waters_are_there() -> None:
    waters = {properties["name_en"]: (properties, area) for properties, area in features("water")}
    for name, point in (
        ("Caspian Sea", (50.0, 44.0)),
        ("North Aral Sea", (61.0, 46.3)),
        ("South Aral Sea, western basin", (58.5, 45.2)),
        ("Lake Balkhash", (74.2, 46.1)),
        ("Lake Alakol", (81.75, 46.1)),
        ("Lake Zaysan and Bukhtarma Reservoir", (83.9, 48.0)),
    ):
        assert waters[name][1].contains(shapely.Point(point)), name
    kinds = {properties["kind"] for properties, _ in waters.values()}
    assert kinds == {"sea", "lake", "reservoir", "dry_bed", "river"}
    assert not waters["Caspian Sea"][1].contains(shapely.Point(51.17, 43.66))  # Aktau stands on land
