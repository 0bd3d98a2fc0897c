"""Take, propose, accept or refuse the next step of ownership; record what courts decided and what happened long ago."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.actions import rows
from inspector_app.domain.errors import BadValue, GuardUnmet, RoleMayNot, RuleBroken, StepForbidden
from inspector_app.domain.ownership import (
    STATE_OWNED,
    CourtResult,
    EventState,
    OwnershipType,
    SiteFacts,
    Status,
    Step,
    check_day,
    check_step,
    find_step,
    judge,
    may_accept,
)
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.documents import Document
from inspector_app.models.queries.facts import papers, site_facts
from inspector_app.models.sites import CourtDecision, Site, StatusEvent

DECISION = rows.editable(CourtDecision)


def take_step(
    session: Session, site_id: str, target: Status, *, on: date, documents: Collection[str] = (), note: str | None = None
) -> StatusEvent:
    """Move a site to its next status, or propose it where the role may only propose (domain.md 6.3).

    `documents` are ids of papers of the site; none given means all that can serve (models/queries/facts.papers: each
    paper serves one event, so a step taken again needs new ones). Raises StepForbidden, BasisMissing, GuardUnmet,
    RoleMayNot or BadValue and leaves the register as it was.
    """
    rows.check_may_write(session)
    session.flush()
    usable = papers(session, site_id, target, on=on)
    if documents:
        named = {rows.found(session, Document, each).id for each in documents}
        usable = tuple(paper for paper in usable if paper.id in named)
    facts = site_facts(session, site_id, (paper.type for paper in usable), on=on)
    _check_settled(session, site_id, facts, target)
    step = check_step(facts, target, on=on, today=rows.today(session))
    basis = [paper.id for paper in usable if documents or paper.type in step.basis]
    state = judge(step, rows.role(session))
    return _append(session, site_id, facts.status, target, on=on, basis=basis, note=note, state=state)


def record_history(
    session: Session, site_id: str, target: Status, *, on: date, documents: Collection[str] = (), note: str | None = None
) -> StatusEvent:
    """An event of the past as the old papers tell it; gaps in its basis are listed (facts.event_gaps) and not refused.

    Any pair, but for one that would lead out of state ownership: the published buckets always sum to the state-owned
    sites (domain.md 6.6). The registrar alone may do it. Raises RoleMayNot, StepForbidden, or BadValue for a day out of
    order.
    """
    if not outranks(rows.role(session), Role.REGISTRAR):
        raise RoleMayNot(role=rows.role(session).label, target=target.label, accepts=Role.REGISTRAR.label)
    session.flush()
    basis = [rows.found(session, Document, each).id for each in documents]
    facts = site_facts(session, site_id)
    _check_settled(session, site_id, facts, target)
    if facts.status in STATE_OWNED and target not in STATE_OWNED:
        raise StepForbidden(site=facts.site, origin=facts.status.label, target=target.label)
    check_day(facts, on=on, today=rows.today(session))
    return _append(
        session, site_id, facts.status, target, on=on, basis=basis, note=note, state=EventState.ACCEPTED, historical=True
    )


def accept_proposal(session: Session, event_id: str) -> StatusEvent:
    """Make a proposed step part of the chain, if it still holds and the role may accept it.

    Raises RoleMayNot, GuardUnmet when the site has moved on or another claim disputes it, or what `take_step` raises.
    """
    event, step = _proposal(session, event_id)
    if not may_accept(step, rows.role(session)):
        raise RoleMayNot(role=rows.role(session).label, target=step.target.label, accepts=step.accepts.label)
    site = rows.found(session, Site, event.site_id)
    if site.disputed:
        raise GuardUnmet(site=site.code, target=step.target.label, rule=N_("the status of the site is disputed."))
    return accept(session, event)


def accept(session: Session, event: StatusEvent) -> StatusEvent:
    """Make an event that waits the next one of the chain, if the chain still ends where its author saw it end.

    Whether the role may do so is the caller's to ask. Raises GuardUnmet or what stands in the way of the step.
    """
    site = rows.found(session, Site, event.site_id)
    find_step(site.code, event.from_status or Status.DISCOVERED, event.to_status)
    usable = papers(session, event.site_id, event.to_status, on=event.effective_on, but_event=event.id)
    types = (paper.type for paper in usable if paper.id in event.basis)
    facts = site_facts(session, event.site_id, types, on=event.effective_on)
    last, position = _end(session, event.site_id)
    if event.previous_id != last:
        raise GuardUnmet(site=facts.site, target=event.to_status.label, rule=N_("the site has moved on since it was proposed."))
    check_step(facts, event.to_status, on=event.effective_on, today=rows.today(session))
    event.state = EventState.ACCEPTED
    event.position = position + 1
    return event


def refuse_proposal(session: Session, event_id: str, reason: str) -> StatusEvent:
    """Refuse a proposed step with a reason; its author may withdraw it so. Raises RoleMayNot or BadValue."""
    event, step = _proposal(session, event_id)
    rows.need(N_("Reason"), reason)
    if not may_accept(step, rows.role(session)) and event.actor != rows.author(session):
        raise RoleMayNot(role=rows.role(session).label, target=step.target.label, accepts=step.accepts.label)
    rows.change(session, event, frozenset({"state", "reason"}), {"state": EventState.REFUSED, "reason": reason})
    return event


def record_decision(
    session: Session,
    site_id: str,
    *,
    court: str,
    case_no: str,
    decided_on: date,
    result: CourtResult,
    ownership: OwnershipType | None = None,
    in_force_on: date | None = None,
    claimant: str | None = None,
    listed: Sequence[str] = (),
    document_id: str | None = None,
) -> CourtDecision:
    """What a court decided on a site; `listed` is the waste as the court named it. Raises BadValue or RuleBroken (INV-12)."""
    rows.found(session, Site, site_id)
    values: dict[str, Any] = {
        "court": court,
        "case_no": case_no,
        "decided_on": decided_on,
        "result": result,
        "ownership": ownership,
        "in_force_on": in_force_on,
        "claimant": claimant,
        "listed": list(listed),
        "document_id": document_id,
    }
    _check_decision(session, values)
    return rows.create(session, CourtDecision, site_id=site_id, **values)


def change_decision(session: Session, decision_id: str, **values: Any) -> CourtDecision:
    """Add what became known of a decision, above all its day of legal force. Raises BadValue or RuleBroken (INV-12)."""
    decision = rows.found(session, CourtDecision, decision_id)
    _check_decision(session, {name: getattr(decision, name) for name in DECISION} | values)
    rows.change(session, decision, DECISION, values)
    return decision


def _check_decision(session: Session, values: dict[str, Any]) -> None:
    rows.need(N_("Court"), values["court"])
    rows.need(N_("Case number"), values["case_no"])
    rows.not_after_today(session, N_("Decided on"), values["decided_on"])
    if values["in_force_on"] is not None and values["in_force_on"] < values["decided_on"]:
        raise RuleBroken(
            rule=N_("A decision comes into force on its own day or later."),
            invariant="INV-12",
            field=N_("In legal force on"),
        )
    if values["result"] is not CourtResult.REFUSED and values["ownership"] is None:
        raise BadValue(field=N_("Ownership"), reason=N_("a decision for the claim names republican or communal property."))
    if values["document_id"] is not None:
        rows.found(session, Document, values["document_id"])


def _proposal(session: Session, event_id: str) -> tuple[StatusEvent, Step]:
    rows.check_may_write(session)
    session.flush()
    event = rows.found(session, StatusEvent, event_id)
    site = rows.found(session, Site, event.site_id)
    origin = event.from_status or Status.DISCOVERED
    if event.state is not EventState.PROPOSED:
        raise GuardUnmet(site=site.code, target=event.to_status.label, rule=N_("the proposal has been answered already."))
    return event, find_step(site.code, origin, event.to_status)


def _check_settled(session: Session, site_id: str, facts: SiteFacts, target: Status) -> None:
    """Nothing is built on a status that waits for an answer or is disputed."""
    row = session.execute(select(Site.disputed, Site.proposed).where(Site.id == site_id)).one()
    if row.disputed:
        raise GuardUnmet(site=facts.site, target=target.label, rule=N_("the status of the site is disputed."))
    if row.proposed is not None:
        raise GuardUnmet(site=facts.site, target=target.label, rule=N_("a proposed step waits for its answer."))


def _end(session: Session, site_id: str) -> tuple[str | None, int]:
    """Id and position of the last event of the chain."""
    last = session.execute(
        select(StatusEvent.id, StatusEvent.position)
        .where(
            StatusEvent.site_id == site_id,
            StatusEvent.state == EventState.ACCEPTED,
            StatusEvent.deleted.is_(False),
        )
        .order_by(StatusEvent.position.desc(), StatusEvent.n.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None, session.scalar(select(func.count()).select_from(StatusEvent).where(StatusEvent.site_id == site_id)) or 0
    return last.id, last.position


def _append(
    session: Session,
    site_id: str,
    origin: Status,
    target: Status,
    *,
    on: date,
    basis: list[str],
    note: str | None,
    state: EventState,
    historical: bool = False,
) -> StatusEvent:
    last, position = _end(session, site_id)
    return rows.create(
        session,
        StatusEvent,
        site_id=site_id,
        from_status=origin if last is not None else None,
        to_status=target,
        effective_on=on,
        recorded_at=changes.now(session),
        basis=basis,
        note=note,
        actor=rows.author(session),
        role=rows.role(session),
        historical=historical,
        previous_id=last,
        position=position + 1,
        state=state,
    )
