"""The table of steps: every pair, every paper, every guard, every role (domain.md 6.3)."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from inspector_app.domain.errors import BadValue, BasisMissing, GuardUnmet, RoleMayNot, StepForbidden
from inspector_app.domain.ownership import (
    BUCKETS,
    CLOSED,
    STATE_OWNED,
    STEPS,
    CourtResult,
    Decision,
    EventState,
    Guard,
    OwnershipType,
    SiteFacts,
    Status,
    Step,
    check_step,
    gaps,
    judge,
    next_steps,
    unmet,
)
from inspector_app.domain.people import LADDER, Role

SINCE, ON, TODAY = date(2024, 1, 1), date(2024, 6, 1), date(2024, 7, 1)

LAW = {
    ("DISCOVERED", "OWNER_SEARCH"),
    ("OWNER_SEARCH", "OWNER_FOUND"),
    ("CLAIM_FILED", "OWNER_FOUND"),
    ("OWNER_SEARCH", "CLAIM_FILED"),
    ("CLAIM_FILED", "DECIDED"),
    ("CLAIM_FILED", "COURT_REFUSED"),
    ("COURT_REFUSED", "OWNER_SEARCH"),
    ("DECIDED", "CLAIM_FILED"),
    ("DECIDED", "COMMUNAL"),
    ("DECIDED", "UNDER_INSPECTION"),
    ("UNDER_INSPECTION", "PENDING_REMOVAL"),
    ("PENDING_REMOVAL", "UNDER_INSPECTION"),
    ("PENDING_REMOVAL", "FOR_SALE"),
    ("FOR_SALE", "PENDING_REMOVAL"),
    ("FOR_SALE", "SOLD"),
    ("PENDING_REMOVAL", "REMOVING"),
    ("REMOVING", "PENDING_REMOVAL"),
    ("REMOVING", "REMOVED"),
    ("PENDING_REMOVAL", "TRANSFERRED_LEB"),
    ("UNDER_INSPECTION", "TRANSFERRED_LEB"),
    ("REMOVED", "UNDER_INSPECTION"),
    ("SOLD", "UNDER_INSPECTION"),
    ("TRANSFERRED_LEB", "UNDER_INSPECTION"),
}
"""Read off domain.md 6.3 by hand, so that the program's table is compared with the law and not with itself."""

FOR = Decision(CourtResult.RECOGNISED, OwnershipType.REPUBLICAN, SINCE)
COMMUNAL = Decision(CourtResult.PARTLY, OwnershipType.COMMUNAL, SINCE)
REFUSED = Decision(CourtResult.REFUSED, None, SINCE)


def ready(step: Step) -> SiteFacts:
    """Facts under which a step may be taken."""
    gone = Guard.NOTHING_REMAINS in step.guards
    tender = {Status.FOR_SALE: "ANNOUNCED", Status.PENDING_REMOVAL: "FAILED"}.get(step.target)
    return SiteFacts(
        site="S",
        status=step.origin,
        status_since=SINCE,
        documents=step.basis,
        decisions=(FOR, COMMUNAL, REFUSED),
        signed_inspection_on=SINCE,
        accepted_items=1,
        remaining_g=0 if gone else 1,
        last_tender=tender,
        loaded_batches=1,
    )


SPOILED = {
    Guard.DECISION_FOR: {"decisions": (REFUSED,)},
    Guard.DECISION_AGAINST: {"decisions": (FOR,)},
    Guard.IN_FORCE_COMMUNAL: {"decisions": (FOR, replace(COMMUNAL, in_force_on=date(2024, 6, 2)))},
    Guard.IN_FORCE_REPUBLICAN: {"decisions": (COMMUNAL, replace(FOR, in_force_on=None))},
    Guard.SIGNED_INSPECTION: {"signed_inspection_on": date(2023, 12, 31)},
    Guard.ACCEPTED_QUANTITY: {"accepted_items": 0},
    Guard.TENDER_ANNOUNCED: {"last_tender": "FAILED"},
    Guard.TENDER_FAILED: {"last_tender": "ANNOUNCED"},
    Guard.NOTHING_REMAINS: {"remaining_g": 1},
    Guard.SOMETHING_REMAINS: {"remaining_g": 0},
    Guard.BATCH_LOADED: {"loaded_batches": 0},
    Guard.NO_OPEN_BATCH: {"open_batches": 1},
    Guard.ALL_CERTIFIED: {"uncertified_batches": 1},
}
GUARDED = [(step, guard) for step in STEPS for guard in step.guards]


def name(step: Step) -> str:
    return f"{step.origin}-{step.target}"


def test_the_table_holds_exactly_the_steps_of_the_law() -> None:
    assert {(str(step.origin), str(step.target)) for step in STEPS} == LAW
    assert len(STEPS) == len(LAW)


@pytest.mark.parametrize(("origin", "target"), list(product(Status, Status)))
def test_every_other_pair_is_forbidden(origin: Status, target: Status) -> None:
    facts = SiteFacts("S", origin, SINCE)
    if (str(origin), str(target)) not in LAW:
        with pytest.raises(StepForbidden):
            check_step(facts, target, on=ON, today=TODAY)
    else:
        assert target in {step.target for step in next_steps(origin)}


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_a_step_that_lacks_nothing_is_allowed(step: Step) -> None:
    assert check_step(ready(step), step.target, on=ON, today=TODAY) is step


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_a_step_without_one_of_its_papers_names_the_paper(step: Step) -> None:
    for paper in step.basis:
        with pytest.raises(BasisMissing) as caught:
            check_step(replace(ready(step), documents=step.basis - {paper}), step.target, on=ON, today=TODAY)
        assert paper.label in caught.value.facts["documents"]


@pytest.mark.parametrize(("step", "guard"), GUARDED, ids=lambda value: name(value) if isinstance(value, Step) else str(value))
def test_a_step_whose_guard_does_not_hold_names_the_guard(step: Step, guard: Guard) -> None:
    facts = replace(ready(step), **SPOILED[guard])

    with pytest.raises(GuardUnmet) as caught:
        check_step(facts, step.target, on=ON, today=TODAY)

    assert caught.value.facts["rule"] == guard.label
    assert unmet(step, facts, on=ON, documents=step.basis) == (guard,)


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_effective_days_never_go_back_and_never_lie_ahead(step: Step) -> None:
    facts = replace(ready(step), status_since=date(2024, 5, 1), signed_inspection_on=date(2024, 5, 1))
    assert check_step(facts, step.target, on=date(2024, 5, 1), today=TODAY)
    for wrong in (date(2024, 4, 30), date(2024, 7, 2)):
        with pytest.raises(BadValue):
            check_step(facts, step.target, on=wrong, today=TODAY)


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_the_role_decides_whether_a_step_is_accepted_proposed_or_refused(step: Step) -> None:
    order = list(LADDER)
    with pytest.raises(RoleMayNot):
        judge(step, Role.ADMINISTRATOR)
    for role in LADDER:
        if order.index(role) >= order.index(step.accepts):
            assert judge(step, role) is EventState.ACCEPTED
        elif order.index(role) >= order.index(step.proposes):
            assert judge(step, role) is EventState.PROPOSED
        else:
            with pytest.raises(RoleMayNot):
                judge(step, role)


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_gaps_of_a_historical_event_are_listed_and_not_refused(step: Step) -> None:
    facts = SiteFacts("S", step.origin, SINCE)
    assert gaps(facts, step.target, step.origin) == step.basis
    assert gaps(replace(facts, documents=step.basis), step.target, step.origin) == frozenset()


def test_no_step_leads_out_of_state_ownership() -> None:
    assert all(step.target in STATE_OWNED for step in STEPS if step.origin in STATE_OWNED)
    assert CLOSED < STATE_OWNED
    assert set(BUCKETS) == set(STATE_OWNED)


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_a_viewer_takes_no_step(role: Role) -> None:
    for step in STEPS:
        with pytest.raises(RoleMayNot):
            judge(step, role)
