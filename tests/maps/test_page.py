"""The page of the map names nobody but this program, and lets nothing in that is not its own."""

import re

import pytest

from inspector_app.maps import geography
from inspector_app.maps.answers import Answers, NotThere, prepare
from inspector_app.maps.page import SCRIPTS, page
from inspector_app.maps.palette import PALETTES
from inspector_app.settings import RESOURCES
from inspector_app.ui.theme import COLOURS, contrast


def test_the_page_names_no_foreign_host():
    addresses = re.findall(r"[a-z][a-z0-9+.-]*:?//[^\s\"'<>;]*", page())

    assert addresses
    assert all(each.startswith("app://map/") for each in addresses)


def test_our_own_scripts_and_styles_name_no_foreign_host():
    for name in (*SCRIPTS, "map.css"):
        text = (RESOURCES / "map" / name).read_text("utf-8")
        assert "http" not in text
        assert all(each.startswith("app://map/") for each in re.findall(r"[a-z]+://[^\s\"'`)]*", text))


def test_our_own_scripts_never_write_markup():
    for name in SCRIPTS:
        text = (RESOURCES / "map" / name).read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|bindPopup|bindTooltip", text
        )


def test_the_policy_allows_scripts_by_origin_and_digest_alone():
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page())

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == page().count("<script>") + page().count("<style>")


def test_two_renderings_are_equal():
    assert page() == page()


def test_everything_the_page_refers_to_is_there():
    answers = Answers()
    for name in re.findall(r'(?:src|href)="app://map(/[^"]*)"', page()):
        if name != "/qwebchannel.js":  # comes with Qt
            assert answers(name, {}).body
    for layer in geography.LAYERS:
        assert answers(f"/geo/{layer}", {}).kind == "application/geo+json"
    assert answers("/font/regular", {}).kind == "font/ttf"


def test_what_every_map_asks_for_is_made_once():
    prepare()
    answers = Answers()

    for path in ("/", "/font/regular"):
        assert answers(path, {}) is answers(path, {})


@pytest.mark.parametrize(
    "path",
    [
        "/../settings.py",
        "/geo/../../pyproject.toml",
        "/geo/nothing",
        "/font/../x",
        "/nothing",
        "/view",
        "/tile/1/2/3",
        "/tile/a/b/c",
    ],
)
def test_whatever_else_is_asked_is_not_there(path):
    with pytest.raises(NotThere):
        Answers()(path, {})


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"box": "1,2,3", "zoom": "5"},
        {"box": "a,b,c,d", "zoom": "5"},
        {"box": "60,50,50,60", "zoom": "5"},
        {"box": "50,40,60,50", "zoom": "99"},
        {"box": "nan,nan,nan,nan", "zoom": "5"},
        {"box": "50,40,60,50", "zoom": "5", "hidden": "x"},
        {"box": "50,40,60,50", "zoom": "5", "scale": "0"},
        {"box": "50,40,60,50", "zoom": "5", "scale": "nan"},
    ],
)
def test_a_viewport_that_makes_no_sense_is_refused(asked):
    from tests.maps.test_layers import FEW

    answers = Answers()
    answers.snapshot = FEW
    with pytest.raises(NotThere):
        answers("/view", asked)


def test_the_thanks_name_the_sources_of_the_data_once_each():
    assert geography.thanks() == ("Natural Earth", "GeoNames (CC BY 4.0)")


@pytest.mark.parametrize("theme", COLOURS)
def test_names_of_places_can_be_read_on_their_ground(theme):
    colours = PALETTES[theme]

    assert contrast(colours["site_label"], colours["land"]) >= 7
    assert contrast(colours["town_label"], colours["land"]) >= 4.5
    assert contrast(colours["disc_label"], colours["disc"]) >= 7
    for quiet in ("region_label", "country_label", "water_label"):
        assert contrast(colours[quiet], colours["water" if quiet == "water_label" else "land"]) >= 2.4
