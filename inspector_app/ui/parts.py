"""The small parts every page is made of: cards, strips, chips, links, heads of pages, empty states."""

import re
import textwrap
from collections.abc import Callable
from typing import Literal, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector_app.ui.theme import SPACE, Theme

Kind = Literal["info", "warning", "danger", "ok"]
_WORD = 24
_ENDLESS = re.compile(rf"\S{{{2 * _WORD},}}")
Box = TypeVar("Box", QHBoxLayout, QVBoxLayout)
_ICONS: dict[Kind, tuple[str, str]] = {
    "info": ("information-outline", "accent"),
    "warning": ("alert-outline", "warning"),
    "danger": ("alert-circle-outline", "danger"),
    "ok": ("check-circle-outline", "ok"),
}


def label(text: str, part: str = "", *, wrap: bool = False, align: Qt.AlignmentFlag | None = None) -> QLabel:
    """Plain text, never markup: names in the register come from strangers. `part` names its role in the style sheet."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(breakable(text) if wrap else text)
    made.setProperty("part", part)
    made.setWordWrap(wrap)
    if align is not None:
        made.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    return made


def breakable(text: str) -> str:
    """A text whose endless words may be broken, with zero-width spaces, so that none makes its window wider than the screen."""
    return _ENDLESS.sub(lambda found: "\u200b".join(textwrap.wrap(found[0], _WORD)), text)


def picture(pixmap: QPixmap) -> QLabel:
    """A mark or an icon that stands beside a text."""
    made = QLabel()
    made.setPixmap(pixmap)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def button(
    text: str, clicked: Callable[[], object], part: str = "", *, theme: Theme | None = None, icon: str = "", tip: str = ""
) -> QPushButton:
    """A button; `part` is 'primary' for the page's one main action, 'danger', 'link', 'line' or nothing."""
    made = QPushButton(text)
    made.setProperty("part", part)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setToolTip(tip)
    if not text:
        made.setAccessibleName(tip)
    made.setAutoDefault(False)
    if icon and theme is not None:
        made.setIcon(theme.icon(icon, "on_accent" if part == "primary" else "text"))
    made.clicked.connect(lambda _checked=False: clicked())
    return made


def link(text: str, clicked: Callable[[], object], *, quiet: bool = False, flush: bool = False) -> QPushButton:
    """A text that leads somewhere; reached by keyboard like any button. `flush` begins where the text above it begins."""
    made = button(text, clicked, "link")
    if flush:
        made.setProperty("edge", "left")
    if quiet:
        made.setProperty("tone", "secondary")
    return made


def row(*things: QWidget | QLayout | int | None, gap: int = SPACE[1]) -> QHBoxLayout:
    """Things side by side; a number is a space of so many pixels, None takes all the room that is left."""
    return _filled(QHBoxLayout(), things, gap)


def column(*things: QWidget | QLayout | int | None, gap: int = SPACE[1]) -> QVBoxLayout:
    """Things one below the other; numbers and None as in `row`."""
    return _filled(QVBoxLayout(), things, gap)


def _filled(box: Box, things: tuple[QWidget | QLayout | int | None, ...], gap: int) -> Box:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(gap)
    for thing in things:
        match thing:
            case None:
                box.addStretch(1)
            case int():
                box.addSpacing(thing)
            case QWidget():
                box.addWidget(thing)
            case _:
                box.addLayout(thing)
    return box


def tabs() -> QTabWidget:
    """Tabs that stand on the page itself, without a frame or a line above them."""
    made = QTabWidget()
    made.setDocumentMode(True)
    made.tabBar().setDrawBase(False)
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, for a part that is filled anew."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Card(QFrame):
    """One thought: a title, one secondary line at the right, content in `body`."""

    def __init__(self, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        """An empty card; without a title it has no head."""
        super().__init__(parent)
        self.setProperty("part", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE[3], SPACE[2], SPACE[3], SPACE[3])
        outer.setSpacing(SPACE[1])
        self.title = label(title, "card-title")
        self.note = label(note, "secondary", align=Qt.AlignmentFlag.AlignRight)
        self.head = row(self.title, None, self.note)
        if title:
            outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE[1])
        outer.addLayout(self.body, 1)

    def set_note(self, text: str) -> None:
        """Change the secondary line."""
        self.note.setText(text)


def framed(table: QWidget, theme: Theme, *foot: QWidget | None) -> Card:
    """A card around a table whose rows go from edge to edge; `foot` stands below it as in `row`."""
    card = Card()
    outer = card.layout()
    if outer is not None:
        outer.setContentsMargins(theme.border, theme.border, theme.border, SPACE[1])
    card.body.addWidget(table, 1)
    if any(each is not None for each in foot):
        line = row(*foot, gap=SPACE[3])
        line.setContentsMargins(SPACE[3], SPACE[0], SPACE[3], SPACE[0])
        card.body.addLayout(line)
    return card


class Strip(QFrame):
    """A message at the top of the page for what concerns the page: sentences, at most one action, a way to close it.

    Signals:
        closed: a person has read it.
    """

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        sentences: tuple[str, ...],
        kind: Kind = "info",
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        close_tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """The first sentence stands out; the others follow it. `close_tip` names the closing button; without it none."""
        super().__init__(parent)
        self.setProperty("part", "strip")
        self.setProperty("kind", kind)
        icon, tone = _ICONS[kind]
        lines = [
            label(each, "card-title" if at == 0 and len(sentences) > 1 else "", wrap=True) for at, each in enumerate(sentences)
        ]
        self.sentences = sentences
        box = QHBoxLayout(self)
        box.setContentsMargins(SPACE[2], SPACE[1], SPACE[1], SPACE[1])
        box.setSpacing(SPACE[2])
        box.addWidget(picture(theme.icon(icon, tone).pixmap(theme.px(16))), 0, Qt.AlignmentFlag.AlignTop)
        self._lines = column(*lines, gap=2)
        box.addLayout(self._lines, 1)
        if action is not None:
            box.addWidget(button(action[0], action[1]))
        if close_tip:
            closing = button("", self.closed.emit, "link", tip=close_tip)
            closing.setIcon(theme.icon("close", "secondary"))
            closing.setAccessibleName(close_tip)
            box.addWidget(closing, 0, Qt.AlignmentFlag.AlignTop)
        self.closed.connect(self.deleteLater)

    def add_line(self, widget: QWidget) -> None:
        """One more line under the sentences, such as a link to what is missing."""
        self._lines.addLayout(row(widget, None))


class Combo(QComboBox):
    """A list to choose from, with the arrow that the style sheet takes away."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """An empty list."""
        super().__init__(parent)
        self._arrow = theme.icon("chevron-down", "secondary")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The box, what is chosen as far as there is room for it, then the arrow."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, room.width())
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        self._arrow.paint(painter, self.width() - 26, 0, 16, self.height())


class Chip(QPushButton):
    """A filter in words, 'Status: any'; checked when it holds something."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        """A chip that holds nothing yet."""
        super().__init__(text, parent)
        self.setProperty("part", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, text: str, *, active: bool) -> None:
        """Say what it holds; `active` makes it stand out."""
        self.setText(text)
        self.setChecked(active)

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's name
        """A click opens the choice and leaves the state to `show_state`."""


class Empty(QWidget):
    """What a table or page shows when there is nothing: one sentence and the one button that helps."""

    def __init__(
        self,
        theme: Theme,
        sentence: str,
        *,
        icon: str = "tray",
        action: tuple[str, Callable[[], object]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Centre the sentence in whatever room there is."""
        super().__init__(parent)
        self.sentence = label(sentence, "secondary", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        sign = picture(theme.icon(icon, "secondary").pixmap(QSize(theme.px(32), theme.px(32))))
        box = QVBoxLayout(self)
        box.addStretch(1)
        box.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.sentence)
        if action is not None:
            box.addWidget(button(action[0], action[1], "primary"), 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(2)


class Elided(QWidget):
    """One line of plain text that ends in three dots where it does not fit; the whole text is its tool tip."""

    def __init__(self, text: str, theme: Theme, colour: str = "text", parent: QWidget | None = None) -> None:
        """`colour` is a token of the theme."""
        super().__init__(parent)
        self._text, self._theme, self._colour = text, theme, colour
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the text, as high as a line."""
        metrics = QFontMetrics(self._theme.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may shrink to a few letters."""
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what fits."""
        painter = QPainter(self)
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colour(self._colour))
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Page(QWidget):
    """The frame of a page: a head with title, context and main action; strips for messages; `body` for the rest."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        """A page without content."""
        super().__init__(parent)
        self.setProperty("part", "page")
        # a page that nobody typed into takes the keys, so that undo is not the search box's own
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        # no focus proxy: the Tab key would go to it from before the page, past all that stands above it
        self.keyboard: QWidget = self
        self.title = label(title, "title")
        self.context = label("", "secondary")
        self.head = row(self.title, SPACE[2], self.context, None, gap=SPACE[2])
        self.strips = column(gap=SPACE[1])
        self.body = column(gap=SPACE[3])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE[4], SPACE[1], 0, SPACE[3])
        outer.setSpacing(SPACE[2])
        for part in (self.head, self.strips, self.body):
            part.setContentsMargins(0, 0, SPACE[4], 0)
            outer.addLayout(part, 1 if part is self.body else 0)

    def add_actions(self, *buttons: QWidget) -> None:
        """Buttons at the right of the head; the main one comes last."""
        for each in buttons:
            self.head.addWidget(each)

    def fill_scrolled(self, inside: QWidget) -> None:
        """Fill the page with what may be higher than it; the scroll bar stands in the margin of the page."""
        self.body.setContentsMargins(0, 0, 0, 0)
        area = _Margined(inside, SPACE[4])
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard goes from control to control, and the view follows it
        self.body.addWidget(area, 1)

    def show_strip(self, strip: Strip) -> None:
        """One message at a time: a new one replaces the old one."""
        clear(self.strips)
        self.strips.addWidget(strip)


def scrolled(inside: QWidget) -> QScrollArea:
    """A widget that may be higher than its room."""
    return _Margined(inside)


class _Margined(QScrollArea):
    """Scrolls up and down. The first `margin` pixels at the right belong to the scroll bar, whether it is seen or not."""

    def __init__(self, inside: QWidget, margin: int = 0) -> None:
        super().__init__()
        self._margin = margin
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.setProperty("part", "canvas")
        self.setWidget(inside)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)
        self._make_room(0, 0)

    def _make_room(self, lowest: int, highest: int) -> None:
        bar = self.verticalScrollBar().sizeHint().width() if highest > lowest else 0
        self.setViewportMargins(0, 0, max(0, self._margin - bar), 0)


def thin_line() -> QProgressBar:
    """The line on top of a table that is asked for anew; hidden until `show`."""
    line = QProgressBar()
    line.setProperty("part", "thin")
    line.setRange(0, 0)
    line.setTextVisible(False)
    keep = line.sizePolicy()
    keep.setRetainSizeWhenHidden(True)
    line.setSizePolicy(keep)
    line.hide()
    return line
