"""Every pair of steps that two people take on one status at once: one stands at most, the other is shown to a person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.ownership import (
    STEPS,
    CourtResult,
    Decision,
    DocumentType,
    EventState,
    Guard,
    OwnershipType,
    SiteFacts,
    Status,
    Step,
    may_accept,
)
from inspector_app.domain.people import Role, outranks
from inspector_app.server import chain

TODAY = date(2026, 5, 2)
PAIRS = [(one, two) for one, two in product(STEPS, STEPS) if one.origin is two.origin]
UNDISPUTED = {EventState.ACCEPTED, EventState.PROPOSED}


@dataclass
class Held:
    """A site of which everything that a step rests on is there."""

    origin: Status
    found: list[chain.Event] = field(default_factory=list)
    step: Step = STEPS[0]
    code: str = "A-1"

    def events(self) -> list[chain.Event]:
        return self.found

    def facts(self, _basis: Iterable[str], _on: date) -> SiteFacts:
        guards = self.step.guards
        return SiteFacts(
            site=self.code,
            status=self.origin,
            status_since=date(2025, 1, 1),
            documents=frozenset(DocumentType),
            decisions=(
                Decision(CourtResult.RECOGNISED, OwnershipType.REPUBLICAN, date(2025, 1, 1)),
                Decision(CourtResult.RECOGNISED, OwnershipType.COMMUNAL, date(2025, 1, 1)),
                Decision(CourtResult.REFUSED, None, None),
            ),
            signed_inspection_on=TODAY,
            accepted_items=1,
            remaining_g=1 if Guard.SOMETHING_REMAINS in guards else 0,
            last_tender="FAILED" if Guard.TENDER_FAILED in guards else "ANNOUNCED",
            loaded_batches=1,
        )

    def take(self, step: Step, role: Role) -> chain.Event:
        """What a person says who sees the head as the last event, and what becomes of the others by it."""
        self.step = step
        data: dict[str, Any] = {
            "from_status": str(step.origin), "to_status": str(step.target), "previous_id": "head", "basis": [],
            "effective_on": "2026-01-01", "actor": f"person {len(self.found)}",
        }  # fmt: skip
        found = chain.judge_new(self, data, role, TODAY)
        event = chain.Event(f"event {len(self.found)}", {**data, "state": str(found.state), "position": found.position})
        for each in self.found:
            if each.id in found.overtaken:
                each.data["state"] = str(EventState.DISPUTED)
        self.found.append(event)
        return event


def a_site(origin: Status) -> Held:
    head = chain.Event("head", {"to_status": str(origin), "state": "ACCEPTED", "position": 1, "previous_id": None})
    return Held(origin, [head])


def test_of_every_pair_of_steps_by_every_pair_of_roles_at_most_one_stands_and_none_is_lost() -> None:
    for (one, two), first, second in product(PAIRS, Role, Role):
        site = a_site(one.origin)
        events = site.take(one, first), site.take(two, second)
        states = [each.state for each in events]
        told = f"{first} to {one.target}, {second} to {two.target}: {states}"
        assert sum(state in UNDISPUTED for state in states) <= 1, told
        for step, role, state in ((one, first, states[0]), (two, second, states[1])):
            assert (state is EventState.REFUSED) == (not outranks(role, step.proposes) and not may_accept(step, role)), told
        if EventState.REFUSED not in states:
            assert EventState.DISPUTED in states, told
            accepting = [may_accept(one, first), may_accept(two, second)]
            assert (EventState.ACCEPTED in states) == any(accepting), told


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(list(Role))), min_size=2, max_size=6))
def test_however_many_claim_one_status_one_stands_at_most_and_only_a_registrar_decides(said: list[tuple[Step, Role]]) -> None:
    origin = said[0][0].origin
    site = a_site(origin)
    for step, role in said:
        if step.origin is origin:
            site.take(step, role)
    claims = site.found[1:]
    assert sum(each.state in UNDISPUTED for each in claims) <= 1
    for each in claims:
        if each.state is EventState.DISPUTED:
            for role in (Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR):
                assert raises(site, each, EventState.ACCEPTED, role)
                assert raises(site, each, EventState.REFUSED, role)


def raises(site: Held, event: chain.Event, state: EventState, role: Role) -> bool:
    try:
        chain.judge_answer(site, event, state, role=role, person="somebody else", reason="so", today=TODAY)
    except chain.RuleError:
        return True
    return False
