"""The balance of an item as a pure function (INV-06)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.errors import MassExceeded
from inspector_app.domain.ledger import Balance, balance, check_leaving, outcome
from inspector_app.domain.removal import LEFT_SITE, BatchState, EntryKind
from inspector_app.domain.waste import Outcome

MASS = st.integers(0, 10**12)


@given(
    MASS,
    st.lists(st.tuples(st.sampled_from(BatchState), MASS)),
    st.lists(st.tuples(st.sampled_from(EntryKind), MASS)),
)
def test_inventory_is_always_removed_and_sold_and_transferred_and_remaining(
    accepted: int, lines: list[tuple[BatchState, int]], entries: list[tuple[EntryKind, int]]
) -> None:
    now = balance(accepted, lines, entries)
    assert now.inventory_g == now.removed_g + now.sold_g + now.transferred_g + now.remaining_g
    assert now.removed_g == sum(mass for state, mass in lines if state in LEFT_SITE)
    assert (now + Balance()) == now
    assert (now + now).remaining_g == 2 * now.remaining_g


def test_nothing_leaves_that_is_not_there() -> None:
    check_leaving("1.", Balance(accepted_g=5), 5)
    with pytest.raises(MassExceeded) as caught:
        check_leaving("1.", Balance(accepted_g=1_500), 2_000_001)
    assert str(caught.value) == "1.: 2000.001 kg cannot be removed, only 1.5 kg remain."


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Balance(), Outcome.NONE),
        (Balance(accepted_g=5), Outcome.NONE),
        (Balance(accepted_g=5, removed_g=4), Outcome.NONE),
        (Balance(accepted_g=5, removed_g=5), Outcome.REMOVED),
        (Balance(accepted_g=5, removed_g=2, sold_g=3), Outcome.SOLD),
        (Balance(accepted_g=6, removed_g=2, sold_g=1, transferred_g=3), Outcome.TRANSFERRED),
    ],
)
def test_the_outcome_is_the_way_that_most_of_it_went(now: Balance, expected: Outcome) -> None:
    assert outcome(now) is expected
