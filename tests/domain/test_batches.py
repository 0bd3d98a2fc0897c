"""States of a batch as a table, weighing, the difference on arrival, licences, operations (domain.md 4.4, 6.2, 6.4)."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.errors import BadValue, BatchStepForbidden, RuleBroken
from inspector_app.domain.removal import (
    ENDED,
    LEFT_SITE,
    BatchState,
    check_licence,
    check_transition,
    discrepancy,
    net,
    parse_operation,
)

LAW = {
    ("PLANNED", "LOADED"), ("PLANNED", "CANCELLED"), ("LOADED", "IN_TRANSIT"), ("LOADED", "RETURNED"), ("LOADED", "CANCELLED"),
    ("IN_TRANSIT", "RECEIVED"), ("IN_TRANSIT", "REJECTED"), ("IN_TRANSIT", "RETURNED"), ("RECEIVED", "DESTROYED"),
    ("RECEIVED", "REJECTED"), ("REJECTED", "IN_TRANSIT"), ("REJECTED", "RETURNED"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "target"), list(product(BatchState, BatchState)))
def test_a_batch_goes_on_only_as_the_table_says(state: BatchState, target: BatchState) -> None:
    if (str(state), str(target)) in LAW:
        check_transition("B-1", state, target)
    else:
        with pytest.raises(BatchStepForbidden):
            check_transition("B-1", state, target)


def test_what_has_ended_never_goes_on() -> None:
    assert {BatchState.DESTROYED, BatchState.RETURNED, BatchState.CANCELLED} == ENDED


def test_mass_counts_as_removed_from_loading_to_destruction() -> None:
    assert {str(state) for state in LEFT_SITE} == {"LOADED", "IN_TRANSIT", "RECEIVED", "DESTROYED"}


@pytest.mark.parametrize(
    ("loaded", "received", "pcb", "tolerable"),
    [
        (1_000, 1_000, False, True), (1_000, 950, False, True), (1_000, 949, False, False), (1_000, 1_050, False, True),
        (1_000, 1_051, False, False), (1_000, 990, True, True), (1_000, 989, True, False), (0, 0, False, True), (0, 1, False, False),
    ],
)  # fmt: skip
def test_a_difference_is_tolerable_up_to_five_per_cent_and_one_for_pcb(
    loaded: int, received: int, pcb: bool, tolerable: bool
) -> None:
    found = discrepancy(loaded, received, pcb=pcb)
    assert (found.difference_g, found.tolerable) == (received - loaded, tolerable)


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_pcb_is_never_judged_milder(loaded: int, received: int) -> None:
    assert discrepancy(loaded, received).tolerable or not discrepancy(loaded, received, pcb=True).tolerable


def test_a_net_mass_is_gross_less_tare() -> None:
    assert net(30, 10, None) == 20
    assert net(30, 10, 20) == 20
    assert net(None, None, 5) == 5
    assert net(None, 3, None) is None
    for weighing in ((10, 10, None), (10, 11, None), (30, -1, None), (30, 10, 21), (None, None, 0), (None, None, -5)):
        with pytest.raises(RuleBroken):
            net(*weighing)


def test_a_licence_is_valid_to_its_last_day() -> None:
    check_licence(None, date(2024, 1, 1))
    check_licence(date(2024, 1, 1), date(2024, 1, 1))
    with pytest.raises(RuleBroken):
        check_licence(date(2023, 12, 31), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "code"), [("D10", "D10"), ("d 9", "D9"), ("R1", "R1"), ("r13", "R13"), ("Д5", "D5"), ("D09", "D9")]
)
def test_an_operation_is_read_in_any_spelling(text: str, code: str) -> None:
    assert parse_operation(text) == code


@pytest.mark.parametrize("text", ["", "D0", "D16", "R14", "X1", "D", "D1000"])
def test_what_is_no_operation_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_operation(text)
