"""The command that undo would take back: the newest own one that was not taken back already."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.models.changes import Operation, Undone


@dataclass(frozen=True, slots=True)
class LastCommand:
    """One transaction of this register: its id, what the person did (a message id), when, and who."""

    txn_id: str
    command: str
    at: datetime
    author: str


def last_command(session: Session) -> LastCommand | None:
    """The newest own command that can still be asked to be undone; nothing in a register without one.

    Undo is a command too; it is not offered itself, so that undoing twice goes one further back.
    """
    taken_back = select(Undone.txn_id)
    taking_back = select(Undone.by_txn_id)
    row = session.execute(
        select(Operation.txn_id, Operation.command, Operation.occurred_at, Operation.author)
        .where(Operation.seq.is_not(None), Operation.txn_id.not_in(taken_back), Operation.txn_id.not_in(taking_back))
        .order_by(Operation.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastCommand(*row)
