"""The checklist and the risk scores of an inspection (domain.md 4.1)."""

import json
from typing import Any

import pytest

from inspector_app.domain import inspection as rules
from inspector_app.domain.errors import BadValue
from inspector_app.domain.inspection import Lot, MeasurementKind, RiskClass, check_answers, contents_score, missing, risk
from inspector_app.domain.waste import PackagingCondition as P
from inspector_app.models.checklist import checklist

BEST: dict[str, Any] = {
    "access": "ROAD", "fence": "BOTH", "entered": "NO", "dwelling_m": 500, "water_m": 500, "groundwater": "NO", "exposure": "NO",
    "floor": "TIGHT", "roof": "WHOLE", "spill": "NO",
}  # fmt: skip


def lot(tonnes: float, hazards: set[str], condition: P | None) -> Lot:
    return Lot(round(tonnes * 1_000_000), frozenset(hazards), condition)


def test_the_worst_place_scores_a_hundred_and_the_best_nothing() -> None:
    assert sum(question.most_points for question in checklist().questions) == 100
    assert risk(checklist(), {}, []).place == 100
    assert risk(checklist(), BEST, []).place == 0
    assert missing(checklist(), BEST) == ()


def test_an_unanswered_factor_counts_as_the_worst_and_says_so() -> None:
    answers = {name: value for name, value in BEST.items() if name != "roof"}
    found = risk(checklist(), answers, [])
    assert found.place == 10
    assert [factor.question.id for factor in found.factors if not factor.assessed] == ["roof"]
    assert [question.id for question in missing(checklist(), answers)] == ["roof"]


def test_a_dwelling_is_near_below_five_hundred_metres() -> None:
    assert risk(checklist(), {**BEST, "dwelling_m": 499.9}, []).place == 20
    assert risk(checklist(), {**BEST, "dwelling_m": 0, "water_m": 0}, []).place == 40


@pytest.mark.parametrize(
    ("lots", "score"),
    [
        ([], 1),
        ([lot(0.99, {"HP4"}, P.INTACT)], 1),
        ([lot(1, {"HP4"}, P.INTACT)], 2),
        ([lot(1, {"HP8"}, P.RUSTED), lot(6, {"HP4"}, P.INTACT)], 3),
        ([lot(10, {"HP6"}, P.RUSTED)], 3),
        ([lot(10, {"C16"}, P.LEAKING)], 4),
        ([lot(10, set(), None)], 4),
        ([lot(83.4, {"C16"}, P.OPEN)], 5),
        ([lot(1_000_000, {"HP4"}, P.INTACT)], 5),
    ],
)
def test_contents_are_scored_by_mass_hazard_and_condition(lots: list[Lot], score: int) -> None:
    assert contents_score(lots) == score


@pytest.mark.parametrize(
    ("tonnes", "answers", "name"),
    [
        (0, BEST, RiskClass.LOW),
        (20, BEST, RiskClass.MEDIUM),
        (300, BEST, RiskClass.HIGH),
        (0, {}, RiskClass.HIGH),
        (300, {}, RiskClass.CRITICAL),
        (0, {**BEST, "dwelling_m": 1, "roof": "NONE"}, RiskClass.MEDIUM),
    ],
)
def test_high_on_both_is_critical_and_on_one_is_high(tonnes: float, answers: dict[str, Any], name: RiskClass) -> None:
    assert risk(checklist(), answers, [lot(tonnes, {"HP4"}, P.OPEN)]).risk is name


def test_an_answer_opens_further_questions() -> None:
    refused = {**BEST, "access": "REFUSED", "spill": "FRESH"}
    assert [question.id for question in missing(checklist(), refused)] == ["access_refused_by", "spill_m2", "spill_action"]


@pytest.mark.parametrize(
    "answers",
    [
        {"nothing": "NO"}, {"access": "FLYING"}, {"dwelling_m": "far"}, {"dwelling_m": -1}, {"dwelling_m": 100_001}, {"dwelling_m": True},
        {"dwelling_m": float("nan")}, {"remarks": 5}, {"access": []},
    ],
)  # fmt: skip
def test_an_answer_that_the_form_does_not_offer_is_refused(answers: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        check_answers(checklist(), answers)


def test_an_answer_may_be_taken_back() -> None:
    check_answers(checklist(), {"access": None, "dwelling_m": None})


def test_every_question_and_answer_speaks_three_languages() -> None:
    texts = [question.text for question in checklist().questions]
    texts += [option.text for question in checklist().questions for option in question.options]
    texts += [section.text for section in checklist().sections]
    assert all(text.en and text.ru and text.kk for text in texts)
    assert len({question.id for question in checklist().questions}) == len(checklist().questions)
    assert json.dumps(checklist().version)


@pytest.mark.parametrize(
    ("kind", "value", "is_possible"),
    [("GAMMA", 0.1, True), ("PH", 14, True), ("PH", 14.1, False), ("LEL", -1, False), ("VOC", float("nan"), False)],
)
def test_an_instrument_shows_what_it_can(kind: str, value: float, is_possible: bool) -> None:
    if is_possible:
        rules.check_reading(MeasurementKind[kind], value)
    else:
        with pytest.raises(BadValue):
            rules.check_reading(MeasurementKind[kind], value)


def test_an_act_is_numbered_by_region_year_and_sequence() -> None:
    assert rules.act_number("47", 2026, 3) == "ОБС-47-2026-003"
