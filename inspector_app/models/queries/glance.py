"""One site at a glance: its line, its legal events, its papers; what the panel and the timeline show."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.domain.ownership import DocumentType, EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models.documents import Document
from inspector_app.models.queries.sites import SiteRow, site_rows
from inspector_app.models.sites import Site, StatusEvent


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A paper of the site; `sha256` names its scan where there is one."""

    id: str
    type: DocumentType
    no: str
    issued_on: date
    issuer: str | None
    title: str | None
    sha256: str | None
    mime: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One legal event with the papers it rests on."""

    id: str
    from_status: Status | None
    to_status: Status
    effective_on: date
    state: EventState
    note: str | None
    reason: str | None
    actor: str
    role: Role
    historical: bool
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True)
class SiteGlance:
    """What the panel beside the table shows of one site."""

    row: SiteRow
    events: tuple[EventRow, ...]


def glance(session: Session, *, site_id: str) -> SiteGlance | None:
    """A site at a glance, or nothing when it is gone."""
    row = site_row(session, site_id)
    return None if row is None else SiteGlance(row, tuple(events(session, site_id=site_id)))


def site_row(session: Session, site_id: str) -> SiteRow | None:
    """The line of a site, or nothing when it is gone."""
    number = session.scalar(select(Site.n).where(Site.id == site_id, Site.deleted.is_(False)))
    return site_rows(session, numbers=[number])[0] if number is not None else None


def documents(session: Session, *, site_id: str) -> list[DocumentRow]:
    """The papers of a site, newest first."""
    columns: tuple[Any, ...] = (
        Document.id, Document.type, Document.no, Document.issued_on, Document.issuer, Document.title, Document.sha256,
        Document.mime,
    )  # fmt: skip
    question = select(*columns).where(Document.site_id == site_id, Document.deleted.is_(False))
    return [DocumentRow(*row) for row in session.execute(question.order_by(Document.issued_on.desc(), Document.n.desc()))]


def events(session: Session, *, site_id: str) -> list[EventRow]:
    """The legal events of a site, newest first; what waits, is refused or disputed stands before the chain."""
    columns: tuple[Any, ...] = (
        StatusEvent.id, StatusEvent.from_status, StatusEvent.to_status, StatusEvent.effective_on, StatusEvent.state,
        StatusEvent.note, StatusEvent.reason, StatusEvent.actor, StatusEvent.role, StatusEvent.historical, StatusEvent.basis,
    )  # fmt: skip
    question = select(*columns).where(StatusEvent.site_id == site_id, StatusEvent.deleted.is_(False))
    question = question.order_by(StatusEvent.state == EventState.ACCEPTED, StatusEvent.position.desc(), StatusEvent.n.desc())
    rows: list[Any] = list(session.execute(question))
    named = {identity for row in rows for identity in row.basis}
    papers = {each.id: each for each in documents(session, site_id=site_id) if each.id in named}
    return [EventRow(*row[:10], *[tuple(papers[each] for each in row.basis if each in papers)]) for row in rows]
