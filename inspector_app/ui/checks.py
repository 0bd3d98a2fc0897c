"""A check box whose words wrap: in Russian and Kazakh a sentence is half as long again, and must make no card wider."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QStylePainter

_NARROWEST = 12
"""Letters of a line, at least."""


class WrappedCheck(QCheckBox):
    """Yes or no, with a sentence of as many lines as it needs; the mark stands beside the first."""

    def __init__(self, text: str) -> None:
        """Not checked."""
        super().__init__(text)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        policy.setVerticalPolicy(policy.Policy.Minimum)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Pixels at a width."""
        words = self._words(width)
        return max(super().sizeHint().height(), words.top() + words.bottom() + 1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its longest word, or some letters."""
        widths = self.fontMetrics()
        longest = max([widths.averageCharWidth() * _NARROWEST, *map(widths.horizontalAdvance, self.text().split())])
        return QSize(self._left() + longest, super().sizeHint().height())

    def hitButton(self, where: QPoint) -> bool:  # noqa: N802 - Qt's name
        """All of it, every line of its words."""
        return self.rect().contains(where)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The mark as the style draws it, and the words beside it."""
        option = self._option()
        option.text = ""
        option.rect = QRect(0, 0, self.width(), super().sizeHint().height())
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        words, palette = self._words(self.width()), option.palette
        painter.drawItemText(words, int(flags), palette, self.isEnabled(), self.text(), QPalette.ColorRole.WindowText)

    def _option(self) -> QStyleOptionButton:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        return option

    def _left(self) -> int:
        """Where the words begin."""
        option, style = self._option(), self.style()
        mark = style.subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        return mark.right() + 1 + style.pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing, option, self)

    def _words(self, width: int) -> QRect:
        """Where the words stand at a width; their first line is in the middle of the mark."""
        metrics, left = self.fontMetrics(), self._left()
        top = max(0, (super().sizeHint().height() - metrics.height()) // 2)
        room = QRect(left, top, max(1, width - left), 10_000)
        height = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.text()).height()
        return QRect(left, top, room.width(), height)
