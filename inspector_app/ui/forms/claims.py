"""What waits on the status of a site: a proposal to accept or refuse, or claims side by side of which a registrar keeps one."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.actions.conflicts import decide_dispute
from inspector_app.actions.ownership import accept_proposal, refuse_proposal
from inspector_app.domain.errors import InspectorError, StepForbidden
from inspector_app.domain.merge import LEAST_REASON
from inspector_app.domain.ownership import EventState, Status, find_step, may_accept
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_
from inspector_app.models.queries.deciding import Claims
from inspector_app.models.queries.glance import EventRow
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, TextField
from inspector_app.ui.forms.document import DocumentForm
from inspector_app.ui.marks import mark_of, mark_pixmap
from inspector_app.ui.messages import sentences, told
from inspector_app.ui.parts import Card, button, column, label, link, picture, row
from inspector_app.ui.site_sections import open_scan
from inspector_app.ui.theme import SPACE


class ClaimsCard(Card):
    """One site: the accepted status, each claim with who made it and its papers, and the choices that the role has."""

    def __init__(self, desk: Desk, known: Claims, role: Role, person: str, parent: QWidget | None = None) -> None:
        """Side by side where there is more than one claim."""
        say = desk.words.say
        kind = say("Two claims on one status") if known.disputed else say("A proposed step waits for its answer")
        super().__init__(f"{known.site.code} \N{MIDDLE DOT} {kind}", say("State ownership"), parent)
        self.desk, self.known, self.role, self.person = desk, known, role, person
        self.head.addWidget(link(say("Open the site"), partial(desk.go, "site", known.site.id), quiet=True))
        since = desk.words.date(known.site.status_since)
        now = say("{status}, since {date}", status=say(known.status.label), date=since)
        mark = picture(mark_pixmap(mark_of(known.status), desk.theme.px(14)))
        self.body.addLayout(row(mark, label(say("Accepted so far"), "secondary"), label(now), None))
        self.reason = TextField(
            desk,
            say("Reason"),
            required=known.disputed,
            help_=say("At least ten letters for a legal fact.") if known.disputed else say("Needed to refuse the step."),
        )
        papers = [
            (each.id, say("{kind} {no} of {date}", kind=say(each.type.label), no=each.no, date=desk.words.date(each.issued_on)))
            for each in known.documents
        ]
        self.document = ChoiceField(desk, say("Document"), papers, empty=say("none chosen"))
        self.keeps: dict[str, Any] = {}
        side_by_side = row(gap=SPACE[4])
        for each in known.claims:
            side_by_side.addLayout(self._claim(each), 1)
        self.body.addLayout(side_by_side)
        if known.disputed:
            self._build_dispute()
        else:
            self._build_proposal(known.claims[0])

    # -- building ----------------------------------------------------------------------------------------------------

    def _claim(self, claim: EventRow) -> QVBoxLayout:
        words, say = self.desk.words, self.desk.words.say
        mark = picture(mark_pixmap(mark_of(claim.to_status), self.desk.theme.px(14), proposed=True))
        lines = column(row(mark, label(say(claim.to_status.label), "card-title"), None), gap=SPACE[0])
        lines.addWidget(label(say("from {date}", date=words.date(claim.effective_on)), "secondary"))
        by = say("Proposed by {person} ({role}).", person=claim.actor, role=say(claim.role.label))
        lines.addWidget(label(by, "secondary", wrap=True))
        if claim.note:
            lines.addWidget(label(claim.note, wrap=True))
        for paper in claim.documents:
            text = say("{kind} {no} of {date}", kind=say(paper.type.label), no=paper.no, date=words.date(paper.issued_on))
            if paper.sha256:
                lines.addLayout(row(link(text, partial(open_scan, self.desk, paper)), None))
            else:
                lines.addWidget(label(text, wrap=True))
        if not claim.documents:
            lines.addWidget(label(say("No document is named."), "secondary"))
        state = say(claim.state.label)
        why = f"{state}: {told(words, claim.reason)}" if claim.reason else state
        lines.addWidget(label(why, "secondary", wrap=True))
        if self.known.disputed and outranks(self.role, Role.REGISTRAR):
            if claim.id in self.known.keepable:
                keep = button(say("Keep this claim"), partial(self._decide, claim.id))
                self.keeps[claim.id] = keep
                lines.addLayout(row(keep, None))
            else:
                gone = say("The site has moved on; it can only be refused or taken anew.")
                lines.addWidget(label(gone, "secondary", wrap=True))
        lines.addStretch(1)
        return lines

    def _build_dispute(self) -> None:
        say = self.desk.words.say
        if not outranks(self.role, Role.REGISTRAR):
            waits = say("Where claims meet a {role} decides, with a reason and a document.", role=say(Role.REGISTRAR.label))
            self.body.addWidget(label(waits, "secondary", wrap=True))
            return
        fields = row(gap=SPACE[3])
        fields.addWidget(self.reason, 1, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.document, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(fields)
        recording = link(say("Record a document…"), self._record_document)
        stays = say("Keep «{status}», refuse the claims", status=say(self.known.status.label))
        self.refuse_all = button(stays, partial(self._decide, None))
        self.body.addLayout(row(recording, None, self.refuse_all))

    def _build_proposal(self, claim: EventRow) -> None:
        say = self.desk.words.say
        accepts = _accepts(claim)
        may = outranks(self.role, Role.REGISTRAR) if accepts is None else may_accept(accepts, self.role)
        mine = claim.actor == self.person
        if may or mine:
            self.body.addWidget(self.reason)
        buttons = row(None)
        if may or mine:
            refuse = button(say("Refuse") if may else say("Withdraw"), partial(self._refuse, claim.id), "danger")
            self.keeps["refuse"] = refuse
            buttons.addWidget(refuse)
        if may:
            accept = button(say("Accept the step"), partial(self._accept, claim.id), "primary")
            self.keeps[claim.id] = accept
            buttons.addWidget(accept)
        else:
            role = Role.REGISTRAR if accepts is None else accepts.accepts
            waits = say("A {role} accepts or refuses it.", role=say(role.label))
            self.body.addWidget(label(waits, "secondary", wrap=True))
        self.body.addLayout(buttons)

    # -- deciding ----------------------------------------------------------------------------------------------------

    def _record_document(self) -> None:
        form = DocumentForm(self.desk, self.known.site.id, parent=self.window())
        form.open()

    def _decide(self, claim_id: str | None) -> None:
        if not self.reason.check():
            self.reason.setFocus()
            return
        if len(self.reason.value() or "") < LEAST_REASON:
            self.reason.set_problem(self.desk.words.say("At least ten letters for a legal fact."))
            self.reason.setFocus()
            return
        rests = next((bool(each.documents) for each in self.known.claims if each.id == claim_id), False)
        if self.document.value() is None and not rests:
            self.document.set_problem(self.desk.words.say("Choose the document that the decision rests on."))
            self.document.setFocus()
            return
        self._write(
            N_("Decide a dispute"),
            decide_dispute,
            self.known.site.id,
            keep=claim_id,
            reason=self.reason.value(),
            document_id=self.document.value(),
        )

    def _accept(self, claim_id: str) -> None:
        self._write(N_("Accept a step"), accept_proposal, claim_id)

    def _refuse(self, claim_id: str) -> None:
        text = self.reason.value()
        if not text:
            self.reason.set_problem(self.desk.words.say("Say why the step is refused."))
            self.reason.setFocus()
            return
        self._write(N_("Refuse a step"), refuse_proposal, claim_id, text)

    def _write(self, command: str, action: Any, *args: Any, **given: Any) -> None:
        self.desk.work.write(command, action, *args, refused=self._refused, **given)

    def _refused(self, error: InspectorError) -> None:
        if isValid(self):
            self.reason.set_problem(" ".join(sentences(self.desk.words, error)))
            self.reason.show()


def _accepts(claim: EventRow) -> Any:
    """The row of the law's table for a claim; nothing for history and for a pair that the law does not know."""
    if claim.historical or claim.state is not EventState.PROPOSED:
        return None
    try:
        return find_step("", claim.from_status or Status.DISCOVERED, claim.to_status)
    except StepForbidden:
        return None
