"""What lies over the map. The legend: every mark in view of the filter with its number; what is unticked is not drawn."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QScrollArea, QWidget

from inspector_app.domain.marks import DISPUTED, Mark, status_mark
from inspector_app.i18n import N_, Words
from inspector_app.models.queries.points import KINDS
from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import mark_icon
from inspector_app.ui.parts import Card, label, link
from inspector_app.ui.theme import SPACE


def kind_mark(kind: int) -> Mark:
    """The mark of an entry of KINDS."""
    status = KINDS[kind]
    return DISPUTED if status is None else status_mark(status)


def kind_label(words: Words, kind: int) -> str:
    """The name of an entry of KINDS."""
    status = KINDS[kind]
    return words.say(N_("Disputed")) if status is None else words.say(status.label)


class Legend(Card):
    """Marks with names and numbers.

    Signals:
        hidden_changed: other kinds are hidden now; carries a sorted list of indexes of KINDS.
        folded: it takes more or less room now.
    """

    hidden_changed = Signal(list)
    folded = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        """An empty legend; `show_counts` fills it."""
        super().__init__(desk.words.say("Legend"), parent=parent)
        self._desk = desk
        self._row = desk.theme.control - (0 if desk.theme.touch else 8)
        self.hidden: frozenset[int] = frozenset()
        self.boxes: dict[int, QCheckBox] = {}
        self._numbers: dict[int, QLabel] = {}
        self._all = link(desk.words.say("Show all"), self.show_all, quiet=True)
        self._all.hide()
        self.head.addWidget(self._all)
        self._fold = link("", self.fold, quiet=True)
        self.head.addWidget(self._fold)
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._room: int | None = None
        self.body.addWidget(self._scroll)
        self._name_fold()
        for kind in range(len(KINDS)):
            self._add(kind)

    def _add(self, kind: int) -> None:
        box = QCheckBox(kind_label(self._desk.words, kind))
        box.setProperty("part", "line")
        box.setIcon(mark_icon(kind_mark(kind), self._desk.theme.px(13)))
        box.setChecked(True)
        box.toggled.connect(lambda on: self._on_toggled(kind, on=on))
        number = label("", align=Qt.AlignmentFlag.AlignRight)
        self.boxes[kind], self._numbers[kind] = box, number
        self._grid.addWidget(box, kind, 0)
        self._grid.addWidget(number, kind, 1)

    def show_counts(self, counts: Sequence[int]) -> None:
        """How many sites of each kind there are; kinds without any take no room, nor does a legend of nothing."""
        for kind, count in enumerate(counts):
            self._numbers[kind].setText(self._desk.words.number(count))
            for each in (self.boxes[kind], self._numbers[kind]):
                each.setVisible(count > 0)
            self._grid.setRowMinimumHeight(kind, self._row if count else 0)
        self.setVisible(any(counts))
        self.fit()

    def fit(self, room: int | None = None) -> None:
        """Take what the lines need now, without waiting for Qt to notice that some have gone; more than `room` is scrolled."""
        self._room = room or self._room
        self._grid.invalidate()
        self._grid.activate()
        lines = self._grid.sizeHint()
        self._scroll.setFixedSize(lines)
        over = self._height() - self._room if self._room else 0
        if over > 0 and not self.is_folded:
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            self._scroll.setFixedSize(lines.width() + bar, max(self._row, lines.height() - over))
            self._height()
        self.adjustSize()

    def _height(self) -> int:
        outer = self.layout()
        if outer is None:
            return 0
        outer.invalidate()
        outer.activate()
        return outer.sizeHint().height()

    @property
    def is_folded(self) -> bool:
        """Whether only the title is shown."""
        return self._scroll.isHidden()

    def fold(self) -> None:
        """Leave only the title, or show the list again: a small window wants its map."""
        self._scroll.setVisible(self.is_folded)
        self._name_fold()
        self.fit()
        self.folded.emit()

    def _name_fold(self) -> None:
        say = self._desk.words.say
        self._fold.setText(say("Show") if self.is_folded else say("Hide"))

    def show_all(self) -> None:
        """Hide nothing."""
        for box in self.boxes.values():
            box.setChecked(True)

    def _on_toggled(self, kind: int, *, on: bool) -> None:
        self.hidden = self.hidden - {kind} if on else self.hidden | {kind}
        self._all.setVisible(bool(self.hidden))
        self.hidden_changed.emit(sorted(self.hidden))


class MapFrame(QWidget):
    """The map with what lies over it: the legend at the upper left, over foreign land; the coordinates below."""

    def __init__(self, view: QWidget, desk: Desk) -> None:
        """Lay a legend and an empty readout over `view`."""
        super().__init__()
        self._view = view
        view.setParent(self)
        self.legend = Legend(desk, self)
        self.readout = QLabel(self)
        self.readout.setProperty("part", "context")
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout.hide()

    def read_out(self, text: str) -> None:
        """Say the coordinates under the pointer; an empty text takes them away."""
        self.readout.setText(text)
        self.readout.setVisible(bool(text))
        self._place_readout()

    def arrange(self) -> None:
        """Keep what lies over the map in its corners."""
        self._view.setGeometry(self.rect())
        edge = SPACE[2]
        self.legend.fit(self.height() - 2 * edge)
        self.legend.move(QPoint(edge, edge))
        self._place_readout()

    def _place_readout(self) -> None:
        self.readout.adjustSize()
        self.readout.move(QPoint(SPACE[2], self.height() - self.readout.height() - SPACE[2]))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fill the room."""
        super().resizeEvent(event)
        self.arrange()
