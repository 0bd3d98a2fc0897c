"""States of a removal batch, tenders, ledger entries, and the rules of weighing and receiving (domain.md 4.4, 6.4)."""

import re
from dataclasses import dataclass
from datetime import date

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue, BatchStepForbidden, RuleBroken
from inspector_app.i18n import N_


class BatchState(Code):
    """From planned to destroyed (domain.md 6.2)."""

    PLANNED = "PLANNED", N_("Planned")
    LOADED = "LOADED", N_("Loaded")
    IN_TRANSIT = "IN_TRANSIT", N_("In transit")
    RECEIVED = "RECEIVED", N_("Received")
    DESTROYED = "DESTROYED", N_("Destroyed")
    REJECTED = "REJECTED", N_("Rejected")
    RETURNED = "RETURNED", N_("Returned")
    CANCELLED = "CANCELLED", N_("Cancelled")


LEFT_SITE = frozenset({BatchState.LOADED, BatchState.IN_TRANSIT, BatchState.RECEIVED, BatchState.DESTROYED})
"""States in which the lines of a batch count as removed in the ledger (INV-06)."""
ARRIVED = frozenset({BatchState.RECEIVED, BatchState.DESTROYED})
"""States that count for 'waste types removed in a year' (INV-17)."""
OPEN = frozenset({BatchState.PLANNED, BatchState.LOADED, BatchState.IN_TRANSIT, BatchState.RECEIVED})
"""States that keep a site from being closed as removed: not yet destroyed."""


class TenderResult(Code):
    """What became of a sale tender (domain.md 6.1)."""

    ANNOUNCED = "ANNOUNCED", N_("Announced")
    HELD = "HELD", N_("Held")
    FAILED = "FAILED", N_("Failed")
    CANCELLED = "CANCELLED", N_("Cancelled")


class EntryKind(Code):
    """How mass leaves the inventory other than by a batch, or is corrected (domain.md 6.4, INV-06)."""

    SOLD = "SOLD", N_("Sold")
    TRANSFERRED = "TRANSFERRED", N_("Transferred")
    CORRECTION = "CORRECTION", N_("Correction")


class WeighMethod(Code):
    """How the mass of a batch was found."""

    WEIGHBRIDGE = "WEIGHBRIDGE", N_("Weighbridge")
    SCALE = "SCALE", N_("Scale")
    CALCULATED = "CALCULATED", N_("Calculated")


class Funding(Code):
    """Who pays (domain.md 6.1)."""

    EPR = "EPR", N_("Extended producer responsibility")
    BUDGET = "BUDGET", N_("Republican budget")
    UNDP_GEF = "UNDP_GEF", N_("UNDP/GEF project")
    OTHER = "OTHER", N_("Other source")


TRANSITIONS: dict[BatchState, frozenset[BatchState]] = {
    BatchState.PLANNED: frozenset({BatchState.LOADED, BatchState.CANCELLED}),
    BatchState.LOADED: frozenset({BatchState.IN_TRANSIT, BatchState.RETURNED, BatchState.CANCELLED}),
    BatchState.IN_TRANSIT: frozenset({BatchState.RECEIVED, BatchState.REJECTED, BatchState.RETURNED}),
    BatchState.RECEIVED: frozenset({BatchState.DESTROYED, BatchState.REJECTED}),
    BatchState.REJECTED: frozenset({BatchState.IN_TRANSIT, BatchState.RETURNED}),
    BatchState.DESTROYED: frozenset(),
    BatchState.RETURNED: frozenset(),
    BatchState.CANCELLED: frozenset(),
}
"""How a batch may go on (domain.md 6.2). A rejected one goes to another receiver or back to the site."""

ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)
"""States that nothing follows; such a batch is never changed again."""

TOLERANCE = 0.05
"""Share of the loaded mass by which the received mass may differ without an explanation (domain.md 4.5)."""
TOLERANCE_PCB = 0.01
"""The same for PCB waste."""


def check_transition(batch: str, state: BatchState, target: BatchState) -> None:
    """Whether a batch may go from one state to another. Raises BatchStepForbidden."""
    if target not in TRANSITIONS[state]:
        raise BatchStepForbidden(batch=batch, state=state.label, target=target.label)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """The weighbridge difference of a batch: grams received less grams loaded, and its share of what was loaded."""

    difference_g: int
    share: float
    tolerable: bool


def discrepancy(loaded_g: int, received_g: int, *, pcb: bool = False) -> Discrepancy:
    """Compare what was loaded with what was received, exactly (domain.md 4.5: 5 %, for PCB 1 %)."""
    difference = received_g - loaded_g
    limit = TOLERANCE_PCB if pcb else TOLERANCE
    share = abs(difference) / loaded_g if loaded_g else float(difference != 0)
    # integers decide: a share of exactly 5 % is tolerable whatever its floating-point neighbour says
    tolerable = abs(difference) * 100 <= loaded_g * round(limit * 100)
    return Discrepancy(difference, share, tolerable)


def net(gross_g: int | None, tare_g: int | None, net_g: int | None) -> int | None:
    """The net mass from a weighing: gross less tare, or as given. Raises RuleBroken (INV-05)."""
    if gross_g is None or tare_g is None:
        if net_g is not None and net_g <= 0:
            raise RuleBroken(rule=N_("A net mass is greater than nothing."), invariant="INV-05", field=N_("Net"))
        return net_g
    if not 0 <= tare_g < gross_g:
        raise RuleBroken(rule=N_("The tare is less than the gross mass."), invariant="INV-05", field=N_("Tare"))
    if net_g is not None and net_g != gross_g - tare_g:
        raise RuleBroken(rule=N_("The net mass is the gross mass less the tare."), invariant="INV-05", field=N_("Net"))
    return gross_g - tare_g


def check_licence(until: date | None, on: date, *, of_contractor: bool = False) -> None:
    """A licence that is known, of the destination or of the contractor, must be valid on the day of loading.

    Raises RuleBroken (INV-11).
    """
    if until is None or until >= on:
        return
    if of_contractor:
        raise RuleBroken(rule=N_("The licence of the contractor had expired on the day of loading."), invariant="INV-11")
    raise RuleBroken(
        rule=N_("The licence had expired on the day of loading."), invariant="INV-11", field=N_("Licence valid until")
    )


def parse_operation(text: str) -> str:
    """A treatment operation of the Basel Convention, Annex IV: D1 to D15 or R1 to R13. Raises BadValue."""
    code = text.strip().upper().replace("Д", "D").replace(" ", "")
    found = re.fullmatch(r"([DR])(\d{1,2})", code, re.ASCII)
    if found is None or not 1 <= int(found[2]) <= (15 if found[1] == "D" else 13):
        raise BadValue(field=N_("Operation"), reason=N_("an operation is D1 to D15 or R1 to R13."))
    return f"{found[1]}{int(found[2])}"
