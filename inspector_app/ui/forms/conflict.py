"""Two values for one field: what it was, mine and theirs side by side, and one button per choice."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget
from shiboken6 import isValid

from inspector_app.actions.conflicts import settle
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.merge import LEAST_REASON, MergeClass, may_settle
from inspector_app.domain.people import Role
from inspector_app.i18n import N_
from inspector_app.models.base import plain
from inspector_app.models.queries.deciding import AskedConflict
from inspector_app.models.queries.glance import DocumentRow
from inspector_app.models.queries.history import Clock
from inspector_app.models.wording import differences, field_name, full_value, record_name
from inspector_app.ui.desk import Desk
from inspector_app.ui.difference import MarkedText
from inspector_app.ui.editors import editor
from inspector_app.ui.fields import Field, TextField
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, button, column, label, link, row
from inspector_app.ui.site_sections import open_scan
from inspector_app.ui.sync_words import clock_words
from inspector_app.ui.theme import SPACE

_PAPERS = 4


class ConflictCard(Card):
    """One conflict. The values that are not kept stay in the history."""

    def __init__(self, desk: Desk, asked: AskedConflict, role: Role, parent: QWidget | None = None) -> None:
        """Three columns, the papers, and as far as the role may settle it: a reason and the choices."""
        words, say = desk.words, desk.words.say
        conflict = asked.conflict
        name = record_name(words, conflict.entity)
        if conflict.kind is not MergeClass.DELETE:
            name = f"{name}: {field_name(words, conflict.field)}"
        title = f"{conflict.site} \N{MIDDLE DOT} {name}" if conflict.site else name
        super().__init__(title, say(conflict.kind.label), parent)
        self.desk, self.asked, self.conflict = desk, asked, conflict
        self.deletes = conflict.kind is MergeClass.DELETE
        self.legal = conflict.kind is MergeClass.LEGAL
        if conflict.site_id:
            self.head.addWidget(link(say("Open the site"), partial(desk.go, "site", conflict.site_id), quiet=True))
        self.body.addLayout(self._columns())
        self.body.addLayout(self._papers())
        self.reason = TextField(
            desk,
            say("Reason"),
            required=self.legal,
            help_=say("At least ten letters for a legal fact.") if self.legal else say("Kept with the decision."),
        )
        self.document = TextField(
            desk,
            say("Number of the document"),
            required=self.legal,
            help_=say("The paper that the decision rests on.") if self.legal else "",
        )
        self.mine, self.theirs = self._choices()
        self.editor = None if self.deletes else editor(desk, conflict.entity, conflict.field, place=(asked.lat, asked.lon))
        self.other = button(say("Another value…"), self._open_editor)
        self.record = button(say("Record this value"), self._record, "primary")
        self.typing = QWidget()
        self._build_decision(may=may_settle(role, conflict.kind))

    # -- building ----------------------------------------------------------------------------------------------------

    def _columns(self) -> QGridLayout:
        say, conflict = self.desk.words.say, self.conflict
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[4])
        grid.setVerticalSpacing(SPACE[0])
        before = say("Not deleted") if conflict.base is False and self.deletes else self._text(conflict.base)
        mine, theirs = self._text(conflict.mine), self._text(conflict.theirs)
        stands = say("stands until it is decided")
        new = conflict.base in (None, "", [], {})  # what came out of nothing is compared with the other value
        columns = (
            (say("Before"), before, before, "", ""),
            (
                say("Mine"), mine, theirs if new else before,
                _by(self.desk, conflict.mine_author, conflict.mine_at, conflict.mine_clock),
                stands if conflict.is_mine_standing else "",
            ),
            (
                say("Theirs"), theirs, mine if new else before,
                _by(self.desk, conflict.theirs_author, conflict.theirs_at, conflict.theirs_clock),
                "" if conflict.is_mine_standing else stands,
            ),
        )  # fmt: skip
        for place, (head, text, other, by, note) in enumerate(columns):
            grid.setColumnStretch(place, 1)
            told = f"{head} \N{MIDDLE DOT} {note}" if note else head
            grid.addWidget(label(told, "secondary"), 0, place)
            shown = MarkedText(self.desk.theme, text, other, f"{self.title.text()}, {head}")
            grid.addWidget(shown, 1, place, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(by, "secondary", wrap=True), 2, place, Qt.AlignmentFlag.AlignTop)
        return grid

    def _text(self, value: Any) -> str:
        words, conflict = self.desk.words, self.conflict
        if not self.deletes:
            return full_value(words, conflict.entity, conflict.field, value)
        if value is True:
            return words.say("Deleted")
        if isinstance(value, dict):
            shown = (
                f"{field_name(words, name)}: {full_value(words, conflict.entity, name, each)}" for name, each in value.items()
            )
            return "\n".join(shown)
        edits = [line for each in reversed(self.asked.edits) for line in differences(words, each)]
        return "\n".join(edits) or words.say("Not deleted")

    def _papers(self) -> Any:
        """Links to the papers, those of the record first; a scan that is here opens."""
        words, asked = self.desk.words, self.asked
        chosen = (*asked.own_documents, *asked.documents)
        lines = column(gap=0)
        if chosen:
            lines.addWidget(label(words.say("Documents"), "secondary"))
        for paper in chosen[:_PAPERS]:
            text = words.say(
                "{kind} {no} of {date}", kind=words.say(paper.type.label), no=paper.no, date=words.date(paper.issued_on)
            )
            pick = link(words.say("name it"), partial(self._name_paper, paper), quiet=True)
            pick.setAccessibleName(words.say("name {document} as the document of the decision", document=text))
            shown = link(text, partial(open_scan, self.desk, paper)) if paper.sha256 else label(text)
            lines.addLayout(row(shown, pick, None))
        if (more := len(chosen) - _PAPERS) > 0:
            told = words.plural("{n} more on the site page", "{n} more on the site page", more)
            lines.addWidget(label(told, "secondary"))
        return lines

    def _choices(self) -> tuple[QPushButton, QPushButton]:
        """The buttons for mine and theirs; of a deletion they say what they do."""
        say, conflict = self.desk.words.say, self.conflict
        names = (say("Keep mine"), say("Keep theirs"))
        if self.deletes:
            keep, let_go = say("Keep it with the edits"), say("Let it go")
            names = (let_go, keep) if _is_deletion(conflict.mine, conflict.theirs) else (keep, let_go)
        return button(names[0], lambda: self._settle("mine")), button(names[1], lambda: self._settle("theirs"))

    def _build_decision(self, *, may: bool) -> None:
        say = self.desk.words.say
        if not may:
            accepts = Role.INSPECTOR if self.conflict.kind is MergeClass.PLAIN else Role.SUPERVISOR
            told = say(
                "«{kind}»: a {role} or higher decides. Everything else goes on meanwhile.",
                kind=say(self.conflict.kind.label),
                role=say(accepts.label),
            )
            self.body.addWidget(label(told, "secondary", wrap=True))
            return
        fields = row(gap=SPACE[3])
        fields.addWidget(self.reason, 2, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.document, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(fields)
        if self.editor is not None:
            typed = column(self.editor, row(None, self.record), gap=SPACE[1])
            self.typing.setLayout(typed)
            self.typing.hide()
            self.body.addWidget(self.typing)
        kept = label(say("What is not kept stays in the history."), "secondary")
        self.body.addLayout(row(kept, None, *([self.other] if self.editor is not None else []), self.mine, self.theirs))

    # -- deciding ----------------------------------------------------------------------------------------------------

    def _open_editor(self) -> None:
        if self.editor is None:
            return
        self.editor.set_value(self.asked.typed)
        self.typing.show()
        self.other.hide()
        self.editor.setFocus()

    def _name_paper(self, paper: DocumentRow) -> None:
        self.document.set_value(paper.no)
        self.reason.setFocus()

    def _record(self) -> None:
        if self.editor is not None and _all_check([self.editor]):
            self._settle("other", self.editor.value())

    def _settle(self, keep: str, value: Any = None) -> None:
        if not _all_check([self.reason, self.document]):
            return
        if self.legal and len(self.reason.value() or "") < LEAST_REASON:
            self.reason.set_problem(self.desk.words.say("At least ten letters for a legal fact."))
            self.reason.setFocus()
            return
        self.desk.work.write(
            N_("Settle a conflict"),
            settle,
            self.conflict.id,
            keep=keep,
            value=plain(value),
            reason=self.reason.value(),
            document=self.document.value(),
            refused=partial(self._refused, keep),
        )

    def _refused(self, keep: str, error: InspectorError) -> None:
        if isValid(self):
            place: Field = self.editor if keep == "other" and self.editor is not None else self.reason
            place.set_problem(" ".join(sentences(self.desk.words, error)))
            place.setFocus()


def _all_check(fields: Iterable[Field]) -> bool:
    """Whether every field holds what it must; the first that does not gets the focus."""
    wrong = [each for each in fields if not each.check()]
    if wrong:
        wrong[0].setFocus()
    return not wrong


def _is_deletion(value: Any, other: Any) -> bool:
    """Whether a side of a conflict over a deletion is the deletion."""
    return value is True and other is not True


def _by(desk: Desk, author: str | None, at: datetime | None, clock: Clock | None) -> str:
    """Who and when, by the clock of the laptop; below it how much that clock is worth."""
    words = desk.words
    told = ", ".join(part for part in (author or "", words.moment(at) if at else "") if part)
    if clock is None or clock.received_at is None:
        return told
    received = words.say("received {moment}", moment=words.moment(clock.received_at))
    off = clock_words(words, clock.offset_ms)
    return f"{told}\n{received}, {off}" if off else f"{told}\n{received}"
