"""Everything that waits for a person's decision: conflicts with their papers, claims on a status, numbers given twice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from inspector_app.domain.merge import MergeClass
from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models.entities import ENTITIES
from inspector_app.models.exchange import facts
from inspector_app.models.queries.glance import DocumentRow, EventRow, documents, events, site_row
from inspector_app.models.queries.history import CLAIMED_EVENTS, Change, ConflictRow, conflicts, of_row
from inspector_app.models.queries.sites import SiteRow
from inspector_app.models.queries.twins import Twins, twins
from inspector_app.models.sites import StatusEvent
from inspector_app.models.transactions import Open

_MOST = 100
_EDITS = 4


@dataclass(frozen=True, slots=True)
class AskedConflict:
    """A conflict with the papers that concern it, those of the record itself first; of a deletion also the last edits.

    `typed` is what the field holds now, as the register has it, and `lat` and `lon` where the record lies.
    """

    conflict: ConflictRow
    own_documents: tuple[DocumentRow, ...]
    documents: tuple[DocumentRow, ...]
    edits: tuple[Change, ...] = ()
    typed: Any = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What waits for an answer on one site: its status, the claims on it, and the papers a decision may rest on.

    A claim is open to be kept while the chain still ends where its author saw it end (`keepable` holds the ids of those).
    """

    site: SiteRow
    claims: tuple[EventRow, ...]
    keepable: frozenset[str]
    documents: tuple[DocumentRow, ...]

    @property
    def disputed(self) -> bool:
        """Whether the claims contradict each other or the chain."""
        return any(each.state is EventState.DISPUTED for each in self.claims)

    @property
    def status(self) -> Status:
        """The accepted status."""
        return self.site.status


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a step that was proposed on this laptop: accepted, or refused with the reason."""

    site_id: str
    site: str
    to_status: Status
    state: EventState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Deciding:
    """All of it, and who looks at it."""

    person: str
    role: Role
    conflicts: tuple[AskedConflict, ...]
    claims: tuple[Claims, ...]
    twins: tuple[Twins, ...]
    answers: tuple[Answer, ...] = ()

    @property
    def count(self) -> int:
        """How many decisions wait."""
        return len(self.conflicts) + len(self.claims) + len(self.twins)


def deciding(session: Open) -> Deciding:
    """What waits for a person, oldest first of each kind."""
    named = facts(session)
    waiting = select(StatusEvent.site_id).where(StatusEvent.n.in_(CLAIMED_EVENTS)).order_by(StatusEvent.recorded_at)
    sites = list(dict.fromkeys(session.scalars(waiting)))[:_MOST]
    return Deciding(
        person=named.get("person", ""),
        role=Role(named.get("role", Role.INSPECTOR)),  # type: ignore[call-arg]
        conflicts=tuple(_asked(session, each) for each in conflicts(session, limit=_MOST)),
        claims=tuple(found for each in sites if (found := claims(session, site_id=each)) is not None),
        twins=twins(session),
        answers=answers(session),
    )


def answers(session: Open, *, most: int = 10) -> tuple[Answer, ...]:
    """Answers to own proposals among the last changes of this register, newest first."""
    found = session.rows(_ANSWERS, (most,))
    return tuple(
        Answer(site_id, site, Status.known(status), EventState.known(state), reason)
        for site_id, site, status, state, reason in found
    )


# what was accepted at once has no answer: nobody wrote its state a second time
_ANSWERS = (
    "SELECT s.id, s.code, e.to_status, e.state, e.reason FROM operation o JOIN status_event e ON e.id = o.row_id"
    " JOIN site s ON s.id = e.site_id WHERE o.n > (SELECT MAX(n) FROM operation) - 20000 AND o.entity = 'status_event'"
    " AND o.kind = 'create' AND o.seq IS NOT NULL AND e.deleted = 0"
    " AND (e.state = 'REFUSED' OR (e.state = 'ACCEPTED' AND json_extract(e.sources, '$.state') IS NOT NULL))"
    " ORDER BY o.n DESC LIMIT ?"
)


def claims(session: Open, *, site_id: str) -> Claims | None:
    """What waits on the status of one site; nothing when nothing does."""
    site = site_row(session, site_id)
    found = [each for each in events(session, site_id=site_id) if each.state in {EventState.PROPOSED, EventState.DISPUTED}]
    if site is None or not found:
        return None
    head = session.value(
        "SELECT id FROM status_event WHERE site_id = ? AND state = 'ACCEPTED' AND deleted = 0"
        " ORDER BY position DESC, n DESC LIMIT 1",
        (site_id,),
    )
    keepable = {
        row_id
        for row_id, before in session.rows(
            "SELECT id, previous_id FROM status_event WHERE site_id = ? AND state IN ('PROPOSED', 'DISPUTED') AND deleted = 0",
            (site_id,),
        )
        if before == head
    }
    papers = tuple(documents(session, site_id=site_id))
    return Claims(site, tuple(found), frozenset(keepable), papers)


def _asked(session: Open, conflict: ConflictRow) -> AskedConflict:
    papers = documents(session, site_id=conflict.site_id) if conflict.site_id else []
    row = session.get(ENTITIES[conflict.entity], conflict.row_id) if conflict.entity in ENTITIES else None
    named = {conflict.row_id, getattr(row, "document_id", None)}  # the papers that the record is or points to
    edits: tuple[Change, ...] = ()
    if conflict.kind is MergeClass.DELETE:
        last = of_row(session, conflict.entity, conflict.row_id, limit=20)
        edits = tuple(each for each in last if each.kind == "patch")[:_EDITS]
    return AskedConflict(
        conflict,
        own_documents=tuple(each for each in papers if each.id in named),
        documents=tuple(each for each in papers if each.id not in named),
        edits=edits,
        typed=getattr(row, conflict.field, None),
        lat=getattr(row, "lat", None),
        lon=getattr(row, "lon", None),
    )
