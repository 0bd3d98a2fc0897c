"""Who changed what, when, from what to what; what waits to be sent, what was refused, what a person must decide."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inspector_app.domain.merge import ConflictState, MergeClass
from inspector_app.domain.ownership import EventState, Status
from inspector_app.i18n import Words
from inspector_app.models.base import json_text, moment_text, plain
from inspector_app.models.changes import Operation
from inspector_app.models.entities import ENTITIES
from inspector_app.models.exchange import Conflict, SyncReceipt
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.watched import CLAIMED

CLAIMED_EVENTS = select(StatusEvent.n).where(text(CLAIMED.where))
"""The numbers of status events that wait for acceptance or are disputed, by their index."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: what it held and what it holds, as JSON carries it. `contested`: the server kept another value."""

    name: str
    old: Any
    new: Any
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One operation on one record. `command` is a message id, `state` a word of the log, `site` the code of its site.

    `reason` is the code of the error with which the server refused it, and `facts` what fills its sentence.
    """

    op_id: str
    at: datetime
    author: str
    command: str
    entity: str
    row_id: str
    site: str | None
    kind: str
    state: str
    fields: tuple[FieldChange, ...]
    reason: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a time that a laptop told is worth: when the server received it, and by how much the laptop's clock was ahead."""

    received_at: datetime | None
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Two values for one field, seen from this register: mine, theirs, and what both started from, as JSON carries them.

    One of them stands, as the record holds it now, until somebody decides. A person who wrote neither value finds the
    standing one in `theirs`.
    """

    id: str
    entity: str
    row_id: str
    site_id: str | None
    site: str | None
    field: str
    kind: MergeClass
    base: Any
    mine: Any
    mine_author: str | None
    mine_at: datetime | None
    theirs: Any
    theirs_author: str | None
    theirs_at: datetime | None
    is_mine_standing: bool
    state: ConflictState
    reason: str | None
    mine_clock: Clock | None = None
    theirs_clock: Clock | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.id,
            "site": self.site,
            "record": self.entity,
            "row_id": self.row_id,
            "field": self.field,
            "class": str(self.kind),
            "base": self.base,
            "mine": self.mine,
            "theirs": self.theirs,
            "mine_author": self.mine_author,
            "theirs_author": self.theirs_author,
            "mine_at": None if self.mine_at is None else moment_text(self.mine_at),
            "theirs_at": None if self.theirs_at is None else moment_text(self.theirs_at),
            "mine_clock": _clock_json(self.mine_clock),
            "theirs_clock": _clock_json(self.theirs_clock),
            "stands": "mine" if self.is_mine_standing else "theirs",
            "state": str(self.state),
        }

    def sentence(self, words: Words) -> str:
        """For people, on one line."""
        return words.say(
            "{id}  {site}  {record}.{field} ({kind}): mine {mine} ({mine_author}, {mine_at}),"
            " theirs {theirs} ({theirs_author}, {theirs_at}), before {base}",
            id=self.id,
            site=self.site or "\N{EN DASH}",
            record=self.entity,
            field=self.field,
            kind=words.say(self.kind.label),
            mine=_brief(self.mine),
            mine_author=self.mine_author or "\N{EN DASH}",
            mine_at=words.moment(self.mine_at),
            theirs=_brief(self.theirs),
            theirs_author=self.theirs_author or "\N{EN DASH}",
            theirs_at=words.moment(self.theirs_at),
            base=_brief(self.base),
        )


def _clock_json(clock: Clock | None) -> dict[str, Any] | None:
    if clock is None or clock.received_at is None:
        return None
    return {"received_at": moment_text(clock.received_at), "offset_ms": clock.offset_ms}


def _brief(value: Any) -> str:
    """A value as JSON carries it, on one line of a terminal."""
    text = "\N{EN DASH}" if value is None else value if isinstance(value, str) else json_text(value)
    text = " ".join(text.split())
    return text if len(text) <= _BRIEF else text[: _BRIEF - 1] + "\N{HORIZONTAL ELLIPSIS}"


_BRIEF = 80


@dataclass(frozen=True, slots=True)
class EventRow:
    """A status event that somebody must look at: waiting for acceptance, refused, or disputed."""

    id: str
    site: str
    from_status: Status | None
    to_status: Status
    effective_on: Any
    actor: str
    recorded_at: datetime
    state: EventState
    reason: str | None


@dataclass(frozen=True, slots=True)
class SyncRow:
    """One sync of the past, in numbers (the fields of `sync.round.Receipt`)."""

    at: datetime
    outcome: dict[str, Any]


_NOT_DONE = text("state <> 'acked' AND state <> 'heard'")  # the words of the partial index


def waiting(session: Session, *, limit: int = 1000) -> list[Change]:
    """Own changes that are not sent yet, oldest first."""
    return _read(session, select(Operation).where(_NOT_DONE, Operation.state == "pending").order_by(Operation.n).limit(limit))


def refused(session: Session, *, limit: int = 1000) -> list[Change]:
    """Own changes that the server refused or holds until another record comes, newest first."""
    asked = select(Operation).where(_NOT_DONE, Operation.state.in_(("rejected", "held")))
    return _read(session, asked.order_by(Operation.n.desc()).limit(limit))


def of_row(session: Session, entity: str, row_id: str, *, limit: int = 500) -> list[Change]:
    """What was done to one record, newest first."""
    asked = select(Operation).where(Operation.row_id == row_id, Operation.entity == entity)
    return _read(session, asked.order_by(Operation.occurred_at.desc(), Operation.n.desc()).limit(limit))


def of_site(session: Session, site_id: str, *, limit: int = 500) -> list[Change]:
    """What was done to a site and everything on it, newest first."""
    asked = select(Operation).where(Operation.site_id == site_id)
    return _read(session, asked.order_by(Operation.occurred_at.desc(), Operation.n.desc()).limit(limit))


def conflicts(
    session: Session, *, state: ConflictState = ConflictState.OPEN, site_id: str | None = None, limit: int = 1000
) -> list[ConflictRow]:
    """What a person must decide (or decided, by `state`), of one site or of all, oldest first."""
    asked = select(Conflict).where(Conflict.state == state).order_by(Conflict.rev).limit(limit)
    found = session.scalars(asked if site_id is None else asked.where(Conflict.site_id == site_id)).all()
    standing = [_standing(session, each) for each in found]
    own = _own(session, [each.op_id for each in found] + [each.op_id for each in standing])
    codes = _codes(session, (each.site_id for each in found))
    return [_conflict(each, now, own, codes) for each, now in zip(found, standing, strict=True)]


def events(session: Session, *, limit: int = 1000) -> list[EventRow]:
    """Status events that wait for acceptance or are disputed, oldest first."""
    asked = (
        select(StatusEvent, Site.code)
        .join(Site, Site.id == StatusEvent.site_id)
        .where(StatusEvent.n.in_(CLAIMED_EVENTS))
        .order_by(StatusEvent.recorded_at)
        .limit(limit)
    )
    return [
        EventRow(
            event.id,
            code,
            event.from_status,
            event.to_status,
            event.effective_on,
            event.actor,
            event.recorded_at,
            event.state,
            event.reason,
        )
        for event, code in session.execute(asked)
    ]


def syncs(session: Session, *, limit: int = 50) -> list[SyncRow]:
    """Syncs of the past, newest first."""
    asked = select(SyncReceipt.at, SyncReceipt.outcome).order_by(SyncReceipt.n.desc()).limit(limit)
    return [SyncRow(at, outcome) for at, outcome in session.execute(asked)]


def last_sync(session: Session) -> SyncRow | None:
    """The newest sync, or nothing."""
    return next(iter(syncs(session, limit=1)), None)


def _read(session: Session, asked: Any) -> list[Change]:
    found = session.scalars(asked).all()
    codes = _codes(session, (each.site_id for each in found))
    contested: dict[str, set[str]] = {}
    disagreed = [each.op_id for each in found if each.kind != "create"]
    for part in _parts(disagreed):
        for op_id, name in session.execute(select(Conflict.op_id, Conflict.field).where(Conflict.op_id.in_(part))):
            contested.setdefault(op_id, set()).add(name)
    return [_change(each, codes, contested.get(each.op_id, set())) for each in found]


def _change(each: Operation, codes: dict[str, str], contested: set[str]) -> Change:
    changes = each.body.get("changes") or {name: (None, value) for name, value in each.body.get("data", {}).items()}
    result = each.result or {}
    return Change(
        op_id=each.op_id,
        at=each.occurred_at,
        author=each.author,
        command=each.command,
        entity=each.entity,
        row_id=each.row_id,
        site=codes.get(each.site_id or ""),
        kind=each.kind,
        state=each.state,
        fields=tuple(
            FieldChange(name, old, new, name in contested or "deleted" in contested) for name, (old, new) in changes.items()
        ),
        reason=result.get("reason"),
        facts=result.get("facts", {}),
    )


class _Standing(NamedTuple):
    """The value that stands: what it is, the operation that wrote it, by whom and when."""

    value: Any
    op_id: str
    author: str | None
    at: datetime | None
    clock: Clock | None = None


def _standing(session: Session, each: Conflict) -> _Standing:
    """What the record holds by now: somebody may have gone on from the value that stood when the conflict was found."""
    clock = Clock(each.standing_received_at, each.standing_offset_ms)
    said = _Standing(each.standing, each.standing_op, each.standing_author, each.standing_at, clock)
    row = session.get(ENTITIES[each.entity], each.row_id) if each.entity in ENTITIES else None
    if row is None or each.state is not ConflictState.OPEN or not hasattr(row, each.field):
        return said
    source = (row.sources or {}).get(each.field, row.id)
    if source == each.standing_op or (each.kind is MergeClass.DELETE and row.deleted == each.standing):
        return said
    who = session.execute(select(Operation.author, Operation.occurred_at).where(Operation.op_id == source)).one_or_none()
    return _Standing(plain(getattr(row, each.field)), source, *(who or (None, None)))


def _conflict(each: Conflict, now: _Standing, own: set[str], codes: dict[str, str]) -> ConflictRow:
    standing = (now.value, now.author, now.at, now.clock)
    proposed = (each.proposed, each.author, each.occurred_at, Clock(each.received_at, each.offset_ms))
    is_mine_standing = now.op_id in own and each.op_id not in own
    mine, theirs = (standing, proposed) if is_mine_standing else (proposed, standing)
    return ConflictRow(
        id=each.id,
        entity=each.entity,
        row_id=each.row_id,
        site_id=each.site_id,
        site=codes.get(each.site_id or ""),
        field=each.field,
        kind=each.kind,
        base=each.base,
        mine=mine[0],
        mine_author=mine[1],
        mine_at=mine[2],
        theirs=theirs[0],
        theirs_author=theirs[1],
        theirs_at=theirs[2],
        is_mine_standing=is_mine_standing,
        state=each.state,
        reason=each.reason,
        mine_clock=mine[3],
        theirs_clock=theirs[3],
    )


def _own(session: Session, op_ids: list[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(op_ids):
        found.update(session.scalars(select(Operation.op_id).where(Operation.op_id.in_(part), Operation.seq.is_not(None))))
    return found


def _codes(session: Session, site_ids: Iterable[str | None]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for part in _parts(list({each for each in site_ids if each is not None})):
        codes.update(session.execute(select(Site.id, Site.code).where(Site.id.in_(part))).all())
    return codes


def _parts(values: list[str]) -> Iterable[list[str]]:
    return (values[at : at + 500] for at in range(0, len(values), 500))
