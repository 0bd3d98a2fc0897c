"""Undo: take the last command back by new operations. Nothing leaves the log; the former values are written anew."""

from typing import Any

from sqlalchemy import Column, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from inspector_app.actions import ledger, rows
from inspector_app.domain.errors import CannotUndo, NothingToUndo, RuleError
from inspector_app.domain.inspection import InspectionState
from inspector_app.i18n import N_
from inspector_app.models.base import Flag, JsonText, Logged
from inspector_app.models.changes import Operation, Undone
from inspector_app.models.documents import Photo
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.inspections import Finding, Inspection, Measurement
from inspector_app.models.queries.undo import last_command
from inspector_app.models.removal import BatchLine, LedgerEntry, RemovalBatch
from inspector_app.models.sites import StatusEvent
from inspector_app.models.waste import QuantityEstimate, WasteItem

MOST = 5_000
"""Operations of the largest command that is taken back; an import is corrected by an import."""


def undo_last(session: Session) -> str:
    """Take back the newest own command and return its name (a message id).

    Raises NothingToUndo; CannotUndo when a later change touched the same fields or rows, when the server knows a legal
    event already, for a signed inspection, or when the masses would not balance. The register is then as it was.
    """
    rows.check_may_write(session)
    session.flush()
    last = last_command(session)
    if last is None:
        raise NothingToUndo
    operations = session.scalars(
        select(Operation).where(Operation.txn_id == last.txn_id, Operation.seq.is_not(None)).order_by(Operation.seq.desc())
    ).all()
    if len(operations) > MOST:
        raise CannotUndo(command=last.command, reason=N_("it is too large."))
    mine = {operation.op_id for operation in operations}
    touched: list[Logged] = []
    restored: set[tuple[str, str]] = set()
    with session.no_autoflush:  # what is restored half is not written yet
        for operation in operations:
            row = session.get(ENTITIES[operation.entity], operation.row_id)
            if row is None:
                raise CannotUndo(command=last.command, reason=N_("another change came after it."))
            _check(session, last.command, operation, row, mine)
            _reverse(session, operation, row, last.command, restored)
            touched.append(row)
    session.add(Undone(txn_id=last.txn_id, by_txn_id=session.info["txn_id"]))
    _check_balance(session, last.command, touched)
    return last.command


def _check(session: Session, command: str, operation: Operation, row: Logged, mine: set[str]) -> None:
    if operation.kind == "settle":
        raise CannotUndo(command=command, reason=N_("a decision on a conflict stands; change the value itself."))
    if isinstance(row, StatusEvent) and operation.state != "pending":
        raise CannotUndo(command=command, reason=N_("the central server knows this legal event already."))
    if isinstance(row, Inspection) and row.state is InspectionState.SIGNED:
        raise CannotUndo(command=command, reason=N_("a signed inspection is amended, never changed."))
    if isinstance(row, Finding | Measurement | Photo) and row.inspection_id is not None:
        act = session.get(Inspection, row.inspection_id)
        if act is not None and act.state is InspectionState.SIGNED:
            raise CannotUndo(command=command, reason=N_("a signed inspection is amended, never changed."))
    if operation.kind == "create":
        later = set((row.sources or {}).values()) - mine
        if row.deleted or _foreign(session, later) or _is_used(session, operation.entity, row.id, operation.txn_id):
            raise CannotUndo(command=command, reason=N_("another change came after it."))
        if isinstance(row, StatusEvent) and _is_followed(session, row):
            raise CannotUndo(command=command, reason=N_("another change came after it."))


def _foreign(session: Session, op_ids: set[str]) -> bool:
    """Whether any of the operations is other than an undo, which has only brought back what was there before."""
    if not op_ids:
        return False
    undoing = (
        select(func.count())
        .select_from(Operation)
        .where(Operation.op_id.in_(op_ids), Operation.txn_id.in_(select(Undone.by_txn_id)))
    )
    return session.scalar(undoing) != len(op_ids)


def _reverse(session: Session, operation: Operation, row: Logged, command: str, restored: set[tuple[str, str]]) -> None:
    """Write the former values of one operation, provided that nobody wrote its fields later.

    `restored` are fields that a newer operation of the same command had changed too.
    """
    if operation.kind == "create":
        row.deleted = True
        return
    columns = table(operation.entity).columns
    sources = row.sources or {}
    for name, (old, _new) in operation.body["changes"].items():
        source = sources.get(name, row.id)
        if source != operation.op_id and (row.id, name) not in restored and _foreign(session, {source}):
            raise CannotUndo(command=command, reason=N_("another change came after it."))
        setattr(row, name, _revived(columns[name], old))
        restored.add((row.id, name))


def _revived(column: Column[Any], value: Any) -> Any:
    """A value of the log as the attribute of a row holds it."""
    kind = column.type
    if value is None or isinstance(kind, JsonText):
        return value
    if isinstance(kind, Flag):
        return bool(value)
    return kind.process_result_value(value, None) if isinstance(kind, TypeDecorator) else value  # type: ignore[arg-type]


def _is_used(session: Session, entity: str, row_id: str, txn_id: str) -> bool:
    """Whether a living row that this command did not make points to the row."""
    target = table(entity).c.id
    for name in ENTITIES:
        for key in table(name).foreign_keys:
            if key.column is target:
                made = select(Operation.row_id).where(Operation.txn_id == txn_id, Operation.kind == "create")
                columns = table(name).columns
                asked = (
                    select(func.count())
                    .select_from(table(name))
                    .where(key.parent == row_id, columns["deleted"].is_(False), columns["id"].not_in(made))
                )
                if session.scalar(asked):
                    return True
    return False


def _is_followed(session: Session, event: StatusEvent) -> bool:
    asked = select(func.count()).select_from(StatusEvent)
    return bool(session.scalar(asked.where(StatusEvent.previous_id == event.id, StatusEvent.deleted.is_(False))))


def _check_balance(session: Session, command: str, touched: list[Logged]) -> None:
    """The masses of every item that the undo touched still balance (INV-06)."""
    session.flush()
    items: set[str] = set()
    for row in touched:
        if isinstance(row, QuantityEstimate | BatchLine | LedgerEntry):
            items.add(row.item_id)
        elif isinstance(row, RemovalBatch):
            items.update(session.scalars(select(BatchLine.item_id).where(BatchLine.batch_id == row.id)))
    try:
        ledger.settle(session, *(item for each in items if (item := session.get(WasteItem, each)) and not item.deleted))
    except RuleError as error:
        raise CannotUndo(command=command, reason=N_("more has left the item than would have been there.")) from error
