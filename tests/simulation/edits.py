"""What people do in a schedule: one function per kind of edit, and how often each comes.

Whoever adds something that travels (a region, a photo) adds a function here and a line in `EDITS`; that is all the
schedules, the stateful model and the processes of tests/faults need. An edit takes an open transaction of the register and
dice; where the rules of the program refuse it, nothing happens. Days lie far in the past, so that no clock of a laptop
makes them days to come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select

from inspector_app.actions import conflicts, inspections, ownership, sites
from inspector_app.actions.conflicts import settle
from inspector_app.domain.merge import may_settle
from inspector_app.domain.ownership import STEPS, DocumentType, EventState, Status
from inspector_app.domain.people import Role
from inspector_app.domain.removal import EntryKind
from inspector_app.models import changes
from inspector_app.models.documents import Document
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.history import conflicts as open_conflicts
from inspector_app.models.removal import LedgerEntry
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.waste import WasteItem

NAMES = ("name_en", "address", "former_owner", "cadastral_no", "area_m2")
FIRST_DAY, NEXT_DAY = date(2001, 1, 1), date(2002, 2, 2)
_ON_THE_WAY = (Status.DISCOVERED, Status.OWNER_SEARCH, Status.CLAIM_FILED)
_MOST_SITES = 3


@dataclass
class Hand:
    """Who edits: an open transaction and dice."""

    session: Any
    dice: Random

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
    if len(hand.all(Site)) >= _MOST_SITES:
        return _rename(hand)
    code, place = f"S{hand.dice.randrange(10**6)}", {"region": "47", "lat": 43.5, "lon": 51.25}
    site = sites.register_site(hand.session, code=code, name_en="new", discovered_on=FIRST_DAY, **place)
    if hand.dice.random() < 0.5:
        papers_of(hand, site.id)
    return None


def _rename(hand: Hand) -> None:
    if site := hand.site():
        for name in hand.dice.sample(NAMES, hand.dice.choice((1, 1, 2))):
            setattr(site, name, hand.dice.randrange(4) if name == "area_m2" else hand.dice.choice("abcd"))


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
    if site := hand.site():
        head = hand.session.execute(
            select(StatusEvent.id, StatusEvent.to_status)
            .where(StatusEvent.site_id == site.id, StatusEvent.state == EventState.ACCEPTED)
            .order_by(StatusEvent.position.desc())
            .limit(1)
        ).one_or_none()
        if head is not None:
            historical = hand.role is Role.REGISTRAR
            changes.add(
                hand.session, StatusEvent, site_id=site.id, from_status=head.to_status,
                to_status=Status.OWNER_SEARCH if head.to_status is not Status.OWNER_SEARCH else Status.OWNER_FOUND,
                effective_on=NEXT_DAY, recorded_at=changes.now(hand.session), actor=hand.session.info["author"], role=hand.role,
                historical=historical, previous_id=head.id, position=2,
                state=EventState.ACCEPTED if historical else EventState.PROPOSED,
            )  # fmt: skip


def _paper(hand: Hand) -> None:
    if site := hand.site():
        papers_of(hand, site.id)


def papers_of(hand: Hand, site_id: str) -> None:
    """Every paper that the first steps may rest on."""
    for kind in (DocumentType.SURVEY_ACT, DocumentType.CLAIM, DocumentType.OWNER_INQUIRY):
        changes.add(hand.session, Document, site_id=site_id, type=kind, no=hand.dice.choice("12"), issued_on=FIRST_DAY)


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
    """A decision on a conflict; two people may decide the same one at once."""
    found = [each for each in open_conflicts(hand.session) if may_settle(hand.role, each.kind)]
    if not found:
        return _rename(hand)
    conflict, keep = hand.dice.choice(found), hand.dice.choice(("mine", "theirs"))
    settle(hand.session, conflict.id, keep=keep, reason="we looked at it again")
    return None


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
)
"""Every kind of edit, and how many of a hundred it is or thereabouts."""

_KINDS, _WEIGHTS = zip(*EDITS, strict=True)


def drawn(dice: Random) -> Callable[[Hand], None]:
    """One kind of edit."""
    kind: Callable[[Hand], None] = dice.choices(_KINDS, _WEIGHTS)[0]
    return kind
