"""The PCB inventory with the fields of the UNEP form (domain.md 3.3), and the equipment against the Stockholm dates."""

from collections import Counter
from itertools import groupby

from inspector_app.domain.pcb import ConcentrationClass, stockholm_priority
from inspector_app.i18n import N_
from inspector_app.models.queries import papers, pcb
from inspector_app.models.queries.pcb import Equipment
from inspector_app.reports import disputes, telling
from inspector_app.reports.blocks import Column, Facts, Heading, Paper, Prose, Row, Table
from inspector_app.reports.telling import NOTHING, Masses, Sections, Telling


def content(told: Telling, code: str | None = None) -> Paper:
    """All PCB equipment, or that of one site. Raises NotFound."""
    words, say = told.words, told.words.say
    site = papers.find_site(told.session, code) if code else None
    items = pcb.equipment(told.session, site_id=site.id if site else None)
    parts = Sections()
    if site:
        parts.begin(say(N_("A. Site")))
        parts.add(Facts((*telling.identity(words, site), *disputes.facts(told, site)), 4))
    parts.begin(say(N_("Equipment by PCB content")))
    parts.add(_classes(told, items))
    duty = N_(
        "Stockholm Convention, Annex A part II: equipment out of use by 2025, environmentally sound management by 2028."
        " Priority 1: over 10 % and 5 l; 2: over 500 ppm and 5 l; 3: over 50 ppm and 0.05 l."
    )
    parts.add(Prose(say(duty), "quiet"))
    parts.begin(say(N_("B. Equipment")))
    parts.add(_table(told, items))
    blocks = [Heading(each.text) if isinstance(each, Heading) else each for each in parts.blocks]
    day = words.date(told.today)
    subject = site.name(words) if site else say(N_("All sites"))
    return Paper(
        kind="pcb-inventory",
        title=say(N_("PCB inventory")),
        subtitle=say(N_("{site}, as at {day}"), site=subject, day=day),
        number=say(N_("{code}, as at {day}"), code=site.code if site else say(N_("all sites")), day=day),
        subject=say(N_("Inventory of equipment that contains PCB")),
        language=words.language,
        blocks=tuple(blocks),
        demo=told.demo,
        landscape=True,
    )


def _classes(told: Telling, items: tuple[Equipment, ...]) -> Table:
    words, say = told.words, told.words.say
    count: Counter[ConcentrationClass] = Counter(each.concentration for each in items)
    total: Counter[ConcentrationClass] = Counter()
    liquid: Counter[ConcentrationClass] = Counter()
    leaking: Counter[ConcentrationClass] = Counter()
    for each in items:
        total[each.concentration] += each.total_g or 0
        liquid[each.concentration] += each.liquid_g or 0
        leaking[each.concentration] += each.condition in {"LEAKING", "WEEPING"}
    masses = Masses(words, [*total.values(), *liquid.values()])
    columns = (
        Column(say(N_("PCB content")), 2),
        Column(say(N_("Pieces")), 1, right=True),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), 1, right=True),
        Column(masses.head(N_("Liquid, kg"), N_("Liquid, t")), 1, right=True),
        Column(say(N_("Leaking or weeping")), 1, right=True),
    )
    rows = [
        Row(
            (
                say(each.label),
                words.number(count[each]),
                masses.show(total[each]),
                masses.show(liquid[each]),
                words.number(leaking[each]),
            )
        )
        for each in ConcentrationClass
        if count[each]
    ]
    if rows:
        sums = masses.show(total.total()), masses.show(liquid.total()), words.number(leaking.total())
        rows.append(Row((say(N_("Total")), words.number(len(items)), *sums), "total"))
    return Table(columns, rows, say(N_("No PCB equipment is recorded.")))


def _table(told: Telling, items: tuple[Equipment, ...]) -> Table:
    words, say = told.words, told.words.say
    masses = Masses(words, [mass for each in items for mass in (each.total_g, each.dry_g, each.liquid_g)])
    columns = (
        Column(say(N_("No.")), points=18, right=True),
        Column(say(N_("Label, equipment")), points=80),
        Column(say(N_("Maker, type, serial no.")), 1.6),
        Column(say(N_("Year")), points=26, right=True),
        Column(say(N_("kvar, kV")), points=29, right=True),
        Column(masses.head(N_("Total, kg"), N_("Total, t")), points=42, right=True),
        Column(masses.head(N_("Dry, kg"), N_("Dry, t")), points=42, right=True),
        Column(masses.head(N_("Liquid, kg"), N_("Liquid, t")), points=42, right=True),
        Column(say(N_("Liquid")), points=58),
        Column(say(N_("PCB content, priority")), points=50),
        Column(say(N_("Analysis")), 1.5),
        Column(say(N_("Use, condition")), 1.3),
        Column(say(N_("Storage")), 1.6),
    )
    rows: list[Row] = []
    for _site, members in groupby(
        sorted(items, key=lambda each: (each.site_code, each.label)), key=lambda each: each.site_code
    ):
        of_site = list(members)
        count = words.plural("{n} piece", "{n} pieces", len(of_site))
        name = say(N_("{site} ({code}): {count}"), site=of_site[0].site_name(words), code=of_site[0].site_code, count=count)
        rows.append(Row((name,), "group"))
        rows += [_row(told, number, each, masses) for number, each in enumerate(of_site, start=1)]
        rows.append(_sum(say(N_("Total")), of_site, masses, "subtotal"))
    if len({each.site_code for each in items}) > 1:
        rows.append(_sum(say(N_("All sites")), list(items), masses, "total"))
    return Table(columns, rows, say(N_("No PCB equipment is recorded.")))


def _sum(label: str, items: list[Equipment], masses: Masses, manner: str) -> Row:
    sums = (masses.show(sum(getattr(each, name) or 0 for each in items)) for name in ("total_g", "dry_g", "liquid_g"))
    return Row(("", label, "", "", "", *sums, "", "", "", "", ""), "total" if manner == "total" else "subtotal")


def _row(told: Telling, number: int, each: Equipment, masses: Masses) -> Row:
    words, say = told.words, told.words.say
    ratings = [words.number(value, 0 if value.is_integer() else 2) for value in (each.power_kvar, each.voltage_kv) if value]
    priority = stockholm_priority(each.concentration, each.liquid_ml)
    measured = ""
    if each.ppm is not None:
        sign = "" if each.ppm_qualifier in {None, "="} else f"{each.ppm_qualifier} "
        measured = sign + say(N_("{ppm} ppm"), ppm=words.number(each.ppm, 0 if each.ppm.is_integer() else 1))
    analysis = [
        say(each.test_method.label),
        words.date(each.tested_on) if each.tested_on else "",
        each.laboratory or "",
        say(N_("No. {no}"), no=each.protocol_no) if each.protocol_no else "",
    ]
    used = [
        say(each.operation.label),
        say(each.condition.label),
        say(N_("leaks since {day}"), day=words.date(each.leak_since)) if each.leak_since else "",
    ]
    return Row(
        (
            words.number(number),
            _lines(each.label, say(each.equipment.label)),
            _lines(
                ", ".join(part for part in (each.maker, each.country) if part) or NOTHING,
                each.model or "",
                each.serial_no or "",
            ),
            str(each.year_made) if each.year_made else NOTHING,
            "\n".join(ratings) or NOTHING,
            masses.show(each.total_g),
            masses.show(each.dry_g),
            masses.show(each.liquid_g),
            say(each.liquid.label) if each.liquid else NOTHING,
            _lines(say(each.concentration.label), measured, say(N_("priority {n}"), n=priority) if priority else ""),
            _lines(*analysis),
            _lines(*used),
            _lines(each.storage or "", each.former_place or ""),
        )
    )


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
