"""Unsent work as a file: saved where there is no network, and handed in for a colleague where there is one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.sync import handover
from inspector_app.ui.desk import Desk
from inspector_app.ui.long import LongLine
from inspector_app.ui.parts import link, row
from inspector_app.ui.theme import SPACE


class UnsentFile(QWidget):
    """Two quiet links under the list of what waits; the work runs on the line of the page.

    Signals:
        told: it is done; carries sentences.
        refused: it could not be done; carries the error.
    """

    told = Signal(tuple)
    refused = Signal(InspectorError)

    def __init__(self, desk: Desk, long: LongLine, parent: QWidget | None = None) -> None:
        """`long` is the line of the page that shows how far it is."""
        say = desk.words.say
        super().__init__(parent)
        self.desk, self.long = desk, long
        self.save = link(say("Save unsent work to a file…"), self.choose_target, quiet=True)
        self.save.setToolTip(say("For weeks without a network: a colleague hands the file in, and only the server can read it"))
        self.hand_in = link(say("Hand in a colleague's file…"), self.choose_source, quiet=True)
        self.hand_in.setToolTip(say("Send what a colleague without a network has saved; it stays his own work"))
        self.setLayout(row(self.save, self.hand_in, gap=SPACE[3]))

    def show_waiting(self, *, is_enrolled: bool, waits: bool) -> None:
        """Offer what can be done: to save where something waits, to hand in wherever there is a server."""
        self.save.setVisible(is_enrolled and waits)
        self.hand_in.setVisible(is_enrolled)

    def choose_target(self) -> QFileDialog:
        """Ask where the file goes; does not block."""
        register, say = self.desk.work.register, self.desk.words.say
        dialog = self._dialog(say("Save unsent work to a file"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(handover.SUFFIX.removeprefix("."))
        dialog.selectFile(f"{register.path.stem}-{register.today().isoformat()}{handover.SUFFIX}")
        return self._open(dialog, lambda target: self._run(say("Saving unsent work"), handover.save, target))

    def choose_source(self) -> QFileDialog:
        """Ask which file to hand in; does not block."""
        say = self.desk.words.say
        dialog = self._dialog(say("Hand in the file of a colleague"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return self._open(dialog, lambda source: self._run(say("Handing in the file of a colleague"), handover.hand_in, source))

    def _dialog(self, title: str) -> QFileDialog:
        return QFileDialog(self, title, "", self.desk.words.say("Files of unsent work") + f" (*{handover.SUFFIX})")

    def _open(self, dialog: QFileDialog, then: Callable[[Path], object]) -> QFileDialog:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()
        return dialog

    def _run(self, sentence: str, work: Callable[..., Any], file: Path) -> None:
        words = self.desk.words
        self.long.run(
            sentence,
            work,
            self.desk.work.register,
            file,
            then=lambda done: self.told.emit(tuple(done.sentences(words))),
            refused=self.refused.emit,
        )
