"""Masses, volumes and money as people write them, turned into integer grams and integer tenge; exact, never floats."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from inspector_app.domain.errors import BadValue
from inspector_app.domain.waste import Unit
from inspector_app.i18n import N_

LARGEST_G = 2**53 - 1
"""Nine billion tonnes: what every part of the program, JSON included, carries exactly."""

_GRAMS = {"g": 1, "г": 1, "kg": 1_000, "кг": 1_000, "t": 1_000_000, "т": 1_000_000, "kt": 10**9, "кт": 10**9, "mt": 10**12}
_LITRES = {"l": 1, "л": 1, "m3": 1_000, "m³": 1_000, "м3": 1_000, "м³": 1_000}
_UNIT_GRAMS = {Unit.KG: 1_000, Unit.T: 1_000_000}
_UNIT_LITRES = {Unit.L: 1, Unit.M3: 1_000}
_AMOUNT = re.compile(r"(?P<number>[-+\u2212]?[\d\s\u00a0\u2009\u202f'.,]*\d)\s*(?P<unit>[^\d\s.,]\S*)?", re.IGNORECASE)


def parse_number(text: str | Decimal | int, *, field: str = N_("Number")) -> Decimal:
    """An exact number from '1 204,5', '1204.5', '1,204.5' or '1.204,5'. Raises BadValue.

    Blanks between thousands are taken out. Of two kinds of marks the last one is the decimal mark; a single mark is
    decimal, for thousands are written with blanks here (domain.md 4.3).
    """
    if isinstance(text, int | Decimal):
        number = Decimal(text)
    else:
        bare = re.sub(r"[\s\u00a0\u2009\u202f']", "", text).replace("\u2212", "-")
        if "," in bare and "." in bare:
            thousands = "," if bare.rfind(",") < bare.rfind(".") else "."
            bare = bare.replace(thousands, "")
        bare = bare.replace(",", ".")
        if not re.fullmatch(r"[-+]?\d{1,30}(\.\d{1,30})?", bare, re.ASCII):
            raise BadValue(field=field, reason=N_("a number is expected, for example 1 204,5."))
        number = Decimal(bare)
    if not number.is_finite():
        raise BadValue(field=field, reason=N_("a number is expected, for example 1 204,5."))
    return number


def _whole(number: Decimal, *, field: str) -> int:
    try:
        whole = int(number.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        whole = LARGEST_G + 1
    if abs(whole) > LARGEST_G:
        raise BadValue(field=field, reason=N_("the number is too large."))
    return whole


def grams(value: str | Decimal | int, unit: Unit, *, density: str | Decimal | None = None) -> int | None:
    """Grams of a value in a unit; a volume needs `density` in kg per litre (= t per m³). Nothing for becquerel and pieces.

    Raises BadValue for a negative value, and for a volume without a positive density (domain.md 6.4, INV-05).
    """
    number = parse_number(value, field=N_("Quantity"))
    if number < 0:
        raise BadValue(field=N_("Quantity"), reason=N_("a quantity is never negative."))
    if unit in _UNIT_GRAMS:
        return _whole(number * _UNIT_GRAMS[unit], field=N_("Quantity"))
    if unit in _UNIT_LITRES:
        if density is None or density == "":
            raise BadValue(field=N_("Density"), reason=N_("a volume needs a density in kg per litre."))
        dense = parse_number(density, field=N_("Density"))
        if not 0 < dense <= 25:  # nothing on earth is denser than osmium
            raise BadValue(field=N_("Density"), reason=N_("a density lies above 0 and up to 25 kg per litre."))
        return _whole(number * _UNIT_LITRES[unit] * dense * 1_000, field=N_("Quantity"))
    return None


def parse_mass(text: str, *, density: str | Decimal | None = None, field: str = N_("Mass")) -> int:
    """Integer grams from '1 204,5 т', '350 kg', '2,4 m3' (with `density`, kg per litre); a bare number is kilograms."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise BadValue(field=field, reason=N_("a mass is expected, for example 1 204,5 t or 350 kg."))
    number = parse_number(found["number"], field=field)
    unit = (found["unit"] or "kg").rstrip(".").lower()
    if number < 0:
        raise BadValue(field=field, reason=N_("a mass is never negative."))
    if unit in _GRAMS:
        return _whole(number * _GRAMS[unit], field=field)
    if unit in _LITRES:
        litres = number * _LITRES[unit]
        return grams(litres, Unit.L, density=density) or 0
    raise BadValue(field=field, reason=N_("the unit is not known; use kg, t, l or m³."))


def parse_tenge(text: str, *, field: str = N_("Amount")) -> int:
    """Whole tenge from '11 900 000 000', '11,9 млрд', '5 bn ₸', '2,5 млн'. Raises BadValue (INV-18)."""
    bare = text.strip().lower().replace("₸", "").replace("kzt", "").replace("тг", "").rstrip(". ")
    scale = 1
    for words, factor in ((("млрд", "bn"), 10**9), (("млн", "mln", "m"), 10**6), (("тыс", "мың", "k"), 10**3)):
        word = next((each for each in words if bare.rstrip(". ").endswith(each)), None)
        if word is not None:
            bare, scale = bare.rstrip(". ").removesuffix(word), factor
            break
    amount = parse_number(bare, field=field) * scale
    if amount < 0 or amount != amount.to_integral_value():
        raise BadValue(field=field, reason=N_("an amount is a whole number of tenge, never negative."))
    return _whole(amount, field=field)
