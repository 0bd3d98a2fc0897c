"""Waste: classifier codes, hazard properties, states, packaging, outcomes, and which go together (domain.md 2, 6.4)."""

import re
from collections.abc import Iterable

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.i18n import N_


class Entry(Code):
    """How a type stands in the classifier (domain.md 2.1)."""

    ABSOLUTE = "absolute", N_("Absolute entry")
    MIRROR = "mirror", N_("Mirror entry")


class Hazard(Code):
    """Hazard properties of Art. 342: fifteen as in Europe, and C16 (domain.md 2.2)."""

    HP1 = "HP1", N_("Explosive")
    HP2 = "HP2", N_("Oxidising")
    HP3 = "HP3", N_("Flammable")
    HP4 = "HP4", N_("Irritant")
    HP5 = "HP5", N_("Specific target organ or aspiration toxicity")
    HP6 = "HP6", N_("Acute toxicity")
    HP7 = "HP7", N_("Carcinogenic")
    HP8 = "HP8", N_("Corrosive")
    HP9 = "HP9", N_("Infectious")
    HP10 = "HP10", N_("Toxic for reproduction")
    HP11 = "HP11", N_("Mutagenic")
    HP12 = "HP12", N_("Releases toxic gas with water, air or acid")
    HP13 = "HP13", N_("Sensitising")
    HP14 = "HP14", N_("Ecotoxic")
    HP15 = "HP15", N_("Can yield the above indirectly")
    C16 = "C16", N_("Persistent organic pollutants")


class PhysicalState(Code):
    """Physical state (domain.md 6.2)."""

    SOLID = "SOLID", N_("Solid")
    LIQUID = "LIQUID", N_("Liquid")
    SLUDGE = "SLUDGE", N_("Sludge")
    PASTE = "PASTE", N_("Paste")
    POWDER = "POWDER", N_("Powder")
    GAS = "GAS", N_("Gas")
    ARTICLE = "ARTICLE", N_("Article")
    MIXED = "MIXED", N_("Mixed")


class PackagingCondition(Code):
    """Condition of the packaging (domain.md 6.2)."""

    INTACT = "INTACT", N_("Intact")
    RUSTED = "RUSTED", N_("Rusted")
    LEAKING = "LEAKING", N_("Leaking")
    OPEN = "OPEN", N_("Open")
    NONE = "NONE", N_("In bulk")


class QuantityMethod(Code):
    """How a quantity came to be known (domain.md 6.2)."""

    WEIGHED = "WEIGHED", N_("Weighed")
    VOLUME_DENSITY = "VOLUME_DENSITY", N_("Volume by density")
    COUNT_X_UNIT = "COUNT_X_UNIT", N_("Count by unit mass")
    GEODETIC = "GEODETIC", N_("Geodetic survey")
    DOCUMENT = "DOCUMENT", N_("By documents")
    EXPERT = "EXPERT", N_("Expert estimate")
    COURT = "COURT", N_("By court decision")


class Outcome(Code):
    """What became of an item (domain.md 6.2)."""

    NONE = "NONE", N_("Still there")
    REMOVED = "REMOVED", N_("Removed")
    RECOVERED = "RECOVERED", N_("Recovered")
    SOLD = "SOLD", N_("Sold")
    TRANSFERRED = "TRANSFERRED", N_("Transferred")
    NOT_FOUND = "NOT_FOUND", N_("Not found")
    RECLASSIFIED = "RECLASSIFIED", N_("Reclassified")


class Unit(Code):
    """Units an estimate may be given in (domain.md 6.1, 7)."""

    KG = "kg", N_("kg")
    T = "t", N_("t")
    M3 = "m3", N_("m³")
    L = "l", N_("l")
    PCS = "pcs", N_("pcs")
    BQ = "Bq", N_("Bq")


def parse_code(text: str) -> str:
    """Six digits from what people write: '160209', '16 02 09', '16.02.09', '16 02 09*'. Raises BadValue (INV-01)."""
    digits = re.sub(r"[\s.\u00a0\u202f-]", "", text.strip()).removesuffix("*")
    if not re.fullmatch(r"\d{6}", digits, re.ASCII) or not 1 <= int(digits[:2]) <= 20:
        raise BadValue(field=N_("Waste code"), reason=N_("six digits of groups 01 to 20 are expected, for example 16 02 09."))
    return digits


def show_code(code: str, *, hazardous: bool) -> str:
    """'160209' as the classifier prints it: '16 02 09*'."""
    return f"{code[:2]} {code[2:4]} {code[4:]}{'*' if hazardous else ''}"


PCB_CODES = frozenset({"130101", "130301", "160109", "160209", "160210", "170902"})
"""Types whose name says that they contain PCB (domain.md 2.4)."""

_HAZARDS = {str(each): place for place, each in enumerate(Hazard)}
_Y_LAST = 47


def parse_hazards(codes: Iterable[str]) -> list[str]:
    """Hazard properties in the order of the law, each once; 'hp 6', 'HP06' and 'C16' are understood. Raises BadValue."""
    found = set()
    for code in codes:
        bare = re.sub(r"\s|^(HP)0", r"\1", code.strip().upper().replace("С16", "C16"))
        if bare not in _HAZARDS:
            raise BadValue(field=N_("Hazard properties"), reason=N_("HP1 to HP15 and C16 are known."))
        found.add(bare)
    return sorted(found, key=_HAZARDS.__getitem__)


def parse_y_codes(codes: Iterable[str]) -> list[str]:
    """Y codes of the Basel Convention, Annexes I and II, in order, each once. Raises BadValue."""
    found = set()
    for code in codes:
        match = re.fullmatch(r"[YУ]\s*([0-9]{1,2})", code.strip().upper())
        if match is None or not 1 <= int(match[1]) <= _Y_LAST:
            raise BadValue(field=N_("Y codes"), reason=N_("Y1 to Y47 are known."))
        found.add(int(match[1]))
    return [f"Y{number}" for number in sorted(found)]


def parse_un_no(text: str) -> str:
    """The four digits of a UN number, from '2315', 'UN 2315' or 'ООН 2315'. Raises BadValue."""
    match = re.fullmatch(r"(?:UN|ООН|БҰҰ)?\s*([0-9]{4})", text.strip().upper())
    if match is None:
        raise BadValue(field=N_("UN number"), reason=N_("four digits are expected, for example 2315."))
    return match[1]


def implied(code: str) -> tuple[list[str], list[str]]:
    """Hazard properties and Y codes that a type always has; what a form fills in by itself (domain.md 2.4)."""
    return ([str(Hazard.HP14), str(Hazard.C16)], ["Y10"]) if code in PCB_CODES else ([], [])


def check_hazards(code: str, *, hazardous: bool | None, hazards: Iterable[str], y_codes: Iterable[str]) -> None:
    """Whether code, hazard properties and Y codes go together. Raises RuleBroken (INV-02, INV-04).

    `hazardous` is the flag of the classifier; nothing when it does not know the code, which is no reason to refuse.
    """
    hazards, y_codes = set(hazards), set(y_codes)
    if hazardous is True and not hazards:
        raise RuleBroken(rule=N_("A hazardous waste has at least one of HP1 to HP15 or C16."), invariant="INV-02")
    if hazardous is False and hazards:
        raise RuleBroken(rule=N_("A waste that is not hazardous has no hazard property."), invariant="INV-02")
    if code in PCB_CODES and (Hazard.C16 not in hazards or "Y10" not in y_codes):
        raise RuleBroken(rule=N_("PCB waste carries C16 and Y10."), invariant="INV-04")
