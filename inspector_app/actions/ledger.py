"""What actions ask the ledger: the balance of an item as it is now, and the outcome that follows from it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.domain.errors import RuleBroken
from inspector_app.domain.ledger import Balance, outcome
from inspector_app.domain.waste import Outcome, show_code
from inspector_app.i18n import N_
from inspector_app.models.waste import QuantityEstimate, WasteItem, WasteType

_BY_LEDGER = frozenset({Outcome.NONE, Outcome.REMOVED, Outcome.SOLD, Outcome.TRANSFERRED})
"""Outcomes that follow from masses; the others are a person's word and stay."""


def balance(session: Session, item_id: str) -> Balance:
    """The balance of an item with everything that this transaction has done so far."""
    return balances(session, [item_id])[item_id]


def balances(session: Session, item_ids: Iterable[str]) -> dict[str, Balance]:
    """The balances of several items by their ids; asked of the register's derived columns, so that all rows count."""
    session.flush()
    found = session.execute(
        select(
            WasteItem.id,
            WasteItem.accepted_g,
            WasteItem.corrected_g,
            WasteItem.removed_g,
            WasteItem.sold_g,
            WasteItem.transferred_g,
        ).where(WasteItem.id.in_(list(item_ids)))
    )
    return {row[0]: Balance(*row[1:]) for row in found}


def accepted(session: Session, item_id: str) -> int | None:
    """Grams of the accepted quantity of an item, or nothing."""
    session.flush()
    return session.scalar(
        select(QuantityEstimate.mass_g).where(
            QuantityEstimate.item_id == item_id, QuantityEstimate.accepted.is_(True), QuantityEstimate.deleted.is_(False)
        )
    )


def settle(session: Session, *items: WasteItem) -> None:
    """Set the outcome of items from their balances. Raises RuleBroken when more has left than is there (INV-06)."""
    now = balances(session, [item.id for item in items])
    for item in items:
        if now[item.id].remaining_g < 0:
            raise RuleBroken(rule=N_("More has left the item than would have been there."), invariant="INV-06")
        if item.outcome in _BY_LEDGER:
            item.outcome = outcome(now[item.id])


def title(session: Session, item: WasteItem) -> str:
    """What an item is called in a sentence: its line, its code and its local name."""
    kind = session.get(WasteType, item.code)
    code = show_code(item.code, hazardous=kind is not None and kind.hazardous)
    return " ".join(part for part in (f"{item.line_no}.", code, item.name) if part)
