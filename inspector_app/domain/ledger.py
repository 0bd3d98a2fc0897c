"""The mass balance of an item or a site: inventory = removed + sold + transferred + remaining (domain.md 6.4, INV-06)."""

from collections.abc import Iterable
from dataclasses import dataclass

from inspector_app.domain.errors import MassExceeded
from inspector_app.domain.removal import LEFT_SITE, BatchState, EntryKind
from inspector_app.domain.waste import Outcome
from inspector_app.i18n import Grams


@dataclass(frozen=True, slots=True)
class Balance:
    """Grams of one item or one site. What was accepted and corrected is the inventory; what did not leave remains."""

    accepted_g: int = 0
    corrected_g: int = 0
    removed_g: int = 0
    sold_g: int = 0
    transferred_g: int = 0

    @property
    def inventory_g(self) -> int:
        """What is or was there by the books."""
        return self.accepted_g + self.corrected_g

    @property
    def left_g(self) -> int:
        """What left in any way."""
        return self.removed_g + self.sold_g + self.transferred_g

    @property
    def remaining_g(self) -> int:
        """What is still there; below zero only when the books are wrong."""
        return self.inventory_g - self.left_g

    def __add__(self, other: "Balance") -> "Balance":
        """The balance of both together."""
        return Balance(
            self.accepted_g + other.accepted_g,
            self.corrected_g + other.corrected_g,
            self.removed_g + other.removed_g,
            self.sold_g + other.sold_g,
            self.transferred_g + other.transferred_g,
        )


def balance(
    accepted_g: int | None, lines: Iterable[tuple[BatchState, int]], entries: Iterable[tuple[EntryKind, int]]
) -> Balance:
    """The balance of one item from its accepted quantity, its batch lines with the state of their batch, and its entries."""
    sums = dict.fromkeys(EntryKind, 0)
    for kind, mass_g in entries:
        sums[kind] += mass_g
    return Balance(
        accepted_g=accepted_g or 0,
        corrected_g=sums[EntryKind.CORRECTION],
        removed_g=sum(mass_g for state, mass_g in lines if state in LEFT_SITE),
        sold_g=sums[EntryKind.SOLD],
        transferred_g=sums[EntryKind.TRANSFERRED],
    )


def check_leaving(item: str, now: Balance, mass_g: int) -> None:
    """Nothing leaves that is not there. Raises MassExceeded (INV-06)."""
    if mass_g > now.remaining_g:
        raise MassExceeded(item=item, asked=Grams(mass_g), remaining=Grams(now.remaining_g))


def outcome(now: Balance) -> Outcome:
    """What became of an item: nothing while some of it remains, else the way most of its mass went (6.3, mixed fate)."""
    if now.remaining_g > 0 or now.left_g == 0:
        return Outcome.NONE
    ways = ((now.removed_g, Outcome.REMOVED), (now.sold_g, Outcome.SOLD), (now.transferred_g, Outcome.TRANSFERRED))
    return max(ways, key=lambda way: way[0])[1]
