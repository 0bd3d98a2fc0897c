"""The page of one site: summary and ownership, waste, removals, PCB, inspections, papers and photos, history."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QHBoxLayout,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from inspector_app.domain.merge import MergeClass
from inspector_app.models.queries.glance import SiteGlance
from inspector_app.models.queries.site import SitePage as Seen
from inspector_app.models.queries.site import site_page
from inspector_app.ui import site_sections
from inspector_app.ui.desk import Desk
from inspector_app.ui.gate import gated
from inspector_app.ui.openers import DEEDS
from inspector_app.ui.parts import Empty, Page, button, clear, label, link, picture, row, tabs
from inspector_app.ui.site_history import history
from inspector_app.ui.site_panel import status_line
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed

_SECTIONS = ("ownership", "waste", "removals", "pcb", "inspections", "documents", "history")


class SitePage(Page):
    """Shows the site it was last asked for; a section is made when it is first looked at."""

    def __init__(self, desk: Desk) -> None:
        """No site yet; `open_row` brings one."""
        super().__init__(desk.words.say("Site"))
        self.desk = desk
        self.site_id = ""
        self.seen: Seen | None = None
        self._wanted = ""
        say = desk.words.say
        self.head.insertWidget(0, button("", self._back, "link", theme=desk.theme, icon="arrow-left", tip=say("Sites")))
        self.context.hide()
        self._status_box = QVBoxLayout()
        self.body.addLayout(self._status_box)
        self.body.setSpacing(SPACE[1])
        self.buttons = {
            name: button(text, self._going(name), part)
            for name, text, part in (
                ("map", say("Show on map"), ""),
                ("status", say("Change status…"), ""),
                ("new-batch", say("New removal batch…"), ""),
                ("new-inspection", say("New inspection…"), "primary"),
            )
        }
        for name in self.buttons.keys() & DEEDS:
            gated(desk, self.buttons[name], *DEEDS[name])
        self.add_actions(*self.buttons.values())
        self.tabs = tabs()
        self.body.addWidget(self.tabs, 1)
        self.gone = Empty(desk.theme, say("This site is not in the register any more."), action=(say("Sites"), self._back))
        self.gone.hide()
        self.body.addWidget(self.gone)
        self.tabs.currentChanged.connect(self._fill)
        desk.work.register_changed.connect(self._on_register_changed)
        self.keyboard = self.tabs

    def open_row(self, site_id: str) -> None:
        """Show a site, its summary first; the same site again stays where it is."""
        if site_id != self.site_id:
            self.site_id, self.seen = site_id, None
            self.tabs.setCurrentIndex(0)
        self.desk.selection.select(site_id)
        self.reload()

    def open_section(self, name: str) -> None:
        """Show a part: 'ownership', 'waste', 'removals', 'pcb', 'inspections', 'documents' or 'history'."""
        self._wanted = name
        if self.tabs.count() and name in _SECTIONS:
            self.tabs.setCurrentIndex(_SECTIONS.index(name))

    def reload(self) -> None:
        """Ask for the site anew."""
        if self.site_id:
            self.desk.work.read(self, site_page, self._show, site_id=self.site_id)

    def _show(self, seen: Seen | None) -> None:
        if seen is not None and seen == self.seen and not self._wanted and not self._tells_history():
            return  # something else changed: who reads here is left in peace
        same = seen is not None and self.seen is not None and seen.row.id == self.seen.row.id
        self.seen = seen
        self.tabs.setVisible(seen is not None)
        self.gone.setVisible(seen is None)
        if seen is None:
            return
        words = self.desk.words
        say = words.say
        self.title.setText(seen.row.code)
        clear(self._status_box)
        self._status_box.addLayout(status_line(self.desk, SiteGlance(seen.row, seen.events), name=seen.row.name(words)))
        if seen.row.contested is not None or seen.row.disputed or seen.row.proposed is not None:
            self._status_box.addLayout(self._waits(seen))
        names = (
            say("Summary"),
            _counted(say("Waste"), len(seen.items)),
            _counted(say("Removals"), len(seen.batches)),
            _counted(say("PCB"), len(seen.pcb)),
            _counted(say("Inspections"), len(seen.inspections)),
            _counted(say("Documents and photos"), len(seen.documents) + len(seen.photos)),
            say("History"),
        )
        here = max(0, self.tabs.currentIndex())
        if self._wanted in _SECTIONS:
            here, self._wanted = _SECTIONS.index(self._wanted), ""
        looked_at = _looked_at(self.tabs.currentWidget()) if same and self.tabs.currentIndex() == here else None
        self.tabs.blockSignals(True)
        while self.tabs.count():
            old = self.tabs.widget(0)
            self.tabs.removeTab(0)
            if old is not None:
                old.deleteLater()
        for name in names:
            holder = QWidget()
            holder.setProperty("part", "canvas")
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, name)
        self.tabs.setCurrentIndex(here)
        self.tabs.blockSignals(False)
        self._fill(here)
        if looked_at is not None:
            QTimer.singleShot(0, self.tabs, partial(_look_there, self.tabs.widget(here), looked_at))

    def _tells_history(self) -> bool:
        """Whether the history was made, which tells of more than the other sections show."""
        holder = self.tabs.widget(_SECTIONS.index("history"))
        box = holder.layout() if holder is not None else None
        return box is not None and box.count() > 0

    def _waits(self, seen: Seen) -> QHBoxLayout:
        """A line that says what of the site waits for a person, and leads to where it is decided."""
        say, theme, site = self.desk.words.say, self.desk.theme, seen.row
        grave = site.disputed or site.contested not in {None, MergeClass.PLAIN}
        if site.disputed:
            text = say("Two claims on one status wait for a decision.")
        elif grave:
            text = say("Two values of a legal fact wait for a decision.")
        elif site.proposed is not None:
            text = say("A proposed step waits for its answer: «{status}».", status=say(site.proposed.label))
        else:
            text = say("Another value of a field waits for a decision.")
        icon = theme.icon("call-split", "danger") if grave else theme.icon("clock-outline", "warning")
        told = label(text, "problem" if grave else "warning")
        return row(picture(icon.pixmap(theme.px(16))), told, link(say("Decide…"), lambda: self.desk.go("sync")), None)

    def _fill(self, place: int) -> None:
        holder = self.tabs.widget(place)
        box = holder.layout() if holder is not None else None
        if self.seen is None or box is None or box.count():
            return
        make: tuple[Callable[[Desk, Seen], QWidget], ...] = (
            site_sections.summary,
            site_sections.waste,
            site_sections.removals,
            site_sections.pcb,
            site_sections.inspections,
            site_sections.documents,
            history,
        )
        box.addWidget(make[place](self.desk, self.seen))

    def _going(self, name: str) -> Callable[[], None]:
        return lambda: self.desk.go(name, self.site_id)

    def _back(self) -> None:
        self.desk.go("sites", self.site_id or None)

    @Slot(Changed)
    def _on_register_changed(self, _changed: Changed) -> None:
        self.reload()


class _LookedAt(NamedTuple):
    """How far each part of a section is scrolled, which of its rows is chosen, and which widget has the keyboard."""

    scrolled: list[int]
    chosen: list[int]
    focused: int


def _looked_at(section: QWidget | None) -> _LookedAt | None:
    if section is None:
        return None
    areas = section.findChildren(QAbstractScrollArea)
    chosen = [each.currentIndex().row() if isinstance(each, QAbstractItemView) else -1 for each in areas]
    inside = section.findChildren(QWidget)
    focused = QApplication.focusWidget()
    place = inside.index(focused) if focused in inside else -1
    return _LookedAt([each.verticalScrollBar().value() for each in areas], chosen, place)


def _look_there(section: QWidget | None, before: _LookedAt) -> None:
    """Go on where a person was before the section was made anew."""
    if section is None:
        return
    areas, inside = section.findChildren(QAbstractScrollArea), section.findChildren(QWidget)
    for area, scrolled, chosen in zip(areas, before.scrolled, before.chosen, strict=False):
        if chosen >= 0 and isinstance(area, QAbstractItemView) and area.model() is not None:
            area.setCurrentIndex(area.model().index(min(chosen, area.model().rowCount() - 1), 0))
        _scroll(area.verticalScrollBar(), scrolled)
    if 0 <= before.focused < len(inside):
        inside[before.focused].setFocus()


def _scroll(bar: QScrollBar, value: int) -> None:
    """Scroll there, now or when the lines that reach so far are laid out."""
    bar.setValue(value)
    if bar.value() < value:
        later = Qt.ConnectionType.SingleShotConnection
        bar.rangeChanged.connect(lambda _low, _high: bar.setValue(value), later)


def _counted(name: str, count: int) -> str:
    return f"{name} {count}" if count else name
