"""Puts operations in order, accepts or refuses each, says why; hands out what changed since (sync.md b.6).

One push is one transaction under one lock, so that the order of commits is the order of revisions. What an operation
came to is kept with it for ever: a repeated push is answered from there.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, insert, select, text, update

from inspector_app.domain.people import Role
from inspector_app.models.base import moment_text
from inspector_app.models.changes import GENESIS
from inspector_app.server import audit, receipts, scope, store
from inspector_app.server.audit import Deed
from inspector_app.server.batch import Batch
from inspector_app.server.entries import Given, canonical, digest, known_as
from inspector_app.server.scale import Scale
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal


class Refused(Exception):
    """A request that is not taken; nothing of it was done. Becomes problem+json with the status.

    `account` is the person whose password was wrong.
    """

    def __init__(self, status: int, code: Refusal, reason: str = "", *, retry_after_s: int = 0) -> None:
        """Keep the HTTP status, the code, a word for who debugs, and after how long to ask again, if that helps."""
        super().__init__(f"{code}: {reason}")
        self.status, self.code, self.reason, self.retry_after_s = status, code, reason, retry_after_s
        self.account: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a device with its number, its person, and what the person is trusted with. No regions means all."""

    device_id: str
    person: str
    role: Role
    regions: tuple[str, ...] = ()
    device_no: int = 0


def check_version(protocol: int, vocabulary: int, *, oldest: int) -> None:
    """That what is said over these wires, `oldest` to `protocol`, in these words may come in. Raises Refused."""
    if oldest > wire.PROTOCOL:
        raise Refused(409, Refusal.SERVER_TOO_OLD, f"protocol {wire.PROTOCOL}")
    if protocol < wire.OLDEST_PROTOCOL or vocabulary < wire.Schema.own().push_min:
        raise Refused(409, Refusal.UPGRADE_REQUIRED, f"protocol {protocol}, schema {vocabulary}")


def hello(connection: Connection, actor: Actor, message: wire.Hello, *, facts: dict[str, str], now: datetime) -> wire.Welcome:
    """Tell a device where its stream and the server stand. Raises Refused."""
    check_version(message.protocol, message.schema_, oldest=message.oldest)
    if (message.kind == "demo") != (facts["demo"] == "1"):
        raise Refused(409, Refusal.DEMO_MISMATCH)
    known = connection.execute(
        select(store.stream.c.device_id, store.stream.c.last_seq, store.stream.c.last_hash).where(
            store.stream.c.stream_id == message.stream_id
        )
    ).one_or_none()
    if known is not None and known.device_id != actor.device_id:
        raise Refused(409, Refusal.STREAM_FORKED, "the stream belongs to another device")
    return wire.Welcome(
        protocol=min(message.protocol, wire.PROTOCOL),
        schema_=wire.Schema.own(),
        epoch=facts["epoch"],
        last_seq=None if known is None else known.last_seq,
        last_hash=None if known is None else known.last_hash,
        head=connection.execute(select(store.counter.c.rev)).scalar_one(),
        person=actor.person,
        role=str(actor.role),
        device_no=actor.device_no,
        regions=actor.regions,
        clock_offset_ms=_offset(message.client_time, now),
        audit=audit.head(connection),
        audit_known=message.audit is None or audit.holds(connection, message.audit),
        server_time=moment_text(now),
    )


def push(connection: Connection, actor: Actor, message: wire.Push, *, scale: Scale, now: datetime) -> wire.Judged:
    """Judge operations of one stream in their order. Raises Refused, and then nothing of them was done."""
    was = connection.execute(select(store.counter.c.rev).with_for_update()).scalar_one()
    if message.epoch != store.facts(connection)["epoch"]:
        raise Refused(409, Refusal.EPOCH_CHANGED)
    stream = _stream(connection, actor, message, now)
    given = _chained(message)
    known = _known(connection, [each.op_id for each in message.operations] + list(message.ask))
    if message.first_seq > stream.last_seq + 1:
        raise Refused(409, Refusal.GAP, f"expected {stream.last_seq + 1}")
    if message.first_seq == stream.last_seq + 1 and message.prev_hash != stream.last_hash:
        raise Refused(409, Refusal.STREAM_FORKED, "another history came before")
    fresh = []
    for each in given:
        before = known.get(each.op_id)
        if before is None and each.seq <= stream.last_seq:
            raise Refused(409, Refusal.STREAM_FORKED, f"another operation has number {each.seq}")
        if before is not None and before.hash != each.hash:
            raise Refused(409, Refusal.STREAM_FORKED, f"{each.op_id} was something else before")
        if before is None:
            fresh.append(each)
    batch = Batch(connection, actor.person, actor.role, actor.regions, scale=scale, rev=was, now=now)
    batch.judge(fresh, stream_id=message.stream_id, schema=message.schema_, clock_offset_ms=message.clock_offset_ms)
    again = [each for each in known.values() if each.status != "applied" or each.result or each.op_id in message.ask]
    batch.answer_again(again)
    head = batch.write()
    verdicts = batch.verdicts()
    told = {each.op_id: each for each in verdicts}
    counted = receipts.count(connection, message, told, device_id=actor.device_id) if message.round_id else None
    if head != was:
        connection.execute(update(store.counter).values(rev=head))
    if given and given[-1].seq > stream.last_seq:
        connection.execute(
            update(store.stream)
            .where(store.stream.c.stream_id == message.stream_id)
            .values(last_seq=given[-1].seq, last_hash=given[-1].hash)
        )
    if fresh:
        said = {"device": actor.device_id, "taken": len(fresh), "operation": fresh[-1].op_id, "hash": fresh[-1].hash}
        audit.note(connection, Deed.PUSHED, at=now, actor=actor.person, target=message.stream_id, said=said)
    return wire.Judged(
        last_seq=max(stream.last_seq, given[-1].seq if given else 0),
        was=was,
        head=head,
        alone=not batch.others,
        verdicts=verdicts,
        server_time=moment_text(now),
        tally=counted,
    )


def pull(
    connection: Connection,
    *,
    epoch: str,
    cursor: int,
    limit: int,
    first: bool,
    since: str,
    regions: Sequence[str] = (),
    only: Sequence[str] = (),
) -> str:
    """What changed after a revision, as the text of a page, spliced from what is stored.

    A page ends where both rows and operations are complete. `first` leaves out the operations that made rows and those
    before `since`: a laptop that takes the whole register has the rows themselves. With `regions` it carries what lies in
    them or in none, where the sites are that left them, and the history of those that came; with `only`, what lies in these
    of them and nothing else: a laptop that was granted a region fetches it so.
    """
    head = connection.execute(select(store.counter.c.rev)).scalar_one()
    asked: dict[str, Any] = {"cursor": cursor, "limit": limit}
    which = "all"
    if only or regions:
        which = "only" if only else "scoped"
        asked["regions"] = [each for each in only if not regions or each in regions] if only else list(regions)
    rows, is_full = _rows(connection, _ROWS[which], asked)
    end = rows[-1].rev if is_full else head
    log_asked = {**asked, "end": end, "limit": 2 * limit, "since": since}
    done = list(connection.execute((_EDITS if first else _OPERATIONS)[which], log_asked).all())
    if len(done) == 2 * limit:
        end = done[-1].rev
        rows = [each for each in rows if each.rev <= end]
    more = "true" if end < head else "false"
    told = [each.text for each in rows]
    if which == "scoped":
        told += scope.departures(connection, cursor=cursor, end=end, regions=regions)
        done += connection.execute(_ARRIVED, {"cursor": cursor, "end": end, "since": since, "regions": list(regions)}).all()
    spliced = ",".join(told)
    log = ",".join(
        f'["{each.op_id}","{each.txn_id}",{_quoted(each.command)},"{each.entity}","{each.row_id}",{_quoted(each.site_id)},'
        f'"{each.kind}",{"{}" if each.kind == "create" else each.body},"{each.occurred_at}",'
        f"{_quoted(known_as(each.author, each.person))},{each.rev}]"
        for each in done
    )
    return f'{{"epoch":"{epoch}","after":{cursor},"cursor":{end},"more":{more},"rows":[{spliced}],"operations":[{log}]}}'


def _rows(connection: Connection, query: Any, asked: dict[str, Any]) -> tuple[list[Any], bool]:
    """Rows after a revision, and whether so many or so much text is enough for a page."""
    found = connection.execute(query, asked)
    rows: list[Any] = []
    size = 0
    while size < wire.PAGE_BYTES and (some := found.fetchmany(100)):
        rows.extend(some)
        size += sum([len(each.text) for each in some])
    found.close()
    return rows, len(rows) == asked["limit"] or size >= wire.PAGE_BYTES


_PAGE = (
    "SELECT rev, '[\"' || entity || '\",\"' || id || '\",' || CAST(rev AS TEXT) || ',' || CAST(deleted AS TEXT) || ','"
    " || data || ',' || sources || ']' AS text FROM sync_row WHERE rev > :cursor{but} ORDER BY rev LIMIT :limit"
)
_SAID = (
    "SELECT o.op_id, o.txn_id, o.command, o.entity, o.row_id, o.site_id, o.kind, o.body, o.occurred_at, o.author, o.person,"
    " o.rev FROM sync_operation o"
)
_TAKEN = "o.received_at >= :since AND o.status IN ('applied', 'conflict')"
_LOG = f"{_SAID}{{join}} WHERE o.rev > :cursor AND o.rev <= :end AND {_TAKEN}{{but}} ORDER BY o.rev LIMIT :limit"
_WHERE = {"all": "", "scoped": " AND ({row}region IS NULL OR {row}region IN :regions)", "only": " AND {row}region IN :regions"}


def _each(query: Callable[[str], str]) -> dict[str, TextClause]:
    """A statement over everything, over some regions and what lies in none, and over some regions alone."""
    return {name: text(query(name)) if name == "all" else scope.scoped(query(name)) for name in _WHERE}


def _log(which: str, but: str = "") -> str:
    join = "" if which == "all" else " JOIN sync_row r ON r.id = o.row_id"
    return _LOG.format(join=join, but=_WHERE[which].format(row="r.") + but)


_ROWS = _each(lambda which: _PAGE.format(but=_WHERE[which].format(row="")))
_OPERATIONS = _each(_log)
_EDITS = _each(lambda which: _log(which, " AND o.kind <> 'create'"))
_ARRIVED = scope.scoped(
    f"{_SAID} JOIN sync_row r ON r.id = o.row_id WHERE r.site_id IN ({scope.ARRIVED}) AND o.rev <= :cursor AND {_TAKEN}"
    " ORDER BY o.rev"
)


def _quoted(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _offset(client_time: str, now: datetime) -> int:
    try:
        said = datetime.fromisoformat(client_time)
    except ValueError as error:
        raise Refused(422, Refusal.MALFORMED, "client_time") from error
    if said.tzinfo is None:
        raise Refused(422, Refusal.MALFORMED, "client_time")
    return round((said - now).total_seconds() * 1000)


def _stream(connection: Connection, actor: Actor, message: wire.Push, now: datetime) -> Any:
    asked = select(store.stream).where(store.stream.c.stream_id == message.stream_id)
    found = connection.execute(asked).one_or_none()
    if found is None:
        if message.first_seq != 1 or message.prev_hash != GENESIS:
            raise Refused(409, Refusal.GAP, "an unknown stream begins with its first operation")
        connection.execute(
            insert(store.stream),
            {
                "stream_id": message.stream_id,
                "device_id": actor.device_id,
                "last_seq": 0,
                "last_hash": GENESIS,
                "opened_at": moment_text(now),
            },
        )
        found = connection.execute(asked).one()
    if found.device_id != actor.device_id:
        raise Refused(409, Refusal.STREAM_FORKED, "the stream belongs to another device")
    return found


def _chained(message: wire.Push) -> list[Given]:
    """Number the operations and link their hashes; the last must be the one announced.

    What is wrong here no description of the message could have said, so it is no 422.
    """
    given, before = [], message.prev_hash
    for seq, each in enumerate(message.operations, message.first_seq):
        try:
            body = canonical(each.body)
        except (ValueError, RecursionError) as error:  # a number that JSON cannot carry exactly
            raise Refused(409, Refusal.MALFORMED, str(error)) from error
        before = digest(before, each, body)
        given.append(Given(seq, each.op_id, each, body, before))
    if before != message.last_hash:
        raise Refused(409, Refusal.MALFORMED, "the hashes do not follow from the operations")
    return given


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    return {each.op_id: each for each in store.among(connection, store.operation, ids)} if ids else {}
