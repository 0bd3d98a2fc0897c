"""Where this file stands with the central server: what the status bar says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.models.people import Fact
from inspector_app.models.queries.history import conflict_count, last_sync, waiting_count


@dataclass(frozen=True, slots=True)
class Standing:
    """`waiting` counts own changes not sent, `conflicts` what a person must settle; `server` is empty before enrolment."""

    server: str
    last_sync: datetime | None
    waiting: int
    conflicts: int


def standing(session: Session) -> Standing:
    """The counts of the status bar; a register that belongs to no server has nothing to send."""
    server = session.scalar(select(Fact.value).where(Fact.name == "server")) or ""
    if not server:
        return Standing("", None, 0, 0)
    synced = last_sync(session)
    return Standing(server, synced.at if synced else None, waiting_count(session), conflict_count(session))
