"""A person's decision where two people said different things: on a field, on a deletion, on a disputed status event."""

from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from inspector_app.actions import rows
from inspector_app.domain.errors import NotFound, RoleMayNot, RuleBroken
from inspector_app.domain.merge import ConflictState, MergeClass, may_settle, needs_reason
from inspector_app.domain.ownership import EventState
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.base import JsonText, Logged
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.exchange import Conflict
from inspector_app.models.queries import history
from inspector_app.models.sites import StatusEvent

_LEAST = 10
_NO_REASON = N_("No reason was given.")


def settle(
    session: Session, conflict_id: str, *, keep: str, field: str | None = None, value: Any = None, reason: str | None = None
) -> Conflict:
    """Keep my value, theirs, or another `value` (as JSON carries it); the loser's stays in the history for ever.

    `conflict_id` may be the beginning of an id; `field`, where given, must be the conflict's. A legal fact asks for a
    reason of ten letters; who gives none has that written down. Raises NotFound, RoleMayNot or RuleBroken.
    """
    rows.check_may_write(session)
    conflict = _open(session, conflict_id, field)
    if not may_settle(rows.role(session), conflict.kind):
        raise RoleMayNot(role=rows.role(session).label, target=conflict.kind.label, accepts=Role.SUPERVISOR.label)
    why = (reason or "").strip() or _NO_REASON
    if needs_reason(conflict.kind) and len(why) < _LEAST:
        raise RuleBroken(rule=N_("A legal fact is settled with a reason of at least ten letters."), invariant="b.9")
    choice = _choice(session, conflict, keep)
    row = session.get(ENTITIES[conflict.entity], conflict.row_id)
    if row is None:
        raise NotFound(what=N_("record"), code=conflict.row_id)
    if choice == "other":
        _set(row, conflict.field, value)
    elif choice == "proposed":
        _take(row, conflict)
    conflict.state, conflict.choice = ConflictState.SETTLED, choice
    conflict.reason, conflict.settled_by = why, rows.author(session)
    body = {"conflict": conflict.id, "choice": choice, "reason": why}
    changes.settle(session, conflict.entity, conflict.row_id, conflict.site_id, body)
    return conflict


def refuse_disputed(session: Session, event_id: str, reason: str) -> StatusEvent:
    """Take a disputed event out of the dispute; who still wants the step takes it anew. Raises RoleMayNot or BadValue."""
    event = rows.found(session, StatusEvent, event_id)
    rows.need(N_("Reason"), reason)
    if event.state is not EventState.DISPUTED:
        raise RuleBroken(rule=N_("The event is not disputed."), invariant="6.3")
    if not outranks(rows.role(session), Role.REGISTRAR) and event.actor != rows.author(session):
        raise RoleMayNot(role=rows.role(session).label, target=event.to_status.label, accepts=Role.REGISTRAR.label)
    rows.change(session, event, frozenset({"state", "reason"}), {"state": EventState.REFUSED, "reason": reason})
    return event


def _open(session: Session, conflict_id: str, field: str | None) -> Conflict:
    found = [
        each.id
        for each in history.conflicts(session)
        if each.id.startswith(conflict_id) and field in {None, "", each.field} and conflict_id
    ]
    conflict = session.get(Conflict, found[0]) if len(found) == 1 else None
    if conflict is None:
        raise NotFound(what=N_("open conflict"), code=conflict_id)
    return conflict


def _choice(session: Session, conflict: Conflict, keep: str) -> str:
    if keep not in {"mine", "theirs", "other"}:
        raise RuleBroken(rule=N_("Keep one of: mine, theirs, other."), invariant="b.9")
    if keep == "other":
        if conflict.kind is MergeClass.DELETE:
            raise RuleBroken(rule=N_("A deletion is kept or taken back; there is no third way."), invariant="b.9")
        return "other"
    seen = next(each for each in history.conflicts(session) if each.id == conflict.id)
    return "standing" if (keep == "mine") == seen.is_mine_standing else "proposed"


def _take(row: Logged, conflict: Conflict) -> None:
    """Put the value that waits in the place of the one that stands."""
    if conflict.kind is not MergeClass.DELETE:
        _set(row, conflict.field, conflict.proposed)
    elif conflict.proposed is True:
        changes.delete(row)
    else:
        row.deleted = False
        for name, value in conflict.proposed.items():
            _set(row, name, value)


def _set(row: Logged, name: str, value: Any) -> None:
    """Give a mapped attribute a value that JSON carried."""
    setattr(row, name, _typed(table(row.__tablename__).columns[name], value))  # type: ignore[attr-defined]


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None or not isinstance(kind, TypeDecorator):
        return value
    return value if isinstance(kind, JsonText) else kind.process_result_value(value, None)  # type: ignore[arg-type]
