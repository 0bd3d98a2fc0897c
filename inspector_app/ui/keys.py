"""The list of keys (F1)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from inspector_app.ui.commands import COMMANDS, IN_TABLES, PageEntry
from inspector_app.ui.desk import Desk
from inspector_app.ui.parts import button, label, row
from inspector_app.ui.theme import SPACE


class KeysDialog(QDialog):
    """Every page and command with its key."""

    def __init__(self, desk: Desk, entries: Sequence[PageEntry], parent: QWidget) -> None:
        """Pages first, then what works everywhere, then what tables know."""
        super().__init__(parent)
        say = desk.words.say
        self.setWindowTitle(say("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[5])
        grid.setVerticalSpacing(SPACE[1])
        lines = [
            *((entry.label, entry.key) for entry in entries),
            *((command.label, command.key) for command in COMMANDS),
            *IN_TABLES,
        ]
        for place, (what, key) in enumerate(lines):
            grid.addWidget(label(say(what)), place, 0)
            grid.addWidget(label(key, "secondary", align=Qt.AlignmentFlag.AlignRight), place, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE[4], SPACE[4], SPACE[4], SPACE[4])
        box.setSpacing(SPACE[3])
        box.addLayout(grid)
        box.addLayout(row(None, button(say("Close"), self.accept, "primary")))
