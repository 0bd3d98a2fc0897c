"""Sync: where this register stands in plain words, one button, what waits, what came, and what a person must decide."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QIcon, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QLineEdit, QWidget
from shiboken6 import isValid

from inspector_app.actions.refusals import mark_seen
from inspector_app.domain.errors import AccessEnded, FilesStopped, InspectorError, KeySealed
from inspector_app.i18n import N_
from inspector_app.models.queries.history import SyncRow
from inspector_app.models.queries.pending import PendingRecord
from inspector_app.models.queries.syncing import Syncing, syncing
from inspector_app.models.reference import regions
from inspector_app.sync.compare import Comparison
from inspector_app.sync.round import Receipt
from inspector_app.ui.decisions import Decisions
from inspector_app.ui.desk import Desk
from inspector_app.ui.exchange import Exchange, Phase
from inspector_app.ui.fields import CheckField
from inspector_app.ui.forms.enrol import EnrolCard
from inspector_app.ui.forms.files_card import FilesCard
from inspector_app.ui.forms.passphrase import PassphraseDialog, ask_passphrase
from inspector_app.ui.forms.unsent_file import UnsentFile
from inspector_app.ui.long import LongLine
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Empty, Page, Strip, button, clear, column, framed, label, picture, row, scrolled, tabs
from inspector_app.ui.sync_band import RunningBand
from inspector_app.ui.sync_tables import Kept, matching, past_columns, refused_columns, waiting_columns
from inspector_app.ui.sync_words import clock_warning, counted, plan, standing_lines
from inspector_app.ui.tables import memory_table
from inspector_app.ui.theme import SPACE

if TYPE_CHECKING:
    from inspector_app.sync.visit import Visit

_SECOND_MS = 1000
_DECIDE = 1
"""The tab of what a person must decide."""
_GROWS = 20
"""Parts of the free room that the search takes to one of the gap beside it, as far as it grows."""
_LEAST_TABS = 300  # pixels in which the head of a list, some rows and its foot are seen; on a lower window the page scrolls


class SyncPage(Page):
    """The exchange with the central server."""

    def __init__(self, desk: Desk) -> None:
        """Ask where the register stands."""
        say = desk.words.say
        super().__init__(say("Sync"))
        self.desk, self.words = desk, desk.words
        self.exchange = desk.exchange or Exchange(desk.work, is_on=False, parent=self)
        self.known: Syncing | None = None
        self._again = False
        self.main = button(say("Sync now"), self.sync_now, "primary", theme=desk.theme, icon="cloud-sync-outline")
        self.comparing = button(
            say("Compare with the server"), self.compare_now, tip=say("Sync, then compare every record with the server's")
        )
        self.add_actions(self.comparing, self.main)
        self.long = LongLine(desk)
        self.band = RunningBand(desk, self.exchange)
        self.countdown: QLabel | None = None
        self.asked: PassphraseDialog | None = None
        self._told = (self.exchange.phase, self.exchange.ended_at)
        self.upper = self._build_upper()
        self.enrolment = EnrolCard(desk, self.long)
        self.enrolment.enrolled.connect(self._on_enrolled)
        self.tabs = tabs()
        self._build_tabs()
        self.enrolment.setMaximumWidth(desk.theme.px(720))
        self.tabs.setMinimumHeight(desk.theme.px(_LEAST_TABS))
        inside = QWidget()
        self.clock = column()
        parts = column(self.clock, self.long, self.band, gap=SPACE[3])
        parts.addWidget(self.enrolment, 0, Qt.AlignmentFlag.AlignTop)
        parts.addWidget(self.upper)
        parts.addWidget(self.tabs, 1)
        inside.setLayout(parts)
        self.fill_scrolled(inside)
        for part in (self.main, self.comparing, self.enrolment, self.upper, self.tabs):
            part.hide()
        self._tick = QTimer(self)
        self._tick.setInterval(_SECOND_MS)
        self._tick.timeout.connect(self._show_plan)
        QShortcut(QKeySequence("F5"), self, self.sync_now)
        QShortcut(QKeySequence.StandardKey.Find, self, self._focus_search)
        desk.work.register_changed.connect(lambda _changed: self.reload())
        self.exchange.changed.connect(self._on_exchange_changed)
        self.exchange.ended.connect(self._on_ended)
        self.reload()
        self._on_exchange_changed()
        self._tell_what_was()

    # -- building -----------------------------------------------------------------------------------------------------

    def _build_upper(self) -> QWidget:
        say, desk = self.words.say, self.desk
        self.state = Card(say("Where this register stands"))
        self.facts = column(gap=SPACE[1])
        self.by_itself = CheckField(desk, say("Sync by itself when there is a connection"))
        self.by_itself.set_value(self.exchange.is_on)
        self.by_itself.changed.connect(lambda: desk.prefer(auto_sync=bool(self.by_itself.value())))
        self.next = label("", "secondary", wrap=True)
        self.state.body.addLayout(self.facts)
        self.state.body.addStretch(1)
        self.state.body.addWidget(self.by_itself)
        self.state.body.addWidget(self.next)
        self.last = Card(say("Last receipt"))
        self.receipt = column(gap=SPACE[0])
        self.print_last = button(
            say("Print receipt…"), lambda: self.choose_receipt(None), theme=desk.theme, icon="printer-outline"
        )
        self.last.body.addLayout(self.receipt)
        self.last.body.addStretch(1)
        self.last.body.addLayout(row(self.print_last, None))
        self.files = FilesCard(desk, self.exchange, self.long)
        self.files.freed.connect(self._on_freed)
        self.files.refused.connect(self._on_refused)
        self.files.stopped.connect(self._show_stopped)
        upper = QWidget()
        cards = row(self.state, self.last, self.files, gap=SPACE[3])
        for place in range(cards.count()):
            cards.setStretch(place, 1)
        upper.setLayout(cards)
        return upper

    def _build_tabs(self) -> None:
        say, words, desk = self.words.say, self.words, self.desk
        self.search = QLineEdit()
        self.search.setPlaceholderText(say("Search in this list"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(say("Search in this list"))
        self.search.setMinimumWidth(desk.theme.px(120))
        self.search.setMaximumWidth(desk.theme.px(260))
        grows = self.search.sizePolicy()
        grows.setHorizontalStretch(_GROWS)
        self.search.setSizePolicy(grows)
        self.search.textChanged.connect(lambda _text: self._show_waiting())
        self.waiting_note = label("", "secondary")
        self.print_waiting = button(say("Print list…"), self.choose_list, theme=desk.theme, icon="printer-outline")
        self.unsent = UnsentFile(desk, self.long)
        self.unsent.told.connect(self._on_told)
        self.unsent.refused.connect(self._on_refused)
        self.waiting, self.waiting_rows = memory_table(desk, "waiting", waiting_columns(words))
        self.waiting.set_empty(Empty(desk.theme, say("Nothing waits: the server has everything."), icon="check-circle-outline"))
        self.refused, self.refused_rows = memory_table(desk, "refused", refused_columns(words))
        self.refused.set_empty(Empty(desk.theme, say("The server refused nothing."), icon="check-circle-outline"))
        self.seen = button(
            say("I have seen these"),
            lambda: desk.work.write(N_("Seen what the server refused"), mark_seen),
            tip=say("They stay in this list, and the status bar no longer asks for attention"),
        )
        self.decide = Decisions(desk, self._on_decisions)
        self.past, self.past_rows = memory_table(desk, "syncs", past_columns(desk))
        self.past.set_empty(Empty(desk.theme, say("No sync yet."), icon="cloud-sync-outline"))
        self.past.opened.connect(self.choose_receipt)
        self.print_past = button(
            say("Print receipt…"),
            lambda: self.choose_receipt(self.past.current_row()),
            theme=desk.theme,
            icon="printer-outline",
            tip=say("Of the chosen sync, or of the last one"),
        )
        self._kept_waiting = Kept(self.waiting, self.waiting_rows, lambda each: (each.change.entity, each.change.row_id))
        self._kept_refused = Kept(self.refused, self.refused_rows, lambda each: each.op_id)
        self._kept_past = Kept(self.past, self.past_rows, lambda each: each.at)
        for widget in (
            framed(self.waiting, desk.theme, self.search, self.waiting_note, None, self.unsent, self.print_waiting),
            scrolled(self.decide),
            framed(self.refused, desk.theme, None, self.seen),
            framed(self.past, desk.theme, None, self.print_past),
        ):
            self.tabs.addTab(widget, "")

    # -- showing ------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask anew."""
        self.desk.work.read(self, syncing, self._show)
        self.decide.reload()
        self.files.reload()

    def _show(self, known: Syncing) -> None:
        before, self.known = self.known, known
        say, words = self.words.say, self.words
        enrolled = bool(known.server)
        self.enrolment.setVisible(not enrolled or self._again)
        for part in (self.main, self.comparing):
            part.setVisible(enrolled)
        self.upper.setVisible(enrolled and not self._again)
        self.tabs.setVisible(enrolled or bool(known.syncs or known.conflicts or known.steps))
        self.context.setText(known.server)
        self._show_facts(known)
        if before is None or before.clock_offset_ms != known.clock_offset_ms:
            clear(self.clock)
            if told := clock_warning(self.words, known.clock_offset_ms):
                self.clock.addWidget(Strip(self.desk.theme, told, "warning"))
        if before is None or before.syncs != known.syncs or before.compared != known.compared:
            self._show_receipt(known)
        self._show_waiting()
        self._kept_refused.show(known.refused)
        self.seen.setVisible(known.standing.refused > 0)
        self._kept_past.show(known.syncs)
        self.print_past.setVisible(bool(known.syncs))
        names = {
            0: say("Waits to be sent ({n})", n=counted(words, known.waiting_count)),
            2: say("Refused ({n})", n=words.number(len(known.refused))),
            3: say("Past syncs"),
        }
        for place, name in names.items():
            self.tabs.setTabText(place, name)
        self._show_plan()

    def _show_facts(self, known: Syncing) -> None:
        say, theme = self.words.say, self.desk.theme
        clear(self.facts)
        me = say("You work as {person}, {role}.", person=known.person, role=say(known.role.label))
        now = self.desk.work.register.now()
        where = []
        if mine := self.desk.me.regions:
            named = regions()
            names = ", ".join(named[each].name(self.words) if each in named else each for each in mine)
            where = [("map-marker-radius-outline", "secondary", say("Your regions: {regions}.", regions=names))]
        for icon, tone, text in (
            ("account-outline", "secondary", me),
            *where,
            *standing_lines(self.words, known.standing, steps=len(known.steps), now=now),
        ):
            line = row(picture(theme.icon(icon, tone).pixmap(theme.px(16))), label(text, wrap=True))
            line.setStretch(1, 1)
            self.facts.addLayout(line)

    def _show_receipt(self, known: Syncing) -> None:
        clear(self.receipt)
        self.print_last.setVisible(bool(known.syncs))
        if not known.syncs:
            self.receipt.addWidget(label(self.words.say("No sync yet."), "secondary"))
            return
        last = next((each for each in known.syncs if each.outcome.get("round_id")), known.syncs[0])
        self.last.set_note(self.words.moment(last.at))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[3])
        grid.setVerticalSpacing(SPACE[0])
        for place, sentence in enumerate(_told(last).sentences(self.words)):
            grid.addWidget(label(sentence, wrap=True), place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
        self.receipt.addLayout(grid)
        if last.outcome.get("confirmed"):
            self.receipt.addWidget(label(self.words.say("The server counted the same."), "secondary"))
        if known.compared is not None:
            found = Comparison(at=last.at, **{name: known.compared[name] for name in ("rows", "mended", "removed")})
            self.receipt.addWidget(label(" ".join(found.sentences(self.words)), "secondary", wrap=True))

    def _show_waiting(self) -> None:
        """The list of what waits, or those of it that are searched for."""
        if self.known is None:
            return
        records = self.known.pending.records
        for each in (self.print_waiting, self.search):
            each.setVisible(bool(records))
        self.unsent.show_waiting(is_enrolled=bool(self.known.server), waits=bool(records))
        if self.search.text().strip() and records:
            asked = {"words": self.words, "records": records, "text": self.search.text()}
            self.desk.work.read(self, matching, self._show_records, **asked)
        else:
            self._show_records(records)

    def _show_records(self, found: tuple[PendingRecord, ...]) -> None:
        if self.known is None:
            return
        words, pending = self.words, self.known.pending
        self._kept_waiting.show(found)
        note = words.plural("{n} record", "{n} records", len(found)) if pending.records else ""
        if not pending.is_whole:
            note = words.say("{found}, of the first {n} changes", found=note, n=words.number(pending.listed))
        self.waiting_note.setText(note)

    def _on_decisions(self, count: int) -> None:
        self.tabs.setTabText(_DECIDE, self.words.say("To decide ({n})", n=self.words.number(count)))

    def _on_freed(self, count: int, size: int) -> None:
        words = self.words
        said = words.plural(
            "{n} original removed, {size} free", "{n} originals removed, {size} free", count, size=words.size(size)
        )
        self._on_told((said,))

    def _on_told(self, said: tuple[str, ...]) -> None:
        self.show_strip(Strip(self.desk.theme, said, "ok", close_tip=self.words.say("Close")))

    def _on_refused(self, error: InspectorError) -> None:
        if isinstance(error, KeySealed):
            self.show_strip(self._refusal(error))
            return
        words = self.words
        self.show_strip(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    # -- syncing ------------------------------------------------------------------------------------------------------

    def sync_now(self) -> None:
        """One sync, now; the rest of the window goes on."""
        if self.known is not None and self.known.server and not self.exchange.is_running:
            clear(self.strips)
            self.exchange.start()

    def compare_now(self) -> None:
        """One sync, then every record compared with the server's."""
        clear(self.strips)
        self.exchange.start(compares=True)

    def _on_exchange_changed(self) -> None:
        say, is_running = self.words.say, self.exchange.is_running
        for each in (self.main, self.comparing):
            if each.isEnabled() == is_running:
                each.setEnabled(not is_running)
        self.main.setText(say("Syncing…") if is_running else say("Sync now"))
        self.main.setIcon(QIcon() if is_running else self.desk.theme.icon("cloud-sync-outline", "on_accent"))
        busy = say("A sync is running; it can be cancelled below.")
        self.main.setToolTip(busy if is_running else say("Exchange with the server now (F5)"))
        self.comparing.setToolTip(busy if is_running else say("Sync, then compare every record with the server's"))
        self.files.show_running(why=busy if is_running else "")
        self.band.show_state()
        ended = (self.exchange.phase, self.exchange.ended_at)
        if ended != self._told and not is_running:
            self._told = ended
            self._tell_end()
        self._show_plan()

    def _tell_end(self) -> None:
        """Once for each sync that did not come to its end: what happened, what was kept, what to do, when it is tried again."""
        clear(self.strips)
        self.countdown = None
        error = self.exchange.error
        if self.exchange.phase is Phase.FAILED and error is not None:
            self._show_with_plan(self._refusal(error))
            if isinstance(error, KeySealed) and self.exchange.is_by_hand:
                self.unlock()
        elif self.exchange.phase is Phase.STOPPED:
            self._show_stopped()

    def _tell_what_was(self) -> None:
        """What came of the last sync of this window, where nobody has read it: it ended before this page was opened."""
        exchange = self.exchange
        if exchange.phase is Phase.DONE and exchange.visit is not None and exchange.visit.alarm is not None:
            self._on_ended(exchange.visit)
        elif exchange.phase in {Phase.FAILED, Phase.STOPPED}:
            self._tell_end()

    def _refusal(self, error: InspectorError) -> Strip:
        """What was refused, with the one button that helps."""
        say = self.words.say
        does: tuple[str, Callable[[], object]]
        match error:
            case KeySealed():
                does = say("Type the passphrase…"), self.unlock
            case AccessEnded():
                does = say("Enrol again…"), self.enrol_again
            case _:
                does = say("Try now"), self.sync_now
        return Strip(self.desk.theme, sentences(self.words, error), "danger", action=does)

    def unlock(self) -> None:
        """Ask for the passphrase of the laptop's key, then sync."""
        self.asked = ask_passphrase(self.desk, self)
        self.asked.given.connect(self.sync_now)

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

    def _show_stopped(self) -> None:
        say = self.words.say
        said = (
            say("The sync was stopped."),
            say("What the server has already taken stays there; the rest waits for the next one."),
        )
        self._show_with_plan(Strip(self.desk.theme, said, "info", close_tip=say("Close")))

    def _show_with_plan(self, strip: Strip) -> None:
        self.countdown = label("", "secondary")
        strip.add_line(self.countdown)
        self.show_strip(strip)

    def _show_plan(self) -> None:
        """When the next sync begins; asked once a second while the page is seen and something is planned."""
        if self.known is None:
            return
        text = plan(self.words, self.exchange, self.known.standing)
        if self.countdown is not None and not isValid(self.countdown):
            self.countdown = None
        self.next.setText(text)
        self.next.setVisible(bool(text) and self.countdown is None)
        if self.countdown is not None:
            self.countdown.setText(text)
        if self.by_itself.value() != self.exchange.is_on:
            self.by_itself.set_value(self.exchange.is_on)
        wanted = self.isVisible() and self.exchange.next_at is not None
        if wanted != self._tick.isActive():
            self._tick.start() if wanted else self._tick.stop()

    def _on_ended(self, visit: "Visit") -> None:
        words, receipt = self.words, visit.receipt
        said = [", ".join(receipt.sentences(words)) + "."]
        if visit.comparison is not None:
            said += visit.comparison.sentences(words)
        troubled = receipt.conflicts or receipt.refused or receipt.disputed or receipt.confirmed is False
        kind = "warning" if troubled or (visit.comparison and visit.comparison.mended) else "ok"
        if visit.alarm is not None:
            # what happened first, then what went through all the same, then what to do
            happened, *rest = sentences(words, visit.alarm)
            said = [happened, rest[0], said[0], *rest[1:]]
            kind = "warning" if isinstance(visit.alarm, FilesStopped) else "danger"
        self._told = (self.exchange.phase, self.exchange.ended_at)
        self.countdown = None
        clear(self.strips)
        if self.exchange.is_by_hand or kind != "ok":
            self.show_strip(Strip(self.desk.theme, tuple(said), kind, close_tip=words.say("Close")))  # type: ignore[arg-type]

    # -- papers -------------------------------------------------------------------------------------------------------

    def choose_receipt(self, chosen: SyncRow | None) -> QFileDialog | None:
        """Ask where the receipt of a sync goes, of the last one that did anything where none is chosen; does not block."""
        from inspector_app.reports.exchanged import write_receipt  # noqa: PLC0415 - first needed when a paper is made

        if self.known is None or not self.known.syncs:
            return None
        at = chosen.at if chosen is not None else None
        name = f"receipt-{(at or self.known.syncs[0].at):%Y-%m-%d-%H%M}.pdf"
        return self._choose(name, lambda target: self._write(write_receipt, target, at=at))

    def choose_list(self) -> QFileDialog:
        """Ask where the list of what is not sent goes; does not block."""
        from inspector_app.models.wording import differences, record_name  # noqa: PLC0415
        from inspector_app.reports.exchanged import Naming, write_unsent  # noqa: PLC0415 - first needed when a paper is made

        name = f"not-sent-{self.desk.work.register.today().isoformat()}.pdf"
        return self._choose(name, lambda target: self._write(write_unsent, target, naming=Naming(record_name, differences)))

    def _choose(self, name: str, then: Any) -> QFileDialog:
        say = self.words.say
        dialog = QFileDialog(self, say("Save the paper"), "", say("PDF files") + " (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()
        return dialog

    def _write(self, work: Any, target: Path, **given: Any) -> None:
        words = self.words

        self.long.run(
            words.say("Making the report…"),
            work,
            self.desk.work.register,
            target,
            language=words.language,
            then=lambda path: self._on_told((words.say("Saved as {file}.", file=path),)),
            refused=self._on_refused,
            **given,
        )

    # -- Qt -----------------------------------------------------------------------------------------------------------

    def _focus_search(self) -> None:
        if self.search.isVisible():
            self.search.setFocus()
            self.search.selectAll()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Count down while somebody looks."""
        super().showEvent(event)
        self._show_plan()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nobody looks."""
        super().hideEvent(event)
        self._tick.stop()


def _told(each: SyncRow) -> Receipt:
    return Receipt(at=each.at, **{name: value for name, value in each.outcome.items() if name in Receipt.__slots__})
