"""The panel beside the table: one site at a glance."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector_app.models.queries.glance import SiteGlance, glance
from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import mark_of, mark_pixmap
from inspector_app.ui.parts import Card, Elided, Empty, button, clear, label, link, picture, row, scrolled
from inspector_app.ui.theme import SPACE
from inspector_app.ui.timeline import Timeline


class SitePanel(Card):
    """Summary, ownership and mass balance of the chosen site, with the ways to its page, the map and its report."""

    def __init__(self, desk: Desk) -> None:
        """Nothing chosen yet."""
        super().__init__()
        self.desk = desk
        self.site_id = ""
        self.shown: SiteGlance | None = None
        self._show_nothing()

    def show_site(self, site_id: str) -> None:
        """Ask for a site; an empty id shows nothing."""
        self.site_id = site_id
        if site_id:
            self.desk.work.glance(self, glance, self._show, site_id=site_id)
        else:
            self._show_nothing()

    def _show_nothing(self) -> None:
        self.shown = None
        clear(self.body)
        self.body.addWidget(
            Empty(self.desk.theme, self.desk.words.say("Choose a site to see it here."), icon="map-marker-outline")
        )

    def _show(self, seen: SiteGlance | None) -> None:
        if seen is None:
            self._show_nothing()
            return
        self.shown = seen
        clear(self.body)
        words, site = self.desk.words, seen.row
        say = words.say
        opening = link(say("open page") + " \N{NORTH EAST ARROW}", lambda: self.desk.go("site", site.id), quiet=True)
        self.body.addLayout(row(label(site.code, "card-title"), None, opening))
        self.body.addWidget(label(site.name(words), "secondary", wrap=True))
        self.body.addLayout(status_line(self.desk, seen))
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(0, SPACE[1], SPACE[1], 0)
        inside.setSpacing(SPACE[1])
        inside.addWidget(label(say("State ownership"), "card-title"))
        timeline = Timeline(self.desk)
        timeline.show_events(seen.events)
        inside.addWidget(timeline)
        inside.addSpacing(SPACE[1])
        inside.addWidget(label(say("Mass balance"), "card-title"))
        for name, grams in balance(seen):
            line = QHBoxLayout()
            line.addWidget(label(say(name), "secondary"))
            line.addWidget(label(words.mass(grams), align=Qt.AlignmentFlag.AlignRight))
            inside.addLayout(line)
        inside.addStretch(1)
        area = scrolled(middle)
        middle.setProperty("part", "inside")
        area.viewport().setAutoFillBackground(False)
        area.setStyleSheet("background: transparent;")
        self.body.addWidget(area, 1)
        on_map = button(say("Show on map"), lambda: self.desk.go("map", site.id))
        report = button(say("Removal report"), lambda: self.desk.go("reports", f"site-removal:{site.id}"), "primary")
        self.body.addLayout(row(on_map, report))


def status_line(desk: Desk, seen: SiteGlance, *, name: str = "") -> QHBoxLayout:
    """The mark, the status in words, since when; then the name of the site where there is room for it."""
    words, site = desk.words, seen.row
    text = words.say(site.status.label)
    if site.status_since is not None:
        text = words.say("{status}, since {date}", status=text, date=words.date(site.status_since))
    if site.disputed:
        text = words.say("Disputed; before: {status}", status=text)
    line = row(picture(mark_pixmap(mark_of(site.status, disputed=site.disputed), desk.theme.px(12))))
    line.addWidget(label(text, wrap=not name), 0 if name else 1)
    if name:
        line.addSpacing(SPACE[2])
        line.addWidget(Elided(name, desk.theme, "secondary"), 1)
    return line


def balance(seen: SiteGlance) -> list[tuple[str, int]]:
    """Lines of the mass ledger (message ids and grams); sold and transferred only where there is some."""
    site = seen.row
    elsewhere = site.inventory_g - site.removed_g - site.remaining_g
    lines = [("Inventory", site.inventory_g), ("Removed", site.removed_g)]
    if elsewhere:
        lines.append(("Sold or transferred", elsewhere))
    return [*lines, ("Remaining", site.remaining_g)]
