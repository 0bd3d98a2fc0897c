"""The main window: rail, search box, pages made when first opened, status bar, undo."""

import importlib
from typing import Any

from PySide6.QtCore import QByteArray, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from inspector_app import settings as preferences
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import N_, words
from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui import openers
from inspector_app.ui.commands import COMMANDS, PAGES, SITE_PAGE
from inspector_app.ui.desk import Desk
from inspector_app.ui.exchange import Exchange
from inspector_app.ui.frame import Rail, StatusBar, TopBar
from inspector_app.ui.gate import refusal
from inspector_app.ui.messages import sentences, unforeseen
from inspector_app.ui.parts import Page, Strip, clear, column, row
from inspector_app.ui.theme import SPACE, Theme
from inspector_app.ui.work import Changed, Work

_NARROW = 1100
_SHOWN_ANEW = frozenset({"language", "theme", "text_percent", "touch", "coordinates"})
_TELL_MS = 6000
_FIRST_PAGES = frozenset({"overview", "sites", "inspections", "removal", "pcb"})
"""Pages on which a day may begin as the last one ended; the map would make every start wait for the web engine."""


class MainWindow(QMainWindow):
    """One register, one window.

    Signals:
        page_shown: another page is in front; carries its name.
    """

    page_shown = Signal(str)

    def __init__(self, register: Register, settings: Settings) -> None:
        """Build the frame and open the first page; the register stays the caller's to close, after the window is."""
        super().__init__()
        self.register = register
        self.work = Work(register, self)
        self.is_demo = register.is_demo
        self.desk = Desk(
            self.work, words(settings.language), _theme(settings), settings, go=self.go, tell=self.tell, prefer=self.prefer
        )
        self.desk.exchange = Exchange(self.work, is_on=settings.auto_sync, parent=self)
        self.desk.me = register.me
        self.pages: dict[str, QWidget] = {}
        self.current = ""
        self._trail: list[tuple[str, str | None]] = []
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._hush)
        self.entries = PAGES
        self._build()
        self._bind_keys()
        self.work.register_changed.connect(self._on_register_changed)
        self.work.explained.connect(self.show_error)
        self.work.broken.connect(self._on_broken)
        self._restore_geometry()
        self.go(settings.page if settings.page in _FIRST_PAGES else self.entries[0].name)

    # -- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        desk = self.desk
        say = desk.words.say
        title = say("Waste Inspector")
        name = self.register.path.name
        demo = say("Demonstration register") if self.is_demo else ""
        self.setWindowTitle(f"{name} \N{EN DASH} {title}" + (f" \N{EN DASH} {demo}" if demo else ""))
        central = QWidget()
        self.setCentralWidget(central)
        self.rail = Rail(desk, self.entries, title)
        self.top = TopBar(desk, central, demo)
        self.search = self.top.search
        self.strips = column(gap=SPACE[1])
        self.strips.setContentsMargins(SPACE[4], 0, SPACE[4], 0)
        self.stack = QStackedWidget()
        self.status = StatusBar(desk, name)
        right = QWidget()
        right.setProperty("part", "canvas")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE[1])
        for each in (self.top, self.strips, self.stack, self.status):
            if isinstance(each, QWidget):
                inside.addWidget(each, 1 if each is self.stack else 0)
            else:
                inside.addLayout(each)
        central.setLayout(row(self.rail, right, gap=0))
        self.rail.chosen.connect(self.go)
        self._fit_rail()

    def _bind_keys(self) -> None:
        for entry in self.entries:
            self._key(entry.key, lambda name=entry.name: self.go(name))
        does = {
            "search": self._focus_search,
            "undo": self.undo,
            "back": self.back,
            "new-site": lambda: self.go("new-site"),
            "keys": self._show_keys,
            "quit": self.close,
        }
        for command in COMMANDS:
            self._key(command.key, does[command.name])

    def _key(self, key: str, does: Any) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _checked=False: does())
        self.addAction(action)

    # -- going about --------------------------------------------------------------------------------------------------

    def go(self, name: str, row_id: str | None = None, section: str = "") -> None:
        """Open a page, or a form, by its name; `row_id` is the row it shows, `section` a part of the page of a site."""
        if name in openers.OPENERS:
            error = refusal(self.desk, *openers.DEEDS[name])
            if error is not None:
                self.show_error(error)
            else:
                openers.open_form(self.desk, name, row_id, self)
            return
        page = self._page(name)
        if page is None:
            return
        if (name, row_id) != (self._trail[-1] if self._trail else None):
            self._trail.append((name, row_id))
        self.stack.setCurrentWidget(page)
        self.current = name
        self.rail.show_current("sites" if name == "site" else name)
        if row_id is not None and hasattr(page, "open_row"):
            page.open_row(row_id)
        if section and hasattr(page, "open_section"):
            page.open_section(section)
        (page.keyboard if isinstance(page, Page) else page).setFocus()
        self.page_shown.emit(name)

    def back(self) -> None:
        """The page before this one."""
        if len(self._trail) > 1:
            self._trail.pop()
            self.go(*self._trail.pop())

    def _page(self, name: str) -> QWidget | None:
        if name not in self.pages:
            entry = next((each for each in (*self.entries, SITE_PAGE) if each.name == name), None)
            if entry is None:
                return None
            module = importlib.import_module(f"inspector_app.ui.pages.{entry.name}")
            page: QWidget = getattr(module, entry.kind)(self.desk)
            self.pages[name] = page
            self.stack.addWidget(page)
        return self.pages[name]

    def prepare_map(self) -> None:
        """Load beside the window what the map needs, before a person wants to see it: that takes longer than a page may."""
        self.work.read(self, _prepare_map, lambda _nothing: None)

    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _show_keys(self) -> None:
        from inspector_app.ui.keys import KeysDialog  # noqa: PLC0415 - rarely opened, and start-up is measured

        KeysDialog(self.desk, self.entries, self).open()

    # -- preferences --------------------------------------------------------------------------------------------------

    def prefer(self, **values: Any) -> None:
        """Change preferences and keep them; language, look and sizes show at once, on the page that is open."""
        before = self.desk.settings
        self.desk.settings = before.changed(**values)
        if self.desk.settings == before:
            return
        preferences.save(self.desk.settings)
        if before.auto_sync != self.desk.settings.auto_sync and self.desk.exchange is not None:
            self.desk.exchange.turn(on=self.desk.settings.auto_sync)
        if any(getattr(before, each) != getattr(self.desk.settings, each) for each in _SHOWN_ANEW):
            # the page that asked is still in its own handler
            QTimer.singleShot(0, self, self._dress_anew)

    def _dress_anew(self) -> None:
        self.desk.words = words(self.desk.settings.language)
        self.desk.theme = _theme(self.desk.settings)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.desk.theme.apply(app)
        self.pages.clear()
        self._build()
        here = self._trail.pop() if self._trail else (self.entries[0].name, None)
        self.go(*here)

    # -- messages -----------------------------------------------------------------------------------------------------

    def tell(self, sentence: str) -> None:
        """A quiet word in the status bar; it goes by itself."""
        self.status.tell(sentence)
        self._quiet.start(_TELL_MS)

    def _hush(self) -> None:
        self.status.tell("")

    @Slot(InspectorError)
    def show_error(self, error: InspectorError) -> None:
        """What happened, what was kept, what to do, on top of the page."""
        self._show_strip(sentences(self.desk.words, error))

    @Slot(Exception)
    def _on_broken(self, _error: Exception) -> None:
        self.show_mistake()

    def show_mistake(self) -> None:
        """The program itself is at fault; the log file has the details."""
        self._show_strip(unforeseen(self.desk.words))

    def _show_strip(self, said: tuple[str, ...]) -> None:
        clear(self.strips)
        self.strips.addWidget(Strip(self.desk.theme, said, "danger", close_tip=self.desk.words.say("Close")))

    # -- the register -------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last change back; what cannot be taken back is explained."""
        from inspector_app.actions.history import undo_last  # noqa: PLC0415 - first needed when a person changes their mind

        self.work.write(N_("Undo"), undo_last, then=self._on_undone)

    def _on_undone(self, command: str) -> None:
        say = self.desk.words.say
        self.tell(say("Taken back: {command}", command=say(command)))

    @Slot(Changed)
    def _on_register_changed(self, changed: Changed) -> None:
        if changed.everything:  # an exchange or an enrolment may have given another role
            self.desk.me = self.register.me
        self.status.reload()

    # -- Qt -----------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Under 1,100 pixels the rail shows icons alone."""
        super().resizeEvent(event)
        self._fit_rail()

    def _fit_rail(self) -> None:
        self.rail.set_narrow(on=self.width() < self.desk.theme.px(_NARROW))

    def _restore_geometry(self) -> None:
        self.resize(1360, 860)
        kept = self.desk.settings.window
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember where the window was and on which page, and let running works end."""
        kept = self.saveGeometry().toBase64().toStdString()
        here = "sites" if self.current == "site" else self.current
        self.desk.settings = self.desk.settings.changed(window=kept, page=here)
        preferences.save(self.desk.settings)
        for page in self.pages.values():
            if hasattr(page, "leave"):
                page.leave()
        self.work.stop()
        super().closeEvent(event)


def _prepare_map(_session: object) -> None:
    importlib.import_module("inspector_app.maps.answers").prepare()


def _theme(settings: Settings) -> Theme:
    return Theme(settings.theme, settings.text_percent, settings.touch)
