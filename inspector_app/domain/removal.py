"""States of a removal batch, tenders, ledger entries, and the rules of weighing and receiving (domain.md 4.4, 6.4)."""

from inspector_app.domain.codes import Code
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
