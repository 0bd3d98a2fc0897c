"""Concentration classes with strict bounds, what evidence may change them, and what masses can be true (domain.md 3)."""

from typing import Any

import pytest

from inspector_app.domain import pcb
from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.domain.pcb import ConcentrationClass as C
from inspector_app.domain.pcb import Liquid
from inspector_app.domain.pcb import TestMethod as Method

GC = Method.GC_ECD


@pytest.mark.parametrize(
    ("ppm", "qualifier", "name"),
    [
        (0, "=", C.LE_50), (50, "=", C.LE_50), (50, "<", C.LE_50), (50, ">", C.GT_50), (50.0001, "=", C.GT_50), (500, "=", C.GT_50),
        (500, ">", C.GT_500), (500.1, "=", C.GT_500), (100_000, "=", C.GT_500), (100_000, ">", C.GT_10PCT), (100_001, "=", C.GT_10PCT),
        (1_000_000, "=", C.GT_10PCT), (2, "<", C.LE_50),
    ],
)  # fmt: skip
def test_the_bounds_of_the_classes_are_strict(ppm: float, qualifier: str, name: C) -> None:
    assert pcb.by_bounds(ppm, qualifier) is name
    assert pcb.classify(ppm=ppm, qualifier=qualifier, method=GC) is name


@pytest.mark.parametrize(("ppm", "share"), [(50, 0.005), (500, 0.05), (100_000, 10)])
def test_parts_per_million_and_per_cent_are_one_thing(ppm: float, share: float) -> None:
    assert pcb.percent(ppm) == pytest.approx(share)
    assert pcb.from_percent(share) == pytest.approx(ppm)


@pytest.mark.parametrize(
    ("evidence", "name"),
    [
        ({}, C.UNKNOWN),
        ({"declared": C.NO_PCB}, C.NO_PCB),
        ({"declared": C.EMPTIED, "liquid": Liquid.SOVOL}, C.EMPTIED),
        ({"declared": C.NO_PCB, "liquid": Liquid.SOVOL}, C.GT_10PCT),
        ({"liquid": Liquid.MINERAL_OIL}, C.UNKNOWN),
        ({"liquid": Liquid.SOVTOL10}, C.GT_10PCT),
        ({"liquid": Liquid.SOVTOL10, "ppm": 20, "method": GC}, C.LE_50),
        ({"liquid": Liquid.SOVTOL10, "ppm": 20, "method": Method.SCREEN_L2000}, C.GT_10PCT),
        ({"ppm": 20, "method": Method.SCREEN_L2000}, C.UNKNOWN),
        ({"ppm": 600, "method": Method.SCREEN_COLOR}, C.GT_500),
        ({"ppm": 600, "qualifier": "<", "method": Method.SCREEN_COLOR}, C.UNKNOWN),
        ({"ppm": 600, "method": Method.SCREEN_COLOR, "model": "КС2-1,05-75"}, C.GT_10PCT),
        ({"model": "КС2-1,05-75"}, C.GT_10PCT),
        ({"model": "КСК1-1,05-37,5", "year_made": 1990}, C.GT_10PCT),
        ({"model": "КСК1-1,05-37,5", "year_made": 1991}, C.UNKNOWN),
        ({"model": "КМ1-0,5"}, C.UNKNOWN),
        ({"model": "ТНЗ-630", "year_made": 1975}, C.GT_10PCT),
        ({"model": "ЭСВП-0,8"}, C.GT_10PCT),
        ({"ppm": 49, "method": GC, "model": "КС2", "year_made": 1980}, C.LE_50),
    ],
)
def test_the_class_follows_from_the_evidence(evidence: dict[str, Any], name: C) -> None:
    assert pcb.classify(**evidence) is name


@pytest.mark.parametrize("after", [C.LE_50, C.NO_PCB])
def test_only_gas_chromatography_takes_an_item_below_50_ppm(after: C) -> None:
    pcb.check_lowering(C.GT_50, after, Method.GC_MS)
    pcb.check_lowering(C.UNKNOWN, after, Method.NONE)
    pcb.check_lowering(C.GT_10PCT, C.GT_50, Method.NONE)
    for method in set(Method) - pcb.GC:
        with pytest.raises(RuleBroken):
            pcb.check_lowering(C.GT_50, after, method)


@pytest.mark.parametrize(
    "masses",
    [
        {},
        {"total_g": 100, "dry_g": 80, "liquid_g": 20},
        {"total_g": 99, "dry_g": 80, "liquid_g": 20},
        {"liquid": Liquid.SOVOL, "liquid_g": 1_520, "liquid_ml": 1_000},
        {"liquid": Liquid.SOVOL, "liquid_g": 1_350, "liquid_ml": 1_000},
        {"liquid": Liquid.UNKNOWN, "liquid_g": 9_000, "liquid_ml": 1_000},
    ],
)
def test_masses_that_can_be_true_pass(masses: dict[str, Any]) -> None:
    pcb.check_masses(**masses)


@pytest.mark.parametrize(
    ("masses", "wrong"),
    [
        ({"total_g": 98, "dry_g": 80, "liquid_g": 20}, RuleBroken),
        ({"total_g": -1}, BadValue),
        ({"liquid": Liquid.SOVOL, "liquid_g": 1_349, "liquid_ml": 1_000}, RuleBroken),
        ({"liquid": Liquid.SOVOL, "liquid_g": 1_695, "liquid_ml": 1_000}, RuleBroken),
    ],
)
def test_masses_that_cannot_be_true_are_refused(masses: dict[str, Any], wrong: type) -> None:
    with pytest.raises(wrong):
        pcb.check_masses(**masses)


@pytest.mark.parametrize(
    ("name", "volume_ml", "priority"),
    [
        (C.GT_10PCT, 6_000, 1), (C.GT_10PCT, None, 1), (C.GT_10PCT, 5_000, 3), (C.GT_500, 6_000, 2), (C.GT_500, 5_000, 3), (C.GT_50, 51, 3),
        (C.GT_50, 50, None), (C.LE_50, 6_000, None), (C.UNKNOWN, None, None),
    ],
)  # fmt: skip
def test_the_priority_of_stockholm_follows_class_and_volume(name: C, volume_ml: int | None, priority: int | None) -> None:
    assert pcb.stockholm_priority(name, volume_ml) == priority


def test_up_to_50_ppm_is_not_subject_to_adr() -> None:
    assert [name for name in C if pcb.is_adr_exempt(name)] == [C.LE_50, C.NO_PCB]


def test_a_qualifier_is_one_of_three_signs() -> None:
    for sign in (None, "=", "<", ">"):
        pcb.check_qualifier(sign)
    with pytest.raises(BadValue):
        pcb.check_qualifier("~")
    assert pcb.LABEL.fullmatch(pcb.make_label("47", 12))
