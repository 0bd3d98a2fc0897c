"""Widgets in a line that wraps where there is no room, so that no filter makes the window wider."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from inspector_app.ui.theme import SPACE


class Flow(QLayout):
    """From left to right, then on the next line; widgets that are hidden take no room. `gap` is pixels."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = SPACE[1]) -> None:
        """An empty line."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """Put an item last."""
        self._items.append(item)

    def count(self) -> int:
        """How many items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """The item at a place, or nothing."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Take an item out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        """As high as its lines, no more."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Height of the lines at a width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's name
        """Put every item in its place."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One line of the smallest width."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the widest item."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        left, top, line = rect.left(), rect.top(), 0
        placed: list[tuple[QLayoutItem, QPoint, QSize]] = []
        lines: list[tuple[int, int]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if left > rect.left() and left + size.width() > rect.right() + 1:
                lines.append((top, line))
                left, top, line = rect.left(), top + line + self._gap, 0
            placed.append((item, QPoint(left, top), size.boundedTo(QSize(max(rect.width(), 1), size.height()))))
            left += size.width() + self._gap
            line = max(line, size.height())
        lines.append((top, line))
        if move:
            heights = dict(lines)
            for item, corner, size in placed:
                lower = (heights[corner.y()] - size.height()) // 2
                item.setGeometry(QRect(corner + QPoint(0, lower), size))
        return top + line - rect.top()
