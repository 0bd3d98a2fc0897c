"""The one catalogue: message ids to English, Russian and Kazakh; numbers, dates and plurals as each language writes them."""

import csv
import gettext
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import NamedTuple

from inspector_app.settings import RESOURCES

LANGUAGES: Mapping[str, str] = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""Language codes in the order they are offered, each in its own name."""

KAZAKHSTAN = timezone(timedelta(hours=5), "UTC+05:00")
"""The single time zone of the country since 1 March 2024 (domain.md 4.3)."""

_THIN = "\u202f"
_DECIMAL = {"en": ".", "ru": ",", "kk": ","}
_UNITS = {
    "en": {"kg": "kg", "t": "t", "Mt": "Mt", "kt": "kt", "bn": "bn", "m": "m", "kB": "kB", "MB": "MB"},
    "ru": {"kg": "кг", "t": "т", "Mt": "млн т", "kt": "тыс. т", "bn": "млрд", "m": "млн", "kB": "КБ", "MB": "МБ"},
    "kk": {"kg": "кг", "t": "т", "Mt": "млн т", "kt": "мың т", "bn": "млрд", "m": "млн", "kB": "КБ", "MB": "МБ"},
}

_BYTES = {"en": ("B", "kB", "MB", "GB"), "ru": ("Б", "кБ", "МБ", "ГБ"), "kk": ("Б", "кБ", "МБ", "ГБ")}


class Count(int):
    """A number as a fact of a sentence: 12 345 where a person reads it."""


class Bytes(int):
    """A number of bytes as a fact of a sentence: 4.2 MB where a person reads it."""


class Regions(str):
    """Regions as a fact of a sentence, by the first two digits of KATO with commas between; named where a person reads it."""

    __slots__ = ()


class Grams(int):
    """A mass as a fact of a sentence: plain in a log, in the words of a language where a person reads it."""

    def __str__(self) -> str:
        """Exact kilograms: 46400 kg."""
        whole, rest = divmod(abs(int(self)), 1000)
        tail = f".{rest:03}".rstrip("0") if rest else ""
        return f"{'-' if self < 0 else ''}{whole}{tail} kg"

    def __format__(self, _spec: str) -> str:
        """As `str`."""
        return str(self)


def N_(message: str) -> str:  # noqa: N802 - the name that catalogue tools look for
    """Mark a sentence for the catalogue where it stands; it is translated where it is shown."""
    return message


class Words:
    """One language. Call `say` with an English sentence; formats take plain values.

    Numbers take a narrow no-break space between thousands; dates are dd.MM.yyyy in all three languages, as people in
    Kazakhstan write them (domain.md 4.3).
    """

    def __init__(self, language: str) -> None:
        """Load the catalogue of `language` ('en', 'ru' or 'kk')."""
        if language not in LANGUAGES:
            raise ValueError(language)
        self.language = language
        self._catalogue: gettext.NullTranslations = (
            gettext.NullTranslations()
            if language == "en"
            else gettext.translation("inspector", RESOURCES / "locale", [language], fallback=True)
        )

    def say(self, message: str, /, **facts: object) -> str:
        """The sentence in this language with its {facts} filled in. An empty message stays empty."""
        if not message:
            return ""
        sentence = self._catalogue.gettext(message)
        return sentence.format(**facts) if facts else sentence

    def told(self, facts: Mapping[str, object]) -> dict[str, object]:
        """Facts of an error as a person reads them: sentences, labels and lists of them translated, masses written out."""
        return {name: self._told(value) for name, value in facts.items()}

    def _told(self, fact: object) -> object:
        if isinstance(fact, Grams):
            return self.mass(fact, "kg")
        if isinstance(fact, Bytes):
            return self.size(fact)
        if isinstance(fact, Count):
            return self.number(fact)
        if isinstance(fact, Regions):
            known = regions()
            return ", ".join(known[each].name(self) if each in known else each for each in fact.split(", "))
        if not isinstance(fact, str):
            return fact
        whole = self.say(fact)
        return whole if whole != fact else ", ".join(self.say(each) for each in fact.split(", "))

    def plural(self, one: str, many: str, n: int, /, **facts: object) -> str:
        """The sentence for `n` things; {n} is filled with the number as this language writes it."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **facts)

    def pick(self, en: str | None, ru: str | None, kk: str | None) -> str:
        """The name in this language; a missing one falls back to Russian, then English, then Kazakh."""
        own = {"en": en, "ru": ru, "kk": kk}[self.language]
        return own or ru or en or kk or ""

    def number(self, value: float, digits: int = 0) -> str:
        """A number with thin spaces between thousands and the language's decimal mark: 1 204,6."""
        text = f"{value:z,.{digits}f}".replace(",", _THIN).replace("-", "\N{MINUS SIGN}")
        return text.replace(".", _DECIMAL[self.language])

    def mass(self, grams: int | None, unit: str | None = None) -> str:
        """A mass given in grams: kg below ten tonnes, then t, then Mt; or always in `unit` ('kg' or 't')."""
        if grams is None:
            return "\N{EN DASH}"
        names = _UNITS[self.language]
        size = abs(grams)
        if unit == "kg" or (unit is None and size < 10_000_000):
            digits = 0 if grams % 1000 == 0 else 1 if grams % 100 == 0 else 3
            return f"{self.number(grams / 1000, digits)}\N{NO-BREAK SPACE}{names['kg']}"
        if unit == "t" or size < 1_000_000_000_000:
            return f"{self.number(grams / 1_000_000, 1)}\N{NO-BREAK SPACE}{names['t']}"
        return f"{self.number(grams / 1_000_000_000_000, 1)}\N{NO-BREAK SPACE}{names['Mt']}"

    def money(self, tenge: int | None) -> str:
        """An amount in tenge, whole: 11 900 000 000 ₸."""
        return "\N{EN DASH}" if tenge is None else f"{self.number(tenge)}\N{NO-BREAK SPACE}₸"

    def money_short(self, tenge: int) -> str:
        """An amount in tenge for a figure: 11.9 bn."""
        names = _UNITS[self.language]
        if abs(tenge) >= 1_000_000_000:
            return f"{self.number(tenge / 1e9, 1)}\N{NO-BREAK SPACE}{names['bn']}"
        return f"{self.number(tenge / 1e6, 1)}\N{NO-BREAK SPACE}{names['m']}"

    def size(self, count: int) -> str:
        """A number of bytes: 812 B, 4.2 MB; a thousand bytes are a kilobyte."""
        names = _BYTES[self.language]
        power = next((each for each in (3, 2, 1) if count >= 1000**each), 0)
        return f"{self.number(count / 1000**power, 1 if power else 0)}\N{NO-BREAK SPACE}{names[power]}"

    def percent(self, share: float, digits: int = 1) -> str:
        """A share between 0 and 1 in per cent."""
        return f"{self.number(share * 100, digits)}\N{NO-BREAK SPACE}%"

    def date(self, day: date | None) -> str:
        """A day as dd.MM.yyyy."""
        return "\N{EN DASH}" if day is None else f"{day:%d.%m.%Y}"

    def moment(self, at: datetime | None) -> str:
        """An instant (UTC) as the clock in Kazakhstan shows it: dd.MM.yyyy HH:mm."""
        if at is None:
            return "\N{EN DASH}"
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return f"{aware.astimezone(KAZAKHSTAN):%d.%m.%Y %H:%M}"


class Region(NamedTuple):
    """A region by the first two digits of KATO (domain.md 5.4)."""

    kato: str
    name_en: str
    name_ru: str
    name_kk: str

    def name(self, words: Words) -> str:
        """The name in a language."""
        return words.pick(self.name_en, self.name_ru, self.name_kk)


@cache
def regions() -> dict[str, Region]:
    """KATO digits to region, in the order of the digits."""
    with (RESOURCES / "reference" / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["kato"]: Region(**row) for row in csv.DictReader(file)}


@cache
def words(language: str) -> Words:
    """The words of a language; one object each."""
    return Words(language)
