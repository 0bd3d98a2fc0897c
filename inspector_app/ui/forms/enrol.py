"""The form that makes this register a device of a central server."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from inspector_app.domain.errors import InspectorError, KeySealed, NoKeyStore
from inspector_app.models.register import Register
from inspector_app.sync import round as exchange
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import Form, TextField
from inspector_app.ui.forms.passphrase import PassphraseDialog, ask_passphrase
from inspector_app.ui.long import LongLine
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Strip, button, clear, column, label, row
from inspector_app.ui.work import Changed, Progress


def enrol(register: Register, url: str, code: str, person: str | None, password: str | None, *, progress: Progress) -> str:
    """Enrol as a long work. Raises what `sync.round.enrol` raises."""
    progress(0.2, "")
    return exchange.enrol(register, url, code, person, password=password)


class EnrolCard(Card):
    """Server, one-time code and name; what the server refuses is said here, and nothing typed is lost.

    Signals:
        enrolled: the laptop has a place at a server; carries the name of its person.
    """

    enrolled = Signal(str)

    def __init__(self, desk: Desk, long: LongLine, parent: QWidget | None = None) -> None:
        """`long` is the line that shows the work."""
        say = desk.words.say
        super().__init__(say("Enrol this laptop"), parent=parent)
        self.desk, self.long = desk, long
        self.asked: PassphraseDialog | None = None
        self.form = Form()
        server = TextField(
            desk, say("Address of the central server"), hint="https://", required=True, help_=say("The administrator knows it.")
        )
        self.form.add("url", server)
        self.form.add_row(
            ("code", TextField(desk, say("One-time code"), required=True)),
            ("person", TextField(desk, say("Your name at the server"), help_=say("As the administrator wrote it."))),
        )
        password = TextField(desk, say("Password"), help_=say("Only where the administrator gave you one."))
        password.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.form.add("password", password)
        self.strips = column()
        self.main = button(say("Enrol"), self.enrol, "primary")
        self.lead = label(
            say(
                "This register belongs to no central server yet. Work goes on without one; "
                "with one, everybody sees the same register."
            ),
            "secondary",
            wrap=True,
        )
        self.body.addWidget(self.lead)
        self.body.addLayout(self.strips)
        self.body.addWidget(self.form)
        self.body.addLayout(row(None, self.main))

    def ask_again(self, server: str) -> None:
        """For a laptop that a server does not take any more: the same server is offered."""
        say = self.desk.words.say
        self.title.setText(say("Enrol this laptop again"))
        self.lead.setText(say("Everything on this laptop stays. What waits is sent with the next sync after the enrolment."))
        self.form.set_values(url=server)

    def enrol(self) -> None:
        """Ask the server for a place."""
        values = self.form.values()
        if values is None:
            return
        clear(self.strips)
        self.main.setEnabled(False)
        self.long.run(
            self.desk.words.say("Calling the central server"),
            enrol,
            self.desk.work.register,
            values["url"],
            values["code"],
            values["person"],
            values["password"],
            then=self._on_enrolled,
            refused=self._on_refused,
            stopped=lambda: self.main.setEnabled(True),
        )

    def _on_enrolled(self, name: str) -> None:
        self.main.setEnabled(True)
        self.enrolled.emit(name)
        self.desk.tell(self.desk.words.say("This laptop is enrolled."))
        self.desk.work.register_changed.emit(Changed(everything=True))

    def _on_refused(self, error: InspectorError) -> None:
        if isValid(self):
            self.main.setEnabled(True)
            clear(self.strips)
            needs = isinstance(error, KeySealed | NoKeyStore)
            does = (self.desk.words.say("Choose a passphrase…"), self.choose_passphrase) if needs else None
            self.strips.addWidget(Strip(self.desk.theme, sentences(self.desk.words, error), "danger", action=does))
            if needs:
                self.choose_passphrase()

    def choose_passphrase(self) -> None:
        """Where there is no key ring, a passphrase seals the key; then the enrolment goes on."""
        self.asked = ask_passphrase(self.desk, self.window(), new=True)
        self.asked.given.connect(self.enrol)
