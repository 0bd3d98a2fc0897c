"""The form of a status change: the next allowed steps with what each rests on, recorded in place where it is missing."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QRadioButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.actions.ownership import take_step
from inspector_app.domain.errors import InputError
from inspector_app.domain.ownership import DocumentType, Guard, Step, may_accept
from inspector_app.domain.people import outranks
from inspector_app.i18n import N_
from inspector_app.models.queries.deciding import Claims, claims
from inspector_app.models.queries.steps import Judgement, NextStep, Steps, steps
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import DateField, MultiLine, take_over
from inspector_app.ui.forms.claims import ClaimsCard
from inspector_app.ui.forms.decision import DecisionForm
from inspector_app.ui.forms.document import DocumentForm
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.forms.tender import TenderForm
from inspector_app.ui.marks import mark_icon, mark_of, mark_pixmap
from inspector_app.ui.parts import clear, column, label, link, picture, restyle, row
from inspector_app.ui.theme import SPACE

HOLDS: dict[Guard, str] = {
    Guard.OWNER_REPLY: N_("A reply about the owner is recorded."),
    Guard.DECISION_FOR: N_("A court decision that recognises the waste as ownerless is recorded."),
    Guard.DECISION_AGAINST: N_("A court decision that refuses the claim is recorded."),
    Guard.IN_FORCE_COMMUNAL: N_("A decision on communal ownership is in legal force."),
    Guard.IN_FORCE_REPUBLICAN: N_("A decision on republican ownership is in legal force."),
    Guard.SIGNED_INSPECTION: N_("An inspection was signed since the last change of status."),
    Guard.ACCEPTED_QUANTITY: N_("A waste item has an accepted quantity."),
    Guard.TENDER_ANNOUNCED: N_("A tender is announced."),
    Guard.TENDER_FAILED: N_("The last tender failed or was cancelled."),
    Guard.NOTHING_REMAINS: N_("Nothing remains on the site by the ledger."),
    Guard.SOMETHING_REMAINS: N_("Waste remains on the site by the ledger."),
    Guard.BATCH_LOADED: N_("A removal batch has been loaded."),
    Guard.NO_OPEN_BATCH: N_("No removal batch is open."),
    Guard.ALL_CERTIFIED: N_("Every removal batch has its certificate of destruction."),
}
"""What is said of a guard that holds; `Guard.label` is what is said of one that does not."""

_COURT = frozenset({Guard.DECISION_FOR, Guard.DECISION_AGAINST, Guard.IN_FORCE_COMMUNAL, Guard.IN_FORCE_REPUBLICAN})
_TENDER = frozenset({Guard.TENDER_ANNOUNCED, Guard.TENDER_FAILED})
_WAYS: dict[Guard, tuple[str, str]] = {
    Guard.SIGNED_INSPECTION: (N_("Start an inspection"), "new-inspection"),
    Guard.ACCEPTED_QUANTITY: (N_("Open the inventory"), "site"),
    Guard.BATCH_LOADED: (N_("Plan a batch"), "new-batch"),
    Guard.NO_OPEN_BATCH: (N_("Open the site"), "site"),
    Guard.NOTHING_REMAINS: (N_("Open the inventory"), "site"),
    Guard.ALL_CERTIFIED: (N_("Open the site"), "site"),
}
"""Where the window leads for what cannot be recorded in this form."""


class StepCard(QFrame):
    """One allowed step: its mark and name, and once it is chosen what it rests on.

    Signals:
        chosen: a person chose this step.
    """

    chosen = Signal()

    def __init__(self, desk: Desk, step: NextStep) -> None:
        """Closed."""
        super().__init__()
        self.desk, self.step = desk, step
        self.setProperty("part", "choice")
        target = step.outlook.step.target
        self.radio = QRadioButton(desk.words.say(target.label))
        self.radio.setIcon(mark_icon(mark_of(target), desk.theme.px(14)))
        self.radio.setIconSize(QSize(desk.theme.px(14), desk.theme.px(14)))
        self.radio.setAutoExclusive(False)
        self.radio.clicked.connect(lambda _on: self.chosen.emit())
        self.state = label("", "secondary")
        self.details = QWidget()
        self.lines = column(gap=SPACE[0])
        self.lines.setContentsMargins(desk.theme.px(28), 0, 0, SPACE[1])
        self.details.setLayout(self.lines)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE[2], 0, SPACE[2], 0)
        box.setSpacing(0)
        box.addLayout(row(self.radio, None, self.state))
        box.addWidget(self.details)
        self.details.hide()

    def set_chosen(self, *, on: bool) -> None:
        """Open or close it."""
        self.radio.setChecked(on)
        self.details.setVisible(on)
        restyle(self, "chosen", on)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click anywhere on the card chooses it."""
        super().mousePressEvent(event)
        self.chosen.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The keyboard goes to the radio button."""
        super().focusInEvent(event)
        self.radio.setFocus()


class StatusForm(FormDialog):
    """Takes or proposes the next step of a site's ownership; answers a proposal that waits.

    What stands in the way is said in the form, with the rule, the missing document and what to do; nothing typed is lost.
    """

    def __init__(self, desk: Desk, site_id: str, parent: QWidget | None = None) -> None:
        """Ask the register for the steps of the site."""
        say = desk.words.say
        super().__init__(desk, say("Change status"), submit=say("Take the step"), width=680, parent=parent)
        self.resize(self.width(), desk.theme.px(680))
        self._site_id = site_id
        self._target: Any = None
        self.known: Steps | None = None
        self._claims: Claims | None = None
        self._answering: ClaimsCard | None = None
        self.cards: list[StepCard] = []
        self.now = row(gap=SPACE[1])
        self.proposals = column(gap=SPACE[2])
        self.on = DateField(desk, say("Effective date"), required=True)
        self.on.set_value(desk.work.register.today())
        self.memo = MultiLine(desk, say("Note"), lines=2)
        self.choices = column(gap=SPACE[1])
        self.heading_steps = label(say("Next allowed steps"), "card-title")
        self.none = label("", "secondary", wrap=True)
        self.verdict = label("", "secondary", wrap=True)
        self.form.add_row(("on", self.on))
        self.form.add("note", self.memo)
        self.body.insertLayout(0, self.now)
        self.body.insertLayout(1, self.proposals)
        self.body.insertLayout(2, column(self.heading_steps, self.none, self.choices, gap=SPACE[1]))
        self.body.insertWidget(self.body.count() - 1, self.verdict)
        self.form.changed.connect(self._on_changed)
        desk.work.register_changed.connect(self._on_register_changed)
        self.reload()

    def reload(self) -> None:
        """Ask again what is allowed on the effective date."""
        try:
            on = self.on.value()
        except InputError:
            return
        if on is not None:
            self.desk.work.read(self, steps, self._show, site_id=self._site_id, on=on)

    def choose(self, target: Any) -> None:
        """Choose the step to a status."""
        self._target = target
        for card in self.cards:
            card.set_chosen(on=card.step.outlook.step.target is target)
        self._say_verdict()

    def submit(self) -> None:
        """Take or propose the chosen step."""
        values = self.form.values()
        if values is None:
            return
        if self._target is None:
            self.none.setText(self.words.say("Choose the step to take."))
            restyle(self.none, "part", "problem")
            self.none.show()
            return
        self.send(N_("Change status"), take_step, self._site_id, self._target, **values)

    def record(self, kind: DocumentType) -> DocumentForm:
        """Record a document that the step rests on, in place; does not block."""
        form = DocumentForm(self.desk, self._site_id, types=(kind,), parent=self)
        form.open()
        return form

    def record_decision(self, known: Judgement | None = None) -> DecisionForm:
        """Record or complete a court decision in place; does not block."""
        form = DecisionForm(self.desk, self._site_id, known, self)
        form.open()
        return form

    # -- showing ------------------------------------------------------------------------------------------------------

    def _show(self, known: Steps) -> None:
        if not isValid(self):
            return
        self.known = known
        say, theme = self.words.say, self.desk.theme
        name = known.site.name(self.words)
        self.note.setText(f"{known.site.code} \N{MIDDLE DOT} {name}" if name != known.site.code else name)
        self.note.show()
        clear(self.now)
        self.now.addWidget(picture(mark_pixmap(mark_of(known.site.status, disputed=known.site.disputed), theme.px(16))))
        self.now.addWidget(label(say(known.site.status.label), "card-title"))
        self.now.addWidget(label(say("since {date}", date=self.words.date(known.site.status_since)), "secondary"))
        self.now.addStretch(1)
        self.desk.work.read(self, claims, self._show_claims, site_id=self._site_id)
        clear(self.choices)
        self.cards = [self._card(each) for each in known.steps]
        for card in self.cards:
            self.choices.addWidget(card)
        self._order_keys()
        free = bool(known.steps) and not known.waiting
        restyle(self.none, "part", "secondary")
        self.none.setText("" if known.steps else say("The law knows no step from this status."))
        self.none.setVisible(not known.steps)
        for part in (self.heading_steps, self.form, self.main, self.verdict, *self.cards):
            part.setVisible(free)
        targets = [each.outlook.step.target for each in known.steps]
        ready = [each.outlook.step.target for each in known.steps if each.outlook.ready]
        self.choose(self._target if self._target in targets else ready[0] if len(ready) == 1 else None)
        if self._target in ready:
            # what stood in the way is there now
            clear(self.strips)

    def _order_keys(self) -> None:
        """The keyboard goes as one reads: the steps with what they rest on, then the day and the note."""
        stops = [each for card in self.cards for each in card.findChildren(QAbstractButton)]
        for one, following in pairwise([*stops, self.on.input, self.memo.input]):
            QWidget.setTabOrder(one, following)
        if self.cards and not self.dirty:
            self.cards[0].radio.setFocus()

    def _card(self, step: NextStep) -> StepCard:
        say = self.words.say
        card = StepCard(self.desk, step)
        card.chosen.connect(lambda: self.choose(step.outlook.step.target))
        missing = len(step.outlook.missing) + len(step.outlook.unmet)
        card.state.setText(
            say("everything is there")
            if not missing
            else self.words.plural("{n} thing is missing", "{n} things are missing", missing)
        )
        restyle(card.state, "part", "warning" if missing else "ok")
        rests = [each for each in DocumentType if each in step.outlook.step.basis]
        for kind in rests:
            self._document_line(card, kind, step)
        for guard in step.outlook.step.guards:
            self._guard_line(card, guard, holds=guard not in step.outlook.unmet)
        if not rests and not step.outlook.step.guards:
            card.lines.addWidget(label(say("It rests on no document."), "secondary"))
        return card

    def _document_line(self, card: StepCard, kind: DocumentType, step: NextStep) -> None:
        say = self.words.say
        there = [each for each in step.papers if each.type is kind]
        if there:
            named = ", ".join(say("{no} of {date}", no=each.no, date=self.words.date(each.issued_on)) for each in there)
            self._line(card, f"{say(kind.label)} {named}", there=True)
        else:
            name = say("{document} is missing", document=say(kind.label))
            self._line(card, name, there=False, way=(say("Record it…"), lambda: self.record(kind)))

    def _guard_line(self, card: StepCard, guard: Guard, *, holds: bool) -> None:
        say = self.words.say
        if holds:
            self._line(card, say(HOLDS[guard]), there=True)
            return
        sentence = say(guard.label)
        way: tuple[str, Callable[[], object]] | None = None
        if guard in _COURT:
            waiting = [each for each in self.known.judgements if each.in_force_on is None] if self.known else []
            way = (
                (say("Complete the decision…"), lambda: self.record_decision(waiting[-1]))
                if waiting
                else (say("Record the decision…"), self.record_decision)
            )
        elif guard in _TENDER:
            way = (say("Record the tender…"), lambda: TenderForm(self.desk, self._site_id, self).open())
        elif guard in _WAYS:
            words, name = _WAYS[guard]
            way = (say(words), lambda: self._lead(name))
        self._line(card, sentence[:1].upper() + sentence[1:], there=False, way=way)

    def _line(self, card: StepCard, sentence: str, *, there: bool, way: tuple[str, Callable[[], object]] | None = None) -> None:
        theme = self.desk.theme
        icon = theme.icon("check-circle-outline", "ok") if there else theme.icon("alert-circle-outline", "warning")
        line = row(picture(icon.pixmap(theme.px(16))), label(sentence, wrap=True), gap=SPACE[1])
        line.setStretch(1, 1)
        if way is not None:
            line.addWidget(link(*way))
        card.lines.addLayout(line)

    def _show_claims(self, found: Claims | None) -> None:
        """What waits for an answer, to be answered here; nothing typed into it is lost by another look."""
        if not isValid(self) or self.known is None or found == self._claims:
            return
        self._claims = found
        card = None if found is None else ClaimsCard(self.desk, found, self.known.role, self.known.person)
        if card is not None and self._answering is not None:
            take_over((self._answering.reason, self._answering.document), (card.reason, card.document))
        clear(self.proposals)
        self._answering = card
        if card is not None:
            self.proposals.addWidget(card)

    def _all_steps(self) -> tuple[NextStep, ...]:
        return self.known.steps if self.known else ()

    def _chosen(self) -> Step | None:
        return next((each.outlook.step for each in self._all_steps() if each.outlook.step.target is self._target), None)

    def _say_verdict(self) -> None:
        say, step = self.words.say, self._chosen()
        if step is None or self.known is None:
            self.verdict.setText("")
            self.main.setText(say("Take the step"))
            return
        role = say(self.known.role.label)
        if may_accept(step, self.known.role):
            self.main.setText(say("Take the step"))
            self.verdict.setText(say("You work as {role}: the step is accepted at once.", role=role))
        elif outranks(self.known.role, step.proposes):
            self.main.setText(say("Propose the step"))
            self.verdict.setText(
                say(
                    "You work as {role}: the step is proposed, a {accepts} accepts it.",
                    role=role,
                    accepts=say(step.accepts.label),
                )
            )
        else:
            self.main.setText(say("Take the step"))
            self.verdict.setText(
                say("You work as {role}: this step is for a {proposes}.", role=role, proposes=say(step.proposes.label))
            )

    # -- hearing ------------------------------------------------------------------------------------------------------

    def _lead(self, name: str) -> None:
        """Leave for a page where what is missing can be recorded; the form stays open beside it."""
        self.desk.go(name, self._site_id)

    def _on_changed(self, name: str) -> None:
        if name == "on":
            self.reload()

    def _on_register_changed(self, changed: Any) -> None:
        if changed.concerns("document", "court_decision", "sale_tender", "status_event", "inspection", "removal_batch"):
            self.reload()
