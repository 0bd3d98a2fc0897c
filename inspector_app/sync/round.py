"""One round with the central server: say hello, send, receive, apply, report; safe to be cut at any line (sync.md b.7).

What is sent follows from what the server says it has, never from what this laptop remembers having sent; so a lost
reply, a laptop set back to an old copy and a server set back to an old copy are the same case: send again from there.
"""

import platform
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from inspector_app import __version__
from inspector_app.domain.errors import DemoMismatch, NotEnrolled, ServerBusy, ServerNonsense
from inspector_app.domain.people import Role
from inspector_app.domain.rights import listed
from inspector_app.i18n import N_, Bytes, Count, Words
from inspector_app.models import copies, evict, exchange, heard
from inspector_app.models.base import moment_text
from inspector_app.models.exchange import Outgoing
from inspector_app.models.queries.standing import waiting_count
from inspector_app.models.register import Register, new_ids
from inspector_app.models.transactions import Open
from inspector_app.sync import keys, parcels, trust, wire
from inspector_app.sync.client import Client, Link, SetBack
from inspector_app.sync.parcels import Parcel
from inspector_app.sync.waiting import meanwhile
from inspector_app.sync.wire import Refusal

Alive = Callable[[], None]
_ATTEMPTS = 4
_CLOCK_MS = 300_000


class Progress(Protocol):
    """Told a share between 0 and 1, a sentence and what fills it; may raise to stop."""

    def __call__(self, share: float, sentence: str, /, **facts: object) -> None:
        """How far it is."""


def untold(_share: float, _sentence: str, /, **_facts: object) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one sync did, in numbers that the server holds too.

    `sent` operations are `accepted` (of which `proposed` wait for a registrar and `disputed` for a person), `held` until
    another record comes (or, `server_older` of them, until the server is updated), in `conflicts`, or `refused`; `received`
    rows came, `waiting` operations are not sent. A program that is `too_old` handed in its work and received nothing.
    Of `files` that belong to the register the server has `files_confirmed`. `confirmed` says whether the server counted the
    same; nothing, while it has not answered yet. The other fields tell who, where and which operations of the log.
    """

    at: datetime
    sent: int = 0
    accepted: int = 0
    proposed: int = 0
    disputed: int = 0
    held: int = 0
    conflicts: int = 0
    refused: int = 0
    received: int = 0
    waiting: int = 0
    server_older: int = 0
    too_old: bool = False
    clock_offset_ms: int = 0
    files: int = 0
    files_confirmed: int = 0
    confirmed: bool | None = None
    round_id: str = ""
    stream_id: str = ""
    epoch: str = ""
    server: str = ""
    person: str = ""
    device_id: str = ""
    first_seq: int = 0
    last_seq: int = 0

    @property
    def outcome(self) -> dict[str, Any]:
        """Everything but the time, as it is kept."""
        return {name: value for name, value in asdict(self).items() if name != "at"}

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"at": moment_text(self.at)}

    def sentences(self, words: Words) -> list[str]:
        """For people, one line each; a line for what did not happen is left out."""
        plural = words.plural
        lines = [
            plural("{n} change sent", "{n} changes sent", self.sent),
            plural("{n} accepted", "{n} accepted", self.accepted),
            plural("{n} record received", "{n} records received", self.received),
        ]
        lines += fate_sentences(words, self, server_older=self.server_older)
        if self.too_old:
            lines.append(words.say("nothing was received: this program is too old and must be updated"))
        if self.waiting:
            lines.append(plural("{n} change not sent yet", "{n} changes not sent yet", self.waiting))
        if self.files:
            done, whole = words.number(self.files_confirmed), words.number(self.files)
            lines.append(words.say("photos and documents: {done} of {whole} on the server", done=done, whole=whole))
        if self.confirmed is False:
            lines.append(words.say("the server counted otherwise: compare with it"))
        if abs(self.clock_offset_ms) > _CLOCK_MS:
            minutes = round(abs(self.clock_offset_ms) / 60_000)
            lines.append(words.say("The clock of this laptop is {minutes} minutes off.", minutes=words.number(minutes)))
        return lines


def fate_sentences(words: Words, counted: "Receipt | wire.Tally", *, server_older: int = 0) -> list[str]:
    """What became of operations that were not simply accepted, one line each; `server_older` of the held wait for an update."""
    plural, lines = words.plural, []
    if counted.proposed:
        lines.append(plural("{n} step waits for a registrar", "{n} steps wait for a registrar", counted.proposed))
    if counted.disputed:
        lines.append(plural("{n} step is disputed", "{n} steps are disputed", counted.disputed))
    if counted.conflicts:
        lines.append(plural("{n} conflict to decide", "{n} conflicts to decide", counted.conflicts))
    if held := counted.held - server_older:
        lines.append(plural("{n} change waits for another record", "{n} changes wait for another record", held))
    if server_older:
        lines.append(
            plural(
                "{n} change waits until the central server is updated",
                "{n} changes wait until the central server is updated",
                server_older,
            )
        )
    if counted.refused:
        lines.append(plural("{n} change refused", "{n} changes refused", counted.refused))
    return lines


def enrol(
    register: Register, url: str, code: str, person: str | None = None, *, password: str | None = None, timeout_s: float = 60
) -> str:
    """Make this register a device of a central server, for a one-time code. Returns the name of the person.

    Raises EnrolmentRefused, DemoMismatch, NoKeyStore, InsecureAddress and what says that the server is off or no server.
    """
    kind = register.facts().get("kind", "real")
    store, key = keys.chosen(register.path), keys.new_key()
    with Client(url, clock=register.now, timeout_s=timeout_s) as client:
        message = wire.Enrol(
            code=code.strip(),
            public_key=keys.public(key),
            name=platform.node() or "laptop",
            kind="demo" if kind == "demo" else "real",
            person=person or None,
            password=password,
        )
        answer = client.enrol(message)
        if kind == "demo" and not answer.demo:
            raise DemoMismatch
        store.put(answer.device_id, key)
        with register.hearing() as session:
            if exchange.facts(session).get("epoch"):  # rows that came from another server
                heard.forget(session)
            exchange.put_facts(
                session,
                {
                    "server": client.url,
                    "device_id": answer.device_id,
                    "device_no": answer.device_no,
                    "key_store": store.name,
                    "person": answer.person,
                    "role": answer.role,
                    "kind": "demo" if answer.demo else "real",
                    "stream_id": new_ids(),
                    "epoch": answer.epoch or "",
                    "sealing_key": answer.sealing_key or "",
                    **trust.NOTHING_SEEN,
                },
            )
    return answer.person


def connect(register: Register, *, timeout_s: float = 60, alive: Callable[[int], None] | None = None) -> Client:
    """A connection as the device that this register is; several syncs may share it. Raises NotEnrolled or AccessEnded.

    `alive` as in `Client`.
    """
    facts = register.facts()
    if "device_id" not in facts:
        raise NotEnrolled
    return Client(
        facts["server"],
        device_id=facts["device_id"],
        key=keys.named(facts.get("key_store", "ring"), register.path).get(facts["device_id"]),
        clock=register.now,
        clock_offset_s=float(facts.get("clock_offset_ms", 0)) / 1000,
        timeout_s=timeout_s,
        alive=alive,
    )


def sync(
    register: Register, *, progress: Progress | None = None, link: Link | None = None, alive: Alive | None = None
) -> Receipt:
    """One sync, now. Raises NotEnrolled and every other ServerError; then all that was not taken waits for the next one.

    `progress` is told how far it is and may raise to stop; `alive` is asked some ten times a second while something lasts,
    and may raise too; `link` is a connection to use instead of a new one.
    """
    tell = progress or untold
    if link is not None:
        return _Round(register, link, tell, alive).run()
    here: list[_Round] = []

    def wait(size: int) -> None:
        here[0].wait(size)

    with connect(register, alive=wait if alive else None) as client:
        here.append(_Round(register, client, tell, alive))
        return here[0].run()


class _Round:
    """One sync of one register over one link."""

    def __init__(self, register: Register, link: Link, tell: Progress, alive: Alive | None) -> None:
        self._register, self._link, self._tell, self._alive = register, link, tell, alive
        self._bytes = self._shown = 0
        self._begin()

    def _begin(self) -> None:
        """Count from nothing; what an attempt before this one did is in the log of both sides."""
        self._round_id = new_ids()
        self._fates: Counter[str] = Counter()
        self._theirs: Counter[str] = Counter()
        self._sent = self._received = 0
        self._range = (0, 0)
        self._stream_id = ""
        self._has_copy = False

    def wait(self, here: int) -> None:
        """While an answer comes, of which so many bytes are here: say so, and ask whether to go on."""
        if self._alive is not None:
            self._alive()
        if here and self._shown:
            self._tell_received(self._bytes + here)

    def run(self) -> Receipt:
        for _attempt in range(_ATTEMPTS):
            self._begin()
            try:
                return self._once()
            except SetBack as back:
                if back.code is Refusal.STREAM_FORKED:
                    self._new_stream()
        raise ServerBusy(url=self._register.facts().get("server", ""))

    def _once(self) -> Receipt:
        self._tell(0.0, N_("Calling the central server"))
        with self._register.reading() as session:
            facts = exchange.facts(session)
        hello = wire.Hello(
            protocol=wire.PROTOCOL,
            oldest=wire.OLDEST_PROTOCOL,
            schema_=wire.VOCABULARY,
            app=__version__,
            kind="demo" if facts.get("kind") == "demo" else "real",
            stream_id=facts["stream_id"],
            client_time=moment_text(self._register.now()),
            audit=trust.seen(facts),
        )
        welcome = self._link.hello(hello)
        if not wire.OLDEST_PROTOCOL <= welcome.protocol <= wire.PROTOCOL:
            raise ServerNonsense(url=facts["server"], detail="protocol")
        self._stream_id = facts["stream_id"]
        trust.check(facts, welcome)
        self._agree(facts, welcome)
        with self._register.reading() as session:
            cursor = int(exchange.facts(session).get("cursor", 0))
            after = welcome.last_seq or 0
            if exchange.link(session, after) != (welcome.last_hash or exchange.link(session, 0)):
                raise SetBack(Refusal.STREAM_FORKED)
            # what the server has may include operations whose answer was lost on the way: it tells again
            after = min(after, (exchange.first_unanswered(session) or after + 1) - 1)
            waits = heard.has_stage(session) or heard.is_anew(session) or exchange.facts(session).get("fetch")
            level = None if waits else cursor
            ask = exchange.held(session)[: wire.OPERATIONS_PER_PUSH]
            last = exchange.last_seq(session)
            parcel = parcels.parcel(session, after)
        if parcel.out or ask:
            receipt, level, head = self._push(welcome, facts["stream_id"], parcel, ask, last, level)
            if receipt is not None:
                return receipt
        elif level == welcome.head:
            return self._finish(welcome)
        else:
            head = welcome.head
        if level != head and not _is_too_old(welcome):
            self._pull(welcome.epoch, first=cursor == 0)
        return self._apply(welcome)

    def _agree(self, facts: dict[str, str], welcome: wire.Welcome) -> None:
        """Take over who we are and where we work; where the server was set back, begin to receive anew.

        A region that was taken away leaves the laptop at once, but for what is unsent, or with the end of this sync where the
        last one was cut; one that was granted is fetched by the next pull. Who is granted all of them receives everything anew.
        """
        regions, role = welcome.regions, welcome.role
        if role not in _ROLES:
            role = str(Role.VIEWER)  # what a newer program may do by it, nobody knows here
        changed = {"person": welcome.person, "role": role, "epoch": welcome.epoch, "regions": ",".join(regions)}
        changed["schema"] = str(welcome.schema_.current)
        if welcome.device_no:
            changed["device_no"] = str(welcome.device_no)
        if welcome.sealing_key:
            changed["sealing_key"] = welcome.sealing_key
        behind = max(int(facts.get("cursor", 0)), int(facts.get("stage_cursor", 0)))
        set_back = facts.get("epoch", "") not in {"", welcome.epoch} or welcome.head < behind
        with self._register.reading() as session:
            outside = evict.weight(session, regions)
            bulk = evict.is_bulk(session, outside)
        if not set_back and not outside and all(facts.get(name) == value for name, value in changed.items()):
            return
        before = listed(facts.get("regions", ""))
        with self._register.hearing(bulk=bulk) as session:
            if set_back or (before and not regions):
                heard.forget(session)
                if set_back and (last := exchange.last_seq(session)):
                    # what its copy holds it had judged before; a reply about the rest, or about what another machine with our
                    # log has sent again meanwhile, may never have come here
                    exchange.hear_again(session, max(0, min(welcome.last_seq or 0, last - wire.OPERATIONS_PER_PUSH)))
            elif before:
                new = set(regions) - set(before)
                fetch = sorted((new | set(listed(facts.get("fetch", "")))) & set(regions))
                if new and behind:
                    changed |= {"fetch": ",".join(fetch), "fetch_cursor": "0"}
            exchange.put_facts(session, changed)
            if not heard.has_stage(session):  # what waits there may say that a site lies elsewhere than we thought
                evict.evict(session, regions)

    def _new_stream(self) -> None:
        """This file and another one went different ways under one name: from here on ours is a stream of its own."""
        with self._register.hearing() as session:
            exchange.put_facts(session, {"stream_id": new_ids()})

    def _push(
        self, welcome: wire.Welcome, stream_id: str, parcel: Parcel, ask: list[str], last: int, level: int | None
    ) -> tuple[Receipt | None, int | None, int]:
        """Send what the server does not have, from `level` on, the revision this laptop is at.

        Returns the receipt when nothing is left to do, the revision this laptop is at then, or nothing when it must pull,
        and the revision of the server.
        """
        start, head = parcel.after, welcome.head
        while parcel.out or ask:
            out, after = parcel.out, parcel.after
            share = (after - start) / max(1, last - start)
            body = parcels.text(welcome.epoch, stream_id, parcel, ask, self._round_id, clock_offset_ms=welcome.clock_offset_ms)
            self._bytes += len(body)
            self._tell(
                0.05 + 0.45 * min(1.0, share),
                N_("Sending changes: {n} of {all}, {size}"),
                n=Count((out.last_seq if out else after) - start),
                all=Count(max(last, after) - start),
                size=Bytes(self._bytes),
            )
            judged = self._link.push(body) if self._has_copy else self._pushed_beside_the_copy(body)
            first_seq, last_seq = (out.first_seq, out.last_seq) if out else (after + 1, after)
            if judged.last_seq < last_seq:
                raise ServerNonsense(url=self._register.facts().get("server", ""), detail="last_seq")
            head, ask = judged.head, []
            with self._register.hearing() as session:
                verdicts = [each.model_dump() for each in judged.verdicts]
                heard.judged(session, first_seq=first_seq, last_seq=last_seq, verdicts=verdicts)
                self._count(session, out, judged)
                # the cursor moves with what the server did, in the transaction that notes it
                level = judged.head if level == judged.was and judged.alone else None
                if level is not None:
                    exchange.put_facts(session, {"cursor": level, "stage_cursor": level})
                parcel = parcels.parcel(session, last_seq)
                if parcel.out is not None and heard.has_stage(session):
                    level = None  # what is sent next may change the very rows that wait here
                if parcel.out is None:
                    exchange.heard_all(session)
                is_done = parcel.out is None and level is not None and not heard.has_stage(session)
                receipt = self._noted(session, welcome) if is_done else None
            if receipt is not None:
                self._tell(1.0, N_("Everything is exchanged"))
                return receipt, level, head
        return None, level, head

    def _pushed_beside_the_copy(self, body: str) -> wire.Judged:
        """Send while this register is copied: before both are done nothing of the answer is written into it."""
        with meanwhile(lambda: copies.before_sync(self._register, brings_rows=False)):
            judged = self._link.push(body)
        self._has_copy = True
        return judged

    def _count(self, session: Open, out: Outgoing | None, judged: wire.Judged) -> None:
        """Add what the log now says of the operations of one push, and what the server says."""
        if out is None:
            return
        self._sent += len(out.ids)
        self._range = (min(self._range[0] or out.first_seq, out.first_seq), max(self._range[1], out.last_seq))
        self._fates.update(exchange.fates(session, out.first_seq, out.last_seq))
        self._theirs.update({} if judged.tally is None else judged.tally.model_dump())

    def _pull(self, epoch: str, *, first: bool) -> None:
        """Fetch every page there is and keep it."""
        with self._register.reading() as session:
            facts = exchange.facts(session)
        self._bytes = 0
        if only := listed(facts.get("fetch", "")):
            self._pages(epoch, int(facts.get("fetch_cursor", 0)), first=True, only=only)
        cursor = max(int(facts.get("stage_cursor", 0)), int(facts.get("cursor", 0)))
        self._pages(epoch, cursor, first=first)

    def _pages(self, epoch: str, cursor: int, *, first: bool, only: tuple[str, ...] = ()) -> None:
        """Fetch the pages after a revision; of some regions alone, where they were granted since."""
        more, pages = True, 0
        while more:
            self._shown = pages + 1
            self._tell_received(self._bytes)
            asked: dict[str, Any] = {"only": only} if only else {}
            body = self._link.pull(cursor=cursor, first=first, **asked)
            self._bytes += len(body)
            found_epoch, following, more, rows, operations = self._looked_at(body, cursor)
            if found_epoch != epoch:
                raise SetBack(Refusal.EPOCH_CHANGED)
            with self._register.hearing() as session:
                if rows or operations:
                    heard.stage(session, body, rows=rows)
                kept = {"fetch_cursor": following, "fetch": ",".join(only) if more else ""}
                exchange.put_facts(session, kept if only else {"stage_cursor": following})
            self._received += rows
            cursor, pages = following, pages + 1
        self._shown = 0

    def _tell_received(self, size: int) -> None:
        """How much has come; how much will, nobody knows before the last page."""
        share = 0.5 + 0.3 * (1 - 1 / (1 + self._shown / 50))
        self._tell(share, N_("Receiving changes: {n} records, {size}"), n=Count(self._received), size=Bytes(size))

    def _looked_at(self, body: bytes, cursor: int) -> tuple[str, int, bool, int, int]:
        """Epoch, cursor, whether more follows, how many rows and operations. Raises ServerNonsense for what is no page."""
        try:
            page = heard.parsed(body)
            epoch, following, more = page["epoch"], page["cursor"], page["more"]
            rows, operations = page["rows"], page["operations"]
            fits = (
                page["after"] == cursor
                and type(following) is int  # yes is an int too
                and cursor <= following <= wire.HIGHEST
                and isinstance(more, bool)
                and not (more and following == cursor)
                and type(rows) is list
                and type(operations) is list
                and all([len(each) == 6 and type(each[4]) is dict and type(each[5]) is dict for each in rows])  # noqa: C419 - faster
                and all([len(each) == 11 for each in operations])  # noqa: C419
            )
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ServerNonsense(url=self._register.facts().get("server", ""), detail=str(error)) from error
        if not fits:
            raise ServerNonsense(url=self._register.facts().get("server", ""), detail="page")
        return epoch, following, more, len(rows), len(operations)

    def _apply(self, welcome: wire.Welcome) -> Receipt:
        """Put what is staged into the register, in one transaction with the receipt."""
        with self._register.reading() as session:
            waiting = heard.has_stage(session)
            bulk = heard.is_bulk(session) or evict.is_bulk(session, evict.weight(session, welcome.regions))
        if waiting:
            self._tell(0.8, N_("Copying the register"))
            copies.before_sync(self._register, brings_rows=True)
        self._tell(0.8, N_("Taking over what was received"))
        try:
            with self._register.hearing(bulk=bulk, alive=self._alive) as session:
                sites: set[str] | None = set() if welcome.regions else None
                taking = N_("Taking over what was received")
                heard.apply(session, told=lambda share: self._tell(0.8 + 0.2 * share, taking), sites=sites)
                evict.evict(session, welcome.regions, sites=sites or ())
                receipt = self._noted(session, welcome)
        except exchange.Unfit as unfit:
            with self._register.hearing() as session:
                heard.forget(session)
            raise ServerNonsense(url=self._register.facts().get("server", ""), detail=str(unfit)) from unfit
        self._tell(1.0, N_("Everything is exchanged"))
        return receipt

    def _finish(self, welcome: wire.Welcome) -> Receipt:
        """There was nothing to send and nothing to receive."""
        with self._register.hearing() as session:
            receipt = self._noted(session, welcome)
        self._tell(1.0, N_("Everything is exchanged"))
        return receipt

    def _noted(self, session: Open, welcome: wire.Welcome) -> Receipt:
        """The receipt, written down in this transaction."""
        facts = exchange.facts(session)
        receipt = self._receipt(welcome, waiting_count(session), facts, server_older=exchange.put_off(session, *self._range))
        heard.note_receipt(session, at=receipt.at, outcome=receipt.outcome)
        exchange.put_facts(session, {"clock_offset_ms": welcome.clock_offset_ms, **trust.shown(facts, welcome)})
        return receipt

    def _receipt(self, welcome: wire.Welcome, waiting: int, facts: dict[str, str], *, server_older: int) -> Receipt:
        fates = self._fates
        not_accepted = fates["held"] + fates["conflicts"] + fates["refused"]
        counted = wire.Tally(sent=self._sent, accepted=self._sent - not_accepted, **fates)
        return Receipt(
            at=self._register.now(),
            **counted.model_dump(),
            received=self._received,
            waiting=waiting,
            server_older=server_older,
            too_old=_is_too_old(welcome),
            clock_offset_ms=welcome.clock_offset_ms,
            confirmed=wire.Tally(**self._theirs) == counted if self._sent else None,
            round_id=self._round_id if self._sent or self._received else "",
            stream_id=self._stream_id,
            epoch=welcome.epoch,
            server=facts.get("server", ""),
            person=welcome.person,
            device_id=facts.get("device_id", ""),
            first_seq=self._range[0],
            last_seq=self._range[1],
        )


_ROLES = frozenset(map(str, Role))


def _is_too_old(welcome: wire.Welcome) -> bool:
    """Whether the server takes our work and hands nothing out to a program of our vocabulary."""
    return welcome.schema_.pull_min > wire.VOCABULARY
