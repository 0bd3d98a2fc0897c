"""The tables of the page of sync, and how they are filled anew without losing their place."""

from collections.abc import Callable, Sequence
from typing import Any

from inspector_app.domain import errors
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import Words
from inspector_app.models.queries.history import Change, SyncRow
from inspector_app.models.queries.pending import PendingRecord
from inspector_app.models.wording import both_sides, differences, field_name, record_name
from inspector_app.ui.desk import Desk
from inspector_app.ui.messages import sentences
from inspector_app.ui.tables import Column, MemoryRows, Table

_LINES = 3


class Kept:
    """Fills a table anew without losing its place: what was chosen stays chosen; what is the same is left alone."""

    def __init__(self, table: Table, rows: MemoryRows[Any], key: Callable[[Any], Any]) -> None:
        """`key` tells one row from another, whatever it says."""
        self._table, self._rows, self._key = table, rows, key
        self._given: Sequence[Any] = ()

    def show(self, found: Sequence[Any]) -> None:
        """Replace the rows, where they are others."""
        if found == self._given:
            return
        self._given = found
        table, rows, key = self._table, self._rows, self._key
        current, place = table.current_row(), table.verticalScrollBar().value()
        rows.show_rows(found)
        if current is not None:
            wanted = key(current)
            at = next((at for at, each in enumerate(rows.rows) if key(each) == wanted), None)
            if at is not None:
                table.go_to(at)
        table.verticalScrollBar().setValue(place)


def matching(_session: object, *, words: Words, records: Sequence[PendingRecord], text: str) -> tuple[PendingRecord, ...]:
    """Records in which every word of a text stands, as the list shows them; asked beside the window's thread."""
    wanted = text.casefold().split()
    return tuple(each for each in records if all(word in _searched(words, each) for word in wanted))


def _searched(words: Words, each: PendingRecord) -> str:
    parts = (each.change.site or "", record_name(words, each.change.entity), what_was_done(words, each))
    return " ".join((*parts, *differences(words, each.change))).casefold()


def what_was_done(words: Words, record: PendingRecord) -> str:
    """The commands on a record in words, each once."""
    return ", ".join(dict.fromkeys(words.say(each) for each in record.commands))


def waiting_columns(words: Words) -> list[Column[PendingRecord]]:
    """What is not sent, record by record."""
    say = words.say
    return [
        Column("site", say("Site"), lambda each: each.change.site or "", width=110),
        Column("record", say("Record"), lambda each: record_name(words, each.change.entity), width=140),
        Column("what", say("What was done"), lambda each: what_was_done(words, each), width=190),
        Column(
            "fields",
            say("From what to what"),
            lambda each: "; ".join(differences(words, each.change)[:_LINES]),
            width=260,
            stretch=True,
            tip=lambda each: "\n".join(differences(words, each.change)),
        ),
        Column(
            "count", say("Changes"), lambda each: words.number(each.count), width=90, right=True, sort=lambda each: each.count
        ),
        Column(
            "at", say("Waits since"), lambda each: words.moment(each.change.at), width=130, sort=lambda each: each.change.at
        ),
    ]


def refused_columns(words: Words) -> list[Column[Change]]:
    """What the server refused or holds back, and why."""
    say = words.say
    return [
        Column("at", say("When"), lambda each: words.moment(each.at), width=130, sort=lambda each: each.at),
        Column("what", say("What"), lambda each: say(each.command), width=190),
        Column("site", say("Site"), lambda each: each.site or "", width=110),
        Column("record", say("Record"), lambda each: record_name(words, each.entity), width=140),
        Column("why", say("Why"), lambda each: why(words, each), width=260, stretch=True, tip=lambda each: why(words, each)),
        Column(
            "fields",
            say("From what to what"),
            lambda each: "; ".join(differences(words, each)[:_LINES]),
            width=260,
            tip=lambda each: "\n".join(differences(words, each)),
        ),
    ]


def why(words: Words, change: Change) -> str:
    """Why the server did not take a change."""
    kind = getattr(errors, change.reason or "", None)
    if change.state == "held":
        if kind is errors.WordsWait:
            return " ".join(sentences(words, kind(what=_newer_word(words, change)))[:2])
        return words.say("waits for another record")
    if isinstance(kind, type) and issubclass(kind, InspectorError):
        try:
            return sentences(words, kind(**change.facts))[0]
        except KeyError:  # a newer server fills its sentence otherwise
            return change.reason or ""
    return change.reason or ""


def _newer_word(words: Words, change: Change) -> str:
    """What an older server does not know of a change: the kind of record, its field, the word that it holds."""
    entity, field = change.facts.get("entity", change.entity), change.facts.get("field")
    parts = [record_name(words, entity), field and field_name(words, field), change.facts.get("value")]
    return ", ".join(each for each in parts if each)


def past_columns(desk: Desk) -> list[Column[SyncRow]]:
    """The receipts of past syncs."""
    words, say = desk.words, desk.words.say

    def count(name: str, title: str, *also: str) -> Column[SyncRow]:
        def total(each: SyncRow) -> int:
            return sum(each.outcome.get(one, 0) for one in (name, *also))

        return Column(name, title, lambda each: words.number(total(each)), width=96, right=True, sort=total)

    return [
        Column("at", say("When"), lambda each: words.moment(each.at), width=140, sort=lambda each: each.at),
        count("sent", say("Sent")),
        count("accepted", say("Accepted")),
        count("proposed", say("Waiting"), "disputed", "held"),
        count("refused", say("Refused")),
        count("conflicts", say("Conflicts")),
        count("received", say("Received")),
        Column("files", say("Photos"), lambda each: photos(words, each), width=96, right=True),
        Column("both", say("Both sides"), lambda each: both_sides(words, each.outcome), width=150, tone=_tone),
    ]


def photos(words: Words, each: SyncRow) -> str:
    """So many of so many photos and papers are at the server."""
    of_all, confirmed = each.outcome.get("files", 0), each.outcome.get("files_confirmed", 0)
    return words.say("{n} of {all}", n=words.number(confirmed), all=words.number(of_all)) if of_all else "\N{EN DASH}"


def _tone(each: SyncRow) -> str:
    return "danger" if each.outcome.get("confirmed") is False else "text"
