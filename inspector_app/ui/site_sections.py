"""The sections of the page of one site; each is made anew from what the register knows now."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from inspector_app.domain import places
from inspector_app.domain.waste import Hazard
from inspector_app.models import files
from inspector_app.models.queries.facts import Outlook
from inspector_app.models.queries.glance import DocumentRow, SiteGlance
from inspector_app.models.queries.site import (
    BatchRow,
    InspectionRow,
    ItemRow,
    PcbRow,
    SitePage,
)
from inspector_app.models.reference import regions
from inspector_app.sync import files as travel
from inspector_app.ui.desk import Desk
from inspector_app.ui.gate import gated
from inspector_app.ui.marks import mark_of, mark_pixmap
from inspector_app.ui.messages import sentences
from inspector_app.ui.openers import DEEDS
from inspector_app.ui.parts import Card, Empty, button, column, framed, label, picture, row, scrolled
from inspector_app.ui.photos import PhotoGrid
from inspector_app.ui.site_panel import balance
from inspector_app.ui.tables import Column, Table, memory_table
from inspector_app.ui.theme import SPACE
from inspector_app.ui.timeline import Timeline


def summary(desk: Desk, seen: SitePage) -> QWidget:
    """What it is and where, beside its way through the law and what is allowed next."""
    left = column(_facts(desk, seen), _masses(desk, seen), None, gap=SPACE[3])
    right = column(_next_steps(desk, seen), _events(desk, seen), None, gap=SPACE[3])
    inside = QWidget()
    both = row(gap=SPACE[3])
    both.setContentsMargins(0, SPACE[3], SPACE[0], 0)
    both.addLayout(left, 2)
    both.addLayout(right, 3)
    inside.setLayout(both)
    return scrolled(inside)


def _facts(desk: Desk, seen: SitePage) -> Card:
    words, site = desk.words, seen.row
    say = words.say
    card = Card(say("Facts"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE[3])
    grid.setVerticalSpacing(SPACE[0] + 2)
    grid.setColumnStretch(1, 1)
    system = places.System(desk.settings.coordinates)
    where = places.show(site.lat, site.lon, system)
    area = words.say("{area} ha", area=words.number(seen.area_m2 / 10_000, 2)) if seen.area_m2 else ""
    lines = (
        (say("Region"), regions()[site.region].name(words) if site.region in regions() else site.region),
        (say("Coordinates"), where),
        (say("As recorded"), seen.coordinate_text if seen.coordinate_text != where else ""),
        (say("Address"), site.address),
        (say("Cadastral number"), seen.cadastral_no),
        (say("Register number"), site.register_no),
        (say("Area"), area),
        (say("Discovered on"), words.date(site.discovered_on) if site.discovered_on else ""),
        (say("State-owned since"), words.date(site.state_owned_since) if site.state_owned_since else ""),
        (say("Former owner"), seen.former_owner),
        (say("Former activity"), seen.activity),
        (say("Programmes"), ", ".join(words.pick(*names) for names in seen.programmes)),
        (say("Radiological"), say("yes, measurements are kept") if seen.radiological else ""),
        (say("Suspended"), seen.suspended),
        (say("Description"), seen.description),
    )
    for place, (name, text) in enumerate((name, text) for name, text in lines if text):
        grid.addWidget(label(name, "secondary"), place, 0, Qt.AlignmentFlag.AlignTop)
        shown = label(text or "", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, place, 1)
    card.body.addLayout(grid)
    card.head.addWidget(gated(desk, button(say("Edit"), lambda: desk.go("edit-site", site.id), "link"), *DEEDS["edit-site"]))
    return card


def _masses(desk: Desk, seen: SitePage) -> Card:
    words = desk.words
    card = Card(words.say("Mass balance"), words.plural("{n} waste item", "{n} waste items", seen.row.items))
    for name, grams in balance(SiteGlance(seen.row, seen.events)):
        card.body.addLayout(row(label(words.say(name), "secondary"), None, label(words.mass(grams))))
    return card


def _events(desk: Desk, seen: SitePage) -> Card:
    words = desk.words
    card = Card(words.say("State ownership"), words.plural("{n} event", "{n} events", len(seen.events)))
    timeline = Timeline(desk, full=True, open_document=partial(open_scan, desk))
    timeline.show_events(seen.events)
    card.body.addWidget(timeline)
    return card


def _next_steps(desk: Desk, seen: SitePage) -> Card:
    words = desk.words
    say = words.say
    card = Card(say("Next allowed steps"))
    if not seen.outlooks:
        card.body.addWidget(label(say("The law knows no further step from here."), "secondary", wrap=True))
    for each in seen.outlooks:
        card.body.addLayout(_step(desk, each))
    return card


def _step(desk: Desk, each: Outlook) -> Any:
    words = desk.words
    say = words.say
    mark = picture(mark_pixmap(mark_of(each.step.target), desk.theme.px(12), proposed=not each.ready))
    mark.setContentsMargins(0, SPACE[0], 0, 0)
    if each.ready:
        told: list[QLabel] = [label(say("everything it rests on is there"), "ok")]
    else:
        papers = [say(kind.label) for kind in each.step.basis if kind in each.missing]
        told = [label(say("missing: {papers}", papers=", ".join(papers)), "secondary", wrap=True)] if papers else []
        told += [label(_sentence(say(guard.label)), "secondary", wrap=True) for guard in each.unmet]
    line = row()
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(column(label(say(each.step.target.label)), *told, gap=0), 1)
    return line


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def waste(desk: Desk, seen: SitePage) -> QWidget:
    """The inventory with what remains of each item."""
    words = desk.words
    say = words.say

    def hazards(item: ItemRow) -> str:
        return ", ".join(item.hazards)

    def hazard_tip(item: ItemRow) -> str:
        return "\n".join(f"{each}  {say(each.label)}" for each in Hazard if each in item.hazards)

    table, rows = memory_table(
        desk,
        "site-waste",
        (
            Column(
                "line", say("Line"), lambda each: words.number(each.line_no), 56, right=True, sort=lambda each: each.line_no
            ),
            Column("code", say("Code"), lambda each: each.shown_code, 96, sort=lambda each: each.code),
            Column("name", say("Name"), lambda each: each.name(words), 260, stretch=True),
            Column("hazards", say("Hazards"), hazards, 120, tip=hazard_tip),
            Column("y", say("Y codes"), lambda each: ", ".join(each.y_codes), 80, shown=False),
            Column("state", say("State"), lambda each: say(each.state.label) if each.state else "", 90, shown=False),
            Column("packaging", say("Packaging"), lambda each: each.packaging or "", 120, shown=False),
            Column("place", say("Place"), lambda each: each.place or "", 130),
            Column("outcome", say("Outcome"), lambda each: say(each.outcome.label), 110, shown=False),
            _mass_column(desk, "inventory", say("Inventory")),
            _mass_column(desk, "removed", say("Removed")),
            _mass_column(desk, "remaining", say("Remaining")),
        ),
    )
    rows.show_rows(seen.items)
    new = _opener(desk, say("Add waste…"), "new-item", seen.row.id)
    totals = [
        label(say("{name}: {mass}", name=say(name), mass=words.mass(grams)), "secondary")
        for name, grams in balance(SiteGlance(seen.row, seen.events))
    ]
    return _section(desk, table, say("No waste is recorded on this site yet."), "barrel", [*totals, None, *new])


def _mass_column(desk: Desk, key: str, title: str) -> Column[ItemRow]:
    def mass(item: ItemRow) -> int:
        grams: int = getattr(item, f"{key}_g")
        return grams

    return Column(key, title, lambda item: desk.words.mass(mass(item)), 104, right=True, sort=mass)


def removals(desk: Desk, seen: SitePage) -> QWidget:
    """The removal batches of the site."""
    words = desk.words
    say = words.say
    columns: tuple[Column[BatchRow], ...] = (
        Column("no", say("Number"), lambda each: each.no, 110),
        Column("state", say("State"), lambda each: say(each.state.label), 110),
        Column("loaded", say("Loaded"), lambda each: words.moment(each.loaded_at), 130, sort=lambda each: each.loaded_at),
        Column("manifest", say("Manifest"), lambda each: each.manifest_no or "", 110),
        Column("carrier", say("Carrier"), lambda each: each.carrier or "", 150, stretch=True),
        Column("destination", say("Destination"), lambda each: each.destination or "", 160, shown=False),
        Column("received", say("Received"), lambda each: words.date(each.received_on), 100, sort=lambda each: each.received_on),
        Column("certificate", say("Certificate"), lambda each: each.certificate_no or "", 110, shown=False),
        Column("lines", say("Lines"), lambda each: words.number(each.lines), 64, right=True, sort=lambda each: each.lines),
        Column("mass", say("Mass"), lambda each: words.mass(each.mass_g), 104, right=True, sort=lambda each: each.mass_g),
    )
    table, rows = memory_table(desk, "site-removals", columns)
    rows.show_rows(seen.batches)
    table.opened.connect(lambda each: desk.go("removal", each.id))
    foot = [None, *_opener(desk, say("New removal batch…"), "new-batch", seen.row.id)]
    return _section(desk, table, say("Nothing has been removed from this site yet."), "truck-outline", foot)


def pcb(desk: Desk, seen: SitePage) -> QWidget:
    """The PCB equipment of the site."""
    words = desk.words
    say = words.say
    columns: tuple[Column[PcbRow], ...] = (
        Column("label", say("Label"), lambda each: each.label, 160),
        Column("equipment", say("Equipment"), lambda each: say(each.equipment.label), 120),
        Column("maker", say("Maker"), lambda each: each.maker or "", 120),
        Column("serial", say("Serial number"), lambda each: each.serial_no or "", 120),
        Column("class", say("Concentration"), lambda each: say(each.concentration.label), 110),
        Column("condition", say("Condition"), lambda each: say(each.condition.label), 120,
               tone=lambda each: "danger" if each.condition == "LEAKING" else "text"),
        Column("storage", say("Storage place"), lambda each: each.storage or "", 160, stretch=True),
        Column("mass", say("Mass"), lambda each: words.mass(each.total_g), 100, right=True, sort=lambda each: each.total_g),
    )  # fmt: skip
    table, rows = memory_table(desk, "site-pcb", columns)
    rows.show_rows(seen.pcb)
    table.opened.connect(lambda each: desk.go("pcb", each.id))
    foot = [None, *_opener(desk, say("Add PCB equipment…"), "new-pcb-item", seen.row.id)]
    return _section(desk, table, say("No PCB equipment is recorded on this site."), "lightning-bolt-outline", foot)


def inspections(desk: Desk, seen: SitePage) -> QWidget:
    """The visits to the site."""
    words = desk.words
    say = words.say
    columns: tuple[Column[InspectionRow], ...] = (
        Column("no", say("Number"), lambda each: each.no, 150),
        Column("kind", say("Kind"), lambda each: say(each.kind.label), 100),
        Column("state", say("State"), lambda each: say(each.state.label), 100),
        Column("visited", say("Visited"), lambda each: words.date(each.visited_on), 100, sort=lambda each: each.visited_on),
        Column("inspector", say("Inspector"), lambda each: each.inspector, 160, stretch=True),
        Column("risk", say("Risk"), lambda each: say(each.risk.label) if each.risk else "", 100),
        Column("signed", say("Signed"), lambda each: words.moment(each.signed_at), 140, sort=lambda each: each.signed_at),
    )
    table, rows = memory_table(desk, "site-inspections", columns)
    rows.show_rows(seen.inspections)
    table.opened.connect(lambda each: desk.go("inspections", each.id))
    foot = [None, *_opener(desk, say("New inspection…"), "new-inspection", seen.row.id)]
    return _section(desk, table, say("This site has not been inspected yet."), "clipboard-check-outline", foot)


def documents(desk: Desk, seen: SitePage) -> QWidget:
    """Papers, and photos below them."""
    words = desk.words
    say = words.say
    columns: tuple[Column[DocumentRow], ...] = (
        Column("type", say("Kind"), lambda each: say(each.type.label), 200),
        Column("no", say("Number"), lambda each: each.no, 140),
        Column("issued", say("Issued on"), lambda each: words.date(each.issued_on), 100, sort=lambda each: each.issued_on),
        Column("issuer", say("Issued by"), lambda each: each.issuer or "", 200, stretch=True),
        Column("title", say("Title"), lambda each: each.title or "", 200, shown=False),
        Column("scan", say("Scan"), lambda each: say("yes") if each.sha256 else "", 60),
    )
    table, rows = memory_table(desk, "site-documents", columns)
    rows.show_rows(seen.documents)
    table.opened.connect(partial(open_scan, desk))
    table.setMinimumHeight(desk.theme.row * 7)
    foot = [None, *_opener(desk, say("Record a document…"), "new-document", seen.row.id)]
    papers = _section(desk, table, say("No document is recorded for this site yet."), "file-document-outline", foot)
    photos = Card(say("Photos"), words.plural("{n} photo", "{n} photos", len(seen.photos)))
    grid = PhotoGrid(desk)
    grid.show_photos(seen.row.id, "", seen.photos, read_only=True)
    photos.body.addWidget(grid)
    inside = QWidget()
    box = column(papers, photos, None, gap=SPACE[3])
    box.setContentsMargins(0, 0, SPACE[0], 0)
    inside.setLayout(box)
    return scrolled(inside)


def open_scan(desk: Desk, paper: DocumentRow) -> None:
    """Open the scan of a paper in the program of the system for it, or say that it is not on this laptop."""
    if not paper.sha256:
        desk.tell(desk.words.say("This document has no scan."))
        return
    path = files.path_of(desk.work.register.path, paper.sha256)

    def show(_fetched: object = None) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    if path.is_file():
        show()
        return
    desk.tell(desk.words.say("The scan is not on this laptop; it is fetched from the server…"))
    desk.work.long(
        travel.fetch,
        desk.work.register,
        paper.sha256,
        then=show,
        refused=lambda error: desk.tell(sentences(desk.words, error)[0]),
    )


def _opener(desk: Desk, text: str, name: str, site_id: str) -> list[QWidget]:
    return [gated(desk, button(text, lambda: desk.go(name, site_id)), *DEEDS[name])]


def _section(desk: Desk, table: Table, sentence: str, icon: str, foot: Iterable[QWidget | None]) -> QWidget:
    table.set_empty(Empty(desk.theme, sentence, icon=icon))
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, SPACE[3], 0, 0)
    box.addWidget(framed(table, desk.theme, *foot))
    return holder
