"""A person's decision where two people said different things: on a field, on a deletion, on a disputed status event."""

from typing import Any

from sqlalchemy import Column, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from inspector_app.actions import ownership, rows, typed
from inspector_app.domain.errors import BadValue, Immutable, NewerValue, NotFound, RoleMayNot, RuleBroken
from inspector_app.domain.inspection import InspectionState
from inspector_app.domain.merge import LEAST_REASON, ConflictState, MergeClass, check_settler
from inspector_app.domain.ownership import EventState
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.base import JsonText, Logged, plain
from inspector_app.models.documents import Document
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.exchange import Conflict
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries import history
from inspector_app.models.sites import Site, StatusEvent

NO_REASON = N_("No reason was given.")


def settle(
    session: Session,
    conflict_id: str,
    *,
    keep: str,
    field: str | None = None,
    value: Any = None,
    reason: str | None = None,
    document: str | None = None,
) -> Conflict:
    """Keep my value, theirs, or another `value`; the others stay in the history for ever.

    `conflict_id` may be the beginning of an id; `field`, where given, must be the conflict's. `value` is typed or as JSON
    carries it, and checked by the action that changes such a record. A legal fact asks for a reason of ten letters; who
    gives none has that written down. `document` is the number of the paper that the decision rests on.
    Raises NewerValue for what a newer program alone knows, NotFound, RoleMayNot, RuleBroken, Immutable, or what the action
    raises for a third value.
    """
    rows.check_may_write(session)
    conflict = find(session, conflict_id, field)
    if not typed.known(conflict.entity, conflict.field):
        raise NewerValue(field=conflict.field, value=f"{conflict.entity}.{conflict.field}")
    said = (reason or "").strip()
    why = said or NO_REASON
    check_settler(rows.role(session), conflict.kind, why)
    choice = _choice(session, conflict, keep)
    row = session.get(ENTITIES[conflict.entity], conflict.row_id)
    if row is None:
        raise NotFound(what=N_("record"), code=conflict.row_id)
    if document:
        why = f"{why} ({document.strip()})"
    body = {"conflict": conflict.id, "choice": choice, "reason": why}
    try:
        with changes.settling(session, row, (conflict.field,), body):
            if choice == "other":
                column = table(conflict.entity).columns[conflict.field]
                typed.change(session, conflict.entity, conflict.row_id, conflict.field, _typed(column, plain(value)))
            elif choice == "proposed":
                _take(row, conflict)
            conflict.state, conflict.choice = ConflictState.SETTLED, choice
            conflict.reason, conflict.settled_by = why, rows.author(session)
    except IntegrityError as error:
        raise BadValue(field=conflict.field, reason=N_("the values do not go together or lie outside their limits.")) from error
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


def decide_dispute(
    session: Session, site_id: str, *, keep: str | None, reason: str, document_id: str | None = None
) -> StatusEvent | None:
    """Answer every claim on the status of a site at once: `keep` becomes part of the chain, the others are refused.

    `keep` is the id of a claim, or nothing where the accepted status stands. A claim can be kept only while the chain ends
    where its author saw it end; a status that is accepted is never taken back, only followed by a next step. The reason
    has ten letters at least; `document_id` is a paper of the site that the decision rests on.

    Raises RoleMayNot for who is no registrar, RuleBroken, NotFound, GuardUnmet, or what stands in the way of the step.
    """
    rows.check_may_write(session)
    session.flush()
    site = rows.found(session, Site, site_id)
    if not outranks(rows.role(session), Role.REGISTRAR):
        raise RoleMayNot(role=rows.role(session).label, target=site.status.label, accepts=Role.REGISTRAR.label)
    if len(reason.strip()) < LEAST_REASON:
        raise RuleBroken(rule=N_("A legal fact is settled with a reason of at least ten letters."), invariant="b.9")
    claims = list(session.scalars(_CLAIMS, {"site_id": site_id}))
    if not claims:
        raise RuleBroken(rule=N_("The event is not disputed."), invariant="6.3")
    why = reason.strip()
    if document_id is not None:
        why = f"{why} ({rows.found(session, Document, document_id).no})"
    kept = next((each for each in claims if each.id == keep), None)
    if keep is not None and kept is None:
        raise NotFound(what=N_("open claim"), code=keep)
    for each in claims:
        if each is not kept:
            each.state, each.reason = EventState.REFUSED, why
    session.flush()
    if kept is not None:
        ownership.accept(session, kept)
    return kept


_CLAIMS = (
    select(StatusEvent)
    .where(
        StatusEvent.site_id == bindparam("site_id"),
        StatusEvent.state.in_((EventState.PROPOSED, EventState.DISPUTED)),
        StatusEvent.deleted.is_(False),
    )
    .order_by(StatusEvent.n)
)


def find(session: Session, conflict_id: str, field: str | None = None) -> Conflict:
    """The open conflict that begins so. Raises NotFound, or RuleBroken where more than one does."""
    found = [
        each.id
        for each in history.conflicts(session)
        if conflict_id and each.id.startswith(conflict_id) and field in {None, "", each.field}
    ]
    if len(found) > 1:
        raise RuleBroken(rule=N_("More than one conflict begins so; write more of its number."), invariant="b.9")
    conflict = session.get(Conflict, found[0]) if found else None
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
    value = _typed(table(row.__tablename__).columns[name], value)  # type: ignore[attr-defined]
    if isinstance(row, Inspection) and row.state is InspectionState.SIGNED and getattr(row, name) != value:
        raise Immutable(record=row.no)
    setattr(row, name, value)


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None or not isinstance(kind, TypeDecorator):
        return value
    return value if isinstance(kind, JsonText) else kind.process_result_value(value, None)  # type: ignore[arg-type]
