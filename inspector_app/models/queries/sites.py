"""The filter shared by table and map, the order of the table, and the rows of one page of it."""

import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    SQLColumnExpression,
    Text,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from inspector_app.domain.codes import Code
from inspector_app.domain.ownership import BUCKETS, Bucket, Status
from inspector_app.i18n import N_, Words, words
from inspector_app.models.derived import Counter, ItemYear
from inspector_app.models.queries.matching import match_words
from inspector_app.models.reference import regions
from inspector_app.models.sites import Programme, Site, SiteProgramme
from inspector_app.models.waste import WasteItem


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """Which sites are shown; an empty part asks for nothing. All parts that ask must hold, of one part any value.

    `regions` are two digits of KATO, `hazards` codes such as 'HP6', `programmes` ids; `pcb` and `remaining` ask whether
    a site has any; `waste` is the beginning of a waste code; `removed_in` a year in which waste of the site arrived where
    it was taken.
    """

    statuses: frozenset[Status] = frozenset()
    state_owned: bool = False
    disputed: bool = False
    regions: frozenset[str] = frozenset()
    hazards: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    pcb: bool | None = None
    remaining: bool | None = None
    removed_in: int | None = None
    waste: str = ""
    text: str = ""

    def having(self, **values: Any) -> "SiteFilter":
        """The same filter with some parts replaced."""
        return replace(self, **values)

    @property
    def is_empty(self) -> bool:
        """Whether every site is shown."""
        return self == SiteFilter()


def of_bucket(bucket: Bucket) -> SiteFilter:
    """The sites behind one figure of the tally."""
    return SiteFilter(statuses=frozenset(status for status, its in BUCKETS.items() if its is bucket))


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One line of the table of sites. Masses are grams; `n` is the row's number in this file."""

    n: int
    id: str
    code: str
    register_no: str | None
    name_en: str | None
    name_ru: str | None
    name_kk: str | None
    region: str
    address: str | None
    lat: float
    lon: float
    discovered_on: date | None
    status: Status
    status_since: date | None
    state_owned_since: date | None
    disputed: bool
    proposed: Status | None
    items: int
    inventory_g: int
    removed_g: int
    remaining_g: int
    pcb_items: int

    def name(self, words: Words) -> str:
        """The name in a language."""
        return words.pick(self.name_en, self.name_ru, self.name_kk)


_COLUMNS = tuple(getattr(Site, name) for name in SiteRow.__slots__)


class SiteOrder(Code):
    """What the table can be sorted by."""

    CODE = "code", N_("Code")
    NAME = "name", N_("Name")
    REGION = "region", N_("Region")
    STATUS = "status", N_("Status")
    SINCE = "since", N_("Since")
    OWNED = "owned", N_("State-owned since")
    INVENTORY = "inventory", N_("Inventory")
    REMOVED = "removed", N_("Removed")
    REMAINING = "remaining", N_("Remaining")
    ITEMS = "items", N_("Waste items")
    PCB = "pcb", N_("PCB items")
    DISCOVERED = "discovered", N_("Discovered on")


@dataclass(frozen=True, slots=True)
class Sites:
    """The numbers of the rows that pass a filter, in order, with the rows of the first page. `total` counts every site.

    `is_whole` is false where only the first numbers were asked for and more may follow.
    """

    numbers: "array[int]"
    total: int
    first: tuple[SiteRow, ...]
    is_whole: bool


def conditions(chosen: SiteFilter) -> tuple[ColumnElement[bool], ...]:
    """What a row of `site` must fulfil to pass the filter; deleted sites never do."""
    asked: list[ColumnElement[bool]] = [Site.deleted.is_(False)]
    if chosen.statuses:
        asked.append(Site.status.in_(chosen.statuses))
    if chosen.state_owned:
        asked.append(Site.state_owned_since.is_not(None))
    if chosen.disputed:
        asked.append(Site.disputed.is_(True))
    if chosen.regions:
        asked.append(Site.region.in_(chosen.regions))
    if chosen.pcb is not None:
        asked.append(Site.pcb_items > 0 if chosen.pcb else Site.pcb_items == 0)
    if chosen.remaining is not None:
        asked.append(Site.remaining_g > 0 if chosen.remaining else Site.remaining_g == 0)
    if chosen.hazards:
        codes = cast(WasteItem.hazards, Text)
        one = or_(*(codes.like(f'%"{code}"%') for code in sorted(chosen.hazards)))
        asked.append(exists().where(WasteItem.site_id == Site.id, WasteItem.deleted.is_(False), one))
    if chosen.waste:
        begins = WasteItem.code.between(chosen.waste, chosen.waste + ":")
        asked.append(Site.id.in_(select(WasteItem.site_id).where(begins, WasteItem.deleted.is_(False))))
    if chosen.programmes:
        theirs = select(SiteProgramme.site_id).where(
            SiteProgramme.programme_id.in_(chosen.programmes), SiteProgramme.deleted.is_(False)
        )
        asked.append(Site.id.in_(theirs))
    if chosen.removed_in is not None:
        asked.append(Site.id.in_(select(ItemYear.site_id).where(ItemYear.year == chosen.removed_in)))
    if typed := match_words(chosen.text):
        found = (
            select(column("rowid", Integer) // 16)
            .select_from(text("search"))
            .where(text("search MATCH :words AND rowid % 16 = 1").bindparams(words=typed))
        )
        asked.append(Site.n.in_(found))
    elif chosen.text.strip():
        asked.append(Site.code == chosen.text.strip())
    return tuple(asked)


def sites(
    session: Session,
    *,
    chosen: SiteFilter,
    order: SiteOrder = SiteOrder.CODE,
    descending: bool = False,
    language: str = "en",
    first: int = 100,
    whole: bool = True,
) -> Sites:
    """The sites that pass a filter, as numbers in order, with the first rows ready to paint.

    Not `whole`, only the numbers of the first page are read: a thousandth of the time where an index has the order.
    """
    by = _ordering(order, language)
    question = select(Site.n).where(*conditions(chosen))
    question = question.order_by(*(each.desc() if descending else each.asc() for each in by))
    if whole:
        # one value instead of a row per site: the driver gives the lock of the interpreter away for every row
        ordered = question.subquery()
        numbers = array("q", json.loads(session.scalar(select(func.json_group_array(ordered.c.n))) or "[]"))
    else:
        numbers = array("q", session.scalars(question.limit(first)))
    total = session.scalar(select(func.coalesce(func.sum(Counter.count), 0)).where(Counter.kind == "status"))
    is_whole = whole or len(numbers) < first
    return Sites(numbers, int(total or 0), tuple(site_rows(session, numbers=numbers[:first])), is_whole)


def site_rows(session: Session, *, numbers: Iterable[int]) -> list[SiteRow]:
    """The rows of these numbers, in the order asked; a row deleted meanwhile is left out."""
    wanted = list(numbers)
    found = {row[0]: SiteRow(*row) for row in session.execute(select(*_COLUMNS).where(Site.n.in_(wanted)))}
    return [found[number] for number in wanted if number in found]


def site_number(session: Session, *, site_id: str) -> int | None:
    """The number in this file of a site, or nothing when it is gone."""
    return session.scalar(select(Site.n).where(Site.id == site_id, Site.deleted.is_(False)))


def programmes(session: Session) -> list[tuple[str, str, str, str]]:
    """Every programme: id, and names in English, Russian and Kazakh."""
    question = select(Programme.id, Programme.code, Programme.name_en, Programme.name_ru, Programme.name_kk)
    rows = session.execute(question.where(Programme.deleted.is_(False)).order_by(Programme.code))
    return [(row[0], row[2] or row[1], row[3] or row[1], row[4] or row[3] or row[1]) for row in rows]


def _ordering(order: SiteOrder, language: str) -> Sequence[SQLColumnExpression[Any]]:
    match order:
        case SiteOrder.NAME:
            names = {"en": Site.name_en, "ru": Site.name_ru, "kk": Site.name_kk}
            return (func.coalesce(names.pop(language), Site.name_ru, Site.name_en, Site.name_kk), Site.n)
        case SiteOrder.REGION:
            by_name = sorted(regions().values(), key=lambda each: each.name(words(language)))
            return (case({each.kato: place for place, each in enumerate(by_name)}, value=Site.region), Site.code)
        case SiteOrder.STATUS:
            return (case({str(each): place for place, each in enumerate(Status)}, value=Site.status), Site.code)
        case _:
            return (_PLAIN[order], Site.n)


_PLAIN: dict[SiteOrder, SQLColumnExpression[Any]] = {
    SiteOrder.CODE: Site.code,
    SiteOrder.SINCE: Site.status_since,
    SiteOrder.OWNED: Site.state_owned_since,
    SiteOrder.INVENTORY: Site.inventory_g,
    SiteOrder.REMOVED: Site.removed_g,
    SiteOrder.REMAINING: Site.remaining_g,
    SiteOrder.ITEMS: Site.items,
    SiteOrder.PCB: Site.pcb_items,
    SiteOrder.DISCOVERED: Site.discovered_on,
}
