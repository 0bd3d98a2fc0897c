"""What stands around every page: the rail at the left, the search box on top, the status bar below."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from inspector_app.i18n import LANGUAGES
from inspector_app.models.queries.standing import Standing, standing
from inspector_app.ui.commands import PageEntry
from inspector_app.ui.desk import Desk
from inspector_app.ui.exchange import Phase
from inspector_app.ui.parts import label, picture, row
from inspector_app.ui.search_box import SearchBox
from inspector_app.ui.sync_words import counted, last_full
from inspector_app.ui.theme import SPACE

_WIDE, _NARROW = 184, 56


class Rail(QWidget):
    """The pages; icon and word, or icons alone where the window is narrow.

    Signals:
        chosen: a page was asked for; carries its name.
    """

    chosen = Signal(str)

    def __init__(self, desk: Desk, entries: Sequence[PageEntry], brand: str) -> None:
        """One button per page; settings stand at the foot."""
        super().__init__()
        self.desk = desk
        self.setProperty("part", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._brand = label(brand, "brand")
        self._brand.setContentsMargins(SPACE[2], 0, 0, SPACE[1])
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: dict[str, QPushButton] = {}
        self._labels: dict[str, str] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(10, SPACE[3], 10, SPACE[2])
        box.setSpacing(3)
        box.addWidget(self._brand)
        for entry in entries:
            if entry.name == "settings":
                continue
            box.addWidget(self._button(entry))
        box.addStretch(1)
        for entry in entries:
            if entry.name == "settings":
                box.addWidget(self._button(entry))
        self._brand.setMinimumWidth(QFontMetrics(desk.theme.font("brand")).horizontalAdvance(brand) + SPACE[2])
        # the word of the current page is bold
        metrics = QFontMetrics(desk.theme.font("card"))
        words = max(metrics.horizontalAdvance(each) for each in self._labels.values())
        self._widest = max(words + desk.theme.px(16) + 2 * SPACE[3], self._brand.minimumWidth()) + 2 * SPACE[2]

    def _button(self, entry: PageEntry) -> QPushButton:
        text = self.desk.words.say(entry.label)
        made = QPushButton(text)
        made.setProperty("part", "rail")
        made.setCheckable(True)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setIcon(self.desk.theme.icon(entry.icon, "rail_text"))
        made.setIconSize(QSize(self.desk.theme.px(16), self.desk.theme.px(16)))
        made.setToolTip(f"{text} ({entry.key})")
        made.setAccessibleName(text)
        made.clicked.connect(lambda _checked=False, name=entry.name: self.chosen.emit(name))
        self._group.addButton(made)
        self.buttons[entry.name] = made
        self._labels[entry.name] = f"  {text}"
        return made

    def show_current(self, name: str) -> None:
        """Which page is in front."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)

    def set_narrow(self, *, on: bool) -> None:
        """Icons alone, or icons with words."""
        self._brand.setVisible(not on)
        for name, button in self.buttons.items():
            button.setText("" if on else self._labels[name])
        self.setFixedWidth(self.desk.theme.px(_NARROW) if on else max(self.desk.theme.px(_WIDE), self._widest))


class TopBar(QWidget):
    """The search box, and at the right that this is a demonstration, where it is one."""

    def __init__(self, desk: Desk, host: QWidget, demo: str) -> None:
        """`host` is the widget over which the list of the search box opens."""
        super().__init__()
        self.search = SearchBox(desk, host)
        box = QHBoxLayout(self)
        box.setContentsMargins(SPACE[4], SPACE[3], SPACE[4], SPACE[0])
        box.setSpacing(SPACE[3])
        box.addWidget(self.search)
        box.addWidget(label("Ctrl+K", "secondary"))
        box.addStretch(1)
        if demo:
            box.addWidget(label(demo, "demo"))


class StatusBar(QWidget):
    """Which register, connection and last sync, what waits, conflicts; at the right a quiet word, position, language."""

    def __init__(self, desk: Desk, register: str) -> None:
        """Ask the register where it stands."""
        super().__init__()
        self.desk = desk
        say = desk.words.say
        self.setProperty("part", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(desk.theme.px(30))
        self.sync = self._button("cloud-off-outline", "sync")
        self.waiting = self._button("upload-outline", "sync")
        self.files = self._button("image-outline", "sync")
        self.attention = self._button("alert-outline", "sync")
        self.conflicts = self._button("call-split", "sync")
        self._now: Standing | None = None
        self._shown = ("", "", "")
        self._said: dict[QPushButton, tuple[str, str]] = {}
        if desk.exchange is not None:
            desk.exchange.changed.connect(self._show_sync)
        self.word = label("", "secondary")
        self.position = label(say("no position fix"), "secondary")
        self.language = QPushButton(LANGUAGES[desk.words.language])
        self.language.setAccessibleName(say("Language"))
        self.language.setMenu(self._languages())
        box = QHBoxLayout(self)
        box.setContentsMargins(SPACE[4], 0, SPACE[4], 0)
        box.setSpacing(SPACE[3])
        box.addLayout(row(self._sign("database-outline"), label(register, "secondary"), gap=SPACE[0]))
        for each in (self.sync, self.waiting, self.files, self.attention, self.conflicts):
            box.addWidget(each)
        box.addStretch(1)
        for shown in (self.word, self.position, self.language):
            box.addWidget(shown)
        for each in (self.files, self.attention, self.conflicts):
            each.hide()
        self.reload()

    def _sign(self, icon: str) -> QLabel:
        return picture(self.desk.theme.icon(icon, "secondary").pixmap(self.desk.theme.px(14)))

    def _button(self, icon: str, page: str) -> QPushButton:
        made = QPushButton()
        made.setIcon(self.desk.theme.icon(icon, "secondary"))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda _checked=False: self.desk.go(page))
        return made

    def _languages(self) -> QMenu:
        menu = QMenu(self)
        for code, name in LANGUAGES.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == self.desk.words.language)
            action.triggered.connect(lambda _checked=False, code=code: self.desk.prefer(language=code))
        return menu

    def reload(self) -> None:
        """Ask anew what waits."""
        self.desk.work.glance(self, standing, self._show)

    def tell(self, sentence: str) -> None:
        """A quiet word."""
        self.word.setText(sentence)

    def _show(self, now: Standing) -> None:
        words, theme = self.desk.words, self.desk.theme
        self._now = now
        number = words.number
        self._say(self.waiting, words.say("Unsent {n}", n=counted(words, now.waiting)), counted(words, now.waiting))
        self.waiting.setVisible(bool(now.server))
        photos = words.say("Photos {n} waiting ({size})", n=number(now.files), size=words.size(now.files_bytes))
        self._say(self.files, photos, number(now.files))
        self.files.setVisible(now.files > 0)
        others = []
        if now.held:
            others.append((words.say("Held {n}", n=number(now.held)), now.held))
        if now.refused:
            others.append((words.say("Needs attention {n}", n=number(now.refused)), now.refused))
        said = " \N{MIDDLE DOT} ".join(text for text, _n in others)
        self._say(self.attention, said, number(sum(n for _text, n in others)))
        self.attention.setIcon(theme.icon("alert-outline", "danger" if now.refused else "warning"))
        self.attention.setVisible(bool(others))
        legal = " " + words.say("({n} legal)", n=number(now.legal)) if now.legal else ""
        self._say(self.conflicts, words.say("Conflicts {n}", n=number(now.conflicts)) + legal, number(now.conflicts))
        self.conflicts.setVisible(now.conflicts > 0)
        if self.desk.exchange is not None:
            self.desk.exchange.know(now)
        self._show_sync()
        self._fit()

    def _say(self, part: QPushButton, long: str, short: str) -> None:
        """What a part says, and how it says it where there is little room."""
        self._said[part] = (f" {long}", f" {short}" if short else "")
        part.setToolTip(long)
        part.setAccessibleName(long)

    def _fit(self) -> None:
        """Say all in words; where there is too little room in numbers, one after another, with words in the tool tips."""
        for part, (long, _short) in self._said.items():
            part.setText(long)
        layout = self.layout()
        for part in (self.attention, self.conflicts, self.files, self.waiting, self.sync):
            if layout is None or layout.minimumSize().width() <= self.width():
                return
            part.setText(self._said.get(part, ("", ""))[1])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As much in words as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A long sentence holds no narrow window open."""
        return QSize(0, super().minimumSizeHint().height())

    def _show_sync(self) -> None:
        """What the exchange is doing, or when it last did it; a tick only while nothing at all is left to do."""
        words, now, exchange = self.desk.words, self._now, self.desk.exchange
        if now is None:
            return
        tone, short = "secondary", ""
        if not now.server:
            icon, text = "cloud-off-outline", words.say("not enrolled with a server")
        elif exchange is not None and exchange.is_running:
            short = words.percent(exchange.share, 0)
            icon, text = "cloud-sync-outline", words.say("syncing, {share}", share=short)
        elif exchange is not None and exchange.phase is Phase.FAILED:
            icon, tone, text = "cloud-off-outline", "warning", words.say("the sync failed")
        elif now.last_sync is None:
            icon, text = "cloud-outline", words.say("never synced")
        else:
            icon, text = "cloud-outline", last_full(words, now.last_sync, self.desk.work.register.now())
            if now.is_clear:
                icon, tone = "cloud-check-outline", "ok"
        if (icon, tone, text) != self._shown:
            self._shown = (icon, tone, text)
            self.sync.setIcon(self.desk.theme.icon(icon, tone))
            self._say(self.sync, text, short)
            self._fit()
