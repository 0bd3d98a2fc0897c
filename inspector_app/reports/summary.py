"""The summary on one page: the published figures by counting, and the way to the goal."""

from datetime import date

from inspector_app.domain.goal import Way
from inspector_app.domain.marks import BUCKET_MARKS, status_mark
from inspector_app.domain.ownership import STATE_OWNED, Bucket, Status
from inspector_app.domain.pcb import ConcentrationClass
from inspector_app.i18n import N_
from inspector_app.models.queries.overview import BudgetRow, Overview, YearRemoved, overview, site_years
from inspector_app.reports.blocks import (
    Bar,
    Bars,
    Beside,
    Column,
    Decline,
    Fact,
    Facts,
    Gauge,
    Gauges,
    Paper,
    Part,
    Prose,
    Row,
    Stack,
    Table,
    Whole,
)
from inspector_app.reports.telling import NOTHING, Masses, Telling

_SHOWN_BUDGETS = 4
_AZPM = "AZPM"


def content(told: Telling) -> Paper:
    """The tally of the register as it stands."""
    words, say = told.words, told.words.say
    figures = overview(told.session, goal_year=told.goal_year)
    day = words.date(told.today)
    right = Stack((_pcb(told, figures), _masses(told, figures)))
    sold = N_(
        "Sold: the published English text says «implemented» where the Russian says «реализованы», that is, sold."
        " Pending removal includes sites offered for sale and sites where removal is in progress."
    )
    return Paper(
        kind="summary",
        title=say(N_("Hazardous waste in state ownership")),
        subtitle=say(N_("Summary as at {day}"), day=day),
        number=say(N_("Summary, {day}"), day=day),
        subject=say(N_("Summary of state-owned sites")),
        language=words.language,
        blocks=(
            _whole(told, figures),
            Prose(say(sold), "quiet"),
            Beside(_by_year(told, figures), _decline(told, figures.way), 0.42),
            _money(told, figures.budgets),
            Beside(_by_status(told, figures), right, 0.5),
        ),
        demo=told.demo,
    )


def _whole(told: Telling, figures: Overview) -> Whole:
    words = told.words
    parts = tuple(
        Part(words.say(bucket.label), figures.by_bucket[bucket], words.number(figures.by_bucket[bucket]), BUCKET_MARKS[bucket])
        for bucket in Bucket
    )
    label = words.plural("site came into state ownership", "sites came into state ownership", figures.state_owned)
    return Whole(figures.state_owned, words.number(figures.state_owned), label, parts)


def _by_year(told: Telling, figures: Overview) -> Bars:
    """Waste types removed of AZPM, whose figures are published; of all sites where there is no such site."""
    words, say = told.words, told.words.say
    years: tuple[YearRemoved, ...] = site_years(told.session, code=_AZPM)
    title = say(N_("Waste types removed, {code}"), code=_AZPM)
    if not years:
        years, title = figures.removed_by_year, say(N_("Waste types removed, all sites"))
    bars = tuple(Bar(str(each.year), each.types, words.number(each.types)) for each in years[-6:])
    return Bars(title, words.plural("{n} in all", "{n} in all", sum(each.types for each in years)), bars)


def _decline(told: Telling, way: Way) -> Decline:
    words, say = told.words, told.words.say
    steps = tuple((_fraction(day), n) for day, n in way.steps)
    now, goal = _fraction(told.today), _fraction(way.goal)
    if steps:
        steps = (*steps, (now, way.still_open))
    needed = ((now, float(way.still_open)), (goal, 0.0)) if way.still_open and now < goal else ()
    if way.still_open == 0:
        label = say(N_("all closed"))
    elif way.pace is None or way.needed is None:
        label = say(N_("needed {needed} a year"), needed=NOTHING if way.needed is None else words.number(way.needed, 1))
    else:
        label = say(
            N_("needed {needed} a year, so far {pace}"), needed=words.number(way.needed, 1), pace=words.number(way.pace, 1)
        )
    return Decline(
        title=say(N_("Sites still to be closed")),
        note=words.plural("{n} open", "{n} open", way.still_open),
        steps=steps,
        needed=needed,
        band=tuple((_fraction(day), least, most) for day, least, most in way.band) if way.still_open else (),
        goal=goal,
        goal_label=say(N_("goal {year}"), year=way.goal.year),
        needed_label=label,
    )


def _fraction(day: date) -> float:
    """A day as a year with its fraction."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def _money(told: Telling, budgets: tuple[BudgetRow, ...]) -> Gauges:
    words, say = told.words, told.words.say
    shown = [_gauge(told, each.name(words), each.planned_kzt, each.spent_kzt, each) for each in budgets[:_SHOWN_BUDGETS]]
    if others := budgets[_SHOWN_BUDGETS:]:
        planned, spent = sum(each.planned_kzt for each in others), sum(each.spent_kzt for each in others)
        shown.append(_gauge(told, say(N_("Other")), planned, spent, None))
    planned, spent = sum(each.planned_kzt for each in budgets), sum(each.spent_kzt for each in budgets)
    note = say(N_("{spent} of {planned} spent, tenge"), spent=words.money_short(spent), planned=words.money_short(planned))
    return Gauges(say(N_("Money for removal")), note if budgets else say(N_("no budget is recorded")), tuple(shown))


def _gauge(told: Telling, name: str, planned: int, spent: int, row: BudgetRow | None) -> Gauge:
    words, say = told.words, told.words.say
    if row is not None and row.kind == "programme" and row.sites:
        sites = words.plural("{n} site", "{n} sites", row.sites)
        regions = words.plural("{n} region", "{n} regions", row.regions)
        name = say(N_("{name} ({sites}, {regions})"), name=name, sites=sites, regions=regions)
    shown = say(N_("{spent} of {planned} ₸"), spent=words.money_short(spent), planned=words.money_short(planned))
    return Gauge(name, shown, spent / planned if planned else 0.0)


def _by_status(told: Telling, figures: Overview) -> Table:
    words, say = told.words, told.words.say
    masses = Masses(words, figures.remaining_by_status.values(), tonnes=True)
    columns = (
        Column(say(N_("Status")), 1),
        Column(say(N_("Sites")), points=40, right=True),
        Column(masses.head(N_("Remaining, kg"), N_("Remaining, t")), points=66, right=True),
    )
    rows: list[Row] = []
    for label, owned in ((N_("In state ownership"), True), (N_("Not in state ownership"), False)):
        of_group = [each for each in Status if (each in STATE_OWNED) is owned and figures.by_status[each]]
        if of_group:
            count = sum(figures.by_status[each] for each in of_group)
            remaining = sum(figures.remaining_by_status[each] for each in of_group)
            rows += [_status_row(told, each, figures, masses) for each in of_group]
            rows.append(Row((say(label), words.number(count), masses.show(remaining)), "subtotal"))
    if rows:
        rows.append(Row((say(N_("All sites")), words.number(figures.sites), masses.show(figures.remaining_g)), "total"))
    return Table(columns, rows, say(N_("The register holds no site yet.")))


def _status_row(told: Telling, status: Status, figures: Overview, masses: Masses) -> Row:
    words = told.words
    cells = words.say(status.label), words.number(figures.by_status[status]), masses.show(figures.remaining_by_status[status])
    return Row(cells, mark=status_mark(status))


def _pcb(told: Telling, figures: Overview) -> Table:
    words, say = told.words, told.words.say
    masses = Masses(words, figures.pcb_mass_g.values())
    columns = (
        Column(say(N_("PCB equipment by content")), 1),
        Column(say(N_("Pieces")), points=44, right=True),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=62, right=True),
    )
    rows = [
        Row((say(each.label), words.number(figures.pcb_items[each]), masses.show(figures.pcb_mass_g[each])))
        for each in ConcentrationClass
        if figures.pcb_items[each]
    ]
    if rows:
        total = masses.show(sum(figures.pcb_mass_g.values()))
        rows.append(Row((say(N_("Total")), words.number(sum(figures.pcb_items.values())), total), "total"))
    return Table(columns, rows, say(N_("No PCB equipment is recorded.")))


def _masses(told: Telling, figures: Overview) -> Facts:
    words, say = told.words, told.words.say
    gone = figures.removed_g + figures.sold_g + figures.transferred_g
    done = words.percent(gone / figures.inventory_g) if figures.inventory_g > 0 else NOTHING
    return Facts(
        (
            Fact(say(N_("Inventory")), words.mass(figures.inventory_g)),
            Fact(say(N_("Removed")), words.mass(figures.removed_g)),
            Fact(say(N_("Remaining")), words.mass(figures.remaining_g)),
            Fact(say(N_("Complete")), done),
        ),
        2,
    )
