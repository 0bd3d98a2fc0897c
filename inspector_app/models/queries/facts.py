"""What the rules ask about a site before a step of ownership: its facts, gathered by columns and never from memory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.domain import ownership
from inspector_app.domain.errors import NotFound
from inspector_app.domain.inspection import InspectionState
from inspector_app.domain.ownership import Decision, DocumentType, EventState, SiteFacts, Status, Step
from inspector_app.domain.removal import LEFT_SITE, OPEN, BatchState
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.documents import Document
from inspector_app.models.inspections import Inspection
from inspector_app.models.removal import RemovalBatch, SaleTender
from inspector_app.models.sites import CourtDecision, Site, StatusEvent
from inspector_app.models.waste import QuantityEstimate, WasteItem

_IN_CHAIN = (EventState.ACCEPTED, EventState.PROPOSED, EventState.DISPUTED)
_DATED = frozenset({DocumentType.OTHER, DocumentType.DISCOVERY_ACT})
"""Papers that say little by their kind; they serve a step only when they are younger than the last one."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that may serve as the basis of a step."""

    id: str
    type: DocumentType
    no: str
    issued_on: date


def papers(session: Session, site_id: str, target: Status, *, on: date, but_event: str | None = None) -> tuple[Paper, ...]:
    """Documents of a site on which a step to `target` on a day can rest.

    A document serves one event of the chain: the contract of an earlier lap of removal never serves again. The court
    decision alone serves twice, for the decision and for the communal ownership that follows from it. Issued later than
    the day, it is no basis; `but_event` names an event whose own basis is not held against it.
    """
    since = session.scalar(select(Site.status_since).where(Site.id == site_id))
    used: set[str] = set()
    for event_id, basis in session.execute(
        select(StatusEvent.id, StatusEvent.basis).where(
            StatusEvent.site_id == site_id,
            StatusEvent.deleted.is_(False),
            StatusEvent.state.in_(_IN_CHAIN),
        )
    ):
        if event_id != but_event:
            used.update(basis)
    kept = []
    for row in session.execute(
        select(Document.id, Document.type, Document.no, Document.issued_on)
        .where(Document.site_id == site_id, Document.deleted.is_(False), Document.issued_on <= on)
        .order_by(Document.issued_on, Document.n)
    ):
        again = target is Status.COMMUNAL and row.type is DocumentType.COURT_DECISION
        stale = row.type in _DATED and since is not None and row.issued_on < since
        if (row.id not in used or again) and not stale:
            kept.append(Paper(*row))
    return tuple(kept)


def site_facts(session: Session, site_id: str, documents: Iterable[DocumentType] = (), *, on: date | None = None) -> SiteFacts:
    """All that the guards of a step look at (domain.md 6.3). `documents` are the types on which the step is said to rest.

    Laps count: court decisions older than the last claim, and batches loaded before the last change of status, prove
    nothing any more. Raises NotFound.
    """
    row = session.execute(
        select(Site.code, Site.status, Site.status_since, Site.remaining_g).where(
            Site.id == site_id,
            Site.deleted.is_(False),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what=N_("site"), code=site_id)
    batches = session.execute(
        select(RemovalBatch.state, RemovalBatch.loaded_at, RemovalBatch.certificate_no).where(
            RemovalBatch.site_id == site_id,
            RemovalBatch.deleted.is_(False),
        )
    ).all()
    return SiteFacts(
        site=row.code,
        status=row.status,
        status_since=row.status_since,
        documents=frozenset(documents),
        decisions=_decisions(session, site_id, on),
        signed_inspection_on=session.scalar(
            select(func.max(Inspection.visited_on)).where(
                Inspection.site_id == site_id,
                Inspection.state == InspectionState.SIGNED,
                Inspection.deleted.is_(False),
            )
        ),
        accepted_items=session.scalar(
            select(func.count(QuantityEstimate.item_id.distinct())).where(
                QuantityEstimate.item_id.in_(select(WasteItem.id).where(WasteItem.site_id == site_id)),
                QuantityEstimate.accepted.is_(True),
                QuantityEstimate.deleted.is_(False),
            )
        )
        or 0,
        remaining_g=row.remaining_g,
        last_tender=session.scalar(
            select(SaleTender.result)
            .where(SaleTender.site_id == site_id, SaleTender.deleted.is_(False))
            .order_by(SaleTender.round.desc(), SaleTender.n.desc())
            .limit(1)
        ),
        loaded_batches=sum(
            each.state in LEFT_SITE
            and each.loaded_at is not None
            and (row.status_since is None or each.loaded_at.astimezone(KAZAKHSTAN).date() >= row.status_since)
            for each in batches
        ),
        open_batches=sum(each.state in OPEN or each.state is BatchState.REJECTED for each in batches),
        uncertified_batches=sum(each.state is BatchState.DESTROYED and not each.certificate_no for each in batches),
    )


def _decisions(session: Session, site_id: str, on: date | None) -> tuple[Decision, ...]:
    claimed = session.scalar(
        select(func.max(StatusEvent.effective_on)).where(
            StatusEvent.site_id == site_id,
            StatusEvent.to_status == Status.CLAIM_FILED,
            StatusEvent.state == EventState.ACCEPTED,
            StatusEvent.deleted.is_(False),
        )
    )
    asked = select(CourtDecision.result, CourtDecision.ownership, CourtDecision.in_force_on).where(
        CourtDecision.site_id == site_id,
        CourtDecision.deleted.is_(False),
    )
    if claimed is not None:
        asked = asked.where(CourtDecision.decided_on >= claimed)
    if on is not None:
        asked = asked.where(CourtDecision.decided_on <= on)
    return tuple(Decision(*row) for row in session.execute(asked.order_by(CourtDecision.decided_on, CourtDecision.n)))


def basis_types(session: Session, documents: Collection[str]) -> frozenset[DocumentType]:
    """The types of documents named by their ids."""
    if not documents:
        return frozenset()
    return frozenset(session.scalars(select(Document.type).where(Document.id.in_(list(documents)))))


@dataclass(frozen=True, slots=True)
class Outlook:
    """A step the law knows from where a site stands, and what is still missing for it on a day."""

    step: Step
    missing: frozenset[DocumentType]
    unmet: tuple[ownership.Guard, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing and not self.unmet


def outlooks(session: Session, site_id: str, *, on: date) -> tuple[Outlook, ...]:
    """The next steps of a site in the order a form offers them, each with what stands in its way. Raises NotFound."""
    facts = site_facts(session, site_id, on=on)
    found = []
    for step in ownership.next_steps(facts.status):
        there = frozenset(paper.type for paper in papers(session, site_id, step.target, on=on))
        found.append(Outlook(step, step.basis - there, ownership.unmet(step, facts, on=on, documents=there)))
    return tuple(found)


def event_gaps(session: Session, event_id: str) -> frozenset[DocumentType]:
    """Documents that a historical event should rest on and does not (domain.md 6.3, import)."""
    event = session.execute(
        select(StatusEvent.from_status, StatusEvent.to_status, StatusEvent.basis).where(StatusEvent.id == event_id)
    ).one()
    if event.from_status is None:
        return frozenset()
    return ownership.basis_of(event.from_status, event.to_status) - basis_types(session, event.basis)


def is_basis(session: Session, document_id: str) -> bool:
    """Whether an event of a chain rests on a document."""
    site_id = session.scalar(select(Document.site_id).where(Document.id == document_id))
    chains = session.scalars(
        select(StatusEvent.basis).where(
            StatusEvent.site_id == site_id,
            StatusEvent.deleted.is_(False),
            StatusEvent.state.in_(_IN_CHAIN),
        )
    )
    return any(document_id in basis for basis in chains)
