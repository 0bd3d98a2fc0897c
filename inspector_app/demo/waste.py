"""What goes with a waste code in the demo register: hazard properties, Y codes, transport class and look (domain.md 2.4)."""

import csv
from functools import cache
from typing import NamedTuple

from inspector_app.domain.waste import Hazard, PhysicalState
from inspector_app.settings import RESOURCES


class Kind(NamedTuple):
    """Typical properties of a waste. `density` is kg per litre, nothing for articles and solids in bulk."""

    hazards: tuple[Hazard, ...]
    y_codes: tuple[str, ...] = ()
    un_no: str | None = None
    adr_class: str | None = None
    packing_group: str | None = None
    state: PhysicalState = PhysicalState.SOLID
    packaging: str = "россыпью"


_H, _S = Hazard, PhysicalState

KINDS: dict[str, Kind] = {
    "01": Kind((_H.HP14,), (), "3077", "9", "III", _S.SLUDGE, "намыв"),
    "02": Kind((_H.HP6, _H.HP14), ("Y4",), "2588", "6.1", "III", _S.POWDER, "мешок"),
    "03": Kind((_H.HP14,), ("Y5",), "3077", "9", "III", _S.SOLID, "россыпью"),
    "04": Kind((_H.HP7, _H.HP14), ("Y21",), "3077", "9", "III", _S.SLUDGE, "карта"),
    "05": Kind((_H.HP3, _H.HP14), ("Y9",), "3082", "9", "III", _S.SLUDGE, "амбар"),
    "050107": Kind((_H.HP8, _H.HP14), ("Y11",), "3264", "8", "II", _S.PASTE, "амбар"),
    "06": Kind((_H.HP6, _H.HP14), ("Y14",), "3288", "6.1", "III", _S.SOLID, "барабан"),
    "0601": Kind((_H.HP8,), ("Y34",), "3264", "8", "II", _S.LIQUID, "канистра"),
    "0602": Kind((_H.HP8,), ("Y35",), "1824", "8", "II", _S.LIQUID, "канистра"),
    "060311": Kind((_H.HP6, _H.HP12), ("Y33",), "1588", "6.1", "I", _S.SOLID, "барабан"),
    "060403": Kind((_H.HP6, _H.HP7), ("Y24",), "1557", "6.1", "II", _S.POWDER, "барабан"),
    "060404": Kind((_H.HP6, _H.HP10, _H.HP14), ("Y29",), "2025", "6.1", "II", _S.SOLID, "баллон стальной"),
    "060405": Kind((_H.HP10, _H.HP14), ("Y22", "Y31"), "3288", "6.1", "III", _S.SLUDGE, "карта"),
    "061302": Kind((_H.HP4, _H.HP14), ("Y18",), "1362", "4.2", "III", _S.POWDER, "мешок"),
    "061304": Kind((_H.HP7,), ("Y36",), "2590", "9", "III", _S.SOLID, "мешок двойной"),
    "07": Kind((_H.HP3, _H.HP4), ("Y13",), "1993", "3", "III", _S.LIQUID, "бочка 200 л"),
    "070213": Kind((), state=_S.SOLID, packaging="россыпью"),
    "0704": Kind((_H.HP6, _H.HP14), ("Y4",), "2902", "6.1", "III", _S.LIQUID, "бочка 200 л"),
    "08": Kind((_H.HP3, _H.HP14), ("Y12",), "1263", "3", "III", _S.PASTE, "банка"),
    "09": Kind((_H.HP8, _H.HP14), ("Y16",), "3264", "8", "III", _S.LIQUID, "канистра"),
    "1005": Kind((_H.HP10, _H.HP14), ("Y23", "Y31"), "3077", "9", "III", _S.POWDER, "россыпью"),
    "10": Kind((_H.HP7, _H.HP14), ("Y31",), "3077", "9", "III", _S.POWDER, "россыпью"),
    "11": Kind((_H.HP7, _H.HP13, _H.HP14), ("Y17", "Y21"), "3077", "9", "III", _S.SLUDGE, "карта"),
    "12": Kind((_H.HP5, _H.HP14), ("Y9",), "3082", "9", "III", _S.LIQUID, "бочка 200 л"),
    "13": Kind((_H.HP3, _H.HP14), ("Y8",), "3082", "9", "III", _S.LIQUID, "бочка 200 л"),
    "130101": Kind((_H.HP5, _H.HP14, _H.C16), ("Y10",), "2315", "9", "II", _S.LIQUID, "бочка 200 л"),
    "130301": Kind((_H.HP5, _H.HP14, _H.C16), ("Y10",), "2315", "9", "II", _S.LIQUID, "бочка 200 л"),
    "14": Kind((_H.HP3, _H.HP6), ("Y41",), "1992", "3", "II", _S.LIQUID, "бочка 200 л"),
    "15": Kind((_H.HP14,), ("Y18",), "3509", "9", None, _S.SOLID, "россыпью"),
    "16": Kind((_H.HP4, _H.HP14), ("Y14",), "3077", "9", "III", _S.SOLID, "ящик"),
    "160108": Kind((_H.HP6, _H.HP14), ("Y29",), "3506", "8", None, _S.ARTICLE, "ящик"),
    "160209": Kind((_H.HP5, _H.HP14, _H.C16), ("Y10",), "2315", "9", "II", _S.ARTICLE, "без упаковки"),
    "160210": Kind((_H.HP5, _H.HP14, _H.C16), ("Y10",), "3432", "9", "II", _S.ARTICLE, "без упаковки"),
    "160212": Kind((_H.HP7,), ("Y36",), "2590", "9", "III", _S.ARTICLE, "ящик"),
    "160504": Kind((_H.HP3,), ("Y14",), "1950", "2", None, _S.GAS, "баллон"),
    "160506": Kind((_H.HP6, _H.HP8), ("Y14",), "3315", "6.1", "I", _S.MIXED, "ящик с флаконами"),
    "160507": Kind((_H.HP4, _H.HP14), ("Y14",), "3287", "6.1", "III", _S.POWDER, "банка"),
    "160508": Kind((_H.HP3, _H.HP6), ("Y14",), "2811", "6.1", "III", _S.LIQUID, "бутыль"),
    "1606": Kind((_H.HP8, _H.HP10), ("Y31",), "2794", "8", None, _S.ARTICLE, "ящик"),
    "1607": Kind((_H.HP3, _H.HP14), ("Y9",), "3082", "9", "III", _S.SLUDGE, "цистерна"),
    "1608": Kind((_H.HP7, _H.HP13), ("Y18",), "3077", "9", "III", _S.SOLID, "барабан"),
    "1609": Kind((_H.HP2, _H.HP7), ("Y21",), "3087", "5.1", "II", _S.POWDER, "барабан"),
    "17": Kind((_H.HP14,), ("Y18",), "3077", "9", "III", _S.SOLID, "россыпью"),
    "1706": Kind((_H.HP7,), ("Y36",), "2590", "9", "III", _S.SOLID, "мешок двойной"),
    "170503": Kind((_H.HP7, _H.HP14), ("Y18",), "3077", "9", "III", _S.SOLID, "россыпью"),
    "170901": Kind((_H.HP6, _H.HP14), ("Y29",), "2025", "6.1", "III", _S.SOLID, "россыпью"),
    "170902": Kind((_H.HP14, _H.C16), ("Y10",), "3432", "9", "II", _S.SOLID, "мешок"),
    "18": Kind((_H.HP9,), ("Y1",), "3291", "6.2", "II", _S.MIXED, "контейнер"),
    "19": Kind((_H.HP14,), ("Y18",), "3077", "9", "III", _S.SLUDGE, "карта"),
    "20": Kind((_H.HP6, _H.HP14), ("Y29",), "3506", "8", None, _S.ARTICLE, "ящик"),
}
"""Beginning of a code to its kind; the longest beginning counts."""


@cache
def kind(code: str) -> Kind:
    """The kind of a waste code; harmless wastes carry neither hazards nor transport class (INV-02)."""
    known = next(found for length in (6, 4, 2) if (found := KINDS.get(code[:length])))
    if code not in hazardous():
        return Kind((), state=known.state, packaging=known.packaging)
    return known


@cache
def hazardous() -> frozenset[str]:
    """Codes of the classifier that are hazardous."""
    return frozenset(row["code"] for row in _classifier() if row["hazardous"] == "1")


@cache
def mirrors() -> frozenset[str]:
    """Codes of the classifier that need an assessment before their quantity is accepted (INV-03)."""
    return frozenset(row["code"] for row in _classifier() if row["entry"] == "mirror")


@cache
def _classifier() -> tuple[dict[str, str], ...]:
    with (RESOURCES / "reference" / "waste_types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
