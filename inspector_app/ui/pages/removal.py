"""Removal: batches by state with what comes next for each, and the mass ledger of the site that is chosen."""

from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QStackedWidget, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.removal import BatchState
from inspector_app.domain.waste import show_code
from inspector_app.i18n import KAZAKHSTAN
from inspector_app.models.queries.consignments import (
    BatchLineRow,
    BatchList,
    Consignment,
    Ledger,
    batch_list,
    consignment,
    ledger,
)
from inspector_app.models.queries.papers import Waste
from inspector_app.ui.desk import Desk
from inspector_app.ui.flow import Flow
from inspector_app.ui.forms.batch import NEXT, BatchForm, next_step
from inspector_app.ui.gate import gated, gated_inside
from inspector_app.ui.marks import mark_of, mark_pixmap
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Chip, Empty, Page, Strip, button, clear, column, framed, label, link, picture, row
from inspector_app.ui.tables import Column, memory_table
from inspector_app.ui.theme import SPACE

_GROUPS: dict[str, frozenset[BatchState]] = {
    "all": frozenset(),
    "planned": frozenset({BatchState.PLANNED}),
    "way": frozenset({BatchState.LOADED, BatchState.IN_TRANSIT, BatchState.REJECTED}),
    "received": frozenset({BatchState.RECEIVED}),
    "destroyed": frozenset({BatchState.DESTROYED}),
    "ended": frozenset({BatchState.RETURNED, BatchState.CANCELLED}),
}
_TONES = {
    BatchState.PLANNED: "text",
    BatchState.DESTROYED: "ok",
    BatchState.REJECTED: "danger",
    BatchState.RETURNED: "secondary",
    BatchState.CANCELLED: "secondary",
}


class RemovalPage(QWidget):
    """A list with the ledger beside it, and behind each row its batch."""

    def __init__(self, desk: Desk) -> None:
        """Ask for the batches."""
        super().__init__()
        self.desk = desk
        self.list = _ListPage(desk)
        self.form = BatchForm(desk)
        holder = QWidget()
        holder.setProperty("part", "page")
        box = column(self.form)
        box.setContentsMargins(SPACE[4], SPACE[1], SPACE[4], SPACE[3])
        holder.setLayout(box)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(holder)
        self.setLayout(column(self.stack, gap=0))
        self.list.table.opened.connect(lambda line: self.open_row(line.id))
        self.form.closed.connect(self.close_form)

    def open_row(self, batch_id: str) -> None:
        """Show a batch."""
        self.form.open_batch(batch_id)
        self.stack.setCurrentIndex(1)

    def close_form(self) -> None:
        """Back to the list."""
        self.stack.setCurrentIndex(0)
        self.list.table.setFocus()


class _ListPage(Page):
    """The batches with their filters, and the ledger of the chosen one's site."""

    def __init__(self, desk: Desk) -> None:
        say, words = desk.words.say, desk.words
        super().__init__(say("Removal"))
        self.desk = desk
        self.group = "all"
        self.new = gated(desk, button(say("New batch"), lambda: desk.go("new-batch"), "primary"), "removal_batch")
        self.add_actions(self.new)
        names = {
            "all": say("All"),
            "planned": say("Planned"),
            "way": say("On the way"),
            "received": say("Received"),
            "destroyed": say("Destroyed"),
            "ended": say("Returned, cancelled"),
        }
        self.chips: dict[str, Chip] = {}
        chips = Flow()
        for name, text in names.items():
            chip = Chip(text)
            chip.clicked.connect(lambda _checked=False, name=name: self.choose(name))
            self.chips[name] = chip
            chips.addWidget(chip)
        self.text = QLineEdit()
        self.text.setPlaceholderText(say("Number, manifest, carrier, site"))
        self.text.setAccessibleName(say("Filter by text"))
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(desk.theme.px(240))
        self.text.textChanged.connect(lambda _text: self.reload())
        columns: list[Column[BatchLineRow]] = [
            Column("no", say("Number"), lambda each: each.no, width=130),
            Column("site", say("Site"), lambda each: each.site_code, width=100),
            Column(
                "state",
                say("State"),
                lambda each: say(each.state.label),
                width=90,
                tone=lambda each: _TONES.get(each.state, "warning"),
            ),
            Column(
                "mass",
                say("Mass"),
                lambda each: words.mass(each.net_g or each.lines_g),
                width=100,
                right=True,
                sort=lambda each: each.net_g or each.lines_g,
            ),
            Column(
                "lines",
                say("Lines"),
                lambda each: words.number(each.lines),
                width=60,
                right=True,
                shown=False,
                sort=lambda each: each.lines,
            ),
            Column(
                "loaded",
                say("Loaded at"),
                lambda each: words.date(_day(each.loaded_at)),
                width=95,
                sort=lambda each: each.loaded_at,
            ),
            Column("manifest", say("Manifest"), lambda each: each.manifest_no or "", width=110, shown=False),
            Column("carrier", say("Carrier"), lambda each: each.carrier or "", width=140, stretch=True),
            Column(
                "received",
                say("Received on"),
                lambda each: words.date(each.received_on),
                width=110,
                shown=False,
                sort=lambda each: each.received_on,
            ),
            Column("certificate", say("Certificate"), lambda each: each.certificate_no or "", width=110, shown=False),
        ]
        self.table, self.rows = memory_table(desk, "batches", columns)
        action = (say("Plan a batch"), lambda: desk.go("new-batch"))
        empty = Empty(desk.theme, say("There is no batch here yet."), icon="truck-outline", action=action)
        self.table.set_empty(gated_inside(desk, empty, "removal_batch"))
        self.table.chosen.connect(self._on_chosen)
        left = framed(self.table, desk.theme)
        self.side = LedgerCard(desk, self)
        filters = row(chips, self.text, gap=SPACE[2])
        filters.setStretch(0, 1)
        self.body.addLayout(filters)
        cards = row(left, self.side, gap=SPACE[3])
        cards.setStretch(0, 3)
        cards.setStretch(1, 2)
        self.body.addLayout(cards, 1)
        desk.work.register_changed.connect(self._on_register_changed)
        self.choose("all")

    def choose(self, group: str) -> None:
        """Show the batches of a group of states."""
        self.group = group
        for name, chip in self.chips.items():
            chip.show_state(chip.text(), active=name == group)
        self.reload()

    def reload(self) -> None:
        """Ask anew; the old rows stay meanwhile."""
        self.table.set_busy(on=True)
        self.desk.work.read(self, batch_list, self._take, states=_GROUPS[self.group], search=self.text.text())

    def _take(self, found: BatchList) -> None:
        self.table.set_busy(on=False)
        words = self.desk.words
        current = self.table.current_row()
        self.rows.show_rows(found.rows)
        self.context.setText(words.say("{n} of {all}", n=words.number(len(found.rows)), all=words.number(found.total)))
        places = [place for place, each in enumerate(self.rows.rows) if current is not None and each.id == current.id]
        if self.rows.rows:
            self.table.go_to(places[0] if places else 0)
        else:
            self.side.show_none()

    def _on_chosen(self, chosen: BatchLineRow) -> None:
        self.side.show_batch(chosen)

    def _on_register_changed(self, changed: Any) -> None:
        if changed.concerns("removal_batch", "batch_line", "site", "waste_item", "ledger_entry", "quantity_estimate"):
            self.reload()


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(KAZAKHSTAN).date()


class LedgerCard(Card):
    """What comes next for the chosen batch, and the mass balance of its site with every line."""

    def __init__(self, desk: Desk, page: Page) -> None:
        """Empty."""
        super().__init__()
        self.desk, self.page = desk, page
        self._chosen: BatchLineRow | None = None
        say, words = desk.words.say, desk.words
        self.heading = label("", "card-title")
        self.state = label("", "secondary", wrap=True)
        self.open = link(say("open"), self.open_batch)
        self.next = gated(desk, button("", self.go_on, "primary"), "removal_batch", "patch")
        self.ledger_title = label(say("Mass ledger of the site"), "card-title")
        self.site = row(gap=SPACE[1])
        self.sums = QGridLayout()
        self.sums.setColumnStretch(0, 1)
        self.sums.setVerticalSpacing(SPACE[0])
        columns: list[Column[Waste]] = [
            Column(
                "item",
                say("Waste"),
                lambda each: f"{show_code(each.code, hazardous=each.hazardous)} {each.title(words)}",
                stretch=True,
                tip=lambda each: each.title(words),
            ),
            Column(
                "inventory",
                say("Inventory"),
                lambda each: words.mass(each.accepted_g + each.corrected_g),
                width=92,
                right=True,
                sort=lambda each: each.accepted_g + each.corrected_g,
            ),
            Column(
                "remaining",
                say("Remains"),
                lambda each: words.mass(each.remaining_g),
                width=92,
                right=True,
                sort=lambda each: each.remaining_g,
                tone=lambda each: "danger" if each.remaining_g < 0 else "text",
            ),
        ]
        self.table, self.rows = memory_table(desk, "ledger", columns)
        self.table.set_empty(Empty(desk.theme, say("No waste is in the inventory."), icon="scale-balance"))
        self.parts: tuple[QWidget, ...] = (self.heading, self.state, self.open, self.next, self.ledger_title, self.table)
        self.none = Empty(desk.theme, say("Choose a batch to see the mass ledger of its site."), icon="scale-balance")
        standing = row(self.state, self.next)
        standing.setStretch(0, 1)
        for layout in (row(self.heading, None, self.open), standing):
            self.body.addLayout(layout)
        self.body.addSpacing(SPACE[2])
        self.body.addWidget(self.ledger_title)
        self.body.addLayout(self.site)
        self.body.addLayout(self.sums)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.none, 1)
        self.show_none()

    def show_none(self) -> None:
        """Nothing is chosen."""
        self._chosen = None
        clear(self.site)
        clear(self.sums)
        for part in self.parts:
            part.hide()
        self.none.show()

    def show_batch(self, chosen: BatchLineRow) -> None:
        """Show a batch and ask for the ledger of its site."""
        say, words = self.desk.words.say, self.desk.words
        self._chosen = chosen
        self.none.hide()
        for part in self.parts:
            part.show()
        self.heading.setText(chosen.no)
        lines = words.plural("{n} line", "{n} lines", chosen.lines)
        self.state.setText(f"{say(chosen.state.label)} \N{MIDDLE DOT} {lines} \N{MIDDLE DOT} {words.mass(chosen.lines_g)}")
        self.next.setText(say(NEXT.get(chosen.state, "")))
        self.next.setVisible(chosen.state in NEXT)
        self.desk.work.read(self, ledger, self._show_ledger, site_id=chosen.site_id)

    def open_batch(self) -> None:
        """Open the chosen batch."""
        if self._chosen is not None:
            self.desk.go("removal", self._chosen.id)

    def go_on(self) -> None:
        """What comes next for the batch."""
        if self._chosen is not None:
            self.desk.work.read(self, consignment, self._go_on_with, batch_id=self._chosen.id)

    def _go_on_with(self, known: Consignment) -> None:
        next_step(self.desk, known, self, self._refused)

    def _refused(self, error: InspectorError) -> None:
        words = self.desk.words
        self.page.show_strip(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    def _show_ledger(self, known: Ledger) -> None:
        if self._chosen is None or known.site.id != self._chosen.site_id:
            return
        say, words, theme = self.desk.words.say, self.desk.words, self.desk.theme
        clear(self.site)
        self.site.addWidget(picture(mark_pixmap(mark_of(known.site.status, disputed=known.site.disputed), theme.px(12))))
        self.site.addWidget(label(f"{known.site.code} \N{MIDDLE DOT} {say(known.site.status.label)}", "secondary"))
        self.site.addStretch(1)
        clear(self.sums)
        whole = known.balance
        pairs = [
            (say("Accepted"), whole.accepted_g),
            (say("Corrected"), whole.corrected_g),
            (say("Removed"), whole.removed_g),
            (say("Sold"), whole.sold_g),
            (say("Transferred"), whole.transferred_g),
        ]
        shown = [(name, mass) for name, mass in pairs if mass or name == pairs[0][0] or name == pairs[2][0]]
        for number, (name, mass) in enumerate([*shown, (say("Remains"), whole.remaining_g)]):
            last = number == len(shown)
            self.sums.addWidget(label(name, "card-title" if last else "secondary"), number, 0)
            value = label(words.mass(mass), "card-title" if last else "", align=Qt.AlignmentFlag.AlignRight)
            self.sums.addWidget(value, number, 1)
        icon, tone, text = (
            ("check-circle-outline", "ok", say("The ledger balances."))
            if known.balances
            else ("alert-circle-outline", "danger", say("The ledger does not balance: have the register checked."))
        )
        line = row(
            picture(theme.icon(icon, tone).pixmap(theme.px(14))), label(text, "ok" if known.balances else "problem"), None
        )
        self.sums.addLayout(line, len(shown) + 1, 0, 1, 2)
        self.rows.show_rows(known.items)
