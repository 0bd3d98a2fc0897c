"""What needs attention: rows that a supervisor would ask about, the oldest first within each kind (product.md page 1).

Every question is answered by a partial index of its table, so that it costs the same in a register of any size; the
conditions stand in the text, for an index with a condition serves no bound parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from inspector_app.domain.codes import Code
from inspector_app.domain.removal import TOLERANCE
from inspector_app.i18n import N_, Words

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


_SITE = "s.id, s.code, s.name_en, s.name_ru, s.name_kk"
_BEYOND = f"abs(b.received_g - b.net_g) * 100 > b.net_g * {round(TOLERANCE * 100)}"
_KINDS: tuple[tuple[str, str, str, str, str], ...] = (
    # entity, subject, since, extra columns, FROM and WHERE without the site
    (
        "pcb_item",
        "r.label",
        "r.leak_since",
        "'LEAKING'",
        "pcb_item r WHERE r.condition = 'LEAKING' AND r.deleted = 0 AND r.operation NOT IN ('REMOVED', 'DESTROYED')",
    ),
    (
        "status_event",
        "r.to_status",
        "r.effective_on",
        "r.state",
        "status_event r WHERE r.state IN ('PROPOSED', 'DISPUTED') AND r.deleted = 0",
    ),
    (
        "removal_batch",
        "r.no",
        "substr(r.loaded_at, 1, 10)",
        "'NOT_RECEIVED'",
        "removal_batch r WHERE r.state IN ('LOADED', 'IN_TRANSIT') AND r.loaded_at < :arrived AND r.deleted = 0",
    ),
    (
        "court_decision",
        "r.case_no",
        "r.decided_on",
        "'NO_FORCE'",
        "court_decision r WHERE r.in_force_on IS NULL AND r.decided_on <= :today AND r.result <> 'REFUSED' AND r.deleted = 0",
    ),
    (
        "inspection",
        "r.no",
        "r.planned_on",
        "'OVERDUE'",
        "inspection r WHERE r.state = 'DRAFT' AND r.planned_on < :today AND r.deleted = 0",
    ),
)


def needs_attention(session: Session, *, most: int = MOST) -> NeedsAttention:
    """The rows that need attention: each kind gets its share of the list, what burns comes first."""
    today: date = session.info["today"]
    facts = {
        "today": today.isoformat(),
        "arrived": (today - timedelta(days=TRANSIT_DAYS)).isoformat(),
        "most": most,
    }
    rows: list[Attention] = []
    counts: dict[Concern, int] = {}
    for entity, subject, since, concern, source in _KINDS:
        for name, count in session.execute(text(f"SELECT {concern}, COUNT(*) FROM {source} GROUP BY 1"), facts):
            counts[Concern(name)] = count  # type: ignore[call-arg]
        # the inner SELECT finds the few rows by the index; only these are joined with their sites
        found = session.execute(
            text(
                f"SELECT x.concern, x.row_id, x.subject, x.since, {_SITE} FROM (SELECT {concern} AS concern, r.id AS row_id,"
                f" r.site_id, {subject} AS subject, {since} AS since FROM {source} ORDER BY {since} LIMIT :most) x"
                " JOIN site s ON s.id = x.site_id WHERE s.deleted = 0"
            ),
            facts,
        )
        rows.extend(_attention(entity, tuple(row), today) for row in found)
    differing, number = _differences(session, today, most)
    rows.extend(differing)
    counts.update(number)
    order = list(Concern)
    chosen = _fair(rows, most)
    return NeedsAttention(tuple(sorted(chosen, key=lambda row: (order.index(row.concern), row.since))), counts)


def _differences(session: Session, today: date, most: int) -> tuple[list[Attention], dict[Concern, int]]:
    """Batches that were received with a difference beyond the tolerance and are not closed yet."""
    source = f"removal_batch b WHERE b.state = 'RECEIVED' AND b.deleted = 0 AND b.net_g > 0 AND {_BEYOND}"
    concern = "CASE WHEN b.received_g < b.net_g THEN 'DIFFERENCE' ELSE 'SURPLUS' END"
    counted = session.execute(text(f"SELECT {concern}, COUNT(*) FROM {source} GROUP BY 1"))
    counts = {Concern(name): count for name, count in counted}  # type: ignore[call-arg]
    found = session.execute(
        text(
            f"SELECT x.*, {_SITE} FROM (SELECT {concern}, b.id, b.no, b.received_on, b.received_g - b.net_g, b.net_g,"
            f" b.site_id AS site_id FROM {source} ORDER BY b.received_on LIMIT :most) x JOIN site s ON s.id = x.site_id"
            " WHERE s.deleted = 0"
        ),
        {"most": most},
    )
    rows = [_attention("removal_batch", (*row[:4], *row[7:]), today, difference_g=row[4], loaded_g=row[5]) for row in found]
    return rows, counts


def _attention(entity: str, row: tuple[str | None, ...], today: date, *, difference_g: int = 0, loaded_g: int = 0) -> Attention:
    concern, row_id, subject, since, site_id, code = (each or "" for each in row[:6])
    day = date.fromisoformat(since) if since else today
    return Attention(
        concern=Concern(concern),  # type: ignore[call-arg]
        entity=entity,
        row_id=row_id,
        site_id=site_id,
        site_code=code,
        names=(row[6], row[7], row[8]),
        subject=subject,
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
