"""One removal batch: where it stands between planned and destroyed, its lines, and the one action that comes next."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget
from shiboken6 import isValid

from inspector_app.actions.removal import send_batch
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.removal import TRANSITIONS, BatchState, discrepancy
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.queries.consignments import Consignment, consignment
from inspector_app.ui.desk import Desk
from inspector_app.ui.forms.batch_steps import (
    DestroyForm,
    EndForm,
    LoadForm,
    NewBatchForm,
    ReceiveForm,
    signed_mass,
)
from inspector_app.ui.forms.lines import LinesCard
from inspector_app.ui.gate import gated
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Strip, button, clear, column, label, link, picture, restyle, row, scrolled
from inspector_app.ui.theme import SPACE

__all__ = ["BatchForm", "NewBatchForm"]

_SHOWN = ("removal_batch", "batch_line", "waste_item", "quantity_estimate")
_WAY = (BatchState.PLANNED, BatchState.LOADED, BatchState.IN_TRANSIT, BatchState.RECEIVED, BatchState.DESTROYED)
NEXT: dict[BatchState, str] = {
    BatchState.PLANNED: N_("Load…"),
    BatchState.LOADED: N_("Send off"),
    BatchState.IN_TRANSIT: N_("Receive…"),
    BatchState.RECEIVED: N_("Record the certificate…"),
    BatchState.REJECTED: N_("Send on"),
}
"""What comes next for a batch, as the word on its button; nothing follows the other states."""
_SIDE = {
    BatchState.REJECTED: N_("Rejected by the receiver…"),
    BatchState.RETURNED: N_("Returned to the site…"),
    BatchState.CANCELLED: N_("Cancel the batch…"),
}


def next_step(desk: Desk, known: Consignment, parent: QWidget, refused: Callable[[InspectorError], None]) -> QWidget | None:
    """Open the form of what comes next, or do it at once where nothing is to be filled in."""
    forms = {BatchState.PLANNED: LoadForm, BatchState.IN_TRANSIT: ReceiveForm, BatchState.RECEIVED: DestroyForm}
    state = known.batch.state
    if state in forms:
        form = forms[state](desk, known, parent)
        form.open()
        return form
    if state in {BatchState.LOADED, BatchState.REJECTED}:
        desk.work.write(N_("Send a batch"), send_batch, known.batch.id, refused=refused)
    return None


class Stepper(QWidget):
    """The way from planned to destroyed, with the days on which each state was reached."""

    def __init__(self, desk: Desk) -> None:
        """Empty."""
        super().__init__()
        self.desk = desk
        self.line = row(gap=SPACE[2])
        self.setLayout(self.line)

    def show_way(self, known: Consignment) -> None:
        """Mark what is done, and where the batch stands."""
        clear(self.line)
        batch, say, theme = known.batch, self.desk.words.say, self.desk.theme
        days: dict[BatchState, date | datetime | None] = {
            BatchState.PLANNED: batch.planned_on,
            BatchState.LOADED: batch.loaded_at,
            BatchState.RECEIVED: batch.received_on,
            BatchState.DESTROYED: batch.certificate_on,
        }
        at = _WAY.index(batch.state) if batch.state in _WAY else -1
        way = _WAY if at >= 0 else (BatchState.PLANNED, BatchState.LOADED, batch.state)
        at = at if at >= 0 else len(way) - 1
        ended = batch.state not in _WAY
        for place, state in enumerate(way):
            bad = ended and place == at
            done = place < at or (place == at and state is BatchState.DESTROYED)
            here = "close-circle-outline" if bad else "circle-slice-8"
            icon = "check-circle" if done else here if place == at else "circle-outline"
            tone = "danger" if bad else "accent" if place <= at else "secondary"
            name = label(say(state.label), "card-title" if place == at else "" if place < at else "secondary")
            below = label(_day(self.desk, days.get(state)), "secondary")
            self.line.addWidget(picture(theme.icon(icon, tone).pixmap(theme.px(16))), 0, Qt.AlignmentFlag.AlignTop)
            self.line.addLayout(column(name, below, gap=0))
            if place + 1 < len(way):
                self.line.addSpacing(SPACE[3])
        self.line.addStretch(1)


def _day(desk: Desk, at: date | datetime | None) -> str:
    if at is None:
        return ""
    return desk.words.date(at.astimezone(KAZAKHSTAN).date() if isinstance(at, datetime) else at)


class BatchForm(QWidget):
    """One batch.

    Signals:
        closed: a person goes back to the list.
    """

    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        """Without a batch until `open_batch`."""
        super().__init__(parent)
        say = desk.words.say
        self.desk, self.words = desk, desk.words
        self.known: Consignment | None = None
        self._batch_id = ""
        self.title = label("", "title")
        self.context = label("", "secondary")
        self.ends = row(gap=SPACE[0])
        self.report = button(say("Report"), self._show_report, theme=desk.theme, icon="file-document-outline")
        self.main = gated(desk, button("", self.go_on, "primary"), "removal_batch", "patch")
        self.strips = column(gap=SPACE[1])
        self.stepper = Stepper(desk)
        way = Card()
        way.body.addWidget(self.stepper)
        way.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.lines = LinesCard(desk)
        self.facts = Card(say("Weighing and transport"))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(SPACE[3])
        self.grid.setVerticalSpacing(SPACE[1])
        self.grid.setColumnStretch(1, 1)
        self.facts.body.addLayout(self.grid)
        self.facts.body.addStretch(1)
        inside = QWidget()
        cards = row(self.lines, self.facts, gap=SPACE[3])
        cards.setStretch(0, 3)
        cards.setStretch(1, 2)
        whole = column(way, cards, gap=SPACE[3])
        whole.setStretch(1, 1)
        inside.setLayout(whole)
        head = row(self.title, self.context, None, self.ends, self.report, self.main, gap=SPACE[2])
        outer = column(row(link(say("All batches"), self.closed.emit), None), head, self.strips, scrolled(inside), gap=SPACE[2])
        outer.setStretch(3, 1)
        self.setLayout(outer)
        desk.work.register_changed.connect(self._on_register_changed)

    def open_batch(self, batch_id: str) -> None:
        """Show a batch."""
        if batch_id != self._batch_id:
            clear(self.strips)
            self._batch_id = batch_id
        self._reload()

    def go_on(self) -> QWidget | None:
        """What comes next for the batch."""
        clear(self.strips)
        return next_step(self.desk, self.known, self, self.show_error) if self.known else None

    def show_error(self, error: InspectorError) -> None:
        """Three sentences on top of the form."""
        if isValid(self):
            clear(self.strips)
            words = self.words
            self.strips.addWidget(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    def _reload(self) -> None:
        self.desk.work.read(self, consignment, self._show, batch_id=self._batch_id)

    def _show(self, known: Consignment) -> None:
        if known.batch.id != self._batch_id:
            return
        self.known = known
        say, state = self.words.say, known.batch.state
        self.title.setText(known.batch.no)
        self.context.setText(f"{known.batch.site_code} \N{MIDDLE DOT} {known.site_name(self.words)}")
        self.stepper.show_way(known)
        self.lines.show_lines(known)
        self._show_facts(known)
        self.main.setText(say(NEXT.get(state, "")))
        self.main.setVisible(state in NEXT)
        clear(self.ends)
        for end, text in _SIDE.items():
            if end in TRANSITIONS[state]:
                ending = link(say(text), partial(self._end, known, end))
                self.ends.addWidget(gated(self.desk, ending, "removal_batch", "patch"))

    def _end(self, known: Consignment, state: BatchState) -> None:
        EndForm(self.desk, known, state, self).open()

    def _show_facts(self, known: Consignment) -> None:
        say, words, batch = self.words.say, self.words, known.batch
        received = ""
        if batch.received_g is not None:
            found = discrepancy(batch.net_g or batch.lines_g, batch.received_g, pcb=known.is_pcb)
            share = f"{signed_mass(desk=self.desk, grams=found.difference_g)}, {words.percent(found.share)}"
            received = f"{words.mass(batch.received_g, 'kg')} ({share})"
        contract = known.contract
        pairs = (
            (say("Contract"), f"{contract.no}, {contract.contractor}" if contract else ""),
            (say("Manifest"), batch.manifest_no),
            (say("Gross"), words.mass(batch.gross_g, "kg") if batch.gross_g is not None else ""),
            (say("Tare"), words.mass(batch.tare_g, "kg") if batch.tare_g is not None else ""),
            (say("Net"), words.mass(batch.net_g, "kg") if batch.net_g is not None else ""),
            (say("Weighed by"), say(batch.weigh_method.label) if batch.weigh_method else ""),
            (say("Weighbridge ticket"), batch.ticket_no),
            (say("Seals"), batch.seals),
            (say("Carrier"), batch.carrier),
            (say("Vehicle"), " / ".join(part for part in (batch.vehicle, batch.trailer) if part)),
            (say("Driver"), batch.driver),
            (say("Destination"), batch.destination),
            (say("Operation"), batch.operation),
            (say("Received"), received),
            (say("Explanation"), batch.discrepancy_note),
            (say("Certificate"), batch.certificate_no),
            (say("Note"), batch.note),
        )
        clear(self.grid)
        shown = [(name, value) for name, value in pairs if value]
        for number, (name, value) in enumerate(shown):
            self.grid.addWidget(label(name, "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            self.grid.addWidget(label(str(value), wrap=True), number, 1)
        if not shown:
            self.grid.addWidget(label(say("Filled in when the batch is loaded."), "secondary", wrap=True), 0, 0, 1, 2)
        restyle(self.facts, "part", "card")

    def _show_report(self) -> None:
        if self.known is not None:
            self.desk.go("reports", f"removal-batch:{self.known.batch.id}")

    def _on_register_changed(self, changed: Any) -> None:
        if (
            self._batch_id
            and isValid(self)
            and changed.concerns("removal_batch", "batch_line", "waste_item", "quantity_estimate")
        ):
            self._reload()
