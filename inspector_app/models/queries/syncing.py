"""What the page of sync shows: where this register stands, what waits, what came, and what a person must decide."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models.exchange import facts
from inspector_app.models.queries.history import (
    CLAIMED_EVENTS,
    Change,
    ConflictRow,
    SyncRow,
    conflicts,
    refused,
    syncs,
)
from inspector_app.models.queries.pending import Pending, pending
from inspector_app.models.queries.standing import Standing, standing
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.transactions import Open

_SHOWN = 500


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A status event that somebody must answer."""

    id: str
    site_id: str
    site: str
    to_status: Status
    actor: str
    state: EventState


@dataclass(frozen=True, slots=True)
class Syncing:
    """Everything that the page shows; lists hold the first of what the counts count."""

    server: str
    person: str
    role: Role
    standing: Standing
    pending: Pending
    refused: tuple[Change, ...]
    conflicts: tuple[ConflictRow, ...]
    steps: tuple[OpenStep, ...]
    syncs: tuple[SyncRow, ...]
    compared: dict[str, Any] | None
    clock_offset_ms: int = 0

    @property
    def waiting_count(self) -> int:
        """How many own changes are not sent."""
        return self.standing.waiting

    @property
    def conflict_count(self) -> int:
        """How many conflicts are open."""
        return self.standing.conflicts


def syncing(session: Open) -> Syncing:
    """The state of the exchange with the central server; `server` is empty before the enrolment."""
    named = facts(session)
    steps = session.execute(
        select(StatusEvent.id, StatusEvent.site_id, Site.code, StatusEvent.to_status, StatusEvent.actor, StatusEvent.state)
        .join(Site, Site.id == StatusEvent.site_id)
        .where(StatusEvent.n.in_(CLAIMED_EVENTS))
        .order_by(StatusEvent.recorded_at)
        .limit(_SHOWN)
    )
    server = named.get("server", "")
    return Syncing(
        server=server,
        person=named.get("person", ""),
        role=Role(named.get("role", Role.INSPECTOR)),  # type: ignore[call-arg]
        standing=standing(session),
        pending=pending(session) if server else Pending((), 0, 0),
        refused=tuple(refused(session, limit=_SHOWN)),
        conflicts=tuple(conflicts(session, limit=100)),
        steps=tuple(OpenStep(*row) for row in steps),
        syncs=tuple(syncs(session, limit=100)),
        compared=json.loads(named["compared"]) if "compared" in named else None,
        clock_offset_ms=int(named.get("clock_offset_ms", 0)),
    )
