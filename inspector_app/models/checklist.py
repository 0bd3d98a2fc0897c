"""The checklist of inspections, as versioned data that ships with the program."""

import json
from functools import cache

from inspector_app.domain.inspection import Checklist, read_checklist
from inspector_app.settings import RESOURCES


@cache
def checklist() -> Checklist:
    """The newest checklist."""
    return read_checklist(json.loads((RESOURCES / "reference" / "checklist.json").read_text("utf-8")))
