"""What people do in a schedule: one function per kind of edit, and how often each comes.

Whoever adds something that travels (a region, a photo) adds a function here and a line in `EDITS`; that is all the
schedules, the stateful model and the processes of tests/faults need. An edit takes an open transaction of the register and
dice; where the rules of the program refuse it, nothing happens. Days lie far in the past, so that no clock of a laptop
makes them days to come.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select

from inspector_app.actions import conflicts, inspections, ownership, sites
from inspector_app.actions.conflicts import settle
from inspector_app.domain.merge import may_settle
from inspector_app.domain.ownership import STEPS, DocumentType, EventState, Status, judge
from inspector_app.domain.people import Role
from inspector_app.domain.removal import EntryKind
from inspector_app.models import changes
from inspector_app.models.documents import Document
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.history import conflicts as open_conflicts
from inspector_app.models.removal import LedgerEntry
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.waste import WasteItem
from tests.simulation.borders import HERE, THERE

NAMES = ("name_en", "address", "former_owner", "cadastral_no", "area_m2")
FIRST_DAY, NEXT_DAY = date(2001, 1, 1), date(2002, 2, 2)
_ON_THE_WAY = (Status.DISCOVERED, Status.OWNER_SEARCH, Status.CLAIM_FILED)


@dataclass
class Hand:
    """Who edits: an open transaction, dice, so many sites that no more are registered, and the fields that are written."""

    session: Any
    dice: Random
    most_sites: int = 3
    names: tuple[str, ...] = NAMES

    @property
    def role(self) -> Role:
        """What the register believes this person is trusted with."""
        return Role(self.session.info["role"])

    def all(self, kind: type[Any], *which: Any) -> list[Any]:
        """Rows in the order of their making."""
        return list(self.session.scalars(select(kind).where(*which).order_by(kind.id)))

    def one(self, kind: type[Any], *which: Any) -> Any:
        """One of the rows, or nothing."""
        found = self.all(kind, *which)
        return self.dice.choice(found) if found else None

    def site(self) -> Any:
        """A site that is not deleted."""
        return self.one(Site, Site.deleted.is_(False))


def register_site(hand: Hand) -> None:
    """A new site, half of the time with its first papers."""
    if len(hand.all(Site)) >= hand.most_sites:
        return _rename(hand)
    region = hand.dice.choice(hand.session.info["regions"] or (HERE, HERE, THERE))
    code, place = f"S{hand.dice.randrange(10**6)}", {"region": region, "lat": 43.5, "lon": 51.25}
    site = sites.register_site(hand.session, code=code, name_en="new", discovered_on=FIRST_DAY, **place)
    if hand.dice.random() < 0.5:
        papers_of(hand, site.id)
    return None


def _rename(hand: Hand) -> None:
    if site := hand.site():
        for name in hand.dice.sample(hand.names, hand.dice.choice((1, 1, 2))):
            setattr(site, name, hand.dice.randrange(4) if name == "area_m2" else hand.dice.choice("abcd"))


def _move(hand: Hand) -> None:
    """A site is said to lie on the other side of a border; only who works on both sides may say so."""
    if site := hand.site():
        site.region = THERE if site.region == HERE else HERE


def _item(hand: Hand) -> None:
    if site := hand.site():
        changes.add(hand.session, WasteItem, site_id=site.id, line_no=hand.dice.randrange(9), code="160209")


def _mass(hand: Hand) -> None:
    if item := hand.one(WasteItem):
        values = {"site_id": item.site_id, "item_id": item.id, "kind": EntryKind.CORRECTION}
        changes.add(hand.session, LedgerEntry, **values, mass_g=hand.dice.randrange(1, 1000), entered_on=NEXT_DAY)


def _history(hand: Hand) -> None:
    """An event of the past; the registrar alone may write it."""
    if hand.role is Role.REGISTRAR and (site := hand.site()):
        target = hand.dice.choice((Status.OWNER_SEARCH, Status.OWNER_FOUND))
        ownership.record_history(hand.session, site.id, target, on=NEXT_DAY)


def _claim(hand: Hand) -> None:
    """A step on the last event that this person sees, without papers: for the server to refuse, or to call disputed."""
    if (site := hand.site()) and (head := _head(hand, site.id)):
        historical = hand.role is Role.REGISTRAR
        target = Status.OWNER_SEARCH if head.to_status is not Status.OWNER_SEARCH else Status.OWNER_FOUND
        _event(
            hand, site.id, head, target, historical=historical, state=EventState.ACCEPTED if historical else EventState.PROPOSED
        )


def _rival(hand: Hand) -> None:
    """A step with papers of its own, whatever waits or is disputed here: to be accepted, to wait, or to overtake what waits."""
    if (site := hand.site()) and (head := _head(hand, site.id)):
        steps = [each for each in STEPS if each.origin is head.to_status and not each.guards]
        if steps:
            step = hand.dice.choice([each for each in steps if each.target is not Status.OWNER_FOUND] or steps)
            basis = [_a_paper(hand, site.id, kind).id for kind in sorted(step.basis)]
            _event(hand, site.id, head, step.target, basis=basis, state=judge(step, hand.role))


def _head(hand: Hand, site_id: str) -> Any:
    """The last accepted event of a site."""
    asked = select(StatusEvent.id, StatusEvent.to_status).where(StatusEvent.site_id == site_id)
    accepted = asked.where(StatusEvent.state == EventState.ACCEPTED).order_by(StatusEvent.position.desc())
    return hand.session.execute(accepted.limit(1)).one_or_none()


def _event(hand: Hand, site_id: str, head: Any, target: Status, **values: Any) -> None:
    changes.add(
        hand.session, StatusEvent, site_id=site_id, from_status=head.to_status, to_status=target, effective_on=NEXT_DAY,
        recorded_at=changes.now(hand.session), actor=hand.session.info["author"], role=hand.role, previous_id=head.id,
        position=2, **values,
    )  # fmt: skip


def _paper(hand: Hand) -> None:
    if site := hand.site():
        papers_of(hand, site.id)


def papers_of(hand: Hand, site_id: str) -> None:
    """Every paper that the first steps may rest on."""
    for kind in (DocumentType.SURVEY_ACT, DocumentType.CLAIM, DocumentType.OWNER_INQUIRY):
        _a_paper(hand, site_id, kind)


def _a_paper(hand: Hand, site_id: str, kind: DocumentType) -> Document:
    return changes.add(hand.session, Document, site_id=site_id, type=kind, no=hand.dice.choice("12"), issued_on=FIRST_DAY)


def _step(hand: Hand) -> None:
    """A lawful step: what the role may only propose waits for a registrar or a supervisor."""
    if site := hand.site():
        steps = [step for step in STEPS if step.origin == site.status and step.origin in _ON_THE_WAY]
        if steps:
            ownership.take_step(hand.session, site.id, hand.dice.choice(steps).target, on=NEXT_DAY)


def _accept(hand: Hand) -> None:
    if event := hand.one(StatusEvent, StatusEvent.state == EventState.PROPOSED):
        ownership.accept_proposal(hand.session, event.id)


def _refuse(hand: Hand) -> None:
    if event := hand.one(StatusEvent, StatusEvent.state == EventState.PROPOSED):
        ownership.refuse_proposal(hand.session, event.id, hand.dice.choice(("not so", "not yet")))


def _end_dispute(hand: Hand) -> None:
    if event := hand.one(StatusEvent, StatusEvent.state == EventState.DISPUTED):
        conflicts.refuse_disputed(hand.session, event.id, "not so")


def _delete(hand: Hand) -> None:
    """A site or an item goes, or comes back."""
    row = hand.dice.choice([*hand.all(Site), *hand.all(WasteItem)] or [None])
    if row is not None and hand.dice.random() < 0.5:
        row.deleted = not row.deleted


def _turn(hand: Hand) -> None:
    """A site goes, or comes back."""
    if site := hand.one(Site):
        site.deleted = not site.deleted


def _delete_and_edit(hand: Hand) -> None:
    """In one command: a site comes back with another name, or is renamed by who then deletes it."""
    if (site := hand.one(Site)) and hand.dice.random() < 0.3:
        site.deleted, site.name_en = not site.deleted, hand.dice.choice("abcd")


def _inspect(hand: Hand) -> None:
    if site := hand.site():
        inspections.start_inspection(hand.session, site.id, visited_on=NEXT_DAY)


def _write_inspection(hand: Hand) -> None:
    if act := hand.one(Inspection):
        inspections.change_inspection(hand.session, act.id, facts=hand.dice.choice("abcd"))


def _settle(hand: Hand) -> None:
    """A decision on a conflict, half of the time with a later edit of the record; two people may decide the same one at once."""
    found = [each for each in open_conflicts(hand.session) if may_settle(hand.role, each.kind)]
    if not found:
        return _rename(hand)
    conflict, keep = hand.dice.choice(found), hand.dice.choice(("mine", "theirs"))
    settle(hand.session, conflict.id, keep=keep, reason="we looked at it again")
    return _rename(hand) if hand.dice.random() < 0.5 else None


EDITS: tuple[tuple[Callable[[Hand], None], int], ...] = (
    (register_site, 6),
    (_rename, 16),
    (_item, 6),
    (_mass, 6),
    (_history, 3),
    (_claim, 5),
    (_paper, 2),
    (_step, 9),
    (_accept, 5),
    (_refuse, 2),
    (_end_dispute, 2),
    (_delete, 9),
    (_delete_and_edit, 3),
    (_inspect, 1),
    (_write_inspection, 2),
    (_settle, 20),
    (_rival, 2),
    (_move, 1),
)
"""Every kind of edit, and how many of a hundred it is or thereabouts."""


@dataclass(frozen=True)
class Mix:
    """What a schedule is about: edits that come so many times as often as elsewhere, few sites to meet on, borders that move.

    Everybody knows `sites` of them when it begins; people who meet on nothing yet do not quarrel. Shares of one: `visits` of
    the work are done between two syncs without anybody between; `interruptions` of the syncs are edited during; so many
    steps are `copies` of the server, half of them put back, or `grants` of regions. `bad` is how bad a line may be, `during`
    what is done while a sync lasts, anything without it.
    """

    name: str
    share: int
    often: Mapping[Callable[[Hand], None], float]
    sites: int = 1
    most_sites: int = 3
    names: tuple[str, ...] = NAMES
    visits: float = 0
    copies: float = 0.05
    interruptions: float = 0.5
    bad: tuple[float, ...] = (0.0, 0.15, 0.4)
    grants: float = 0
    during: Callable[[Hand], None] | None = None

    def drawn(self, dice: Random) -> Callable[[Hand], None]:
        """One kind of edit."""
        kind: Callable[[Hand], None] = dice.choices(_KINDS, [weight * self.often.get(kind, 1) for kind, weight in EDITS])[0]
        return kind


_KINDS = tuple(kind for kind, _weight in EDITS)
FROM_NOTHING = Mix("everything from nothing", 2, {}, sites=0)
MIXES = (
    FROM_NOTHING,
    Mix("everything", 4, {}),
    Mix("borders", 4, {_move: 14, register_site: 1.5}, sites=2, grants=0.06),
    Mix(
        "other histories",
        3,
        {_rename: 4, _move: 2, _settle: 0.5, _delete: 0.3, _item: 0.3, _mass: 0.3},
        most_sites=1,
        names=("name_en", "cadastral_no"),
        copies=0.25,
        bad=(0.15, 0.4, 0.7),
        grants=0.15,
    ),
    Mix(
        "the law",
        4,
        {
            _rival: 15,
            _claim: 1,
            _history: 2,
            _end_dispute: 6,
            _step: 0.5,
            _delete: 0.1,
            _delete_and_edit: 0,
            _settle: 0.2,
            _rename: 0.3,
            _item: 0.2,
            _mass: 0.2,
        },
        most_sites=1,
        visits=0.2,
    ),
    Mix(
        "decisions",
        3,
        {_settle: 4, _rename: 4, _item: 0.2, _mass: 0.2, _step: 0.3, _delete: 0.2, _delete_and_edit: 0.3, _claim: 0.2},
        most_sites=1,
        names=("name_en", "cadastral_no"),
        visits=0.3,
    ),
    Mix(
        "deletions",
        3,
        {_delete: 10, _delete_and_edit: 15, _rename: 3, _item: 0.3, _mass: 0.2, _step: 0, _rival: 0, _claim: 0, _settle: 0.2},
        most_sites=2,
        interruptions=0.9,
        during=_turn,
    ),
)
"""What schedules are about, each so often."""


def mixed(dice: Random) -> Mix:
    """What one schedule is about."""
    return dice.choices(MIXES, [each.share for each in MIXES])[0]


def drawn(dice: Random) -> Callable[[Hand], None]:
    """One kind of edit of a life in which everything happens."""
    return FROM_NOTHING.drawn(dice)
