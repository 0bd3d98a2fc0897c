"""Where the bytes of photos and documents are, when they travel, and the buttons that send, fetch and remove them now."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.models.queries.transfers import ALWAYS, ASK, FilesStanding, files_standing
from inspector_app.sync import files
from inspector_app.ui.checks import WrappedCheck
from inspector_app.ui.desk import Desk
from inspector_app.ui.exchange import Exchange
from inspector_app.ui.forms.frame import ask
from inspector_app.ui.long import LongLine
from inspector_app.ui.parts import Card, button, clear, column, label, link, picture, row
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed


class FilesCard(Card):
    """Photos and documents: so many of so many on the server, and what a person may do about the rest.

    Signals:
        freed: originals were removed from this laptop; carries how many and their bytes.
        refused: they could not be; carries the error.
        stopped: a person stopped it.
    """

    refused = Signal(InspectorError)
    stopped = Signal()
    freed = Signal(int, object)

    def __init__(self, desk: Desk, exchange: Exchange, long: LongLine, parent: QWidget | None = None) -> None:
        """`exchange` sends and fetches; `long` is the line of the page that shows how space is freed."""
        say = desk.words.say
        super().__init__(say("Photos and documents"), parent=parent)
        self.desk, self.exchange, self.long = desk, exchange, long
        self.lines = column(gap=SPACE[1])
        self.send = button(say("Send originals now"), self.send_now, theme=desk.theme, icon="cloud-upload-outline")
        self.fetch = button(say("Fetch originals now"), self.fetch_now, theme=desk.theme, icon="cloud-download-outline")
        self.free = link(say("Free space on this laptop…"), self.free_space, quiet=True, flush=True)
        self.sending = self._choice(say("Send originals with every sync"), "send")
        self.fetching = self._choice(say("Fetch originals with every sync"), "fetch")
        hint = say("On a metered link leave both unchecked: thumbnails travel always, originals when you say so.")
        self.body.addLayout(self.lines)
        self.body.addLayout(row(self.send, self.fetch, None))
        self.body.addWidget(self.sending)
        self.body.addWidget(self.fetching)
        self.body.addWidget(label(hint, "secondary", wrap=True))
        self.body.addLayout(row(self.free, None))
        self.body.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Originals may have been fetched elsewhere in the window."""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Ask anew."""
        self.desk.work.read(self, files_standing, self.show_standing)

    def show_standing(self, known: FilesStanding) -> None:
        """Show these numbers."""
        say, words, theme = self.desk.words.say, self.desk.words, self.desk.theme
        clear(self.lines)
        whole = known.confirmed == known.total
        done = say("{done} of {whole} on the server", done=words.number(known.confirmed), whole=words.number(known.total))
        lines = [("cloud-check-outline", "ok", done) if whole else ("cloud-upload-outline", "warning", done)]
        if not known.total:
            lines = [("image-outline", "secondary", say("No record names a photo or a document yet."))]
        if known.waiting:
            size = words.size(known.waiting_bytes)
            waits = words.plural("{n} waits to be sent ({size})", "{n} wait to be sent ({size})", known.waiting, size=size)
            lines.append(("upload-outline", "warning", waits))
        if known.elsewhere:
            others = words.plural("{n} is on another laptop alone", "{n} are on other laptops alone", known.elsewhere)
            lines.append(("laptop", "secondary", others))
        if known.away:
            size = words.size(known.away_bytes)
            away = words.plural(
                "{n} original is on the server, not here ({size})",
                "{n} originals are on the server, not here ({size})",
                known.away,
                size=size,
            )
            lines.append(("cloud-outline", "secondary", away))
        if known.stuck:
            stuck = words.plural(
                "{n} could not travel and is tried again", "{n} could not travel and are tried again", known.stuck
            )
            lines.append(("alert-outline", "warning", stuck))
        for icon, tone, text in lines:
            line = row(picture(theme.icon(icon, tone).pixmap(theme.px(16))), label(text, wrap=True))
            line.setStretch(1, 1)
            self.lines.addLayout(line)
        self.send.setVisible(bool(known.waiting))
        self.fetch.setVisible(bool(known.away))
        self.free.setVisible(known.confirmed > known.away)
        self.sending.setChecked(known.send == ALWAYS)
        self.fetching.setChecked(known.fetch == ALWAYS)

    def show_running(self, *, why: str) -> None:
        """Files travel with one sync at a time: `why` says what to wait for while one runs, and is empty otherwise."""
        for each in (self.send, self.fetch):
            each.setEnabled(not why)
            each.setToolTip(why)

    def send_now(self) -> None:
        """Send what waits, whatever the register is set to."""
        self.exchange.start(send_all=True)

    def fetch_now(self) -> None:
        """Fetch what is not here, whatever the register is set to."""
        self.exchange.start(fetch_all=True)

    def free_space(self) -> None:
        """Ask, then remove originals that the server has."""
        say = self.desk.words.say
        question = say(
            "Remove the originals of photos from this laptop? Only those go of which the server proves at this moment that it "
            "has them. Thumbnails stay, and each original can be fetched again."
        )
        ask(self, self.desk, question, yes=say("Remove originals"), then=self._free)

    def _free(self) -> None:
        self.long.run(
            self.desk.words.say("Asking the server for its copies"),
            files.free_space,
            self.desk.work.register,
            then=self._on_freed,
            refused=self.refused.emit,
            stopped=self.stopped.emit,
        )

    def _on_freed(self, answer: tuple[int, int]) -> None:
        self.freed.emit(*answer)
        self.desk.work.register_changed.emit(Changed(everything=True))

    def _choice(self, text: str, name: str) -> WrappedCheck:
        box = WrappedCheck(text)
        box.setProperty("part", "line")

        def chosen(on: bool) -> None:  # noqa: FBT001 - Qt hands it over
            with_name = {name: ALWAYS if on else ASK}
            self.desk.work.set_aside(files.choose, self.desk.work.register, then=lambda _none: self.reload(), **with_name)

        box.clicked.connect(chosen)
        return box
