"""Legal events of a site as a timeline: day, mark, status, papers; proposals dashed, disputed branches side by side."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector_app.domain.marks import DISPUTED
from inspector_app.domain.ownership import EventState
from inspector_app.models.queries.glance import DocumentRow, EventRow
from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import mark_of, mark_pixmap
from inspector_app.ui.messages import told
from inspector_app.ui.parts import clear, column, label, link, picture, row
from inspector_app.ui.theme import SPACE


class Timeline(QWidget):
    """Newest first. `open_document` makes papers with a scan links; `full` tells who did it, and notes."""

    def __init__(self, desk: Desk, *, full: bool = False, open_document: Callable[[DocumentRow], None] | None = None) -> None:
        """An empty timeline."""
        super().__init__()
        self.desk, self._full, self._open_document = desk, full, open_document
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE[2])
        self._grid.setVerticalSpacing(SPACE[1])
        self._grid.setColumnStretch(2, 1)

    def show_events(self, events: Sequence[EventRow]) -> None:
        """Replace what is shown."""
        clear(self._grid)
        disputed = [each for each in events if each.state is EventState.DISPUTED]
        place = 0
        if disputed:
            branches = row(*(self._branch(each) for each in disputed), None, gap=SPACE[3])
            self._grid.addWidget(label(self.desk.words.say("Disputed"), "secondary"), place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addLayout(branches, place, 2)
            place += 1
        for event in events:
            if event.state is EventState.DISPUTED or (event.state is EventState.REFUSED and not self._full):
                continue
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(label(self.desk.words.date(event.effective_on), "secondary"), place, 0, top)
            self._grid.addWidget(self._mark(event), place, 1, top)
            self._grid.addWidget(self._told(event), place, 2)
            place += 1

    def _mark(self, event: EventRow) -> QWidget:
        disputed = event.state is EventState.DISPUTED
        waits = event.state in {EventState.PROPOSED, EventState.REFUSED}
        mark = DISPUTED if disputed else mark_of(event.to_status)
        drawn = picture(mark_pixmap(mark, self.desk.theme.px(12), proposed=waits))
        drawn.setContentsMargins(0, SPACE[0], 0, 0)
        return drawn

    def _branch(self, event: EventRow) -> QWidget:
        holder = QWidget()
        holder.setLayout(row(self._mark(event), self._told(event, dated=True)))
        return holder

    def _told(self, event: EventRow, *, dated: bool = False) -> QWidget:
        words = self.desk.words
        say = words.say
        status = say(event.to_status.label)
        if event.state is EventState.PROPOSED:
            status = say("{status}, proposed by {person}", status=status, person=event.actor)
        elif event.state is EventState.REFUSED:
            status = say("{status}, refused: {reason}", status=status, reason=told(self.desk.words, event.reason or ""))
        lines: list[QWidget] = [label(status, wrap=True)]
        if dated:
            lines.append(label(words.date(event.effective_on), "secondary"))
        lines += [self._paper(each) for each in event.documents]
        if not event.documents and event.historical:
            lines.append(label(say("recorded from old papers, no document"), "secondary"))
        if self._full or dated:
            lines.append(label(f"{event.actor}, {say(event.role.label)}", "secondary"))
            if event.note:
                lines.append(label(event.note, "secondary", wrap=True))
        holder = QWidget()
        holder.setLayout(column(*lines, gap=0))
        return holder

    def _paper(self, paper: DocumentRow) -> QWidget:
        words = self.desk.words
        kind = words.say(paper.type.label)
        text = words.say("{kind} {no} of {date}", kind=kind, no=paper.no, date=words.date(paper.issued_on))
        if paper.sha256 and (opening := self._open_document) is not None:
            return link(text, lambda: opening(paper), quiet=True)
        return label(text, "secondary", wrap=True)
