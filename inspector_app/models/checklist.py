"""The checklist of inspections, as versioned data that ships with the program."""

import json
from functools import cache

from inspector_app.domain.inspection import Checklist, read_checklist
from inspector_app.i18n import N_
from inspector_app.settings import RESOURCES

UNITS = (N_("m"), N_("m²"))
"""Units in which the checklist asks for numbers, as messages of the catalogue."""


@cache
def checklist() -> Checklist:
    """The newest checklist."""
    return read_checklist(json.loads((RESOURCES / "reference" / "checklist.json").read_text("utf-8")))
