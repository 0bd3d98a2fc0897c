"""What the form of a status change shows: the site, its next steps with what each rests on, and what waits for an answer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.domain.ownership import CourtResult, EventState, OwnershipType, Status
from inspector_app.domain.people import Role
from inspector_app.models.people import Fact
from inspector_app.models.queries.facts import Outlook, Paper, outlooks, papers
from inspector_app.models.queries.papers import SitePaper, site_of
from inspector_app.models.sites import CourtDecision, StatusEvent


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that waits for its answer."""

    id: str
    to_status: Status
    effective_on: date
    actor: str
    role: Role
    note: str | None
    state: EventState


@dataclass(frozen=True, slots=True)
class Judgement:
    """A court decision on the site, as the form offers it for correction."""

    id: str
    court: str
    case_no: str
    claimant: str | None
    decided_on: date
    in_force_on: date | None
    result: CourtResult
    ownership: OwnershipType | None
    document_id: str | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step the law knows from here: what is missing for it, and the papers of the site that can serve it."""

    outlook: Outlook
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Everything that the form of a status change shows on a day."""

    site: SitePaper
    person: str
    role: Role
    steps: tuple[NextStep, ...]
    waiting: tuple[Proposal, ...]
    judgements: tuple[Judgement, ...]


def steps(session: Session, *, site_id: str, on: date) -> Steps:
    """The next steps of a site on a day. Raises NotFound."""
    facts = dict(session.execute(select(Fact.name, Fact.value).where(Fact.name.in_(("person", "role")))).all())
    return Steps(
        site=site_of(session, site_id),
        person=facts.get("person", ""),
        role=Role(facts.get("role", Role.INSPECTOR)),  # type: ignore[call-arg]
        steps=tuple(
            NextStep(each, papers(session, site_id, each.step.target, on=on)) for each in outlooks(session, site_id, on=on)
        ),
        waiting=tuple(
            Proposal(*row)
            for row in session.execute(
                select(
                    StatusEvent.id,
                    StatusEvent.to_status,
                    StatusEvent.effective_on,
                    StatusEvent.actor,
                    StatusEvent.role,
                    StatusEvent.note,
                    StatusEvent.state,
                )
                .where(
                    StatusEvent.site_id == site_id,
                    StatusEvent.state.in_((EventState.PROPOSED, EventState.DISPUTED)),
                    StatusEvent.deleted.is_(False),
                )
                .order_by(StatusEvent.n)
            )
        ),
        judgements=tuple(
            Judgement(*row)
            for row in session.execute(
                select(
                    CourtDecision.id,
                    CourtDecision.court,
                    CourtDecision.case_no,
                    CourtDecision.claimant,
                    CourtDecision.decided_on,
                    CourtDecision.in_force_on,
                    CourtDecision.result,
                    CourtDecision.ownership,
                    CourtDecision.document_id,
                )
                .where(CourtDecision.site_id == site_id, CourtDecision.deleted.is_(False))
                .order_by(CourtDecision.decided_on, CourtDecision.n)
            )
        ),
    )
