"""The filter shared by table and map, the order of the table, and the rows of one page of it."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from inspector_app.domain.codes import Code
from inspector_app.domain.ownership import BUCKETS, Bucket, Status
from inspector_app.i18n import N_, Words, words
from inspector_app.models.derived import Counter, SiteYear
from inspector_app.models.queries.matching import match_words
from inspector_app.models.reference import regions
from inspector_app.models.sites import ALIVE, SHOWN_NAME, Programme, Site, SiteProgramme
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

    @property
    def is_of_sites_alone(self) -> bool:
        """Whether the row of a site tells if it passes, without a look at its waste, programmes or words."""
        return not (self.hazards or self.programmes or self.waste or self.text or self.removed_in)


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


_THERE = Site.deleted == literal_column("0")
"""A site that is not deleted, in the words of the indexes: these serve no question with a parameter here."""
_IN_ORDER: ColumnElement[int] = literal_column("+site.n", Integer)
"""The number of a site where SQLite shall go through the order and not through the numbers that were found."""
_FEW = 1000
"""Rows found by a text that are looked up one by one; of more, most orders have a hundred near their beginning."""
_READY = 3
"""Letters of the longest beginnings that the search index keeps; longer ones are gathered when they are asked for."""
_AS_MANY = text("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH :words LIMIT :most)")


def conditions(chosen: SiteFilter, *, number: ColumnElement[int] | None = None) -> tuple[ColumnElement[bool], ...]:
    """What a row of `site` must fulfil to pass the filter; deleted sites never do. `number` is what a text finds sites by."""
    asked: list[ColumnElement[bool]] = [_THERE]
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
        asked.append(Site.id.in_(select(SiteYear.site_id).where(SiteYear.year == chosen.removed_in)))
    if typed := match_words(chosen.text):
        asked.append((Site.n if number is None else number).in_(_found(typed)))
    elif chosen.text.strip():
        asked.append(Site.code == chosen.text.strip())
    return tuple(asked)


def _found(typed: str) -> Select[int]:
    """The numbers of the sites that a text finds."""
    return (
        select(column("rowid", Integer) // 16)
        .select_from(text("search"))
        .where(text("search MATCH :words AND rowid % 16 = 1").bindparams(words=typed))
    )


def _may_find_many(session: Session, typed: str) -> bool:
    """Whether the beginnings of the words, which the index has ready, stand in more than a few rows."""
    beginnings = match_words(typed, letters=_READY)
    return bool(beginnings) and session.scalar(_AS_MANY, {"words": beginnings, "most": _FEW}) == _FEW


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
    number = _IN_ORDER if _may_find_many(session, chosen.text) else None
    question = select(Site.n).where(*conditions(chosen, number=number))
    most = None if whole else first
    groups = _groups(order, language)
    if groups is not None and chosen.is_of_sites_alone:
        numbers = _group_by_group(session, question, *groups, descending=descending, most=most)
    else:
        numbers = _numbers(session, question, _ordering(order, language), descending=descending, most=most)
    total = session.scalar(select(func.coalesce(func.sum(Counter.count), 0)).where(Counter.kind == "status"))
    is_whole = whole or len(numbers) < first
    return Sites(numbers, int(total or 0), tuple(site_rows(session, numbers=numbers[:first])), is_whole)


def _numbers(
    session: Session,
    question: Select[int],
    by: Sequence[SQLColumnExpression[Any]],
    *,
    descending: bool,
    most: int | None,
) -> "array[int]":
    """The numbers of all sites, or of the first."""
    question = question.order_by(*(each.desc() if descending else each.asc() for each in by))
    if most is not None:
        return array("q", session.scalars(question.limit(most)))
    # one value instead of a row per site: the driver gives the lock of the interpreter away for every row
    ordered = question.subquery()
    return array("q", json.loads(session.scalar(select(func.json_group_array(ordered.c.n))) or "[]"))


def _group_by_group(
    session: Session,
    question: Select[int],
    group: InstrumentedAttribute[Any],
    places: Mapping[str, int],
    *,
    descending: bool,
    most: int | None,
) -> "array[int]":
    """The same in the order of groups and of codes within each; every group comes in order out of its index."""
    numbers: array[int] = array("q")
    there = session.scalars(_VALUES[group.key])
    for value in sorted(there, key=lambda each: (places.get(each, -1), each), reverse=descending):
        left = None if most is None else most - len(numbers)
        if left == 0:
            break
        numbers += _numbers(session, question.where(group == value), (Site.code, Site.n), descending=descending, most=left)
    return numbers


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


def _groups(order: SiteOrder, language: str) -> tuple[InstrumentedAttribute[Any], Mapping[str, int]] | None:
    """The column whose values make groups, and the place of each value; nothing for other orders."""
    match order:
        case SiteOrder.REGION:
            by_name = sorted(regions().values(), key=lambda each: each.name(words(language)))
            return Site.region, {each.kato: place for place, each in enumerate(by_name)}
        case SiteOrder.STATUS:
            return Site.status, {str(each): place for place, each in enumerate(Status)}
        case _:
            return None


def _ordering(order: SiteOrder, language: str) -> Sequence[SQLColumnExpression[Any]]:
    if order is SiteOrder.NAME:
        return (literal_column(SHOWN_NAME[language]), Site.n)
    if (groups := _groups(order, language)) is not None:
        group, places = groups
        return (case(dict(places), value=group), Site.code, Site.n)
    return (_PLAIN[order], Site.n)


_VALUES = {
    name: text(
        f"WITH RECURSIVE each(value) AS (SELECT min({name}) FROM site WHERE {ALIVE} UNION ALL"
        f" SELECT (SELECT min({name}) FROM site WHERE {ALIVE} AND {name} > each.value) FROM each WHERE value IS NOT NULL)"
        " SELECT value FROM each WHERE value IS NOT NULL"
    )
    for name in ("region", "status")
}
"""The values of a column that there are, from one to the next by the index; DISTINCT would look at every site."""
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
