"""A text in which what differs from another one is marked, as high as it needs to be; never read as markup."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from inspector_app.ui.theme import Theme

_PIECES = re.compile(r"\s+|[^\s\w]|\w+")
_LONGEST = 4_000
_HIGHEST = 260


class MarkedText(QTextEdit):
    """Plain text to read and to copy; words that `other` does not have stand out by weight and a line below."""

    def __init__(self, theme: Theme, text: str, other: str, name: str) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setStyleSheet("background: transparent; border: none; padding: 0;")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self._theme = theme
        plain, marked = QTextCharFormat(), QTextCharFormat()
        marked.setFontWeight(QFont.Weight.DemiBold)
        marked.setFontUnderline(True)
        cursor = QTextCursor(self.document())
        for piece, differs in pieces(text, other):
            cursor.insertText(piece, marked if differs else plain)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the text at this width."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width makes another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(max(80, self.viewport().width()))
        height = round(self.document().size().height()) + 2
        self.setFixedHeight(min(height, self._theme.px(_HIGHEST)))


def pieces(text: str, other: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether the other text lacks it; a text that shares no word differs as a whole."""
    if len(text) > _LONGEST or len(other) > _LONGEST:
        yield text, text != other
        return
    mine, theirs = _PIECES.findall(text), _PIECES.findall(other)
    for kind, _start, _end, first, last in SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes():
        if first < last:
            yield "".join(mine[first:last]), kind != "equal"
