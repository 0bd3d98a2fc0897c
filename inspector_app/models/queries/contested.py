"""What of a site is disputed: claims on its status, and legal facts for which two values wait for a decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.domain.merge import MergeClass
from inspector_app.domain.ownership import EventState
from inspector_app.models.queries.history import EventRow, conflicts
from inspector_app.models.sites import Site, StatusEvent


@dataclass(frozen=True, slots=True)
class Said:
    """One of two values as JSON carries it, who wrote it and when."""

    value: Any
    author: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ContestedFact:
    """A field with the values that meet in it, the one that stands first."""

    entity: str
    field: str
    values: tuple[Said, Said]


@dataclass(frozen=True, slots=True)
class Contested:
    """Everything of one site that is disputed."""

    claims: tuple[EventRow, ...]
    conflicts: tuple[ContestedFact, ...]


def contested(session: Session, site_id: str) -> Contested:
    """Claims in their order, then legal facts and deletions; what is merely another value is not disputed."""
    asked = (
        select(StatusEvent, Site.code)
        .join(Site, Site.id == StatusEvent.site_id)
        .where(
            StatusEvent.site_id == site_id,
            StatusEvent.state.in_((EventState.PROPOSED, EventState.DISPUTED)),
            StatusEvent.deleted.is_(False),
        )
        .order_by(StatusEvent.n)
    )
    names = tuple(each for each in EventRow.__slots__ if each not in {"id", "site"})
    claims = tuple(EventRow(each.id, code, *(getattr(each, name) for name in names)) for each, code in session.execute(asked))
    facts = []
    for each in conflicts(session, site_id=site_id):
        if each.kind is not MergeClass.PLAIN:
            mine = Said(each.mine, each.mine_author, each.mine_at)
            theirs = Said(each.theirs, each.theirs_author, each.theirs_at)
            both = (mine, theirs) if each.is_mine_standing else (theirs, mine)
            facts.append(ContestedFact(each.entity, each.field, both))
    return Contested(claims, tuple(facts))
