"""Page 2: the table of sites, and the chosen one beside it."""

from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from inspector_app.domain.merge import MergeClass
from inspector_app.models.queries.sites import SiteFilter, SiteOrder, SiteRow, Sites, site_number, site_rows, sites
from inspector_app.models.reference import regions
from inspector_app.ui.desk import Desk
from inspector_app.ui.filters import FilterBar
from inspector_app.ui.gate import gated, gated_inside
from inspector_app.ui.marks import mark_of
from inspector_app.ui.parts import Empty, Page, button, framed
from inspector_app.ui.site_panel import SitePanel
from inspector_app.ui.tables import Column, Table, WindowedRows
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed

_WITH_PANEL = 1040  # pixels at 100 % from which the panel leaves the columns of the table readable


class SiteRows(WindowedRows[SiteRow]):
    """The sites that pass the filter of the desk.

    Signals:
        asked: the register was asked for another order or filter.
    """

    asked = Signal()

    def __init__(self, desk: Desk, answered: Callable[[Sites], None]) -> None:
        """`answered` hears of every new order."""
        super().__init__(desk, _columns(desk))
        self._answered = answered
        self.sorted_by = (0, Qt.SortOrder.AscendingOrder)

    def ask_order(self) -> None:
        """Ask for the filter of the desk in the order of the head: the first page at once, then all of it."""
        self._ask_sites(whole=False, then=self._on_first)

    def _on_first(self, found: Sites) -> None:
        self._answered(found)
        if not found.is_whole:
            self.ask_whole()

    def ask_whole(self) -> None:
        """Ask for all of it at once; what is shown stays until it comes."""
        self._ask_sites(whole=True, then=self._answered)

    def _ask_sites(self, *, whole: bool, then: Callable[[Sites], None]) -> None:
        self.asked.emit()
        place, order = self.sorted_by
        self.desk.work.glance(
            self,
            sites,
            then,
            chosen=self.desk.selection.filter,
            order=SiteOrder(self.columns[place].order),  # type: ignore[call-arg]
            descending=order == Qt.SortOrder.DescendingOrder,
            language=self.desk.words.language,
            first=self.PAGE,
            whole=whole,
        )

    def fetch(self, numbers: "array[int]", then: Callable[[Sequence[SiteRow]], None]) -> None:
        """Rows by their numbers."""
        self.desk.work.glance(self, site_rows, then, numbers=numbers)

    def number_of(self, row: SiteRow) -> int:
        """Its number in this file."""
        return row.n


class SitesPage(Page):
    """The table; filters are shared with the map, the chosen site is too."""

    def __init__(self, desk: Desk) -> None:
        """Ask for the first rows at once."""
        say = desk.words.say
        super().__init__(say("Sites"))
        self.desk = desk
        self.total = 0
        self._keep: int | None = None
        self._chosen_n: int | None = None
        self._partly = False
        self._columns_button = button(say("Columns"), self._choose_columns)
        new = gated(desk, button(say("New site"), lambda: desk.go("new-site"), "primary"), "site")
        self.add_actions(self._columns_button, new)
        self.filters = FilterBar(desk)
        self.rows = SiteRows(desk, self._show)
        self.table = Table(desk, "sites", self.rows)
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.rows.setParent(self.table)
        self.panel = SitePanel(desk)
        self.panel.setMaximumWidth(desk.theme.px(400))
        card = framed(self.table, desk.theme)
        both = QHBoxLayout()
        both.setSpacing(SPACE[3])
        both.addWidget(card, 2)
        both.addWidget(self.panel, 1)
        self.body.addWidget(self.filters)
        self.body.addLayout(both, 1)
        self.rows.asked.connect(lambda: self.table.set_busy(on=True))
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda row: desk.go("site", row.id))
        desk.selection.filter_changed.connect(self._on_filter_changed)
        desk.selection.site_selected.connect(self._on_site_selected)
        desk.work.register_changed.connect(self._on_register_changed)
        find = QAction(self)
        find.setShortcut(QKeySequence("Ctrl+F"))
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(lambda _checked=False: self.filters.text.setFocus())
        self.addAction(find)
        self.keyboard = self.table
        self.reload()
        if desk.selection.site:
            self.panel.show_site(desk.selection.site)

    def reload(self) -> None:
        """Ask for the rows anew; the old ones stay until they come."""
        self._partly = False
        self.rows.ask_order()

    def open_row(self, site_id: str) -> None:
        """Choose a site in the table."""
        self.desk.selection.select(site_id)

    def _show(self, found: Sites) -> None:
        words = self.desk.words
        if self._partly:
            self.rows.extend_numbers(found.numbers, found.first)
        else:
            chosen = self.table.current_row()
            self._chosen_n = chosen.n if chosen is not None else None
            self.rows.show_numbers(found.numbers, found.first)
        self._partly = not found.is_whole
        self.total = found.total
        self._show_empty()
        if self._chosen_n is not None and (place := self.rows.place_of(self._chosen_n)) >= 0:
            self.table.go_to(place)
            self._chosen_n = None
            if self._keep is not None and found.is_whole:
                self.table.verticalScrollBar().setValue(self._keep)
        if not found.is_whole:
            return
        self.table.set_busy(on=False)
        self.context.setText(words.say("{n} of {m}", n=words.number(len(found.numbers)), m=words.number(found.total)))
        if self.table.current_row() is None and self.desk.selection.site:
            self._find(self.desk.selection.site)
        self._keep = None

    def _show_empty(self) -> None:
        say = self.desk.words.say
        if self.rows.rowCount():
            self.table.set_empty(None)
            return
        if self.total == 0:
            new = (say("New site"), lambda: self.desk.go("new-site"))
            empty = Empty(self.desk.theme, say("There is no site in this register yet."), action=new)
            gated_inside(self.desk, empty, "site")
        else:
            clearing = (say("Clear filters"), lambda: self.desk.selection.set_filter(SiteFilter()))
            empty = Empty(self.desk.theme, say("No site passes these filters."), icon="filter-off-outline", action=clearing)
        self.table.set_empty(empty)

    def _find(self, site_id: str) -> None:
        self.desk.work.glance(self, site_number, self._go_to, site_id=site_id)

    def _go_to(self, number: int | None) -> None:
        place = self.rows.place_of(number) if number is not None else -1
        if place >= 0:
            self.table.go_to(place)

    def _choose_columns(self) -> None:
        menu = self.table.columns_menu()
        menu.popup(self._columns_button.mapToGlobal(self._columns_button.rect().bottomLeft()))

    def _on_chosen(self, row: SiteRow) -> None:
        self.desk.selection.select(row.id)

    @Slot(object)
    def _on_filter_changed(self, _chosen: SiteFilter) -> None:
        self.reload()

    @Slot(str)
    def _on_site_selected(self, site_id: str) -> None:
        self.panel.show_site(site_id)
        current = self.table.current_row()
        if site_id and (current is None or current.id != site_id):
            self._find(site_id)

    @Slot(Changed)
    def _on_register_changed(self, changed: Changed) -> None:
        # masses and statuses of a site follow from these
        if changed.concerns("site", "status_event", "waste_item", "quantity_estimate", "ledger_entry", "batch_line",
                            "removal_batch", "pcb_item", "site_programme"):  # fmt: skip
            self._keep = self.table.verticalScrollBar().value()
            self._partly = False
            self.rows.ask_whole()
            if self.desk.selection.site:
                self.panel.show_site(self.desk.selection.site)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The panel goes where there is no room for it."""
        super().resizeEvent(event)
        self.panel.setVisible(self.width() >= self.desk.theme.px(_WITH_PANEL))


def _columns(desk: Desk) -> tuple[Column[SiteRow], ...]:
    words = desk.words
    say = words.say
    order = SiteOrder

    def region(row: SiteRow) -> str:
        return regions()[row.region].name(words) if row.region in regions() else row.region

    def status(row: SiteRow) -> str:
        text = say(row.status.label)
        if row.disputed or row.contested not in {None, MergeClass.PLAIN}:
            return say("{status}, disputed", status=text)
        return text if row.contested is None else say("{status}, other value", status=text)

    def tone(row: SiteRow) -> str:
        if row.disputed or row.contested not in {None, MergeClass.PLAIN}:
            return "danger"
        return "text" if row.contested is None else "warning"

    def tip(row: SiteRow) -> str:
        return say("Proposed: {status}", status=say(row.proposed.label)) if row.proposed is not None else ""

    return (
        Column("code", say("Code"), lambda row: row.code, 104, order=order.CODE),
        Column("name", say("Name"), lambda row: row.name(words), 220, stretch=True, order=order.NAME),
        Column("region", say("Region"), region, 150, order=order.REGION),
        Column("status", say("Status"), status, 190, order=order.STATUS, tip=tip, tone=tone,
               mark=lambda row: (mark_of(row.status, disputed=row.disputed), False)),
        Column("since", say("Since"), lambda row: words.date(row.status_since), 90, shown=False, order=order.SINCE),
        Column("owned", say("State-owned since"), lambda row: words.date(row.state_owned_since), 120, shown=False,
               order=order.OWNED),
        Column("items", say("Waste items"), lambda row: words.number(row.items), 90, right=True, shown=False,
               order=order.ITEMS),
        Column("inventory", say("Inventory"), lambda row: words.mass(row.inventory_g), 110, right=True, shown=False,
               order=order.INVENTORY),
        Column("removed", say("Removed"), lambda row: words.mass(row.removed_g), 110, right=True, shown=False,
               order=order.REMOVED),
        Column("remaining", say("Remaining"), lambda row: words.mass(row.remaining_g), 100, right=True, order=order.REMAINING),
        Column("pcb", say("PCB items"), lambda row: words.number(row.pcb_items), 80, right=True, shown=False, order=order.PCB),
        Column("discovered", say("Discovered on"), lambda row: words.date(row.discovered_on), 110, shown=False,
               order=order.DISCOVERED),
        Column("register_no", say("Register number"), lambda row: row.register_no or "", 120, shown=False),
        Column("address", say("Address"), lambda row: row.address or "", 200, shown=False),
    )  # fmt: skip
