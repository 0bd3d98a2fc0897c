"""A person has seen what the server refused: it stays in the list, and no longer asks for attention."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.models.changes import Operation
from inspector_app.models.exchange import put_facts


def mark_seen(session: Session) -> None:
    """Everything that is refused by now has been seen."""
    put_facts(session, {"refused_seen": session.scalar(select(func.coalesce(func.max(Operation.n), 0)))})
