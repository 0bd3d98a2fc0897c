"""Cells of a table, painted without the style sheet; what is cut says itself whole where the mouse rests."""

import html
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import mark_pixmap
from inspector_app.ui.theme import SPACE

Index = QModelIndex | QPersistentModelIndex
_ON_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
# put together once: a screen has a hundred cells, and Python's flags are slow
_DRAWN_LEFT = Qt.AlignmentFlag.AlignLeft | _ON_LINE
_DRAWN_RIGHT = Qt.AlignmentFlag.AlignRight | _ON_LINE


class Painted(Protocol):
    """Rows by their place, and the columns that make texts of them."""

    desk: Desk
    columns: tuple[Any, ...]

    def row_at(self, place: int) -> Any:
        """The row at a place, or nothing while it is on its way."""


class RowDelegate(QStyledItemDelegate):
    """Paints cells itself: the style sheet machinery costs forty milliseconds a screen. Lights whole rows."""

    hovered = -1

    def __init__(self, rows: Painted, parent: QObject) -> None:
        """`rows` are what is painted."""
        super().__init__(parent)
        self._rows = rows
        theme = rows.desk.theme
        self._font = theme.font()
        self._metrics = QFontMetrics(self._font)
        self._ink, self._faint = theme.colour("text"), theme.colour("secondary")
        self._selected, self._on_selected = theme.colour("selected"), theme.colour("selected_text")
        self._hover = theme.colour("hover")
        self._mark = theme.px(12)

    def width_of(self, text: str) -> int:
        """Pixels that a text takes in a cell."""
        return self._metrics.horizontalAdvance(text)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:  # noqa: N802
        """What a cell has to say, or the whole of a text that is cut."""
        row = self._rows.row_at(index.row()) if index.isValid() else None
        if row is None:
            return super().helpEvent(event, view, option, index)
        column = self._rows.columns[index.column()]
        text = column.text(row)
        room = option.rect.width() - 2 * SPACE[1] - (self._mark + SPACE[1] if column.mark else 0)
        tip = (column.tip(row) if column.tip else "") or (text if self.width_of(text) > room else "")
        QToolTip.showText(event.globalPos(), html.escape(tip), view)
        return True

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground, the mark, the text."""
        place, column = index.row(), self._rows.columns[index.column()]
        box = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, self._selected)
        elif place == self.hovered:
            painter.fillRect(box, self._hover)
        row = self._rows.row_at(place)
        ink = self._on_selected if selected else self._ink
        box = box.adjusted(SPACE[1], 0, -SPACE[1], 0)
        if row is None:
            text = "\N{HORIZONTAL ELLIPSIS}" if index.column() == 0 else ""
            ink = self._faint
        else:
            text = column.text(row)
            if column.tone is not None and not selected:
                ink = self._rows.desk.theme.colour(column.tone(row))
            marked = column.mark(row) if column.mark is not None else None
            if marked is not None:
                drawn = mark_pixmap(marked[0], self._mark, proposed=marked[1])
                painter.drawPixmap(box.left(), box.center().y() - self._mark // 2, drawn)
                box.setLeft(box.left() + self._mark + SPACE[1])
        painter.setFont(self._font)
        painter.setPen(ink)
        text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _DRAWN_RIGHT if column.right else _DRAWN_LEFT, text)
