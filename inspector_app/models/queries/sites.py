"""The filter shared by table and map, the order of the table, and the rows of one page of it.

Asked in SQL (driver.Asking): the first page of the table is painted before SQLAlchemy is loaded.
"""

import json
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from inspector_app.domain.codes import Code
from inspector_app.domain.merge import MergeClass
from inspector_app.domain.ownership import BUCKETS, Bucket, Status
from inspector_app.i18n import N_, Words, words
from inspector_app.models.driver import Asking
from inspector_app.models.orders import ALIVE, SHOWN_NAME
from inspector_app.models.queries.matching import match_words
from inspector_app.models.reference import regions


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
    """One line of the table of sites. Masses are grams; `n` is the row's number in this file.

    `contested` is the gravest kind of conflict that waits for a decision on the site.
    """

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
    contested: MergeClass | None = None

    def name(self, words: Words) -> str:
        """The name in a language."""
        return words.pick(self.name_en, self.name_ru, self.name_kk)


_NAMES = [each.name for each in fields(SiteRow)]
_CONTESTED = (
    "(SELECT kind FROM conflict c WHERE c.site_id = site.id AND c.state = 'open' ORDER BY kind = 'plain' LIMIT 1) AS contested"
)
_COLUMNS = ", ".join(_CONTESTED if name == "contested" else name for name in _NAMES)
_READ: tuple[tuple[int, Callable[[Any], Any]], ...] = tuple(
    (_NAMES.index(name), read)
    for name, read in (
        ("discovered_on", date.fromisoformat),
        ("status", Status.known),
        ("status_since", date.fromisoformat),
        ("state_owned_since", date.fromisoformat),
        ("disputed", bool),
        ("proposed", Status.known),
        ("contested", MergeClass.known),
    )
)
"""Columns that the file keeps as plain text or number, and how each is read."""


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


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on rows of `site`, in SQL, and what is bound in it by name."""

    sql: str
    facts: Mapping[str, Any]

    def also(self, sql: str, **facts: Any) -> "Where":
        """This one and another."""
        return Where(f"{self.sql} AND {sql}", {**self.facts, **facts})


_IN_ORDER = "+site.n"
"""The number of a site where SQLite shall go through the order and not through the numbers that were found."""
_MOST_OWNED = "+site.state_owned_since"
_MOST_PCB = "+site.pcb_items"
_MOST_REMAINING = "+site.remaining_g"
"""What most sites have: the order finds a page of them sooner than the index of the column."""
_FEW = 1000
"""Rows found by a text that are looked up one by one; of more, most orders have a hundred near their beginning."""
_READY = 3
"""Letters of the longest beginnings that the search index keeps; longer ones are gathered when they are asked for."""
_AS_MANY = "SELECT count(*) FROM (SELECT 1 FROM {these} LIMIT :most)"
_BY_WORDS = "search WHERE search MATCH :words"
_BY_WASTE = "waste_item WHERE code BETWEEN :waste AND :waste || ':' AND deleted = 0"


def conditions(chosen: SiteFilter, *, many: Collection[str] = ()) -> Where:
    """What a row of `site` must fulfil to pass the filter; deleted sites never do.

    `many` are the parts that may let more than a few sites through: these are asked of one site after another, the others
    once for all of them.
    """
    asked = Where(ALIVE, {})
    if chosen.statuses:
        asked = _among(asked, "status", chosen.statuses)
    if chosen.state_owned:
        asked = asked.also(f"{_MOST_OWNED} IS NOT NULL")
    if chosen.disputed:
        asked = asked.also("disputed = 1")
    if chosen.regions:
        asked = _among(asked, "region", chosen.regions)
    if chosen.pcb is not None:
        asked = asked.also(f"{_MOST_PCB} > 0" if chosen.pcb else "pcb_items = 0")
    if chosen.remaining is not None:
        asked = asked.also(f"{_MOST_REMAINING} > 0" if chosen.remaining else "remaining_g = 0")
    if chosen.hazards:
        theirs = _hazards(chosen.hazards)
        one = f"EXISTS (SELECT 1 FROM {theirs.sql} AND site_id = site.id)"
        asked = asked.also(one if "hazards" in many else f"id IN (SELECT site_id FROM {theirs.sql})", **theirs.facts)
    if chosen.waste:
        one = f"EXISTS (SELECT 1 FROM {_BY_WASTE} AND site_id = site.id)"
        asked = asked.also(one if "waste" in many else f"id IN (SELECT site_id FROM {_BY_WASTE})", waste=chosen.waste)
    if chosen.programmes:
        inside = _among(Where("deleted = 0", {}), "programme_id", chosen.programmes)
        asked = asked.also(f"id IN (SELECT site_id FROM site_programme WHERE {inside.sql})", **inside.facts)
    if chosen.removed_in is not None:
        asked = asked.also("id IN (SELECT site_id FROM site_year WHERE year = :removed_in)", removed_in=chosen.removed_in)
    if typed := match_words(chosen.text):
        found = f"SELECT rowid / 16 FROM {_BY_WORDS} AND rowid % 16 = 1"
        asked = asked.also(f"{_IN_ORDER if 'text' in many else 'site.n'} IN ({found})", words=typed)
    elif chosen.text.strip():
        asked = asked.also("code = :code", code=chosen.text.strip())
    return asked


def _among(asked: Where, column: str, values: Iterable[str]) -> Where:
    facts = {f"{column}{place}": str(value) for place, value in enumerate(sorted(values))}
    return asked.also(f"{column} IN ({', '.join(f':{name}' for name in facts)})", **facts)


def _hazards(chosen: frozenset[str]) -> Where:
    names = {f"hazard{place}": code for place, code in enumerate(sorted(chosen))}
    return Where(f"site_hazard WHERE hazard IN ({', '.join(f':{name}' for name in names)})", names)


def _plentiful(asking: Asking, chosen: SiteFilter) -> frozenset[str]:
    """The parts of a filter that may let more than a few sites through."""
    asked = {
        "text": Where(_BY_WORDS, {"words": match_words(chosen.text, letters=_READY)}),  # beginnings that the index has ready
        "hazards": _hazards(chosen.hazards),
        "waste": Where(_BY_WASTE, {"waste": chosen.waste}),
    }
    return frozenset(
        part for part, each in asked.items() if all(each.facts.values()) and each.facts and _are_many(asking, each)
    )


def _are_many(asking: Asking, these: Where) -> bool:
    counted: int = asking.value(_AS_MANY.format(these=these.sql), {**these.facts, "most": _FEW})
    return counted == _FEW


def sites(
    asking: Asking,
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
    where = conditions(chosen, many=_plentiful(asking, chosen))
    most = None if whole else first
    groups = _groups(order, language)
    # an index has the groups; where more is asked of a site, every row is looked at, which is faster in the order of the file
    if groups is not None and chosen.having(**{_PART_OF[order]: frozenset()}).is_empty:
        numbers = _group_by_group(asking, where, *groups, descending=descending, most=most)
    else:
        numbers = _numbers(asking, where, _ordering(order, language), descending=descending, most=most)
    is_whole = whole or len(numbers) < first
    return Sites(numbers, site_total(asking), tuple(site_rows(asking, numbers=numbers[:first])), is_whole)


def site_total(asking: Asking) -> int:
    """How many sites the register has, whatever the filter."""
    counted: int = asking.value("SELECT coalesce(sum(count), 0) FROM counter WHERE kind = 'status'")
    return counted


def _numbers(asking: Asking, where: Where, by: Iterable[str], *, descending: bool, most: int | None) -> "array[int]":
    """The numbers of all sites, or of the first."""
    ordering = ", ".join(f"{each} {'DESC' if descending else 'ASC'}" for each in by)
    question = f"SELECT n FROM site WHERE {where.sql} ORDER BY {ordering}"
    if most is not None:
        return array("q", [n for (n,) in asking.rows(f"{question} LIMIT {most}", where.facts)])
    # one value instead of a row per site: the driver gives the lock of the interpreter away for every row
    return array("q", json.loads(asking.value(f"SELECT json_group_array(n) FROM ({question})", where.facts)))


def _group_by_group(
    asking: Asking, where: Where, group: str, places: Mapping[str, int], *, descending: bool, most: int | None
) -> "array[int]":
    """The same in the order of groups and of codes within each; every group comes in order out of its index."""
    numbers: array[int] = array("q")
    there = [value for (value,) in asking.rows(_VALUES[group])]
    for value in sorted(there, key=lambda each: (places.get(each, -1), each), reverse=descending):
        left = None if most is None else most - len(numbers)
        if left == 0:
            break
        its = where.also(f"{group} = :its", its=value)
        numbers += _numbers(asking, its, ("code", "n"), descending=descending, most=left)
    return numbers


def site_rows(asking: Asking, *, numbers: Iterable[int]) -> list[SiteRow]:
    """The rows of these numbers, in the order asked; a row deleted meanwhile is left out."""
    wanted = list(numbers)
    question = f"SELECT {_COLUMNS} FROM site WHERE n IN (SELECT value FROM json_each(?)) AND {ALIVE}"
    found = {row[0]: _row(row) for row in asking.rows(question, (json.dumps(wanted),))}
    return [found[number] for number in wanted if number in found]


def _row(values: Sequence[Any]) -> SiteRow:
    told: list[Any] = list(values)
    for place, read in _READ:
        if told[place] is not None:
            told[place] = read(told[place])
    return SiteRow(*told)


def site_number(asking: Asking, *, site_id: str) -> int | None:
    """The number in this file of a site, or nothing when it is gone."""
    number: int | None = asking.value(f"SELECT n FROM site WHERE id = ? AND {ALIVE}", (site_id,))
    return number


def programmes(asking: Asking) -> list[tuple[str, str, str, str]]:
    """Every programme: id, and names in English, Russian and Kazakh."""
    rows = asking.rows("SELECT id, code, name_en, name_ru, name_kk FROM programme WHERE deleted = 0 ORDER BY code")
    return [(row[0], row[2] or row[1], row[3] or row[1], row[4] or row[3] or row[1]) for row in rows]


_PART_OF = {SiteOrder.REGION: "regions", SiteOrder.STATUS: "statuses"}
"""The part of a filter that chooses among the groups of an order."""


def _groups(order: SiteOrder, language: str) -> tuple[str, Mapping[str, int]] | None:
    """The column whose values make groups, and the place of each value; nothing for other orders."""
    match order:
        case SiteOrder.REGION:
            by_name = sorted(regions().values(), key=lambda each: each.name(words(language)))
            return "region", {each.kato: place for place, each in enumerate(by_name)}
        case SiteOrder.STATUS:
            return "status", {str(each): place for place, each in enumerate(Status)}
        case _:
            return None


def _ordering(order: SiteOrder, language: str) -> tuple[str, ...]:
    if order is SiteOrder.NAME:
        return (SHOWN_NAME[language], "n")
    if (groups := _groups(order, language)) is not None:
        group, places = groups
        cases = " ".join(f"WHEN '{value}' THEN {place}" for value, place in places.items())
        return (f"CASE {group} {cases} END", "code", "n")
    return (_PLAIN[order], "n")


_VALUES = {
    name: (
        f"WITH RECURSIVE each(value) AS (SELECT min({name}) FROM site WHERE {ALIVE} UNION ALL"
        f" SELECT (SELECT min({name}) FROM site WHERE {ALIVE} AND {name} > each.value) FROM each WHERE value IS NOT NULL)"
        " SELECT value FROM each WHERE value IS NOT NULL"
    )
    for name in ("region", "status")
}
"""The values of a column that there are, from one to the next by the index; DISTINCT would look at every site."""
_PLAIN = {
    SiteOrder.CODE: "code",
    SiteOrder.SINCE: "status_since",
    SiteOrder.OWNED: "state_owned_since",
    SiteOrder.INVENTORY: "inventory_g",
    SiteOrder.REMOVED: "removed_g",
    SiteOrder.REMAINING: "remaining_g",
    SiteOrder.ITEMS: "items",
    SiteOrder.PCB: "pcb_items",
    SiteOrder.DISCOVERED: "discovered_on",
}
