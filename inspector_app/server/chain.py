"""Status events as the server judges them: by the law's table, in the order in which they came, never merged (domain.md 6.3).

A role that may accept a step makes it part of the chain; a role that may propose it leaves a proposal. Of two events on
one parent at most one stands undisputed; the other is shown to a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from inspector_app.domain.errors import GuardUnmet, Immutable, RoleMayNot, RuleError
from inspector_app.domain.ownership import EventState, SiteFacts, Status, Step, check_step, find_step, judge, may_accept
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_

FIRST_CAME = N_("another event was recorded on the same status before this one.")
OVERTAKEN = N_("the status of the site was changed before this was answered.")
DECIDED = frozenset({"state", "reason", "position"})
"""Fields of an event that an answer to it may name; all others never change."""


class Site(Protocol):
    """What the judge may ask about the site."""

    def events(self) -> list["Event"]:
        """All status events of the site that are not deleted."""

    def facts(self, basis: Iterable[str], on: date) -> SiteFacts:
        """What the guards look at."""

    @property
    def code(self) -> str:
        """What people call it."""


@dataclass(frozen=True, slots=True)
class Event:
    """A status event as the server holds it."""

    id: str
    data: dict[str, Any]

    @property
    def state(self) -> EventState:
        """Whether it is part of the chain."""
        return EventState(self.data["state"])  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state and place of an event, why, and the waiting proposals that it overtakes."""

    state: EventState
    position: int
    reason: str | None = None
    error: RuleError | None = None
    overtaken: tuple[str, ...] = ()


def judge_new(site: Site, data: dict[str, Any], role: Role, today: date) -> Judgement:
    """What becomes of a new event."""
    events = site.events()
    accepted = sorted((each for each in events if each.state is EventState.ACCEPTED), key=_position)
    head, place = (accepted[-1], _position(accepted[-1]) + 1) if accepted else (None, 1)
    try:
        state = _state(site, data, role, today, head)
    except RuleError as error:
        return Judgement(EventState.REFUSED, 0, str(error), error)
    if data.get("previous_id") != (head.id if head else None):
        return Judgement(EventState.DISPUTED, 0, FIRST_CAME)
    rivals = tuple(
        each.id
        for each in events
        if each.state is EventState.PROPOSED and each.data.get("previous_id") == data.get("previous_id")
    )
    if state is EventState.PROPOSED and rivals:
        return Judgement(EventState.DISPUTED, 0, FIRST_CAME)
    return Judgement(state, place, overtaken=rivals)


def judge_answer(
    site: Site, event: Event, state: EventState, *, role: Role, person: str, reason: str | None, today: date
) -> Judgement:
    """What becomes of an answer to a waiting or disputed event. Raises RuleError where it may not stand.

    An author may always take his own claim back.
    """
    data = event.data
    if event.state not in {EventState.PROPOSED, EventState.DISPUTED}:
        raise GuardUnmet(site=site.code, target=data["to_status"], rule=N_("the proposal has been answered already."))
    step = _step(site, data)
    contested = event.state is EventState.DISPUTED or any(
        each.state is EventState.DISPUTED and each.data.get("previous_id") == data.get("previous_id") for each in site.events()
    )
    # where two claims meet it takes a registrar, whoever else may accept such a step alone (sync.md b.8)
    may = outranks(role, Role.REGISTRAR) if step is None or contested else may_accept(step, role)
    if state is EventState.REFUSED:
        if not may and data["actor"] != person:
            raise _role_may_not(role, step, contested=contested)
        return Judgement(EventState.REFUSED, 0, reason)
    if state is not EventState.ACCEPTED:
        raise Immutable(record=N_("A status event"))
    if not may:
        raise _role_may_not(role, step, contested=contested)
    events = site.events()
    accepted = sorted((each for each in events if each.state is EventState.ACCEPTED), key=_position)
    head = accepted[-1] if accepted else None
    if data.get("previous_id") != (head.id if head else None):
        raise GuardUnmet(site=site.code, target=data["to_status"], rule=N_("the site has moved on since it was proposed."))
    if step is not None:
        on = date.fromisoformat(data["effective_on"])
        check_step(site.facts(data.get("basis") or (), on), step.target, on=on, today=today)
    rivals = tuple(
        each.id
        for each in events
        if each.id != event.id and each.state is EventState.PROPOSED and each.data.get("previous_id") == data.get("previous_id")
    )
    return Judgement(EventState.ACCEPTED, _position(head) + 1 if head else 1, overtaken=rivals)


def _state(site: Site, data: dict[str, Any], role: Role, today: date, head: Event | None) -> EventState:
    target = Status(data["to_status"])  # type: ignore[call-arg]
    if data.get("historical"):
        if not outranks(role, Role.REGISTRAR):
            raise RoleMayNot(role=role.label, target=target.label, accepts=Role.REGISTRAR.label)
        return EventState.ACCEPTED
    step = _step(site, data)
    if step is None:
        return EventState.ACCEPTED
    state = judge(step, role)
    if data.get("previous_id") == (head.id if head else None):
        on = date.fromisoformat(data["effective_on"])
        check_step(site.facts(data.get("basis") or (), on), target, on=on, today=today)
    return state


def _step(site: Site, data: dict[str, Any]) -> Step | None:
    """The row of the table, or nothing for the first event of a site and for history."""
    target = Status(data["to_status"])  # type: ignore[call-arg]
    if data.get("historical") or (data.get("from_status") is None and target is Status.DISCOVERED):
        return None
    return find_step(site.code, Status(data.get("from_status") or Status.DISCOVERED), target)  # type: ignore[call-arg]


def _role_may_not(role: Role, step: Step | None, *, contested: bool) -> RoleMayNot:
    target = N_("the past") if step is None else step.target.label
    accepts = Role.REGISTRAR if step is None or contested else step.accepts
    return RoleMayNot(role=role.label, target=target, accepts=accepts.label)


def _position(event: Event) -> int:
    return int(event.data.get("position") or 0)
