"""What needs attention: rows that a supervisor would ask about, the oldest first within each kind (product.md page 1).

The rows come out of a partial index of their table and their number out of counters (models/watched.py), so that both cost
the same in a register of any size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from inspector_app.domain.codes import Code
from inspector_app.i18n import N_, Words
from inspector_app.models import watched
from inspector_app.models.driver import Asking
from inspector_app.models.watched import Watched

TRANSIT_DAYS = 10
"""Days on the road after which a batch is asked after."""
MOST = 20


class Concern(Code):
    """What is wrong; the label is the sentence, with the facts of the row."""

    LEAKING = "LEAKING", N_("PCB equipment {subject} leaks, {site}")
    DISPUTED = "DISPUTED", N_("{site}: two claims on one status, a registrar must decide")
    PROPOSED = "PROPOSED", N_("{site}: a proposed change of status waits")
    NOT_RECEIVED = "NOT_RECEIVED", N_("Batch {subject}: loaded, but never received")
    DIFFERENCE = "DIFFERENCE", N_("Batch {subject}: {less} less received than loaded ({share})")
    SURPLUS = "SURPLUS", N_("Batch {subject}: {more} more received than loaded ({share})")
    NO_FORCE = "NO_FORCE", N_("{site}: court decision without date of legal force")
    OVERDUE = "OVERDUE", N_("{site}: inspection overdue")


@dataclass(frozen=True, slots=True)
class Attention:
    """One row of the list: what it is, where it leads, and since when. `difference_g` is grams received less loaded."""

    concern: Concern
    entity: str
    row_id: str
    site_id: str
    site_code: str
    names: tuple[str | None, str | None, str | None]
    subject: str
    since: date
    days: int
    difference_g: int = 0
    loaded_g: int = 0

    def sentence(self, words: Words) -> str:
        """The row as a person reads it."""
        name = words.pick(*self.names) or self.site_code
        mass = words.mass(abs(self.difference_g))
        share = words.percent(abs(self.difference_g) / self.loaded_g) if self.loaded_g else ""
        return words.say(self.concern.label, site=name, subject=self.subject, less=mass, more=mass, share=share)


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    """At most MOST rows, and how many of each kind there are in all."""

    rows: tuple[Attention, ...]
    counts: Mapping[Concern, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many rows need attention in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class _Kind:
    """How watched rows are shown: SQL for the concern of a row and of a counter, subject, day, difference and mass loaded.

    `until` asks for rows before a day only; {since} is the column of the row or the key of the counter.
    """

    rows: Watched
    concern: str
    subject: str
    counted: str = ""
    until: str = ""
    masses: str = "0, 0"

    @property
    def found(self) -> str:
        """SELECT of the oldest rows by their index, which alone are joined with their sites."""
        since = self.rows.since
        return (
            f"SELECT x.*, s.id, s.code, s.name_en, s.name_ru, s.name_kk FROM (SELECT {self.concern}, r.id, r.{self.subject},"
            f" substr(r.{since}, 1, 10) AS since, {self.masses}, r.site_id AS site_id"
            f" FROM {self.rows.table} r INDEXED BY ix_{self.rows.table}_{since}"
            f" WHERE {self.rows.where} {self.until.format(since=since)} ORDER BY r.{since} LIMIT :most) x"
            " JOIN site s ON s.id = x.site_id WHERE s.deleted = 0"
        )

    @property
    def number(self) -> str:
        """SELECT of the concerns and how many rows there are of each."""
        return (
            f"SELECT {self.counted or self.concern} AS concern, SUM(count) AS number FROM counter"
            f" WHERE kind = '{self.rows.kind}' {self.until.format(since='key')} GROUP BY 1"
        )


_KINDS = (
    _Kind(watched.LEAKING, "'LEAKING'", "label"),
    _Kind(watched.CLAIMED, "r.state", "to_status", counted="key"),
    _Kind(watched.ON_THE_WAY, "'NOT_RECEIVED'", "no", until="AND {since} < :arrived"),
    _Kind(watched.WITHOUT_FORCE, "'NO_FORCE'", "case_no", until="AND {since} <= :today"),
    _Kind(watched.NOT_VISITED, "'OVERDUE'", "no", until="AND {since} < :today"),
    _Kind(watched.DIFFERING, watched.DIFFERING.key, "no", counted="key", masses="r.received_g - r.net_g, r.net_g"),
)
_FOUND = tuple((kind.rows.table, kind.found) for kind in _KINDS)
_COUNTED = f"SELECT * FROM ({' UNION ALL '.join(kind.number for kind in _KINDS)}) WHERE number > 0"


def needs_attention(asking: Asking, *, most: int = MOST) -> NeedsAttention:
    """The rows that need attention: each kind gets its share of the list, what burns comes first."""
    today: date = asking.info["today"]
    facts = {
        "today": today.isoformat(),
        "arrived": (today - timedelta(days=TRANSIT_DAYS)).isoformat(),
        "most": most,
    }
    rows = [_attention(table, row, today) for table, found in _FOUND for row in asking.rows(found, facts)]
    counts = {Concern(name): number for name, number in asking.rows(_COUNTED, facts)}  # type: ignore[call-arg]
    order = list(Concern)
    chosen = _fair(rows, most)
    return NeedsAttention(tuple(sorted(chosen, key=lambda row: (order.index(row.concern), row.since))), counts)


def _attention(entity: str, row: tuple[Any, ...], today: date) -> Attention:
    concern, row_id, subject, since, difference_g, loaded_g, _site_id, site_id, code, *names = row
    day = date.fromisoformat(since) if since else today
    return Attention(
        concern=Concern(concern),  # type: ignore[call-arg]
        entity=entity,
        row_id=row_id,
        site_id=site_id,
        site_code=code,
        names=(names[0], names[1], names[2]),
        subject=subject or "",
        since=day,
        days=max(0, (today - day).days),
        difference_g=difference_g,
        loaded_g=loaded_g,
    )


def _fair(rows: list[Attention], most: int) -> list[Attention]:
    """Round robin over the kinds, so that a thousand overdue inspections hide no leak."""
    kinds: dict[Concern, list[Attention]] = {}
    for row in rows:
        kinds.setdefault(row.concern, []).append(row)
    for waiting in kinds.values():
        waiting.sort(key=lambda row: row.since, reverse=True)
    chosen: list[Attention] = []
    while len(chosen) < most and any(kinds.values()):
        for waiting in kinds.values():
            if waiting and len(chosen) < most:
                chosen.append(waiting.pop())
    return chosen
