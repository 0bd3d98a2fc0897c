"""The frame of every form: a title, fields, the error where it belongs, and nothing typed is ever lost.

Opening a form never blocks the window; while its change is being written, the form waits and stays as it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.domain.errors import InspectorError
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import Form
from inspector_app.ui.gate import gated
from inspector_app.ui.messages import sentences, unforeseen
from inspector_app.ui.parts import Strip, button, clear, column, label, row, scrolled
from inspector_app.ui.theme import SPACE

_AROUND = 64  # pixels that the frame and the bars of the system take


class FormDialog(QDialog):
    """A form in a window of its own. Subclasses fill `form` and `body` and say in `submit` what is written.

    Signals:
        kept: the change is in the register; carries what the action returned.
    """

    kept = Signal(object)
    deed: ClassVar[tuple[str, str]] = ("site", "patch")
    """What the form does, in the words of the table of rights; what others may not do as well names it."""

    def __init__(
        self, desk: Desk, title: str, *, submit: str, note: str = "", width: int = 560, parent: QWidget | None = None
    ) -> None:
        """`submit` is the word on the main button; `note` stands under the title."""
        super().__init__(parent)
        self.desk, self.words = desk, desk.words
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(desk.theme.px(width), desk.theme.px(480))
        self.heading = label(title, "title", wrap=True)
        self.note = label(note, "secondary", wrap=True)
        if not note:
            self.note.hide()
        self.strips = column(gap=SPACE[1])
        self.form = Form()
        self.body = column(self.form, gap=SPACE[3])
        self.body.addStretch(1)
        self.cancel = button(desk.words.say("Cancel"), self.reject)
        self.main = button(submit, self._on_submit, "primary")
        self.main.setDefault(True)
        gated(desk, self.main, *self.deed)
        self.busy = label("", "secondary")
        self._inside = QWidget()
        self._inside.setLayout(self.body)
        self.body.setContentsMargins(0, 0, SPACE[1], 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE[4], SPACE[3], SPACE[4], SPACE[3])
        outer.setSpacing(SPACE[2])
        outer.addLayout(column(self.heading, self.note, gap=SPACE[0]))
        outer.addLayout(self.strips)
        area = scrolled(self._inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard goes from field to field, and the view follows it
        # only where the screen is narrower than the content
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        outer.addWidget(area, 1)
        outer.addLayout(row(self.busy, None, self.cancel, self.main))
        self.dirty = False
        self._writing = False
        # the sentence under the field takes its room first
        self.form.pointed_out.connect(lambda field: QTimer.singleShot(0, field, partial(area.ensureWidgetVisible, field)))
        self.form.changed.connect(lambda _name: self.touch())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """As wide as the content needs, never larger than the screen; the keyboard stands in the first field."""
        screen = self.screen().availableSize() - QSize(_AROUND, _AROUND)
        needed = self._inside.minimumSizeHint().width() + 2 * SPACE[4] + SPACE[3]
        self.resize(min(max(self.width(), needed), screen.width()), min(self.height(), screen.height()))
        super().showEvent(event)
        first = next((field for field in self.form.fields.values() if field.isEnabled()), None)
        if first is not None and not self.form.isAncestorOf(self.focusWidget() or self):
            first.setFocus()

    def touch(self) -> None:
        """Something was typed that is not in the register yet."""
        self.dirty = True

    def submit(self) -> None:
        """Write what was typed. The main button and Enter lead here."""
        raise NotImplementedError

    def send(self, command: str, action: Callable[..., Any], *args: Any, **given: Any) -> None:
        """Run an action; the form closes when it is done, and shows what stands in the way when it is refused."""
        if self._writing:
            return
        self._set_writing(on=True)
        self.desk.work.write(
            command, action, *args, then=self._on_kept, refused=self._on_refused, broke=self._on_broke, **given
        )

    def show_error(self, error: InspectorError) -> None:
        """Put an error under the field it names, or on top of the form; what was typed stays."""
        clear(self.strips)
        if not self.form.refuse(error):
            self.strips.addWidget(Strip(self.desk.theme, sentences(self.words, error), "danger"))

    def reject(self) -> None:
        """Close; asks first when something was typed."""
        if self._writing:
            return
        if not self.dirty:
            super().reject()
            return
        ask(
            self,
            self.desk,
            self.words.say("Close the form without keeping what was typed?"),
            yes=self.words.say("Discard"),
            then=super().reject,
        )

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The cross in the corner asks as Cancel does."""
        if self.result() != QDialog.DialogCode.Accepted and (self.dirty or self._writing):
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    def _on_submit(self) -> None:
        # what stood in the way the last time may not any more
        clear(self.strips)
        self.submit()

    def _set_writing(self, *, on: bool) -> None:
        self._writing = on
        self.busy.setText(self.words.say("Saving…") if on else "")
        self.main.setEnabled(not on)
        self.cancel.setEnabled(not on)

    def _on_kept(self, answer: object) -> None:
        if isValid(self):
            self._set_writing(on=False)
            self.dirty = False
            self.kept.emit(answer)
            self.accept()

    def _on_refused(self, error: InspectorError) -> None:
        if isValid(self):
            self._set_writing(on=False)
            self.show_error(error)

    def _on_broke(self) -> None:
        if isValid(self):
            self._set_writing(on=False)
            self.strips.addWidget(Strip(self.desk.theme, unforeseen(self.words), "danger"))


def ask(
    parent: QWidget, desk: Desk, question: str, *, yes: str, then: Callable[[], object], danger: bool = True
) -> QMessageBox:
    """A question that needs a decision now; `then` runs when it is answered with `yes`. Does not block."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(desk.words.say("Waste Inspector"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    agree = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole if danger else QMessageBox.ButtonRole.AcceptRole)
    back = box.addButton(desk.words.say("Go back"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(back)
    box.setEscapeButton(back)
    agree.clicked.connect(lambda _checked=False: then())
    box.open()
    return box
