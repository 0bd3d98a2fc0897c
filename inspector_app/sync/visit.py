"""A whole visit at the central server, as window and command line make it: the sync, its receipt, now and then a comparison."""

from dataclasses import dataclass, replace
from typing import Any

from inspector_app.domain.errors import FilesStopped, HistoryRewritten, NotTheSame, OnlyHandedIn, ServerError
from inspector_app.models import exchange
from inspector_app.models.register import Register
from inspector_app.sync import compare as comparing
from inspector_app.sync import files, wire
from inspector_app.sync.client import Link, SetBack
from inspector_app.sync.compare import Comparison
from inspector_app.sync.round import Alive, Progress, Receipt, connect, sync, untold

_DATA = 0.6
"""The share of a visit that the data is told to be; files are the rest."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit came to.

    `comparison` is there when one was due and went through; `alarm` when rows stayed different, files could not follow, or
    this program is too old to receive anything.
    """

    receipt: Receipt
    comparison: Comparison | None = None
    alarm: ServerError | None = None


def knock(register: Register, *, alive: Alive | None = None, timeout_s: float = 5) -> None:
    """Ask the server of this register for the least, whether it is there. Raises NotEnrolled and what a sync raises."""
    with connect(register, timeout_s=timeout_s, alive=_quietly(alive)) as link:
        link.health()


def visit(
    register: Register,
    *,
    progress: Progress | None = None,
    alive: Alive | None = None,
    compares: bool | None = None,
    send_all: bool = False,
    fetch_all: bool = False,
) -> Visit:
    """Sync, let files travel, hand in the receipt, and once a day, or where `compares` says so, compare every row.

    `send_all` and `fetch_all` as in `files.travel`. Raises what `sync` raises. The sync is done when its receipt is written:
    what goes wrong after it is tried again by the next visit.
    """
    tell = progress or untold
    receipt = sync(register, progress=files.part_of(tell, 0.0, _DATA), alive=alive)
    alarm: ServerError | None = OnlyHandedIn() if receipt.too_old else None
    try:
        with connect(register, alive=_quietly(alive)) as link:
            rest = files.part_of(tell, _DATA, 1.0)
            try:
                receipt = files.travel(register, receipt, link, progress=rest, send_all=send_all, fetch_all=fetch_all)
            except FilesStopped as stopped:
                receipt, alarm = files.amended(register, receipt), stopped
            receipt = hand_in(register, link, receipt)
            if compares is False or not (compares or (comparing.is_due(register) and comparing.is_possible(register))):
                return Visit(receipt, alarm=alarm)
            return Visit(receipt, comparing.compare(register, link=link, progress=progress), alarm)
    except (NotTheSame, HistoryRewritten) as unequal:
        return Visit(receipt, alarm=unequal)
    except ServerError:
        if compares:
            raise
        return Visit(receipt, alarm=alarm)


def hand_in(register: Register, link: Link, receipt: Receipt) -> Receipt:
    """Give the server the receipts that it does not have; it says whether it counted the same. Raises ServerError."""
    with register.reading() as session:
        open_ones = exchange.not_handed_in(session, epoch=exchange.facts(session).get("epoch", ""))
    answers: dict[int, bool] = {}
    own = receipt.confirmed
    for n, at, outcome in open_ones:
        try:
            answers[n] = link.receipt(_claim(at, outcome)).equal
        except SetBack:
            break
        if outcome["round_id"] == receipt.round_id:
            own = answers[n]
    if answers:
        with register.hearing() as session:
            exchange.note_handed_in(session, answers)
    return replace(receipt, confirmed=own)


def _claim(at: str, outcome: dict[str, Any]) -> wire.Claim:
    counted = {name: outcome.get(name, 0) for name in wire.Tally.model_fields}
    named = {name: outcome.get(name, 0) for name in ("received", "waiting", "files", "files_confirmed")}
    return wire.Claim(
        round_id=outcome["round_id"], stream_id=outcome["stream_id"], at=at, tally=wire.Tally(**counted), **named
    )  # fmt: skip


def _quietly(alive: Alive | None) -> Any:
    return None if alive is None else lambda _size: alive()
