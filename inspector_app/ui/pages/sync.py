"""Sync: where this register stands in plain words, one button, what waits, what came, and what a person must decide."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from inspector_app.domain import errors
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.ownership import EventState
from inspector_app.i18n import N_
from inspector_app.models.queries.history import Change, SyncRow
from inspector_app.models.queries.syncing import OpenStep, Syncing, syncing
from inspector_app.models.reference import regions
from inspector_app.sync.round import Receipt, sync
from inspector_app.ui.desk import Desk
from inspector_app.ui.forms.conflict import ConflictCard
from inspector_app.ui.forms.enrol import EnrolCard
from inspector_app.ui.long import LongLine
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Empty, Page, Strip, button, clear, column, framed, label, link, picture, row, scrolled
from inspector_app.ui.records import record_name
from inspector_app.ui.site_history import differences
from inspector_app.ui.tables import Column, memory_table
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed

_LINES = 3


def _count(desk: Desk, name: str, title: str) -> Column[SyncRow]:
    return Column(
        name,
        title,
        lambda each: desk.words.number(each.outcome.get(name, 0)),
        width=110,
        right=True,
        sort=lambda each: each.outcome.get(name, 0),
    )


class SyncPage(Page):
    """The exchange with the central server."""

    def __init__(self, desk: Desk) -> None:
        """Ask where the register stands."""
        say = desk.words.say
        super().__init__(say("Sync"))
        self.desk, self.words = desk, desk.words
        self.known: Syncing | None = None
        self._again = False
        self.main = button(say("Sync now"), self.sync_now, "primary", theme=desk.theme, icon="cloud-sync-outline")
        self.add_actions(self.main)
        self.long = LongLine(desk)
        self.state = Card(say("Where this register stands"))
        self.facts = column(gap=SPACE[1])
        self.state.body.addLayout(self.facts)
        self.state.body.addStretch(1)
        self.last = Card(say("Last sync"))
        self.receipt = column(gap=SPACE[0])
        self.last.body.addLayout(self.receipt)
        self.last.body.addStretch(1)
        self.enrolment = EnrolCard(desk, self.long)
        self.enrolment.enrolled.connect(self._on_enrolled)
        self.upper = QWidget()
        cards = row(self.state, self.last, gap=SPACE[3])
        cards.setStretch(0, 1)
        cards.setStretch(1, 1)
        self.upper.setLayout(cards)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._build_tabs()
        self.body.addWidget(self.long)
        self.enrolment.setMaximumWidth(desk.theme.px(720))
        self.body.addWidget(self.enrolment, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.upper)
        self.body.addWidget(self.tabs, 1)
        for part in (self.main, self.enrolment, self.upper, self.tabs):
            part.hide()
        desk.work.register_changed.connect(lambda _changed: self.reload())
        self.reload()

    def _build_tabs(self) -> None:
        say, words, desk = self.words.say, self.words, self.desk
        changes: list[Column[Change]] = [
            Column("at", say("When"), lambda each: words.moment(each.at), width=130, sort=lambda each: each.at),
            Column("what", say("What"), lambda each: say(each.command), width=190),
            Column("site", say("Site"), lambda each: each.site or "", width=110),
            Column("record", say("Record"), lambda each: record_name(words, each.entity), width=140),
            Column(
                "fields",
                say("From what to what"),
                lambda each: "; ".join(differences(words, each)[:_LINES]),
                width=260,
                stretch=True,
                tip=lambda each: "\n".join(differences(words, each)),
            ),
        ]
        self.waiting, self.waiting_rows = memory_table(desk, "waiting", changes)
        self.waiting.set_empty(Empty(desk.theme, say("Nothing waits: the server has everything."), icon="check-circle-outline"))
        why: Column[Change] = Column("why", say("Why"), self._why, width=260)
        self.refused, self.refused_rows = memory_table(desk, "refused", [*changes[:4], why, changes[4]])
        self.refused.set_empty(Empty(desk.theme, say("The server refused nothing."), icon="check-circle-outline"))
        self.decide = column(gap=SPACE[3])
        self.nothing = Empty(desk.theme, say("There is nothing to decide."), icon="check-circle-outline")
        inside = QWidget()
        whole = column(self.nothing, self.decide, None)
        whole.setContentsMargins(0, SPACE[2], SPACE[1], 0)
        inside.setLayout(whole)
        syncs: list[Column[SyncRow]] = [
            Column("at", say("When"), lambda each: words.moment(each.at), width=140, sort=lambda each: each.at),
            *(
                _count(desk, name, title)
                for name, title in (
                    ("sent", say("Sent")),
                    ("accepted", say("Accepted")),
                    ("received", say("Received")),
                    ("conflicts", say("Conflicts")),
                    ("refused", say("Refused")),
                    ("waiting", say("Not sent yet")),
                )
            ),
        ]
        self.past, self.past_rows = memory_table(desk, "syncs", syncs)
        self.past.set_empty(Empty(desk.theme, say("No sync yet."), icon="cloud-sync-outline"))
        for widget in (self.waiting, inside, self.refused, self.past):
            self.tabs.addTab(scrolled(widget) if widget is inside else framed(widget, desk.theme), "")

    # -- showing ------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask anew."""
        self.desk.work.read(self, syncing, self._show)

    def _show(self, known: Syncing) -> None:
        self.known = known
        say, words = self.words.say, self.words
        enrolled = bool(known.server)
        self.enrolment.setVisible(not enrolled or self._again)
        self.main.setVisible(enrolled)
        self.upper.setVisible(enrolled and not self._again)
        self.tabs.setVisible(enrolled or bool(known.syncs or known.conflicts or known.steps))
        self.context.setText(known.server)
        self._show_facts(known)
        self._show_receipt(known)
        self.waiting_rows.show_rows(known.waiting)
        self.refused_rows.show_rows(known.refused)
        self.past_rows.show_rows(known.syncs)
        self._show_decisions(known)
        names = (
            say("Waits to be sent ({n})", n=words.number(known.waiting_count)),
            say("To decide ({n})", n=words.number(known.conflict_count + len(known.steps))),
            say("Refused ({n})", n=words.number(len(known.refused))),
            say("Past syncs"),
        )
        for place, name in enumerate(names):
            self.tabs.setTabText(place, name)

    def _show_facts(self, known: Syncing) -> None:
        say, words = self.words.say, self.words
        clear(self.facts)
        last = known.syncs[0].at if known.syncs else None
        lines = [
            (
                "account-outline",
                "secondary",
                say("You work as {person}, {role}.", person=known.person, role=say(known.role.label)),
            ),
            (
                ("cloud-check-outline", "ok", say("Last sync {moment}.", moment=words.moment(last)))
                if last
                else ("cloud-off-outline", "warning", say("This register was never synced."))
            ),
            (
                (
                    "upload-outline",
                    "warning",
                    words.plural("{n} change waits to be sent.", "{n} changes wait to be sent.", known.waiting_count),
                )
                if known.waiting_count
                else ("check-circle-outline", "ok", say("Nothing waits: the server has everything."))
            ),
        ]
        if known.conflict_count:
            conflicts = words.plural(
                "{n} conflict waits for a decision.", "{n} conflicts wait for a decision.", known.conflict_count
            )
            lines.append(("call-split", "danger", conflicts))
        if known.steps:
            steps = words.plural(
                "{n} step of ownership waits for an answer.", "{n} steps of ownership wait for an answer.", len(known.steps)
            )
            lines.append(("scale-balance", "warning", steps))
        if mine := self.desk.me.regions:
            known_regions = regions()
            names = ", ".join(known_regions[each].name(words) if each in known_regions else each for each in mine)
            lines.insert(1, ("map-marker-radius-outline", "secondary", say("Your regions: {regions}.", regions=names)))
        theme = self.desk.theme
        for icon, tone, text in lines:
            line = row(picture(theme.icon(icon, tone).pixmap(theme.px(16))), label(text, wrap=True))
            line.setStretch(1, 1)
            self.facts.addLayout(line)

    def _show_receipt(self, known: Syncing) -> None:
        clear(self.receipt)
        if not known.syncs:
            self.receipt.addWidget(label(self.words.say("No sync yet."), "secondary"))
            return
        last = known.syncs[0]
        self.last.set_note(self.words.moment(last.at))
        told = Receipt(at=last.at, **{name: value for name, value in last.outcome.items() if name in Receipt.__slots__})
        for sentence in told.sentences(self.words):
            self.receipt.addWidget(label(sentence))

    def _show_decisions(self, known: Syncing) -> None:
        clear(self.decide)
        self.nothing.setVisible(not known.conflicts and not known.steps)
        if known.steps:
            card = Card(self.words.say("Steps of ownership"))
            for step in known.steps:
                card.body.addLayout(self._step_line(step))
            self.decide.addWidget(card)
        for conflict in known.conflicts:
            self.decide.addWidget(ConflictCard(self.desk, conflict))

    def _step_line(self, step: OpenStep) -> Any:
        say = self.words.say
        disputed = step.state is EventState.DISPUTED
        sentence = (
            N_("{site}: {person} claims «{status}», and somebody claims another status.")
            if disputed
            else N_("{site}: {person} proposes «{status}».")
        )
        text = say(sentence, site=step.site, person=step.actor, status=say(step.to_status.label))
        theme = self.desk.theme
        icon = theme.icon("call-split", "danger") if disputed else theme.icon("clock-outline", "warning")
        line = row(
            picture(icon.pixmap(theme.px(16))),
            label(text, wrap=True),
            link(say("Decide…"), lambda: self.desk.go("status", step.site_id)),
        )
        line.setStretch(1, 1)
        return line

    def _why(self, change: Change) -> str:
        kind = getattr(errors, change.reason or "", None)
        if change.state == "held":
            return self.words.say("waits for another record")
        if isinstance(kind, type) and issubclass(kind, InspectorError):
            return sentences(self.words, kind(**change.facts))[0]
        return change.reason or ""

    # -- syncing ------------------------------------------------------------------------------------------------------

    def sync_now(self) -> None:
        """One sync, now; the rest of the window goes on."""
        clear(self.strips)
        self.main.setEnabled(False)
        self.long.run(
            self.words.say("Calling the central server"),
            sync,
            self.desk.work.register,
            then=self._on_synced,
            refused=self._on_refused,
            stopped=self._on_stopped,
        )

    def _on_synced(self, receipt: Receipt) -> None:
        self.main.setEnabled(True)
        said = receipt.sentences(self.words)
        kind = "warning" if receipt.conflicts or receipt.refused or receipt.disputed else "ok"
        strip = Strip(self.desk.theme, (", ".join(said) + ".",), kind, close_tip=self.words.say("Close"))  # type: ignore[arg-type]
        self.show_strip(strip)
        self.desk.work.register_changed.emit(Changed(everything=True))

    def _on_refused(self, error: InspectorError) -> None:
        self.main.setEnabled(True)
        ended = isinstance(error, errors.AccessEnded)
        again = (self.words.say("Enrol again…"), self.enrol_again) if ended else (self.words.say("Sync again"), self.sync_now)
        words = self.words
        strip = Strip(self.desk.theme, sentences(words, error), "danger", action=again, close_tip=words.say("Close"))
        self.show_strip(strip)
        self.reload()

    def enrol_again(self) -> None:
        """Offer the enrolment to a laptop whose access ended; nothing on it changes before that succeeds."""
        self._again = True
        self.enrolment.ask_again(self.known.server if self.known else "")
        self.upper.hide()  # there is not room for both on a small screen
        self.enrolment.show()
        self.enrolment.form.fields["code"].setFocus()

    def _on_enrolled(self, _name: str) -> None:
        clear(self.strips)
        self._again = False

    def _on_stopped(self) -> None:
        self.main.setEnabled(True)
        say = self.words.say
        said = (
            say("The sync was stopped."),
            say("What the server has already taken stays there; the rest waits for the next one."),
        )
        self.show_strip(Strip(self.desk.theme, said, "info", close_tip=say("Close")))
        self.desk.work.register_changed.emit(Changed(everything=True))
