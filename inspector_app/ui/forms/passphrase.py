"""The window asks for the passphrase of the laptop's key, or for a new one where this computer has no key ring."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.domain.errors import InspectorError, KeySealed
from inspector_app.models.register import Register
from inspector_app.sync import keys
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import Form, TextField
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Strip, button, clear, column, label, row
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Progress

_WIDTH = 480
LEAST = 8
"""Letters of a new passphrase."""


def unlock(register: Register, passphrase: str, *, progress: Progress) -> None:
    """Try a passphrase as a long work. Raises KeySealed or KeyGone."""
    progress(0.5, "")
    keys.unlock(register.path, register.facts()["device_id"], passphrase)


class PassphraseDialog(QDialog):
    """A passphrase in a dialog of its own; what is wrong with it stands under its field, and Cancel changes nothing.

    Signals:
        given: this process knows a passphrase that opens the key, or that will seal it.
    """

    given = Signal()

    def __init__(self, desk: Desk, *, new: bool = False, parent: QWidget | None = None) -> None:
        """`new` asks for one that nobody has used yet, twice."""
        super().__init__(parent)
        say = desk.words.say
        self.desk, self._new = desk, new
        title = say("A passphrase for the key of this laptop") if new else say("Passphrase of the key of this laptop")
        self.setWindowTitle(title)
        self.setModal(True)
        note = (
            say(
                "This computer has no key ring. The key by which the server knows this laptop is sealed with a passphrase, in "
                "a file beside the register. It is asked for at the first sync after each start."
            )
            if new
            else say("The key by which the server knows this laptop is sealed. Work goes on without it; a sync needs it.")
        )
        self.form = Form()
        self.form.add("passphrase", self._field(say("Passphrase"), say("At least eight letters.") if new else ""))
        if new:
            self.form.add("again", self._field(say("The same once more"), ""))
        self.strips = column(gap=SPACE[1])
        self.busy = label("", "secondary")
        self.cancel = button(say("Cancel"), self.reject)
        self.main = button(say("Seal the key") if new else say("Unlock"), self.submit, "primary")
        self.main.setDefault(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE[4], SPACE[3], SPACE[4], SPACE[3])
        outer.setSpacing(SPACE[2])
        outer.addLayout(column(label(title, "title", wrap=True), label(note, "secondary", wrap=True), gap=SPACE[0]))
        outer.addLayout(self.strips)
        outer.addWidget(self.form)
        outer.addLayout(row(self.busy, None, self.cancel, self.main))
        self._outer = outer
        self.resize(desk.theme.px(_WIDTH), 0)
        self._fit()
        self.form.fields["passphrase"].setFocus()

    def _field(self, title: str, help_: str) -> TextField:
        field = TextField(self.desk, title, help_=help_, required=True)
        field.line.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def _fit(self) -> None:
        """As high as its sentences need by now; a dialog does not ask them by itself."""
        for layout in (self.form.layout(), self._outer):
            if layout is not None:
                layout.activate()
        self.resize(self.width(), max(self.height(), self._outer.totalHeightForWidth(self.width())))

    def submit(self) -> None:
        """Try what was typed."""
        clear(self.strips)
        values = self.form.values()
        if values is None:
            self._fit()
            return
        if self._new:
            self._choose(values["passphrase"], values["again"])
            return
        self._set_busy(on=True)
        self.desk.work.long(
            unlock, self.desk.work.register, values["passphrase"], then=lambda _none: self._done(), refused=self._on_refused
        )

    def _choose(self, passphrase: str, again: str) -> None:
        say = self.desk.words.say
        if len(passphrase) < LEAST:
            self.form.fields["passphrase"].set_problem(say("At least eight letters."))
            self._fit()
        elif passphrase != again:
            self.form.fields["again"].set_problem(say("The two are not the same."))
            self._fit()
        else:
            keys.seal_by(passphrase)
            self._done()

    def _done(self) -> None:
        if isValid(self):
            self.accept()
            self.given.emit()

    def _on_refused(self, error: InspectorError) -> None:
        if not isValid(self):
            return
        self._set_busy(on=False)
        if isinstance(error, KeySealed):
            field = self.form.fields["passphrase"]
            field.set_problem(self.desk.words.say("This passphrase does not open the key."))
            field.setFocus()
        else:
            self.strips.addWidget(Strip(self.desk.theme, sentences(self.desk.words, error), "danger"))
        self._fit()

    def _set_busy(self, *, on: bool) -> None:
        self.busy.setText(self.desk.words.say("Opening the key…") if on else "")
        self.main.setEnabled(not on)


def ask_passphrase(desk: Desk, parent: QWidget, *, new: bool = False) -> PassphraseDialog:
    """Open the dialog; does not block."""
    dialog = PassphraseDialog(desk, new=new, parent=parent)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
