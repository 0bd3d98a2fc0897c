"""Where this file stands with the central server: what the status bar says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.models.changes import Operation
from inspector_app.models.people import Fact


@dataclass(frozen=True, slots=True)
class Standing:
    """`waiting` counts operations not sent, `conflicts` those a person must settle; `server` is empty before enrolment."""

    server: str
    last_sync: datetime | None
    waiting: int
    conflicts: int


def standing(session: Session) -> Standing:
    """The counts of the status bar, read from indexed columns."""
    asked = select(Fact.name, Fact.value).where(Fact.name.in_(("server", "last_sync")))
    facts = dict(session.execute(asked).tuples().all())
    states = select(Operation.state, func.count()).where(Operation.state != "acked", Operation.state != "heard")
    counts = dict(session.execute(states.group_by(Operation.state)).tuples().all())
    synced = facts.get("last_sync")
    return Standing(
        facts.get("server", ""),
        datetime.fromisoformat(synced) if synced else None,
        counts.get("pending", 0) + counts.get("held", 0),
        counts.get("conflict", 0),
    )
