"""What a visit found, beside what the court named and what the visit before had found (domain.md 4.2)."""

from inspector_app.i18n import N_
from inspector_app.models.queries import inspections, papers
from inspector_app.models.queries.inspections import Found, Visit
from inspector_app.models.queries.papers import SitePaper
from inspector_app.reports.blocks import Column, Prose, Row, Table
from inspector_app.reports.telling import NOTHING, Masses, Sections, Telling, code_of


def add(told: Telling, visit: Visit, site: SitePaper, found: tuple[Found, ...], parts: Sections) -> None:
    """Add the section; nothing where there is neither a list of the court nor a visit before."""
    words, say = told.words, told.words.say
    listed = [line for each in papers.decisions(told.session, site.id) for line in each.listed]
    before = inspections.previous(told.session, visit)
    if not listed and before is None:
        return
    parts.begin(say(N_("Compared with the court's list and the visit before")))
    if listed:
        heads = (Column(say(N_("No.")), points=22, right=True), Column(say(N_("Waste as the court named it")), 1))
        parts.add(Table(heads, [Row((str(number), line)) for number, line in enumerate(listed, start=1)]))
    if before is None:
        return
    parts.add(Prose(say(N_("Visit before: no. {no} of {day}."), no=before.no, day=words.date(before.visited_on))))
    then, now = _by_code(inspections.findings(told.session, before.id)), _by_code(found)
    sums = [each for side in (then, now) for each in side.values()]
    masses = Masses(words, (mass for _found, mass in sums))
    rows = []
    for code in sorted(then.keys() | now.keys()):
        first, former = then.get(code, (None, None))
        second, latter = now.get(code, (None, None))
        one = second or first
        if one is None:
            continue
        change = NOTHING if former is None or latter is None else masses.show(latter - former)
        remark = say(N_("not found now")) if second is None else say(N_("new")) if first is None else ""
        named = code_of(code, hazardous=one.hazardous), one.title(words)
        rows.append(Row((*named, masses.show(former), masses.show(latter), change, remark)))
    columns = (
        Column(say(N_("Code")), points=46),
        Column(say(N_("Waste")), 1),
        Column(masses.head(N_("Before, kg"), N_("Before, t")), points=58, right=True),
        Column(masses.head(N_("Now, kg"), N_("Now, t")), points=58, right=True),
        Column(masses.head(N_("Difference, kg"), N_("Difference, t")), points=58, right=True),
        Column(say(N_("Remark")), points=62),
    )
    parts.add(Table(columns, rows, say(N_("No waste was recorded on either visit."))))


def _by_code(found: tuple[Found, ...]) -> dict[str, tuple[Found, int | None]]:
    """Findings by code with the sum of their masses; a code without any known mass has none."""
    sums: dict[str, tuple[Found, int | None]] = {}
    for each in found:
        first, mass = sums.get(each.code, (each, None))
        sums[each.code] = first, mass if each.mass_g is None else (mass or 0) + each.mass_g
    return sums
