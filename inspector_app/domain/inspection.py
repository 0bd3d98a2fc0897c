"""Inspections: kinds, completeness of the form, and the risk scores with their factors (domain.md 4.1, 4.2)."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue
from inspector_app.domain.waste import Hazard, PackagingCondition
from inspector_app.i18n import N_


class InspectionKind(Code):
    """Kinds of inspections (domain.md 6.1)."""

    INITIAL = "INITIAL", N_("Initial")
    REPEAT = "REPEAT", N_("Repeat")
    CONTROL = "CONTROL", N_("Control")
    CLOSURE = "CLOSURE", N_("Closure")


class InspectionState(Code):
    """A draft can be changed; a signed inspection is amended, never changed (INV-14)."""

    DRAFT = "DRAFT", N_("Draft")
    SIGNED = "SIGNED", N_("Signed")


class RiskClass(Code):
    """Class from the two scores (domain.md 4.1)."""

    LOW = "LOW", N_("Low")
    MEDIUM = "MEDIUM", N_("Medium")
    HIGH = "HIGH", N_("High")
    CRITICAL = "CRITICAL", N_("Critical")


class Matrix(Code):
    """What a sample is taken from (domain.md 6.1)."""

    SOIL = "SOIL", N_("Soil")
    OIL = "OIL", N_("Oil")
    LIQUID = "LIQUID", N_("Liquid")
    SOLID = "SOLID", N_("Solid")
    WATER = "WATER", N_("Water")
    AIR = "AIR", N_("Air")
    WIPE = "WIPE", N_("Wipe")


class MeasurementKind(Code):
    """What a field instrument reads, and in which unit (domain.md 6.1)."""

    GAMMA = "GAMMA", N_("Gamma dose rate, µSv/h")
    VOC = "VOC", N_("Volatile organic compounds, ppm")
    PH = "PH", N_("Acidity, pH")
    LEL = "LEL", N_("Explosive limit, % LEL")


# -- the checklist --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the three languages; show it with `Words.pick`."""

    en: str
    ru: str
    kk: str


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose; `points` add to the score of the place (domain.md 4.1)."""

    code: str
    text: Text
    points: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question. A number has a range and may score `points` when it is smaller than `below`.

    With `when` it is asked only after the named question was answered with one of the codes.
    """

    id: str
    kind: Literal["choice", "number", "text"]
    text: Text
    required: bool
    options: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    below: float | None = None
    points: int = 0
    when: tuple[str, frozenset[str]] | None = None

    @property
    def most_points(self) -> int:
        """The worst that an answer can score."""
        return max((option.points for option in self.options), default=self.points)


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form."""

    id: str
    text: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The form of an inspection; data of resources/reference/checklist.json."""

    version: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in their order."""
        return tuple(question for section in self.sections for question in section.questions)


def read_checklist(data: Mapping[str, Any]) -> Checklist:
    """A checklist from its JSON. Raises KeyError for data that is none."""
    return Checklist(
        data["version"],
        tuple(
            Section(each["id"], _text(each), tuple(_question(question) for question in each["questions"]))
            for each in data["sections"]
        ),
    )


def _text(data: Mapping[str, Any]) -> Text:
    return Text(data["en"], data["ru"], data["kk"])


def _question(data: Mapping[str, Any]) -> Question:
    when = data.get("when")
    return Question(
        id=data["id"],
        kind=data["kind"],
        text=_text(data),
        required=data["required"],
        options=tuple(Option(each["code"], _text(each), each.get("points", 0)) for each in data.get("options", ())),
        low=data.get("low"),
        high=data.get("high"),
        unit=data.get("unit", ""),
        below=data.get("below"),
        points=data.get("points", 0),
        when=None if when is None else (when["question"], frozenset(when["is"])),
    )


def is_asked(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the answers so far open the question."""
    return question.when is None or answers.get(question.when[0]) in question.when[1]


def check_answers(checklist: Checklist, answers: Mapping[str, Any]) -> None:
    """Answers that the form can hold; an empty one is none. Raises BadValue."""
    known = {question.id: question for question in checklist.questions}
    for name, answer in answers.items():
        if name not in known:
            raise BadValue(field=name, reason=N_("the checklist has no such question."))
        if answer is not None:
            _check_answer(known[name], answer)


def _check_answer(question: Question, answer: Any) -> None:
    field = question.text.en
    match question.kind:
        case "choice":
            if not isinstance(answer, str) or answer not in {option.code for option in question.options}:
                raise BadValue(field=field, reason=N_("one of the answers offered is expected."))
        case "number":
            is_number = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
            if not is_number:
                raise BadValue(field=field, reason=N_("a number is expected, for example 1 204,5."))
            if not (question.low or 0) <= answer <= (math.inf if question.high is None else question.high):
                raise BadValue(field=field, reason=N_("the number lies outside the allowed range."))
        case "text":
            if not isinstance(answer, str):
                raise BadValue(field=field, reason=N_("a text is expected."))


def missing(checklist: Checklist, answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """Required questions that are asked and not answered."""
    return tuple(
        question
        for question in checklist.questions
        if question.required and is_asked(question, answers) and answers.get(question.id) in {None, ""}
    )


# -- the risk scores ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factor:
    """What one question adds to the score of the place; one that was not assessed counts as the worst."""

    question: Question
    points: int
    assessed: bool


@dataclass(frozen=True, slots=True)
class Lot:
    """What a finding adds to the score of the contents; nothing known counts as the worst. Mass is grams."""

    mass_g: int
    hazards: frozenset[str]
    condition: PackagingCondition | None


@dataclass(frozen=True, slots=True)
class Risk:
    """The two scores of domain.md 4.1 with their factors, and the class that follows."""

    contents: int
    place: int
    risk: RiskClass
    factors: tuple[Factor, ...]


_GRAVE = frozenset({Hazard.C16, Hazard.HP6, Hazard.HP7})
_SERIOUS = frozenset({Hazard.HP3, Hazard.HP8, Hazard.HP14})
_CONDITION = {PackagingCondition.INTACT: 1, PackagingCondition.RUSTED: 2}
_WORST_CONDITION = 4
_HIGH_CONTENTS, _HIGH_PLACE = 4, 50
_MEDIUM_CONTENTS, _MEDIUM_PLACE = 3, 30


def hazard_weight(hazards: Collection[str]) -> int:
    """3 for C16, HP6, HP7; 2 for HP3, HP8, HP14; 1 for the rest (domain.md 4.1). Hazards that nobody named count as 3."""
    if not hazards or _GRAVE & set(hazards):
        return 3
    return 2 if _SERIOUS & set(hazards) else 1


def contents_score(lots: Iterable[Lot]) -> int:
    """Fp as a class from 1 to 5: the power of ten of the sum of tonnes by hazard by condition (domain.md 4.1).

    Below 1 is class 1, below 10 class 2, below 100 class 3, below 1 000 class 4, anything more class 5.
    """
    grams = sum(
        lot.mass_g * hazard_weight(lot.hazards) * (_WORST_CONDITION if lot.condition is None else _weight(lot.condition))
        for lot in lots
    )
    tonnes = Decimal(grams) / 1_000_000
    return next((name for name, limit in enumerate((1, 10, 100, 1_000), start=1) if tonnes < limit), 5)


def _weight(condition: PackagingCondition) -> int:
    return _CONDITION.get(condition, _WORST_CONDITION)


def place_factors(checklist: Checklist, answers: Mapping[str, Any]) -> tuple[Factor, ...]:
    """What each scoring question adds to Fe."""
    return tuple(_factor(question, answers.get(question.id)) for question in checklist.questions if question.most_points)


def _factor(question: Question, answer: Any) -> Factor:
    if answer is None:
        return Factor(question, question.most_points, assessed=False)
    if question.kind == "number":
        return Factor(question, question.points if question.below is not None and answer < question.below else 0, assessed=True)
    points = next((option.points for option in question.options if option.code == answer), question.most_points)
    return Factor(question, points, assessed=True)


def risk(checklist: Checklist, answers: Mapping[str, Any], lots: Sequence[Lot]) -> Risk:
    """Both scores and the class: high on both is critical, on one is high (domain.md 4.1)."""
    factors = place_factors(checklist, answers)
    contents, place = contents_score(lots), min(100, sum(factor.points for factor in factors))
    high = (contents >= _HIGH_CONTENTS) + (place >= _HIGH_PLACE)
    medium = contents >= _MEDIUM_CONTENTS or place >= _MEDIUM_PLACE
    name = (RiskClass.MEDIUM if medium else RiskClass.LOW, RiskClass.HIGH, RiskClass.CRITICAL)[high]
    return Risk(contents, place, name, factors)


def act_number(region: str, year: int, number: int, *, device_no: str = "") -> str:
    """The number of an inspection act: ОБС-<KATO2>-<year>-<seq> (domain.md 4.2).

    An enrolled laptop puts its own number before the last part, for it counts alone (decision 012).
    """
    return f"ОБС-{region}-{year}-{device_no}{'-' if device_no else ''}{number:03}"


RANGES: Mapping[MeasurementKind, tuple[float, float]] = {
    MeasurementKind.GAMMA: (0, 1_000_000),
    MeasurementKind.VOC: (0, 1_000_000),
    MeasurementKind.PH: (0, 14),
    MeasurementKind.LEL: (0, 100),
}
"""What each field instrument can read, in the unit of its kind."""


def check_reading(kind: MeasurementKind, value: float) -> None:
    """A reading that the instrument can give. Raises BadValue."""
    low, high = RANGES[kind]
    if not low <= value <= high:  # a NaN fails too
        raise BadValue(field=N_("Value"), reason=N_("the number lies outside the allowed range."))
