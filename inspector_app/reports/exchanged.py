"""Papers about the exchange with the central server: the receipt of one sync, and the list of what is not sent yet."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from inspector_app.domain.errors import NotFound
from inspector_app.i18n import N_, Words, words
from inspector_app.models.exchange import facts
from inspector_app.models.queries.history import Change, SyncRow, syncs
from inspector_app.models.queries.pending import Pending, pending
from inspector_app.models.register import Register
from inspector_app.reports.blocks import Block, Column, Fact, Facts, Heading, Paper, Prose, Row, Signature, Signatures, Table
from inspector_app.reports.build import Progress, write
from inspector_app.reports.telling import NOTHING

_KEPT = 100_000


class Naming(NamedTuple):
    """How records and their changes are called; handed in by the window or the command line, which know it."""

    record: Callable[[Words, str], str]
    differences: Callable[[Words, Change], list[str]]


def write_receipt(
    register: Register, out: Path, *, language: str = "en", at: datetime | None = None, progress: Progress | None = None
) -> Path:
    """Write the receipt of the sync at an instant, or of the last one that did anything. Raises NotFound or CannotWrite."""
    with register.reading() as session:
        chosen = _chosen(syncs(session, limit=_KEPT if at else 100), at)
        paper = receipt(words(language), chosen, demo=register.is_demo)
    return _written(paper, out, register, progress)


def write_unsent(
    register: Register, out: Path, *, naming: Naming, language: str = "en", progress: Progress | None = None
) -> Path:
    """Write the list of what is not sent yet. Raises CannotWrite."""
    with register.reading() as session:
        named = facts(session)
        found = pending(session)
    paper = unsent(words(language), found, naming, person=named.get("person", ""), server=named.get("server", ""),
                   now=register.now(), demo=register.is_demo)  # fmt: skip
    return _written(paper, out, register, progress)


def _written(paper: Paper, out: Path, register: Register, progress: Progress | None) -> Path:
    if progress is not None:
        progress(0.3, "")
    write(paper, out, at=register.now())
    if progress is not None:
        progress(1.0, "")
    return out


def _chosen(found: list[SyncRow], at: datetime | None) -> SyncRow:
    if at is not None:
        chosen = next((each for each in found if each.at == at), None)
    else:
        chosen = next((each for each in found if each.outcome.get("round_id")), next(iter(found), None))
    if chosen is None:
        raise NotFound(what=N_("receipt"), code=at.isoformat() if at else NOTHING)
    return chosen


def receipt(own: Words, sync: SyncRow, *, demo: bool) -> Paper:
    """The receipt of one sync, on one page."""
    say, got = own.say, sync.outcome

    def number(name: str) -> str:
        return own.number(got.get(name, 0))

    def line(text: str, name: str, manner: Any = "row") -> Row:
        return Row((say(text), number(name)), manner)

    rows = [
        line(N_("Changes sent"), "sent", "total"),
        line(N_("accepted by the server"), "accepted", "subtotal"),
        line(N_("of these, steps that wait for a registrar"), "proposed"),
        line(N_("of these, steps that are disputed"), "disputed"),
        line(N_("waiting for another record or for an update of the server"), "held", "subtotal"),
        line(N_("in conflict, for a person to decide"), "conflicts", "subtotal"),
        line(N_("refused by the server, with the reason"), "refused", "subtotal"),
        line(N_("Records received"), "received", "total"),
        line(N_("Changes that were not sent when the sync ended"), "waiting", "total"),
    ]
    photos = say(N_("{n} of {all}"), n=number("files_confirmed"), all=number("files"))
    rows.append(Row((say(N_("Photos and papers whose bytes the server has confirmed")), photos), "total"))
    blocks: list[Block] = [
        Facts(_who_and_where(own, sync), columns=2),
        Heading(say(N_("What was exchanged"))),
        Table((Column(say(N_("What was counted")), share=1), Column(say(N_("How many")), points=90, right=True)), rows),
        *_proof(own, sync),
        Heading(say(N_("Signatures"))),
        Signatures(
            (
                Signature(say(N_("Handed in by")), str(got.get("person") or NOTHING), "", say(N_("signature, date"))),
                Signature(say(N_("Received at the central office")), "", "", say(N_("name, signature, date"))),
            )
        ),
    ]
    number_of_it = str(got.get("round_id", ""))
    return Paper(
        kind="receipt",
        title=say(N_("Receipt of a sync")),
        subtitle=say(N_("Exchange of the register with the central server, {moment}"), moment=own.moment(sync.at)),
        number=number_of_it[-12:] or NOTHING,
        subject=say(N_("Sync of {moment}"), moment=own.moment(sync.at)),
        language=own.language,
        blocks=tuple(blocks),
        demo=demo,
    )


def _who_and_where(own: Words, sync: SyncRow) -> tuple[Fact, ...]:
    say, got = own.say, sync.outcome
    seconds = int(got.get("clock_offset_ms", 0)) / 1000
    offset = N_("{seconds} s ahead of the server") if seconds >= 0 else N_("{seconds} s behind the server")
    first, last = got.get("first_seq", 0), got.get("last_seq", 0)
    numbers = say(N_("{first} to {last}"), first=own.number(first), last=own.number(last)) if last else NOTHING
    return (
        Fact(say(N_("Person")), str(got.get("person") or NOTHING)),
        Fact(say(N_("Time of the sync")), own.moment(sync.at)),
        Fact(say(N_("Central server")), str(got.get("server") or NOTHING)),
        Fact(say(N_("Clock of the laptop")), say(offset, seconds=own.number(abs(seconds), 1))),
        Fact(say(N_("Laptop")), str(got.get("device_id") or NOTHING)),
        Fact(say(N_("Numbers of the operations in the log")), numbers),
        Fact(say(N_("Sync")), str(got.get("round_id") or NOTHING)),
        Fact(say(N_("History of the server")), str(got.get("epoch") or NOTHING)),
    )


def _proof(own: Words, sync: SyncRow) -> tuple[Block, ...]:
    """Whether both sides counted the same."""
    say = own.say
    match sync.outcome.get("confirmed"):
        case True:
            said = N_("The laptop counted this in its own log, and the server in its own; both counts are equal.")
            return (Prose(say(said)),)
        case False:
            said = N_("The server counted otherwise than this laptop. Compare the register with the server.")
            return (Prose(say(said), "warning"),)
        case _:
            said = N_("The server has not confirmed these numbers yet.")
            return (Prose(say(said), "quiet"),)


def unsent(own: Words, found: Pending, naming: Naming, *, person: str, server: str, now: datetime, demo: bool) -> Paper:
    """The list of what is not sent yet, by site and record."""
    say = own.say
    rows: list[Row] = []
    site: str | None = ""
    for each in found.records:
        change = each.change
        if change.site != site:
            site = change.site
            rows.append(Row((site or say(N_("Without a site")), "", "", ""), "group"))
        done = ", ".join(dict.fromkeys(say(command) for command in each.commands))
        told = "; ".join(naming.differences(own, change))
        rows.append(Row((naming.record(own, change.entity), f"{done}\n{told}" if told else done, own.moment(change.at),
                         own.number(each.count))))  # fmt: skip
    columns = (
        Column(say(N_("Record")), share=0.26),
        Column(say(N_("What was done")), share=0.74),
        Column(say(N_("Waits since")), points=78),
        Column(say(N_("Changes")), points=52, right=True),
    )
    count = own.number(found.count) if found.is_counted else say(N_("more than {n}"), n=own.number(found.count - 1))
    blocks: list[Block] = [
        Facts(
            (
                Fact(say(N_("Person")), person or NOTHING),
                Fact(say(N_("Central server")), server or NOTHING),
                Fact(say(N_("Changes that are not sent")), count),
                Fact(say(N_("Records")), own.number(len(found.records))),
            ),
            columns=2,
        )
    ]
    if not found.is_whole:
        said = N_("The list shows the first {n} changes; the rest are counted only.")
        blocks.append(Prose(say(said, n=own.number(found.listed)), "warning"))
    blocks.append(Table(columns, rows, say(N_("Nothing waits: the server has everything."))))
    return Paper(
        kind="unsent",
        title=say(N_("What is not sent yet")),
        subtitle=say(N_("Changes on this laptop that the central server does not have, {moment}"), moment=own.moment(now)),
        number=f"{person or NOTHING}, {own.moment(now)}",
        subject=say(N_("Unsent changes of {person}"), person=person or NOTHING),
        language=own.language,
        blocks=tuple(blocks),
        demo=demo,
    )
