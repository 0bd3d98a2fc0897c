"""Two values for one field: before, mine and theirs side by side, and one button per choice."""

from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget
from shiboken6 import isValid

from inspector_app.actions.conflicts import settle
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.merge import MergeClass
from inspector_app.i18n import N_
from inspector_app.models.queries.history import ConflictRow
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import TextField
from inspector_app.ui.gate import gated
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, button, label, row
from inspector_app.ui.records import field_name, record_name, shown_value
from inspector_app.ui.theme import SPACE


class ConflictCard(Card):
    """One conflict. The value that is not kept stays in the history."""

    def __init__(self, desk: Desk, conflict: ConflictRow, parent: QWidget | None = None) -> None:
        """Three columns, a reason, two buttons."""
        words, say = desk.words, desk.words.say
        name = f"{record_name(words, conflict.entity)}: {field_name(words, conflict.field)}"
        title = f"{conflict.site} \N{MIDDLE DOT} {name}" if conflict.site else name
        super().__init__(title, say(conflict.kind.label), parent)
        self.desk, self.conflict = desk, conflict
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[4])
        grid.setVerticalSpacing(SPACE[0])
        columns: tuple[tuple[str, Any, str], ...] = (
            (say("Before"), conflict.base, ""),
            (say("Mine"), conflict.mine, _by(desk, conflict.mine_author, conflict.mine_at)),
            (say("Theirs"), conflict.theirs, _by(desk, conflict.theirs_author, conflict.theirs_at)),
        )
        for place, (head, value, by) in enumerate(columns):
            grid.setColumnStretch(place, 1)
            grid.addWidget(label(head, "secondary"), 0, place)
            part = "card-title" if value != conflict.base else ""
            grid.addWidget(label(self._shown(value), part, wrap=True), 1, place)
            grid.addWidget(label(by, "secondary", wrap=True), 2, place)
        legal = conflict.kind is MergeClass.LEGAL
        self.reason = TextField(
            desk, say("Reason"), required=legal, help_=say("At least ten letters for a legal fact.") if legal else ""
        )
        asked = "conflict", "settle", (str(conflict.kind),)
        self.mine = gated(desk, button(say("Keep mine"), lambda: self._settle("mine")), *asked)
        self.theirs = gated(desk, button(say("Keep theirs"), lambda: self._settle("theirs")), *asked)
        self.body.addLayout(grid)
        self.body.addWidget(self.reason)
        self.body.addLayout(row(None, self.mine, self.theirs))

    def _shown(self, value: Any) -> str:
        if self.conflict.kind is MergeClass.DELETE:
            return self.desk.words.say("deleted") if value is True else self.desk.words.say("edited")
        return shown_value(self.desk.words, self.conflict.entity, self.conflict.field, value)

    def _settle(self, keep: str) -> None:
        if not self.reason.check():
            self.reason.setFocus()
            return
        self.desk.work.write(
            N_("Settle a conflict"),
            settle,
            self.conflict.id,
            keep=keep,
            reason=self.reason.value(),
            refused=self._refused,
        )

    def _refused(self, error: InspectorError) -> None:
        if isValid(self):
            self.reason.set_problem(" ".join(sentences(self.desk.words, error)))


def _by(desk: Desk, author: str | None, at: Any) -> str:
    when = desk.words.moment(at) if at else ""
    return ", ".join(part for part in (author or "", when) if part)
