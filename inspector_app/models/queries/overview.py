"""The tally of the published figures, and the overview of the window. Figures come from counters kept in every transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inspector_app.domain.goal import Way, way
from inspector_app.domain.ownership import BUCKETS, Bucket, Status
from inspector_app.domain.pcb import ConcentrationClass
from inspector_app.domain.removal import Funding
from inspector_app.i18n import Words
from inspector_app.models.driver import Asking
from inspector_app.models.queries.attention import NeedsAttention, needs_attention


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """Money of one programme or one site over all years, tenge; `sites` and `regions` count the sites it is for."""

    kind: str  # 'programme' or 'site'
    id: str
    code: str
    names: tuple[str | None, str | None, str | None]
    sites: int
    regions: int
    funding: tuple[Funding, ...]
    planned_kzt: int
    spent_kzt: int

    def name(self, words: Words) -> str:
        """The name in a language, or the code."""
        return words.pick(*self.names) or self.code

    @property
    def is_overspent(self) -> bool:
        """More spent than planned (INV-18)."""
        return self.spent_kzt > self.planned_kzt


@dataclass(frozen=True, slots=True)
class YearRemoved:
    """What arrived at its destination in a year: waste types (INV-17) and grams."""

    year: int
    types: int
    mass_g: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The published figures, counted (product.md, keys of `status --json`). Masses are grams, money is tenge.

    The figure per site, waste types removed, is asked apart (`waste_types_removed`): it alone is as long as the register.
    """

    state_owned: int
    by_bucket: Mapping[Bucket, int]
    by_status: Mapping[Status, int]
    inventory_g: int
    removed_g: int
    remaining_g: int
    pcb_items: Mapping[ConcentrationClass, int]
    planned_kzt: int
    spent_kzt: int
    budgets: tuple[BudgetRow, ...]

    def as_json(self, removed: Mapping[str, Mapping[int, int]]) -> dict[str, Any]:
        """The keys of product.md, with the waste types removed by site and year; kilograms are whole where the grams are."""
        return {
            "state_owned": self.state_owned,
            "by_bucket": {str(bucket): count for bucket, count in self.by_bucket.items()},
            "by_status": {status.lower(): count for status, count in self.by_status.items()},
            "waste_types_removed": {
                site: {str(year): count for year, count in years.items()} for site, years in removed.items()
            },
            "kg": {
                "inventory": kilograms(self.inventory_g),
                "removed": kilograms(self.removed_g),
                "remaining": kilograms(self.remaining_g),
            },
            "pcb_items": {str(name): count for name, count in self.pcb_items.items()},
            "funding_kzt": {"planned": self.planned_kzt, "spent": self.spent_kzt},
            "budgets": [
                {
                    row.kind: row.code,
                    "sites": row.sites,
                    "regions": row.regions,
                    "planned": row.planned_kzt,
                    "spent": row.spent_kzt,
                }
                for row in self.budgets
            ],
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """What page 1 shows. Masses are grams, money is tenge; `removed_by_year` is over all sites, oldest year first."""

    state_owned: int
    by_bucket: Mapping[Bucket, int]
    by_status: Mapping[Status, int]
    remaining_by_status: Mapping[Status, int]
    sites: int
    inventory_g: int
    removed_g: int
    sold_g: int
    transferred_g: int
    remaining_g: int
    removed_by_year: tuple[YearRemoved, ...]
    pcb_items: Mapping[ConcentrationClass, int]
    pcb_mass_g: Mapping[ConcentrationClass, int]
    budgets: tuple[BudgetRow, ...]
    planned_kzt: int
    spent_kzt: int
    way: Way
    attention: NeedsAttention

    @property
    def is_empty(self) -> bool:
        """Whether the register holds no site."""
        return self.sites == 0


def kilograms(mass_g: int) -> int | float:
    """Grams as kilograms; whole where they are."""
    whole, rest = divmod(mass_g, 1000)
    return mass_g / 1000 if rest else whole


def tally(asking: Asking) -> Tally:
    """Count the published figures."""
    figures = _Figures(asking)
    budgets = budget_rows(asking)
    return Tally(
        state_owned=figures.state_owned,
        by_bucket=figures.by_bucket,
        by_status=figures.by_status,
        inventory_g=figures.masses["inventory"],
        removed_g=figures.masses["removed"],
        remaining_g=figures.remaining_g,
        pcb_items=figures.pcb_items,
        planned_kzt=sum(row.planned_kzt for row in budgets),
        spent_kzt=sum(row.spent_kzt for row in budgets),
        budgets=budgets,
    )


def published(asking: Asking) -> dict[str, Any]:
    """Every published figure as `status --json` tells it; as long as the register, for it names every site that waste left."""
    return tally(asking).as_json(waste_types_removed(asking))


def overview(asking: Asking, *, goal_year: int = 2030) -> Overview:
    """All that page 1 shows, from counters and small indexes alone; independent of the size of the register."""
    figures = _Figures(asking)
    today: date = asking.info["today"]
    budgets = budget_rows(asking)
    return Overview(
        state_owned=figures.state_owned,
        by_bucket=figures.by_bucket,
        by_status=figures.by_status,
        remaining_by_status=figures.remaining_by_status,
        sites=sum(figures.by_status.values()),
        inventory_g=figures.masses["inventory"],
        removed_g=figures.masses["removed"],
        sold_g=figures.masses["sold"],
        transferred_g=figures.masses["transferred"],
        remaining_g=figures.remaining_g,
        removed_by_year=tuple(
            YearRemoved(int(year), count, mass_g)
            for year, (count, mass_g) in sorted(figures.of("year").items(), key=lambda each: int(each[0]))
            if count
        ),
        pcb_items=figures.pcb_items,
        pcb_mass_g={name: figures.of("pcb").get(name, (0, 0))[1] for name in ConcentrationClass},
        budgets=budgets,
        planned_kzt=sum(row.planned_kzt for row in budgets),
        spent_kzt=sum(row.spent_kzt for row in budgets),
        way=way(
            {month: count for month, (count, _mass) in figures.of("owned").items() if count},
            {month: count for month, (count, _mass) in figures.of("closed").items() if count},
            today=today,
            goal_year=goal_year,
        ),
        attention=needs_attention(asking),
    )


def waste_types_removed(asking: Asking, *, site_id: str | None = None) -> dict[str, dict[int, int]]:
    """Site code to year to how many of its waste lines arrived at a destination in that year (INV-17)."""
    one = "" if site_id is None else "y.site_id = :site AND"
    found: dict[str, dict[int, int]] = {}
    for code, year, count in asking.rows(
        f"SELECT s.code, y.year, y.types FROM site_year y JOIN site s ON s.id = y.site_id WHERE {one} s.deleted = 0"
        " ORDER BY s.code, y.year",
        {"site": site_id},
    ):
        found.setdefault(code, {})[year] = count
    return found


def site_years(asking: Asking, *, code: str) -> tuple[YearRemoved, ...]:
    """What arrived of one site by year, oldest first; what the chart of one site draws."""
    found = asking.rows(
        "SELECT year, types, mass_g FROM site_year"
        " WHERE site_id = (SELECT id FROM site WHERE code = ? AND deleted = 0 LIMIT 1) ORDER BY year",
        (code,),
    )
    return tuple(YearRemoved(*row) for row in found)


def budget_rows(asking: Asking) -> tuple[BudgetRow, ...]:
    """Programmes with money first, then sites with money of their own, the largest plan first."""
    members = {
        programme: (sites, regions)
        for programme, sites, regions in asking.rows(
            "SELECT m.programme_id, count(DISTINCT s.id), count(DISTINCT s.region) FROM site_programme m"
            " JOIN site s ON s.id = m.site_id WHERE m.deleted = 0 AND s.deleted = 0 GROUP BY m.programme_id"
        )
    }
    found = [_budget("programme", row, *members.get(row[0], (0, 0))) for row in asking.rows(_with_budget("programme"))]
    found += [_budget("site", row, 1, 1) for row in asking.rows(_with_budget("site"))]
    return tuple(sorted(found, key=lambda row: (row.kind, -row.planned_kzt, row.code)))


def _with_budget(kind: str) -> str:
    """Rows of a kind with their budgets summed; summed first, so that no row without a budget is looked at."""
    return (
        "SELECT k.id, k.code, k.name_en, k.name_ru, k.name_kk, b.planned, b.spent, b.funding"
        f" FROM (SELECT {kind}_id AS owner, sum(planned_kzt) AS planned, sum(spent_kzt) AS spent,"
        f" group_concat(DISTINCT funding) AS funding FROM budget WHERE deleted = 0 AND {kind}_id IS NOT NULL GROUP BY 1) b"
        f" JOIN {kind} k ON k.id = b.owner WHERE k.deleted = 0"
    )


def _budget(kind: str, row: Any, sites: int, regions: int) -> BudgetRow:
    identity, code, name_en, name_ru, name_kk, planned, spent, funding = row
    given = set(funding.split(","))
    return BudgetRow(
        kind=kind,
        id=identity,
        code=code,
        names=(name_en, name_ru, name_kk),
        sites=sites,
        regions=regions,
        funding=tuple(each for each in Funding if each in given),
        planned_kzt=planned,
        spent_kzt=spent,
    )


_SHOWN = ("status", "state_owned", "owned", "closed", "mass", "year", "pcb")


class _Figures:
    """The counters of the register, read at once."""

    def __init__(self, asking: Asking) -> None:
        self._kinds: dict[str, dict[str, tuple[int, int]]] = {}
        for kind, key, count, mass_g in asking.rows(f"SELECT kind, key, count, mass_g FROM counter WHERE kind IN {_SHOWN}"):
            self._kinds.setdefault(kind, {})[key] = (count, mass_g)
        self.by_status = {status: self.of("status").get(status, (0, 0))[0] for status in Status}
        self.remaining_by_status = {status: self.of("status").get(status, (0, 0))[1] for status in Status}
        self.by_bucket = dict.fromkeys(Bucket, 0)
        for status, bucket in BUCKETS.items():
            self.by_bucket[bucket] += self.by_status[status]
        self.state_owned = self.of("state_owned").get("sites", (0, 0))[0]
        self.masses = {name: self.of("mass").get(name, (0, 0))[1] for name in ("inventory", "removed", "sold", "transferred")}
        self.remaining_g = 2 * self.masses["inventory"] - sum(self.masses.values())
        self.pcb_items = {name: self.of("pcb").get(name, (0, 0))[0] for name in ConcentrationClass}

    def of(self, kind: str) -> dict[str, tuple[int, int]]:
        """Key to count and grams of a kind."""
        return self._kinds.get(kind, {})
