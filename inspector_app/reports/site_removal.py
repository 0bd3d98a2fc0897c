"""The removal report of a site: every waste type that left it, by year, with the sums that the public knows (INV-17)."""

import math
from itertools import groupby

from inspector_app.domain.removal import ARRIVED, LEFT_SITE, BatchState, discrepancy
from inspector_app.i18n import N_, Words
from inspector_app.models.queries import papers, pcb, removal
from inspector_app.models.queries.papers import SitePaper
from inspector_app.models.queries.removal import Agreement, Batch, Taken
from inspector_app.reports import disputes, telling
from inspector_app.reports.batch import licence
from inspector_app.reports.blocks import (
    Bar,
    Bars,
    Column,
    Fact,
    Facts,
    Paper,
    Prose,
    Row,
    Signature,
    Signatures,
    Table,
)
from inspector_app.reports.telling import NOTHING, Masses, Sections, Telling, code_of


def content(told: Telling, code: str, year: int | None = None) -> Paper:
    """The report of one site, over all years or one. Raises NotFound."""
    words, say = told.words, told.words.say
    site = papers.find_site(told.session, code)
    everything = removal.taken(told.session, site.id)
    shown = [each for each in everything if year is None or each.year == year]
    batches = [each for each in removal.batches(told.session, site_id=site.id) if _falls(each, year)]
    parts = Sections()
    parts.begin(say(N_("Site")))
    parts.add(Facts((*telling.identity(words, site), *disputes.facts(told, site))))
    parts.begin(say(N_("In short")))
    _short(told, site, everything, parts)
    if contracts := removal.agreements(told.session, site.id):
        parts.begin(say(N_("Contracts")))
        parts.add(_contracts(told, contracts))
    parts.begin(say(N_("Waste types removed")))
    parts.add(_ledger(told, shown, year))
    parts.add(Prose(say(N_("A waste type counts once in every year in which some of it arrived at its destination.")), "quiet"))
    parts.begin(say(N_("Batches")))
    parts.add(_batches(told, batches))
    _open(told, batches, parts)
    _pcb(told, site, parts)
    _rest(told, site, parts)
    hint = say(N_("signature, date"))
    parts.begin(say(N_("Signatures")))
    parts.add(
        Signatures(
            (
                Signature(say(N_("Drawn up by")), "", "", hint),
                Signature(say(N_("Head of the department")), "", "", hint),
            )
        )
    )
    period = say(N_("year {year}"), year=year) if year else say(N_("all years"))
    day = words.date(told.today)
    return Paper(
        kind="site-removal",
        title=say(N_("Removal report of a site")),
        subtitle=say(N_("{site}, {period}"), site=telling.named(words, site), period=period),
        number=say(N_("{code}, {period}, as at {day}"), code=site.code, period=period, day=day),
        subject=say(N_("Removal from site {code}"), code=site.code),
        language=words.language,
        blocks=tuple(parts.blocks),
        demo=told.demo,
    )


def _falls(batch: Batch, year: int | None) -> bool:
    """Whether a batch belongs to the year: the one of its arrival, or of its loading while it is on the way."""
    if year is None:
        return True
    day = batch.received_on or batch.loaded_at or batch.planned_on
    return day is not None and day.year == year


def _short(told: Telling, site: SitePaper, taken: tuple[Taken, ...], parts: Sections) -> None:
    words, say = told.words, told.words.say
    arrived = sum(each.mass_g for each in taken)
    gone = site.removed_g + site.sold_g + site.transferred_g
    done = words.percent(gone / site.inventory_g) if site.inventory_g > 0 else NOTHING
    facts = [
        Fact(say(N_("Inventory")), words.mass(site.inventory_g)),
        Fact(say(N_("Removed")), words.mass(site.removed_g)),
        Fact(say(N_("Remaining")), words.mass(site.remaining_g)),
        Fact(say(N_("Complete")), done),
        Fact(say(N_("Waste types removed, by year")), words.number(len(taken))),
        Fact(say(N_("Different waste types removed")), words.number(len({each.code for each in taken}))),
        Fact(say(N_("Waste lines removed")), words.number(len({each.item_id for each in taken}))),
        Fact(say(N_("Arrived at the destination")), words.mass(arrived)),
    ]
    if site.removed_g != arrived:
        facts.append(Fact(say(N_("On the way")), words.mass(site.removed_g - arrived)))
    for label, mass in ((N_("Sold"), site.sold_g), (N_("Transferred"), site.transferred_g)):
        if mass:
            facts.append(Fact(say(label), words.mass(mass)))
    parts.add(Facts(tuple(facts), 4))
    if not taken:
        return
    years = [(year, list(rows)) for year, rows in groupby(taken, key=lambda each: each.year)]
    masses = Masses(words, (each.mass_g for each in taken))
    types = tuple(Bar(str(year), len(rows), words.number(len(rows))) for year, rows in years)
    grams = tuple(
        Bar(str(year), float(sum(each.mass_g for each in rows)), masses.show(sum(each.mass_g for each in rows)))
        for year, rows in years
    )
    total = words.plural("{n} in all", "{n} in all", len(taken))
    parts.add(
        telling.beside(
            Bars(say(N_("Waste types removed, by year")), total, types),
            Bars(masses.head(N_("Mass removed, kg"), N_("Mass removed, t")), words.mass(arrived), grams),
        )
    )


def _ledger(told: Telling, taken: list[Taken], year: int | None) -> Table:
    """The long table: a group and a subtotal for every year, a total at the end."""
    words, say = told.words, told.words.say
    masses = Masses(words, (each.mass_g for each in taken))
    columns = (
        Column(say(N_("No.")), points=26, right=True),
        Column(say(N_("Line")), points=28, right=True),
        Column(say(N_("Code, hazards")), points=58),
        Column(say(N_("Waste")), 1),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=50, right=True),
        Column(say(N_("Containers")), points=52, right=True),
        Column(say(N_("Batch, operation, arrival")), points=104),
    )
    rows: list[Row] = []
    for group, members in groupby(taken, key=lambda each: each.year):
        of_year = list(members)
        count = words.plural("{n} waste type", "{n} waste types", len(of_year))
        rows.append(Row((say(N_("{year}: {count}"), year=group, count=count),), "group"))
        rows += [_row(told, number, each, masses) for number, each in enumerate(of_year, start=1)]
        rows.append(_sum(say(N_("Total of {year}: {count}"), year=group, count=count), of_year, masses, words, "subtotal"))
    if taken and year is None:
        count = words.plural("{n} waste type", "{n} waste types", len(taken))
        rows.append(_sum(say(N_("Total of all years: {count}"), count=count), taken, masses, words, "total"))
    return Table(columns, rows, say(N_("No waste has arrived at a destination in this period.")))


def _row(told: Telling, number: int, each: Taken, masses: Masses) -> Row:
    words = told.words
    days = words.date(each.last_on)
    if each.last_on != each.first_on:
        days = f"{each.first_on:%d.%m}\N{EN DASH}{days}"  # both lie in the year of the group
    return Row(
        (
            words.number(number),
            words.number(each.line_no),
            "\n".join(part for part in (code_of(each.code, hazardous=each.hazardous), ", ".join(each.hazards)) if part),
            each.title(words),
            masses.show(each.mass_g),
            words.number(each.containers) if each.containers else "",
            "\n".join((", ".join(each.batches), ", ".join(part for part in (each.operation, days) if part))),
        )
    )


def _sum(label: str, taken: list[Taken], masses: Masses, words: Words, manner: str) -> Row:
    mass = masses.show(sum(each.mass_g for each in taken))
    containers = sum(each.containers or 0 for each in taken)
    cells = ("", "", label, "", mass, words.number(containers) if containers else "", "")
    return Row(cells, "total" if manner == "total" else "subtotal")


def _contracts(told: Telling, contracts: tuple[Agreement, ...]) -> Table:
    words, say = told.words, told.words.say
    columns = (
        Column(say(N_("Contract")), 3),
        Column(say(N_("Contractor, BIN")), 3),
        Column(say(N_("Licence of the contractor")), 3),
        Column(say(N_("Source of funds")), 3),
        Column(say(N_("Amount, ₸")), points=70, right=True),
    )
    rows = []
    for each in contracts:
        number = say(N_("No. {no} of {day}"), no=each.no, day=words.date(each.signed_on))
        contractor = "\n".join(part for part in (each.contractor, each.bin) if part)
        amount = NOTHING if each.amount_kzt is None else words.number(each.amount_kzt)
        rows.append(Row((number, contractor, licence(told, each), say(each.funding.label), amount)))
    if len(rows) > 1:
        total = words.number(sum(each.amount_kzt or 0 for each in contracts))
        rows.append(Row((say(N_("Total")), "", "", "", total), "total"))
    return Table(columns, rows)


def _batches(told: Telling, batches: list[Batch]) -> Table:
    words, say = told.words, told.words.say
    masses = Masses(words, [mass for each in batches for mass in (_loaded(each), each.received_g)])
    columns = (
        Column(say(N_("Batch")), points=72),
        Column(say(N_("Loaded at")), points=50),
        Column(say(N_("Manifest, ticket")), 1),
        Column(masses.head(N_("Loaded, kg"), N_("Loaded, t")), points=54, right=True),
        Column(masses.head(N_("Received, kg"), N_("Received, t")), points=54, right=True),
        Column(say(N_("Difference")), points=46, right=True),
        Column(say(N_("Certificate of destruction")), 1),
        Column(say(N_("State")), points=54),
    )
    rows = []
    for each in batches:
        loaded, share = _loaded(each), NOTHING
        if each.received_g is not None and loaded:
            difference = discrepancy(loaded, each.received_g)
            signed = math.copysign(difference.share, difference.difference_g)
            share = f"{'+' if round(signed, 3) > 0 else ''}{words.percent(signed)}"
        certificate = each.certificate_no or NOTHING
        if each.certificate_no and each.certificate_on:
            certificate = f"{each.certificate_no}\n{words.date(each.certificate_on)}"
        rows.append(
            Row(
                (
                    each.no,
                    words.moment(each.loaded_at).split(" ")[0],
                    "\n".join(part for part in (each.manifest_no, each.ticket_no) if part) or NOTHING,
                    masses.show(loaded),
                    masses.show(each.received_g),
                    share,
                    certificate,
                    say(each.state.label),
                )
            )
        )
    counted = [each for each in batches if each.state in LEFT_SITE]
    if len(rows) > 1:
        count = words.plural("{n} batch", "{n} batches", len(counted))
        received = sum(each.received_g or 0 for each in counted)
        loaded_g = masses.show(sum(_loaded(each) or 0 for each in counted))
        label = say(N_("Total that left the site: {count}"), count=count)
        rows.append(Row((label, "", "", loaded_g, masses.show(received), "", "", ""), "total"))
    return Table(columns, rows, say(N_("No batch belongs to this period.")))


def _loaded(batch: Batch) -> int | None:
    """Net mass by weighing, or what the lines add up to."""
    if batch.net_g is not None:
        return batch.net_g
    return batch.lines_g if batch.lines else None


def _open(told: Telling, batches: list[Batch], parts: Sections) -> None:
    """What is not finished yet: no receipt, or no certificate."""
    words, say = told.words, told.words.say
    unreceived = [each.no for each in batches if each.state in {BatchState.LOADED, BatchState.IN_TRANSIT}]
    uncertified = [each.no for each in batches if each.state in ARRIVED and not each.certificate_no]
    for numbers, sentence in (
        (unreceived, N_("Manifests without receipt: {numbers}.")),
        (uncertified, N_("Batches without a certificate of destruction: {numbers}.")),
    ):
        if numbers:
            parts.add(Prose(say(sentence, numbers=", ".join(numbers)), "warning"))
    if batches and not unreceived and not uncertified:
        parts.add(Prose(say(N_("No open manifests; every batch that arrived has its certificate of destruction.")), "quiet"))
    for each in batches:
        if each.discrepancy_note:
            parts.add(Prose(say(N_("Batch {no}: {note}"), no=each.no, note=each.discrepancy_note), "quiet"))
    tenders = removal.tenders(told.session, batches[0].site_id) if batches else ()
    for tender in tenders:
        sentence = N_("Sale tender, round {round}, announced on {day}: {result}.")
        line = say(sentence, round=tender.round, day=words.date(tender.announced_on), result=say(tender.result.label).lower())
        parts.add(Prose(line, "quiet"))


def _pcb(told: Telling, site: SitePaper, parts: Sections) -> None:
    items = pcb.equipment(told.session, site_id=site.id)
    if not items:
        return
    words, say = told.words, told.words.say
    masses = Masses(words, (each.total_g for each in items))
    columns = (
        Column(say(N_("Label")), points=90),
        Column(say(N_("Equipment")), 1),
        Column(say(N_("PCB class")), points=70),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=56, right=True),
        Column(say(N_("State")), points=90),
    )
    rows = [
        Row(
            (
                each.label,
                " ".join(part for part in (say(each.equipment.label), each.model, each.serial_no) if part),
                say(each.concentration.label),
                masses.show(each.total_g),
                say(each.operation.label),
            )
        )
        for each in items
    ]
    parts.begin(say(N_("PCB equipment by label")))
    parts.add(Table(columns, rows))


def _rest(told: Telling, site: SitePaper, parts: Sections) -> None:
    """What is still there, line by line."""
    words, say = told.words, told.words.say
    left = [each for each in papers.inventory(told.session, site.id) if each.remaining_g]
    masses = Masses(words, (mass for each in left for mass in (each.accepted_g + each.corrected_g, each.remaining_g)))
    columns = (
        Column(say(N_("Line")), points=28, right=True),
        Column(say(N_("Code")), points=46),
        Column(say(N_("Waste")), 1),
        Column(say(N_("Hazards")), points=70),
        Column(masses.head(N_("Inventory, kg"), N_("Inventory, t")), points=70, right=True),
        Column(masses.head(N_("Remaining, kg"), N_("Remaining, t")), points=70, right=True),
    )
    rows = [
        Row(
            (
                words.number(each.line_no),
                code_of(each.code, hazardous=each.hazardous),
                each.title(words),
                ", ".join(each.hazards),
                masses.show(each.accepted_g + each.corrected_g),
                masses.show(each.remaining_g),
            )
        )
        for each in left
    ]
    if len(rows) > 1:
        inventory = masses.show(sum(each.accepted_g + each.corrected_g for each in left))
        rows.append(
            Row(("", "", say(N_("Total")), "", inventory, masses.show(sum(each.remaining_g for each in left))), "total")
        )
    parts.begin(say(N_("What remains on the site")))
    parts.add(Table(columns, rows, say(N_("Nothing remains on the site by the ledger."))))
