"""The waste classifier and the regions, as versioned data that ships with the program and is loaded into the register."""

import csv
from typing import Any

from inspector_app.i18n import Region, regions
from inspector_app.settings import RESOURCES

__all__ = ["CLASSIFIER_VERSION", "Region", "regions", "waste_types"]

CLASSIFIER_VERSION = "KZ-314-2021"
"""Order No. 314 of 6 August 2021 (domain.md 2.1)."""


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
