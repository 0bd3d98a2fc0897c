"""Everything that waits for a person's decision, one card each; a card that did not change keeps what was typed into it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector_app.domain.ownership import EventState
from inspector_app.models.queries.deciding import Answer, Deciding, deciding
from inspector_app.models.queries.twins import Twin, Twins
from inspector_app.models.wording import field_name, record_name
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import take_over
from inspector_app.ui.forms.claims import ClaimsCard
from inspector_app.ui.forms.conflict import ConflictCard
from inspector_app.ui.messages import told
from inspector_app.ui.parts import Card, Empty, clear, column, label, link, picture, row
from inspector_app.ui.theme import SPACE

_PAGES = {"site": "edit-site", "inspection": "inspections", "removal_batch": "removal", "pcb_item": "pcb"}
"""Where the number of a record of each kind is changed."""


class TwinsCard(Card):
    """Records that have one number; a person gives one of them another."""

    def __init__(self, desk: Desk, twins: Twins, parent: QWidget | None = None) -> None:
        """Side by side, each with the way to change it."""
        words, say = desk.words, desk.words.say
        name = record_name(words, twins.entity)
        title = say(
            "{record}: {field} «{value}» was given twice", record=name, field=field_name(words, twins.field), value=twins.value
        )
        super().__init__(title, say("Same number"), parent)
        self.desk = desk
        self.body.addWidget(label(say("Both records are kept. Give one of them another number."), "secondary", wrap=True))
        side_by_side = row(gap=SPACE[4])
        for each in twins.records:
            side_by_side.addLayout(self._record(twins, each), 1)
        self.body.addLayout(side_by_side)

    def _record(self, twins: Twins, each: Twin) -> QVBoxLayout:
        words = self.desk.words
        by = ", ".join(part for part in (each.author or "", words.moment(each.at)) if part)
        target = each.row_id if twins.entity != "pcb_item" else each.site_id
        change = link(words.say("Open it to change the number…"), partial(self.desk.go, _PAGES[twins.entity], target))
        name = each.name(words)
        head = name if twins.entity == "site" else f"{each.site} \N{MIDDLE DOT} {name}"
        return column(label(head, "card-title", wrap=True), label(by, "secondary"), row(change, None), gap=SPACE[0])


class Decisions(QWidget):
    """The cards. `told` hears how many there are."""

    def __init__(self, desk: Desk, told: Callable[[int], None]) -> None:
        """Empty until `reload`."""
        super().__init__()
        self.desk, self._told = desk, told
        self.known: Deciding | None = None
        self.cards: dict[str, tuple[object, Card]] = {}
        self.nothing = Empty(desk.theme, desk.words.say("There is nothing to decide."), icon="check-circle-outline")
        self._lines = column(gap=SPACE[3])
        self._answers = Card(desk.words.say("Answers to steps that were proposed here"))
        self._answers.hide()
        self._lines.addWidget(self._answers)
        whole = column(self.nothing, self._lines, None)
        whole.setContentsMargins(0, SPACE[2], SPACE[1], 0)
        self.setLayout(whole)

    def _answer(self, answer: Answer) -> QHBoxLayout:
        say, theme = self.desk.words.say, self.desk.theme
        status = say(answer.to_status.label)
        if answer.state is EventState.REFUSED:
            icon, why = theme.icon("close-circle-outline", "danger"), told(self.desk.words, answer.reason or "")
            text = say("{status}, refused: {reason}", status=status, reason=why)
        else:
            icon, text = theme.icon("check-circle-outline", "ok"), say("{status}, accepted", status=status)
        line = row(
            picture(icon.pixmap(theme.px(16))),
            link(answer.site, partial(self.desk.go, "site", answer.site_id)),
            label(text, wrap=True),
        )
        line.setStretch(2, 1)
        return line

    def reload(self) -> None:
        """Ask anew."""
        self.desk.work.read(self, deciding, self.show_all)

    def show_all(self, known: Deciding) -> None:
        """Show what waits; cards of what is as it was stay as they are."""
        self.known = known
        self.nothing.setVisible(known.count == 0)
        who = (known.role, known.person)
        wanted: list[tuple[str, object, Callable[[], Card]]] = []
        wanted += [(each.site.id, (who, each), partial(ClaimsCard, self.desk, each, *who)) for each in known.claims]
        wanted += [
            (each.conflict.id, (who, each), partial(ConflictCard, self.desk, each, known.role)) for each in known.conflicts
        ]
        wanted += [(f"{each.entity} {each.value}", each, partial(TwinsCard, self.desk, each)) for each in known.twins]
        before, self.cards = self.cards, {}
        for place, (name, content, make) in enumerate(wanted):
            was, card = before.get(name, (None, None))
            if card is None or was != content:
                fresh = make()
                if isinstance(card, ConflictCard | ClaimsCard) and isinstance(fresh, ConflictCard | ClaimsCard):
                    take_over((card.reason, card.document), (fresh.reason, fresh.document))
                card = fresh
            else:
                del before[name]
            self.cards[name] = (content, card)
            self._lines.insertWidget(place, card)
        self._answers.setVisible(bool(known.answers))
        clear(self._answers.body)
        for each in known.answers:
            self._answers.body.addLayout(self._answer(each))
        for _content, gone in before.values():
            gone.hide()
            gone.deleteLater()
        self._told(known.count)
