"""Contracts and removal batches: plan, load, send, receive, destroy; reject, return, cancel."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.actions import ledger, rows
from inspector_app.domain.errors import BadValue, Immutable, RuleBroken
from inspector_app.domain.ledger import Balance, check_leaving
from inspector_app.domain.pcb import OperationalStatus
from inspector_app.domain.people import parse_bin
from inspector_app.domain.removal import (
    ENDED,
    LEFT_SITE,
    BatchState,
    WeighMethod,
    check_licence,
    check_transition,
    discrepancy,
    net,
    parse_operation,
)
from inspector_app.domain.waste import Hazard
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.removal import BatchLine, Contract, RemovalBatch
from inspector_app.models.sites import Site
from inspector_app.models.waste import PcbItem, WasteItem

CONTRACT = rows.editable(Contract)
_LATER = ("state", "loaded_at", "received_on", "received_g", "discrepancy_note", "certificate_no", "certificate_on")
_WEIGHED = ("gross_g", "tare_g", "net_g", "weigh_method", "ticket_no")
BATCH = rows.editable(RemovalBatch, *_LATER)
LINE = rows.editable(BatchLine, "batch_id", "item_id")
_OPEN_FOR_LINES = frozenset({BatchState.PLANNED})
_NOT_GONE = frozenset({BatchState.CANCELLED, BatchState.RETURNED})

# -- contracts ------------------------------------------------------------------------------------------------------------


def make_contract(
    session: Session, *, no: str, signed_on: date, contractor: str, site_id: str | None = None, **values: Any
) -> Contract:
    """A contract on removal, for one site or for several. `amount_kzt` is whole tenge. Raises BadValue."""
    whole = {**values, "no": no, "signed_on": signed_on, "contractor": contractor}
    if strange := whole.keys() - CONTRACT:
        raise TypeError(f"Contract does not take {sorted(strange)} here")
    if site_id is not None:
        rows.found(session, Site, site_id)
    return rows.create(session, Contract, site_id=site_id, **_checked_contract(session, whole))


def change_contract(session: Session, contract_id: str, **values: Any) -> Contract:
    """Correct or complete a contract. Raises BadValue."""
    contract = rows.found(session, Contract, contract_id)
    whole = {name: getattr(contract, name) for name in CONTRACT} | values
    checked = _checked_contract(session, whole)
    rows.change(session, contract, CONTRACT, {name: checked[name] for name in values})
    return contract


def _checked_contract(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    rows.need(N_("Number"), values["no"])
    rows.need(N_("Contractor"), values["contractor"])
    rows.not_after_today(session, N_("Signed on"), values["signed_on"])
    if (values.get("amount_kzt") or 0) < 0:
        raise BadValue(field=N_("Amount"), reason=N_("an amount is a whole number of tenge, never negative."))
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts is not None and ends is not None and ends < starts:
        raise BadValue(field=N_("Ends on"), reason=N_("the end lies before the start."))
    return {**values, "bin": parse_bin(values["bin"])} if values.get("bin") else values


# -- batches --------------------------------------------------------------------------------------------------------------


def plan_batch(session: Session, site_id: str, *, no: str | None = None, **values: Any) -> RemovalBatch:
    """A consignment that is planned; its number is <site>-<year>-<seq> unless given.

    `values` are further columns of RemovalBatch: contract_id, planned_on, carrier, vehicle, driver, destination,
    operation... Raises BadValue or Duplicate.
    """
    site = rows.found(session, Site, site_id)
    if strange := values.keys() - BATCH:
        raise TypeError(f"RemovalBatch does not take {sorted(strange)} here")
    session.flush()
    whole = _checked_batch(session, {**values, "no": no or _next_no(session, site)})
    return rows.create(session, RemovalBatch, site_id=site_id, **whole)


def change_batch(session: Session, batch_id: str, **values: Any) -> RemovalBatch:
    """Correct or complete a batch that goes on. Raises Immutable when it has ended, BadValue, Duplicate or RuleBroken."""
    batch = _open(session, batch_id)
    whole = _checked_batch(session, _with(batch, values), but=batch_id)
    given = values.keys() | ({"net_g"} if values.keys() & {"gross_g", "tare_g"} else set())
    if values.keys() & set(_WEIGHED) and batch.state is not BatchState.PLANNED:
        _check_weight(session, batch, whole)
    rows.change(session, batch, BATCH, {name: whole[name] for name in given})
    return batch


def add_line(
    session: Session,
    batch_id: str,
    item_id: str,
    *,
    mass_g: int,
    containers: int | None = None,
    container_kind: str | None = None,
    pcb_items: Sequence[str] = (),
) -> BatchLine:
    """What of an item goes with a planned batch; grams, and the ids of PCB equipment that goes in it.

    Raises MassExceeded, BadValue, Immutable, or RuleBroken (INV-07).
    """
    batch = _planned(session, batch_id)
    item = rows.found(session, WasteItem, item_id)
    _check_line(session, batch, item, mass_g=mass_g, containers=containers, pcb_items=pcb_items)
    return rows.create(
        session,
        BatchLine,
        site_id=batch.site_id,
        batch_id=batch.id,
        item_id=item.id,
        mass_g=mass_g,
        containers=containers,
        container_kind=container_kind,
        pcb_items=list(pcb_items),
    )


def change_line(session: Session, line_id: str, **values: Any) -> BatchLine:
    """Correct a line of a planned batch. Raises what `add_line` raises."""
    line = rows.found(session, BatchLine, line_id)
    batch = _planned(session, line.batch_id)
    whole = {name: getattr(line, name) for name in LINE} | values
    item = rows.found(session, WasteItem, line.item_id)
    _check_line(
        session,
        batch,
        item,
        mass_g=whole["mass_g"],
        containers=whole["containers"],
        pcb_items=whole["pcb_items"],
        but=line.id,
    )
    rows.change(session, line, LINE, values)
    return line


def remove_line(session: Session, line_id: str) -> BatchLine:
    """Take a line out of a planned batch. Raises Immutable."""
    line = rows.found(session, BatchLine, line_id)
    _planned(session, line.batch_id)
    rows.delete(session, line)
    return line


def load_batch(
    session: Session,
    batch_id: str,
    *,
    at: datetime,
    manifest_no: str,
    gross_g: int | None = None,
    tare_g: int | None = None,
    net_g: int | None = None,
    weigh_method: WeighMethod | None = None,
    ticket_no: str | None = None,
    **values: Any,
) -> RemovalBatch:
    """Load a planned batch: from now on its lines have left the site (INV-06).

    Gross and tare, or the net mass alone; without a weighing the sum of the lines counts. Raises MassExceeded,
    BadValue, Duplicate (manifest), or RuleBroken (INV-05, INV-11, a weight that does not fit the lines).
    """
    batch = rows.found(session, RemovalBatch, batch_id)
    check_transition(batch.no, batch.state, BatchState.LOADED)
    if at > changes.now(session):
        raise BadValue(field=N_("Loaded at"), reason=N_("the moment lies in the future."))
    rows.need(N_("Manifest"), manifest_no)
    lines = _lines(session, batch.id)
    if not lines:
        raise RuleBroken(rule=N_("A batch is loaded with at least one line."), invariant="INV-06")
    weighed = {"gross_g": gross_g, "tare_g": tare_g, "net_g": net_g, "weigh_method": weigh_method, "ticket_no": ticket_no}
    given = {name: value for name, value in weighed.items() if value is not None} | values | {"manifest_no": manifest_no}
    whole = _checked_batch(session, _with(batch, given), but=batch.id)
    if whole["net_g"] is None:
        _check_not_half_weighed(whole)
        whole["net_g"] = sum(line.mass_g for line in lines)
        whole["weigh_method"] = WeighMethod.CALCULATED
    _check_licences(session, whole, rows.day_of(at))
    _check_weight(session, batch, whole)
    rows.change(session, batch, BATCH, {name: whole[name] for name in (*given, "net_g", "weigh_method")})
    batch.loaded_at = at
    _go(session, batch, BatchState.LOADED, lines)
    return batch


def send_batch(session: Session, batch_id: str) -> RemovalBatch:
    """A loaded or rejected batch is on its way. Raises BatchStepForbidden, or MassExceeded for one that was rejected."""
    batch = rows.found(session, RemovalBatch, batch_id)
    _go(session, batch, BatchState.IN_TRANSIT)
    return batch


def receive_batch(session: Session, batch_id: str, *, on: date, received_g: int, note: str | None = None) -> RemovalBatch:
    """A batch arrived; grams as weighed there. Beyond the tolerance the difference needs an explanation (domain.md 4.5).

    Raises BatchStepForbidden, BadValue, or RuleBroken (INV-11).
    """
    batch = rows.found(session, RemovalBatch, batch_id)
    check_transition(batch.no, batch.state, BatchState.RECEIVED)
    rows.not_after_today(session, N_("Received on"), on)
    if batch.loaded_at is not None and on < rows.day_of(batch.loaded_at):
        raise RuleBroken(
            rule=N_("A batch is received on the day of loading or later."), invariant="INV-11", field=N_("Received on")
        )
    if received_g < 0:
        raise BadValue(field=N_("Received"), reason=N_("a mass is never negative."))
    lines = _lines(session, batch.id)
    found = discrepancy(batch.net_g or sum(line.mass_g for line in lines), received_g, pcb=_is_pcb(session, lines))
    if not found.tolerable and not (note or "").strip():
        raise BadValue(field=N_("Explanation"), reason=N_("the received mass differs beyond the tolerance; say why."))
    allowed = frozenset({"received_on", "received_g", "discrepancy_note"})
    rows.change(session, batch, allowed, {"received_on": on, "received_g": received_g, "discrepancy_note": note})
    _go(session, batch, BatchState.RECEIVED, lines)
    return batch


def destroy_batch(session: Session, batch_id: str, *, certificate_no: str, on: date) -> RemovalBatch:
    """A batch was destroyed or otherwise treated, by its certificate. Raises BatchStepForbidden, BadValue or RuleBroken."""
    batch = rows.found(session, RemovalBatch, batch_id)
    check_transition(batch.no, batch.state, BatchState.DESTROYED)
    rows.need(N_("Certificate"), certificate_no)
    rows.not_after_today(session, N_("Certificate of"), on)
    if batch.received_on is not None and on < batch.received_on:
        raise RuleBroken(
            rule=N_("A batch is destroyed on the day of receipt or later."), invariant="INV-11", field=N_("Certificate of")
        )
    allowed = frozenset({"certificate_no", "certificate_on"})
    rows.change(session, batch, allowed, {"certificate_no": certificate_no, "certificate_on": on})
    _go(session, batch, BatchState.DESTROYED)
    return batch


def reject_batch(session: Session, batch_id: str, *, reason: str) -> RemovalBatch:
    """The receiver did not take a batch; it goes on to another or back. Raises BatchStepForbidden or BadValue."""
    return _end(session, batch_id, BatchState.REJECTED, reason)


def return_batch(session: Session, batch_id: str, *, reason: str) -> RemovalBatch:
    """A batch came back to its site: what it held remains there again. Raises BatchStepForbidden or BadValue."""
    return _end(session, batch_id, BatchState.RETURNED, reason)


def cancel_batch(session: Session, batch_id: str, *, reason: str) -> RemovalBatch:
    """A batch that never left was given up. Raises BatchStepForbidden or BadValue."""
    return _end(session, batch_id, BatchState.CANCELLED, reason)


# -- what holds -----------------------------------------------------------------------------------------------------------


def _end(session: Session, batch_id: str, state: BatchState, reason: str) -> RemovalBatch:
    batch = rows.found(session, RemovalBatch, batch_id)
    check_transition(batch.no, batch.state, state)
    rows.need(N_("Reason"), reason)
    rows.change(session, batch, frozenset({"note"}), {"note": reason})
    _go(session, batch, state)
    return batch


def _go(session: Session, batch: RemovalBatch, state: BatchState, lines: Sequence[BatchLine] | None = None) -> None:
    """Bring a batch to its next state, and what hangs on it with it: outcomes of items, operation of PCB equipment."""
    rows.check_may_write(session)
    check_transition(batch.no, batch.state, state)
    lines = _lines(session, batch.id) if lines is None else lines
    items = _items(session, lines)
    if state in LEFT_SITE and batch.state not in LEFT_SITE:
        balances = ledger.balances(session, items)
        for item_id, mass_g in _by_item(lines).items():
            check_leaving(ledger.title(session, items[item_id]), balances[item_id], mass_g)
    batch.state = state
    ledger.settle(session, *items.values())
    operation = {
        BatchState.LOADED: OperationalStatus.REMOVED,
        BatchState.DESTROYED: OperationalStatus.DESTROYED,
        BatchState.RETURNED: OperationalStatus.WASTE,
        BatchState.CANCELLED: OperationalStatus.WASTE,
    }.get(state)
    if operation is not None:
        for pcb_item_id in _equipment(lines):
            rows.found(session, PcbItem, pcb_item_id).operation = operation


def _open(session: Session, batch_id: str) -> RemovalBatch:
    batch = rows.found(session, RemovalBatch, batch_id)
    if batch.state in ENDED:
        raise Immutable(record=batch.no)
    return batch


def _planned(session: Session, batch_id: str) -> RemovalBatch:
    batch = rows.found(session, RemovalBatch, batch_id)
    if batch.state not in _OPEN_FOR_LINES:
        raise Immutable(record=batch.no)
    return batch


def _with(batch: RemovalBatch, values: dict[str, Any]) -> dict[str, Any]:
    """A batch as it will be; a new gross or tare makes the old net mass void."""
    whole = {name: getattr(batch, name) for name in BATCH} | values
    if values.keys() & {"gross_g", "tare_g"} and "net_g" not in values:
        whole["net_g"] = None
    return whole


def _checked_batch(session: Session, values: dict[str, Any], *, but: str | None = None) -> dict[str, Any]:
    rows.need(N_("Number"), values["no"])
    rows.check_free(session, RemovalBatch, RemovalBatch.no, str(values["no"]).strip(), but=but)
    if values.get("manifest_no"):
        goes = RemovalBatch.state != BatchState.CANCELLED
        manifest = str(values["manifest_no"]).strip()
        rows.check_free(session, RemovalBatch, RemovalBatch.manifest_no, manifest, but=but, where=goes)
    if values.get("contract_id") is not None:
        rows.found(session, Contract, values["contract_id"])
    whole = {**values, "net_g": net(values.get("gross_g"), values.get("tare_g"), values.get("net_g"))}
    if values.get("operation"):
        whole["operation"] = parse_operation(values["operation"])
    if values.get("carrier_bin"):
        whole["carrier_bin"] = parse_bin(values["carrier_bin"])
    return whole


def _check_licences(session: Session, values: dict[str, Any], on: date) -> None:
    """Of the contractor and of the destination, on the day of loading (INV-11)."""
    check_licence(values.get("licence_until"), on)
    if values.get("contract_id") is not None:
        contract = rows.found(session, Contract, values["contract_id"])
        check_licence(contract.licence_until, on, of_contractor=True)


def _check_weight(session: Session, batch: RemovalBatch, whole: dict[str, Any]) -> None:
    """What was weighed and what the lines say differ no more than two scales may."""
    lines = _lines(session, batch.id)
    said, net_g = sum(line.mass_g for line in lines), whole["net_g"]
    if net_g is not None and not discrepancy(said, net_g, pcb=_is_pcb(session, lines)).tolerable:
        raise RuleBroken(
            rule=N_("The weighed mass does not fit the lines of the batch."),
            invariant="INV-05",
            field=N_("Net") if whole["gross_g"] is None or whole["tare_g"] is None else N_("Gross"),
        )


def _check_not_half_weighed(values: dict[str, Any]) -> None:
    """Gross without tare says nothing of what was loaded; the sum of the lines must not stand in for it unseen."""
    for here, missing in (("gross_g", "tare_g"), ("tare_g", "gross_g")):
        if values[here] is not None and values[missing] is None:
            field = {"gross_g": N_("Gross"), "tare_g": N_("Tare")}[missing]
            raise BadValue(field=field, reason=N_("gross and tare go together; without them, give the net mass or nothing."))


def _check_line(
    session: Session,
    batch: RemovalBatch,
    item: WasteItem,
    *,
    mass_g: int,
    containers: int | None,
    pcb_items: Sequence[str],
    but: str | None = None,
) -> None:
    if item.site_id != batch.site_id:
        raise BadValue(field=N_("Waste item"), reason=N_("it belongs to another site."))
    if mass_g <= 0:
        raise BadValue(field=N_("Mass"), reason=N_("a mass greater than nothing is expected."))
    if (containers or 0) < 0:
        raise BadValue(field=N_("Containers"), reason=N_("a count is never negative."))
    others = sum(line.mass_g for line in _lines(session, batch.id) if line.item_id == item.id and line.id != but)
    now = ledger.balance(session, item.id)
    planned = Balance(now.accepted_g, now.corrected_g, now.removed_g + others, now.sold_g, now.transferred_g)
    check_leaving(ledger.title(session, item), planned, mass_g)
    for pcb_item_id in pcb_items:
        equipment = rows.found(session, PcbItem, pcb_item_id)
        if equipment.site_id != batch.site_id:
            raise BadValue(field=N_("PCB item"), reason=N_("it belongs to another site."))
        if _is_in_batch(session, batch.site_id, pcb_item_id, but=but):
            raise RuleBroken(rule=N_("A PCB item goes with one batch only."), invariant="INV-07")


def _is_in_batch(session: Session, site_id: str, pcb_item_id: str, *, but: str | None) -> bool:
    session.flush()
    found = session.execute(
        select(BatchLine.id, BatchLine.pcb_items)
        .join(RemovalBatch, RemovalBatch.id == BatchLine.batch_id)
        .where(
            BatchLine.site_id == site_id,
            BatchLine.deleted.is_(False),
            BatchLine.pcb_items != "[]",
            RemovalBatch.deleted.is_(False),
            RemovalBatch.state.not_in(_NOT_GONE),
        )
    )
    return any(row.id != but and pcb_item_id in row.pcb_items for row in found)


def _lines(session: Session, batch_id: str) -> list[BatchLine]:
    session.flush()
    asked = select(BatchLine).where(BatchLine.batch_id == batch_id, BatchLine.deleted.is_(False)).order_by(BatchLine.n)
    return list(session.scalars(asked))


def _items(session: Session, lines: Sequence[BatchLine]) -> dict[str, WasteItem]:
    wanted = {line.item_id for line in lines}
    return {item.id: item for item in session.scalars(select(WasteItem).where(WasteItem.id.in_(wanted)))}


def _by_item(lines: Sequence[BatchLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.item_id] = sums.get(line.item_id, 0) + line.mass_g
    return sums


def _equipment(lines: Sequence[BatchLine]) -> list[str]:
    return [pcb_item_id for line in lines for pcb_item_id in line.pcb_items]


def _is_pcb(session: Session, lines: Sequence[BatchLine]) -> bool:
    return any(Hazard.C16 in item.hazards and "Y10" in item.y_codes for item in _items(session, lines).values())


def _next_no(session: Session, site: Site) -> str:
    """The number after the highest one of the site, year and laptop, and never less than the batches of the site."""
    mine = rows.device_no(session)
    stem = f"{site.code}-{rows.today(session).year}-{mine}{'-' if mine else ''}"
    given = session.scalars(select(RemovalBatch.no).where(RemovalBatch.site_id == site.id)).all()
    own = [int(tail) for no in given if (tail := no.removeprefix(stem)) != no and tail.isdecimal()]
    return f"{stem}{max([*own, 0 if mine else len(given)]) + 1:03}"
