"""The waste classifier and the regions, as versioned data that ships with the program and is loaded into the register."""

import csv
from functools import cache
from typing import Any, NamedTuple

from inspector_app.i18n import Words
from inspector_app.settings import RESOURCES

CLASSIFIER_VERSION = "KZ-314-2021"
"""Order No. 314 of 6 August 2021 (domain.md 2.1)."""


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


def waste_types() -> list[dict[str, Any]]:
    """The rows of the classifier: types, then groups."""
    rows = []
    for name, entry in (("waste_types.csv", True), ("waste_groups.csv", False)):
        with (RESOURCES / "reference" / name).open(encoding="utf-8", newline="") as file:
            rows += [
                {
                    "code": row["code"],
                    "hazardous": entry and row["hazardous"] == "1",
                    "entry": row["entry"] if entry else None,
                    "name_en": row["name_en"],
                    "name_ru": row["name_ru"],
                    "name_kk": row["name_kk"] or None,
                    "version": CLASSIFIER_VERSION,
                }
                for row in csv.DictReader(file)
            ]
    return rows
