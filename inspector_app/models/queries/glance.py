"""One site at a glance: its line, its legal events, its papers; what the panel and the timeline show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inspector_app.domain.ownership import DocumentType, EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models.driver import Asking
from inspector_app.models.queries.sites import SiteRow, site_number, site_rows


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


def glance(asking: Asking, *, site_id: str) -> SiteGlance | None:
    """A site at a glance, or nothing when it is gone."""
    row = site_row(asking, site_id)
    return None if row is None else SiteGlance(row, tuple(events(asking, site_id=site_id)))


def site_row(asking: Asking, site_id: str) -> SiteRow | None:
    """The line of a site, or nothing when it is gone."""
    number = site_number(asking, site_id=site_id)
    return site_rows(asking, numbers=[number])[0] if number is not None else None


def documents(asking: Asking, *, site_id: str) -> list[DocumentRow]:
    """The papers of a site, newest first."""
    found = asking.rows(
        "SELECT id, type, no, issued_on, issuer, title, sha256, mime FROM document WHERE site_id = ? AND deleted = 0"
        " ORDER BY issued_on DESC, n DESC",
        (site_id,),
    )
    return [
        DocumentRow(each, DocumentType.known(kind), no, date.fromisoformat(on), *more) for each, kind, no, on, *more in found
    ]


def events(asking: Asking, *, site_id: str) -> list[EventRow]:
    """The legal events of a site, newest first; what waits, is refused or disputed stands before the chain."""
    found = asking.rows(
        "SELECT id, from_status, to_status, effective_on, state, note, reason, actor, role, historical, basis"
        " FROM status_event WHERE site_id = ? AND deleted = 0 ORDER BY state = 'ACCEPTED', position DESC, n DESC",
        (site_id,),
    )
    papers = {each.id: each for each in documents(asking, site_id=site_id)}
    return [_event(row, papers) for row in found]


def _event(row: tuple[Any, ...], papers: Mapping[str, DocumentRow]) -> EventRow:
    identity, before, after, on, state, note, reason, actor, role, historical, basis = row
    return EventRow(
        id=identity,
        from_status=Status.known(before) if before else None,
        to_status=Status.known(after),
        effective_on=date.fromisoformat(on),
        state=EventState.known(state),
        note=note,
        reason=reason,
        actor=actor,
        role=Role.known(role),
        historical=bool(historical),
        documents=tuple(papers[each] for each in json.loads(basis) if each in papers),
    )
