"""Kinds of papers: the words of the command line, and what each is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inspector_app.i18n import N_

Subject = Literal["inspection", "batch", "site"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper. `needs` is what must be named; `takes` what may be; `label` is a message id."""

    name: str
    label: str
    needs: Subject | None
    takes_year: bool = False
    takes: Subject | None = None


KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind("inspection", N_("Inspection report"), "inspection"),
        Kind("removal-batch", N_("Removal report of a batch"), "batch", takes="site"),
        Kind("site-removal", N_("Removal report of a site"), "site", takes_year=True),
        Kind("summary", N_("Summary of state-owned sites"), None),
        Kind("pcb-inventory", N_("PCB inventory"), None, takes="site"),
        Kind("labels", N_("Labels for PCB equipment"), None, takes="site"),
    )
}
"""In the order in which they are offered."""
