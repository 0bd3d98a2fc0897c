"""Inventory: waste items, their quantities, what leaves them otherwise than by a batch, and PCB equipment."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.actions import ledger, rows
from inspector_app.domain import pcb
from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.domain.ledger import check_leaving
from inspector_app.domain.pcb import ConcentrationClass, EquipmentCondition, EquipmentType, OperationalStatus
from inspector_app.domain.quantities import grams, parse_number
from inspector_app.domain.removal import EntryKind
from inspector_app.domain.waste import (
    Entry,
    Hazard,
    QuantityMethod,
    Unit,
    check_hazards,
    parse_code,
    parse_hazards,
    parse_un_no,
    parse_y_codes,
)
from inspector_app.i18n import N_
from inspector_app.models.documents import Document
from inspector_app.models.removal import BatchLine, LedgerEntry
from inspector_app.models.sites import Site
from inspector_app.models.waste import PcbItem, PcbMove, QuantityEstimate, WasteItem, WasteType

ITEM = rows.editable(WasteItem, "line_no", "classifier_version")
PCB = rows.editable(PcbItem, "concentration")
_GONE = frozenset({OperationalStatus.REMOVED, OperationalStatus.DESTROYED})

# -- items ----------------------------------------------------------------------------------------------------------------


def add_item(session: Session, site_id: str, *, code: str, **values: Any) -> WasteItem:
    """A new line of a site's inventory. `code` in any spelling; `values` are further columns of WasteItem.

    A code that the classifier does not know is kept, for old papers have such. Raises BadValue or RuleBroken
    (INV-01, 02, 04).
    """
    rows.found(session, Site, site_id)
    if strange := values.keys() - ITEM:
        raise TypeError(f"WasteItem does not take {sorted(strange)} here")
    session.flush()
    last = session.scalar(select(func.max(WasteItem.line_no)).where(WasteItem.site_id == site_id)) or 0
    whole = _checked(session, {"hazards": [], "y_codes": [], **values, "code": code})
    return rows.create(session, WasteItem, site_id=site_id, line_no=last + 1, **whole)


def change_item(session: Session, item_id: str, **values: Any) -> WasteItem:
    """Change what is said of an item. Raises BadValue or RuleBroken (INV-01 to 04)."""
    item = rows.found(session, WasteItem, item_id)
    whole = _checked(session, {"code": item.code, "hazards": item.hazards, "y_codes": item.y_codes, **values})
    rows.change(session, item, ITEM | {"classifier_version"}, {**values, **whole})
    if _is_mirror(session, item.code) and not item.mirror_assessment and ledger.accepted(session, item.id) is not None:
        raise _mirror()
    return item


def remove_item(session: Session, item_id: str) -> WasteItem:
    """Take an item out of the inventory that was entered by mistake; never one that anything happened to (INV-20)."""
    item = rows.found(session, WasteItem, item_id)
    session.flush()
    for kind in (BatchLine, LedgerEntry):
        if session.scalar(select(func.count()).where(kind.item_id == item_id, kind.deleted.is_(False))):
            raise RuleBroken(rule=N_("Something left or corrected this item; it stays in the inventory."), invariant="INV-20")
    rows.delete(session, item)
    for estimate in session.scalars(
        select(QuantityEstimate).where(QuantityEstimate.item_id == item_id, QuantityEstimate.deleted.is_(False))
    ):
        rows.delete(session, estimate)
    return item


def _checked(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    code = parse_code(values["code"])
    hazards, y_codes = parse_hazards(values["hazards"]), parse_y_codes(values["y_codes"])
    kind = session.get(WasteType, code)
    check_hazards(code, hazardous=None if kind is None else kind.hazardous, hazards=hazards, y_codes=y_codes)
    if (values.get("packages") or 0) < 0:
        raise BadValue(field=N_("Packages"), reason=N_("a count is never negative."))
    if values.get("un_no"):
        values = {**values, "un_no": parse_un_no(values["un_no"])}
    version = None if kind is None else kind.version
    return {**values, "code": code, "hazards": hazards, "y_codes": y_codes, "classifier_version": version}


def _is_mirror(session: Session, code: str) -> bool:
    kind = session.get(WasteType, code)
    return kind is not None and kind.entry is Entry.MIRROR


def _mirror() -> RuleBroken:
    return RuleBroken(
        rule=N_("A mirror code needs an assessment before its quantity is accepted."),
        invariant="INV-03",
        field=N_("Assessment of a mirror code"),
    )


# -- quantities -----------------------------------------------------------------------------------------------------------


def add_estimate(
    session: Session,
    item_id: str,
    *,
    value: str | Decimal | int,
    unit: Unit,
    method: QuantityMethod,
    estimated_on: date,
    density: str | Decimal | None = None,
    unit_mass_g: int | None = None,
    source: str | None = None,
    low_g: int | None = None,
    high_g: int | None = None,
    accepted: bool = False,
) -> QuantityEstimate:
    """One of several quantities said of an item (domain.md 2.4); `accepted` makes it the one that counts.

    `density` is kg per litre and needed for volumes, `unit_mass_g` is the mass of one piece. Raises BadValue or
    RuleBroken (INV-03, 05, 06).
    """
    item = rows.found(session, WasteItem, item_id)
    rows.need(N_("Estimated on"), estimated_on)
    rows.not_after_today(session, N_("Estimated on"), estimated_on)
    number = parse_number(value, field=N_("Quantity"))
    mass_g = grams(number, unit, density=density)
    if unit is Unit.PCS and unit_mass_g is not None:
        mass_g = grams(number * unit_mass_g / 1000, Unit.KG)
    if low_g is not None and high_g is not None and low_g > high_g:
        raise BadValue(field=N_("Quantity"), reason=N_("the lower limit is above the upper one."))
    estimate = rows.create(
        session,
        QuantityEstimate,
        site_id=item.site_id,
        item_id=item.id,
        value=format(number, "f"),
        unit=unit,
        density=None if density is None else format(parse_number(density, field=N_("Density")), "f"),
        mass_g=mass_g,
        low_g=low_g,
        high_g=high_g,
        method=method,
        source=source,
        estimated_on=estimated_on,
        accepted=False,
    )
    if accepted:
        accept_estimate(session, estimate.id)
    return estimate


def accept_estimate(session: Session, estimate_id: str) -> QuantityEstimate:
    """Make an estimate the one that counts in the ledger; the former one stays as an estimate.

    Raises RuleBroken without a mass, without the assessment of a mirror code (INV-03), or when more has left (INV-06).
    """
    estimate = rows.found(session, QuantityEstimate, estimate_id)
    rows.check_may_write(session)
    item = rows.found(session, WasteItem, estimate.item_id)
    if estimate.mass_g is None:
        raise RuleBroken(rule=N_("Only a quantity with a mass can be accepted."), invariant="INV-06", field=N_("Unit"))
    if _is_mirror(session, item.code) and not item.mirror_assessment:
        raise _mirror()
    session.flush()
    for other in session.scalars(
        select(QuantityEstimate).where(QuantityEstimate.item_id == item.id, QuantityEstimate.accepted.is_(True))
    ):
        other.accepted = other is estimate
    estimate.accepted = True
    ledger.settle(session, item)
    return estimate


def correct(session: Session, item_id: str, *, mass_g: int, on: date, reason: str, document_id: str) -> LedgerEntry:
    """Correct the inventory of an item up or down by a mass in grams, with its document (INV-06).

    Raises BadValue, or RuleBroken when more has left than would have been there.
    """
    rows.need(N_("Reason"), reason)
    if mass_g == 0:
        raise BadValue(field=N_("Mass"), reason=N_("a correction of nothing corrects nothing."))
    return _enter(session, item_id, EntryKind.CORRECTION, mass_g=mass_g, on=on, reason=reason, document_id=document_id)


def sell(
    session: Session, item_id: str, *, on: date, document_id: str, mass_g: int | None = None, reason: str | None = None
) -> LedgerEntry:
    """Mass of an item that went to a buyer, by its sale contract or act; all that remains unless `mass_g` is given.

    Raises MassExceeded or BadValue.
    """
    return _leave(session, item_id, EntryKind.SOLD, mass_g=mass_g, on=on, reason=reason, document_id=document_id)


def transfer(
    session: Session, item_id: str, *, on: date, document_id: str, mass_g: int | None = None, reason: str | None = None
) -> LedgerEntry:
    """Mass of an item that went to a local authority, by its act; all that remains unless `mass_g` is given.

    Raises MassExceeded or BadValue.
    """
    return _leave(session, item_id, EntryKind.TRANSFERRED, mass_g=mass_g, on=on, reason=reason, document_id=document_id)


def _leave(
    session: Session, item_id: str, kind: EntryKind, *, mass_g: int | None, on: date, reason: str | None, document_id: str
) -> LedgerEntry:
    item = rows.found(session, WasteItem, item_id)
    now = ledger.balance(session, item.id)
    mass_g = now.remaining_g if mass_g is None else mass_g
    if mass_g <= 0:
        raise BadValue(field=N_("Mass"), reason=N_("a mass greater than nothing is expected."))
    check_leaving(ledger.title(session, item), now, mass_g)
    return _enter(session, item_id, kind, mass_g=mass_g, on=on, reason=reason, document_id=document_id)


def _enter(
    session: Session, item_id: str, kind: EntryKind, *, mass_g: int, on: date, reason: str | None, document_id: str
) -> LedgerEntry:
    item = rows.found(session, WasteItem, item_id)
    rows.not_after_today(session, N_("Date"), on)
    rows.found(session, Document, document_id)
    entry = rows.create(
        session,
        LedgerEntry,
        site_id=item.site_id,
        item_id=item.id,
        kind=kind,
        mass_g=mass_g,
        entered_on=on,
        document_id=document_id,
        reason=reason,
    )
    ledger.settle(session, item)
    return entry


# -- PCB equipment --------------------------------------------------------------------------------------------------------


def add_pcb_item(
    session: Session,
    site_id: str,
    *,
    equipment: EquipmentType,
    operation: OperationalStatus = OperationalStatus.WASTE,
    condition: EquipmentCondition = EquipmentCondition.INTACT,
    declared: ConcentrationClass | None = None,
    **values: Any,
) -> PcbItem:
    """A piece of PCB equipment; its class follows from the evidence, its label is given when none is typed.

    `declared` may say that it is emptied or free of PCB (domain.pcb.classify). Raises BadValue, Duplicate or RuleBroken
    (INV-04, 07, 08, 09).
    """
    site = rows.found(session, Site, site_id)
    if strange := values.keys() - PCB:
        raise TypeError(f"PcbItem does not take {sorted(strange)} here")
    whole = {**values, "equipment": equipment, "operation": operation, "condition": condition}
    session.flush()
    whole["label"] = values.get("label") or _next_label(session, site.region)
    whole["concentration"] = _evidence(session, site_id, whole, declared)
    return rows.create(session, PcbItem, site_id=site_id, **whole)


def change_pcb_item(
    session: Session, pcb_item_id: str, *, declared: ConcentrationClass | None = None, **values: Any
) -> PcbItem:
    """Change what is said of a piece of equipment; its class follows.

    Raises BadValue, Duplicate or RuleBroken (INV-04, 07 to 10).
    """
    item = rows.found(session, PcbItem, pcb_item_id)
    if strange := values.keys() - PCB:
        raise TypeError(f"PcbItem does not take {sorted(strange)} here")
    if declared is None and item.concentration in pcb.DECLARED:
        declared = item.concentration
    whole = {name: getattr(item, name) for name in PCB} | values
    concentration = _evidence(session, item.site_id, whole, declared, but=item.id)
    pcb.check_lowering(item.concentration, concentration, whole["test_method"] or pcb.TestMethod.NONE)
    rows.change(session, item, PCB | {"concentration"}, {**values, "concentration": concentration})
    return item


def move_pcb_item(
    session: Session, pcb_item_id: str, *, target: str, on: date, document_id: str | None = None, note: str | None = None
) -> PcbMove:
    """Bring equipment to another storage place; apart from removal (domain.md 6.6). Raises BadValue or RuleBroken."""
    item = rows.found(session, PcbItem, pcb_item_id)
    rows.need(N_("To"), target)
    rows.not_after_today(session, N_("Moved on"), on)
    if item.operation in _GONE:
        raise RuleBroken(rule=N_("Equipment that was taken away is not moved any more."), invariant="INV-07")
    session.flush()
    last = session.scalar(select(func.max(PcbMove.moved_on)).where(PcbMove.pcb_item_id == item.id, PcbMove.deleted.is_(False)))
    if last is not None and on < last:
        raise BadValue(field=N_("Moved on"), reason=N_("it was moved later than that already."))
    if document_id is not None:
        rows.found(session, Document, document_id)
    move = rows.create(
        session,
        PcbMove,
        site_id=item.site_id,
        pcb_item_id=item.id,
        moved_on=on,
        origin=item.storage or rows.found(session, Site, item.site_id).code,
        target=target,
        document_id=document_id,
        note=note,
    )
    rows.change(session, item, frozenset({"storage"}), {"storage": target})
    return move


def _evidence(
    session: Session,
    site_id: str,
    values: dict[str, Any],
    declared: ConcentrationClass | None,
    *,
    but: str | None = None,
) -> ConcentrationClass:
    """The class that follows, after every rule of an item was looked at."""
    rows.not_after_today(session, N_("Tested on"), values.get("tested_on"))
    rows.not_after_today(session, N_("Leaks since"), values.get("leak_since"))
    label = values["label"]
    if not pcb.LABEL.fullmatch(label):
        raise BadValue(field=N_("Label"), reason=N_("KZ-PCB-, two digits of the region and six digits are expected."))
    rows.check_free(session, PcbItem, PcbItem.label, label, but=but)
    if declared is not None and declared not in pcb.DECLARED:
        raise RuleBroken(rule=N_("A class above or below a limit follows from evidence."), invariant="INV-09")
    ppm = values.get("ppm")
    if ppm is not None and not 0 <= ppm <= 1_000_000:
        raise BadValue(field=N_("Concentration"), reason=N_("0 to 1 000 000 ppm are expected."))
    pcb.check_qualifier(values.get("ppm_qualifier"))
    year = values.get("year_made")
    if year is not None and not 1900 <= year <= rows.today(session).year:
        raise BadValue(field=N_("Year"), reason=N_("the year lies outside 1900 and today."))
    pcb.check_masses(**{name: values.get(name) for name in ("total_g", "dry_g", "liquid_g", "liquid_ml", "liquid")})
    concentration = pcb.classify(
        ppm=ppm,
        qualifier=values.get("ppm_qualifier"),
        method=values.get("test_method") or pcb.TestMethod.NONE,
        liquid=values.get("liquid"),
        model=values.get("model"),
        year_made=year,
        declared=declared,
    )
    if values.get("item_id") is not None:
        _check_item(session, site_id, values["item_id"], concentration)
    return concentration


def _check_item(session: Session, site_id: str, item_id: str, concentration: ConcentrationClass) -> None:
    """The waste item under which equipment stands: of the same site, and marked as PCB when it is PCB."""
    item = rows.found(session, WasteItem, item_id)
    if item.site_id != site_id:
        raise BadValue(field=N_("Waste item"), reason=N_("it belongs to another site."))
    if concentration in pcb.ABOVE_50 and (Hazard.C16 not in item.hazards or "Y10" not in item.y_codes):
        raise RuleBroken(rule=N_("PCB waste carries C16 and Y10."), invariant="INV-04")


def _next_label(session: Session, region: str) -> str:
    """The label after the highest one of the region that this laptop gave."""
    device_no = rows.device_no(session)
    prefix = pcb.make_label(region, 0, device_no=device_no)[:-6]
    last = session.scalar(
        select(func.max(PcbItem.label)).where(PcbItem.label >= prefix + "000000", PcbItem.label <= prefix + "999999")
    )
    return pcb.make_label(region, int(last[-6:]) + 1 if last else 1, device_no=device_no)
