"""Comparing this register with the server row by row, and mending what differs from it (sync.md b.5, b.16 I3).

Operations that wait to be sent are not touched, and rows that they are about are left out on both sides.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inspector_app.domain.errors import NotTheSame, OtherVersion, ServerNonsense, TooMuchWaits
from inspector_app.i18n import N_, Count, Words
from inspector_app.models import copies, equality, exchange, heard
from inspector_app.models.base import moment_text
from inspector_app.models.equality import Differing
from inspector_app.models.register import Register
from inspector_app.models.transactions import Open
from inspector_app.sync import trust, wire
from inspector_app.sync.client import Link, SetBack
from inspector_app.sync.round import Alive, Progress, connect, untold

_EVERY = timedelta(hours=24)
_ROWS_AT_ONCE = 200_000
_BUCKETS_AT_ONCE = 16
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found: of `rows` rows `mended` were not as at the server and `removed` were unknown to it."""

    at: datetime
    rows: int = 0
    mended: int = 0
    removed: int = 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"at": moment_text(self.at), "equal": not (self.mended or self.removed)}

    def sentences(self, words: Words) -> list[str]:
        """For people."""
        plural = words.plural
        if not (self.mended or self.removed):
            return [plural("{n} record is as at the server.", "All {n} records are as at the server.", self.rows)]
        lines = [plural("{n} record compared.", "{n} records compared.", self.rows)]
        if self.mended:
            lines.append(
                plural(
                    "{n} record was not as at the server and was mended.",
                    "{n} records were not as at the server and were mended.",
                    self.mended,
                )
            )
        if self.removed:
            lines.append(
                plural(
                    "{n} record that nobody had recorded was taken out; it is in the copy of the register.",
                    "{n} records that nobody had recorded were taken out; they are in the copy of the register.",
                    self.removed,
                )
            )
        return lines


def is_due(register: Register) -> bool:
    """Whether the last comparison is a day ago, or never was."""
    last = register.facts().get("compared_at")
    return not last or register.now() - datetime.fromisoformat(last) >= _EVERY


def is_possible(register: Register) -> bool:
    """Whether the server of the last sync knows the same words as this program: rows are alike only then (sync.md b.12)."""
    return register.facts().get("schema", str(wire.VOCABULARY)) == str(wire.VOCABULARY)


def compare(
    register: Register, *, progress: Progress | None = None, link: Link | None = None, alive: Alive | None = None
) -> Comparison:
    """Compare every row with the server and mend what differs; meant to follow a sync.

    Raises OtherVersion, TooMuchWaits, HistoryRewritten, NotTheSame when mending did not help, and what a sync raises.
    `progress` and `alive` as in `sync`.
    """
    if not is_possible(register):
        raise OtherVersion
    tell = progress or untold
    if link is not None:
        return _Comparing(register, link, tell).run()
    with connect(register, alive=None if alive is None else lambda _size: alive()) as client:
        return _Comparing(register, client, tell).run()


class _Part(NamedTuple):
    """The server's rows of some buckets, at its revision `head`."""

    buckets: Sequence[str]
    rows: list[Any]
    head: int


class _Comparing:
    """One comparison over one link."""

    def __init__(self, register: Register, link: Link, tell: Progress) -> None:
        self._register, self._link, self._tell = register, link, tell
        self._epoch = register.facts().get("epoch", "")
        self._rows = self._mended = self._removed = 0

    def run(self) -> Comparison:
        trust.prove(self._register, self._link)  # first: rows are not mended after a history that somebody rewrote
        try:
            suspects = self._differ(equality.KINDS, counting=True)
            for _attempt in range(_ATTEMPTS):
                if not suspects or not self._mend(suspects):
                    break
                suspects = self._differ(tuple(suspects), counting=False)
            else:
                raise NotTheSame(n=sum(map(len, suspects.values())))
        except exchange.Unfit as unfit:  # a row that must go holds up another one
            raise NotTheSame(n=1) from unfit
        except SetBack as back:  # the next sync receives everything anew
            raise ServerNonsense(url=self._url, detail=str(back.code)) from back
        found = Comparison(self._register.now(), self._rows, self._mended, self._removed)
        with self._register.hearing() as session:
            exchange.put_facts(session, {"compared_at": moment_text(found.at), "compared": json.dumps(found.as_json())})
        self._tell(1.0, N_("Compared with the server"))
        return found

    @property
    def _url(self) -> str:
        return self._register.facts().get("server", "")

    def _differ(self, kinds: Sequence[str], *, counting: bool) -> dict[str, tuple[str, ...]]:
        """Buckets of each kind that are not the server's."""
        differ: dict[str, tuple[str, ...]] = {}
        with self._register.reading() as session:
            without = equality.unsettled(session, most=wire.EXCEPT_AT_MOST)
            if without is None:
                raise TooMuchWaits(n=wire.EXCEPT_AT_MOST)
            together: dict[str, dict[str, str]] = {}
            count = 0
            for place, kind in enumerate(kinds):
                self._tell(place / len(kinds) * 0.8, N_("Comparing with the server: {n} records"), n=Count(self._rows))
                sums, rows = equality.own(session, kind, without=without)
                together[kind] = equality.shown(sums)
                count += rows
                self._rows += rows if counting else 0
                if count >= _ROWS_AT_ONCE or place == len(kinds) - 1:
                    message = wire.Digests(epoch=self._epoch, entities=together, without=tuple(without))
                    differ.update(self._link.compare(message).differ)
                    together, count = {}, 0
        return {kind: buckets for kind, buckets in differ.items() if buckets}

    def _mend(self, suspects: dict[str, tuple[str, ...]]) -> bool:
        """Fetch the rows of buckets that differ and write them; says whether any row was really different."""
        pages = {
            kind: [self._rows_of(kind, part) for part in _parts(buckets)] for kind, buckets in suspects.items()
        }  # fmt: skip
        with self._register.reading() as session:
            if not any(each.count for each in self._found(session, pages)):
                return False
        copies.before_sync(self._register, brings_rows=True)
        # in bulk: whatever changed the rows may have passed the triggers by, so that derived values are made anew
        with self._register.hearing(bulk=True) as session:
            found = self._found(session, pages)
            equality.mend(session.connection(), found)
        self._mended += sum(len(each.wrong) for each in found)
        self._removed += sum(len(each.unknown) for each in found)
        return True

    def _found(self, session: Open, pages: dict[str, list[_Part]]) -> list[Differing]:
        cursor = int(exchange.facts(session).get("cursor", 0))
        without = equality.unsettled(session, most=wire.EXCEPT_AT_MOST)
        if without is None:
            raise TooMuchWaits(n=wire.EXCEPT_AT_MOST)
        return [
            equality.differences(session, kind, part.buckets, part.rows, cursor=cursor, head=part.head).without(without)
            for kind, parts in pages.items()
            for part in parts
        ]

    def _rows_of(self, kind: str, buckets: Sequence[str]) -> _Part:
        self._tell(0.85, N_("Fetching what differs"))
        body = self._link.rows(wire.Buckets(epoch=self._epoch, entity=kind, buckets=tuple(buckets)))
        try:
            page = heard.parsed(body)
            rows, head = page["rows"], page["cursor"]
            fits = (
                type(head) is int
                and type(rows) is list
                and all(len(each) == 6 and each[0] == kind and type(each[4]) is dict for each in rows)
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ServerNonsense(url=self._url, detail=str(error)) from error
        if not fits:
            raise ServerNonsense(url=self._url, detail="rows")
        return _Part(buckets, rows, head)


def _parts(buckets: Sequence[str]) -> Iterable[Sequence[str]]:
    return (buckets[at : at + _BUCKETS_AT_ONCE] for at in range(0, len(buckets), _BUCKETS_AT_ONCE))
