"""The one table: frozen rows in, column choice, sort, copy; in memory for hundreds, in windows for millions of rows."""

from abc import abstractmethod
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from inspector_app.domain.marks import Mark
from inspector_app.ui.cells import RowDelegate
from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import mark_pixmap
from inspector_app.ui.parts import thin_line
from inspector_app.ui.theme import SPACE
from inspector_app.ui.widths import shared_out

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SAMPLE = 40  # rows that decide how wide columns are
_WIDEST = 420  # pixels at 100 % text size, beyond which a column is never made on its own
_LEAST = 96  # pixels at 100 % in which a date can be read; where columns have less, the table scrolls
_COPIED_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: `key` is remembered, `title` stands in the head, `text` makes the cell from a row.

    `sort` makes a comparable value of a row for tables in memory; in windowed tables the register sorts, and a column
    whose `order` is empty cannot be sorted by. `mark` draws a status before the text; `tone` is a token of the theme.
    """

    key: str
    title: str
    text: Callable[[T], str]
    width: int = 120
    right: bool = False
    stretch: bool = False
    shown: bool = True
    sort: Callable[[T], Any] | None = None
    order: str = ""
    mark: Callable[[T], tuple[Mark, bool] | None] | None = None
    tone: Callable[[T], str] | None = None
    tip: Callable[[T], str] | None = None


class Rows(QAbstractTableModel, Generic[T]):
    """What both kinds of tables share: cells from frozen rows by columns."""

    def __init__(self, desk: Desk, columns: Sequence[Column[T]], parent: QObject | None = None) -> None:
        """An empty table."""
        super().__init__(parent)
        self.desk = desk
        self.columns = tuple(columns)
        self.sorted_by = (-1, Qt.SortOrder.AscendingOrder)

    @abstractmethod
    def row_at(self, place: int) -> T | None:
        """The row at a place, or nothing while it is on its way."""

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles, aligned as their cells are."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return Qt.AlignmentFlag.AlignVCenter | side
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, mark, colour and alignment of a cell."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return Qt.AlignmentFlag.AlignVCenter | side
        if role not in _ROLES:
            return None
        row = self.row_at(index.row())
        if row is None:
            return "\N{HORIZONTAL ELLIPSIS}" if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip(row) if column.tip else None
            case Qt.ItemDataRole.DecorationRole:
                marked = column.mark(row) if column.mark else None
                return marked and mark_pixmap(marked[0], self.desk.theme.px(12), proposed=marked[1])
            case _:
                return self.desk.theme.colour(column.tone(row)) if column.tone else None


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)


class MemoryRows(Rows[T]):
    """Rows that are all in memory; sorted here."""

    def __init__(self, desk: Desk, columns: Sequence[Column[T]], parent: QObject | None = None) -> None:
        """An empty table."""
        super().__init__(desk, columns, parent)
        self.rows: list[T] = []

    def show_rows(self, rows: Sequence[T]) -> None:
        """Replace everything; the order chosen before stays."""
        self.beginResetModel()
        self.rows = list(rows)
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def row_at(self, place: int) -> T | None:
        """The row at a place."""
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows without a value come last."""
        self.beginResetModel()
        self.sorted_by = (column, order)
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        place, order = self.sorted_by
        if not 0 <= place < len(self.columns):
            return
        column = self.columns[place]
        key = column.sort or column.text
        known = [row for row in self.rows if key(row) is not None]
        unknown = [row for row in self.rows if key(row) is None]
        known.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)
        self.rows = known + unknown


class WindowedRows(Rows[T]):
    """Any number of rows: their numbers in order as a packed array, and pages of rows fetched when they are looked at.

    Subclasses say how rows of given numbers are fetched (`fetch`) and how a new order is asked for (`ask_order`).
    """

    PAGE = 128
    KEPT = 64

    def __init__(self, desk: Desk, columns: Sequence[Column[T]], parent: QObject | None = None) -> None:
        """An empty table."""
        super().__init__(desk, columns, parent)
        self.numbers: array[int] = array("q")
        self._pages: OrderedDict[int, list[T]] = OrderedDict()
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    @abstractmethod
    def fetch(self, numbers: "array[int]", then: Callable[[Sequence[T]], None]) -> None:
        """Ask for the rows of these numbers; `then` gets them in the same order."""

    @abstractmethod
    def ask_order(self) -> None:
        """Ask for the numbers anew, in the order of `sorted_by`, and hand them to `show_numbers`."""

    @abstractmethod
    def number_of(self, row: T) -> int:
        """The number of a row."""

    def show_numbers(self, numbers: "array[int]", first: Sequence[T]) -> None:
        """Replace everything; `first` are the rows of the first page, so that they are painted at once."""
        self.beginResetModel()
        self.numbers = numbers
        self._pages.clear()
        self._wanted.clear()
        self._asked.clear()
        if first and (len(first) >= self.PAGE or len(first) == len(numbers)):
            self._pages[0] = list(first[: self.PAGE])
        self.endResetModel()

    def extend_numbers(self, numbers: "array[int]", first: Sequence[T]) -> None:
        """Put what follows behind the first page that is shown already; replace everything when they do not fit together."""
        shown = len(self.numbers)
        if numbers[:shown] != self.numbers:
            self.show_numbers(numbers, first)
        elif len(numbers) > shown:
            self.beginInsertRows(_NOWHERE, shown, len(numbers) - 1)
            self.numbers = numbers
            self._asked.clear()
            self.endInsertRows()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many rows."""
        return 0 if parent.isValid() else len(self.numbers)

    def row_at(self, place: int) -> T | None:
        """The row at a place; asks for its page when it is not here."""
        page, at = divmod(place, self.PAGE)
        rows = self._pages.get(page)
        if rows is None:
            if page not in self._asked:
                self._wanted.add(page)
                if not self._soon.isActive():
                    self._soon.start()
            return None
        return rows[at] if at < len(rows) else None

    def place_of(self, number: int) -> int:
        """Where a row is in the order, or -1."""
        try:
            return self.numbers.index(number)
        except ValueError:
            return -1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask the register for another order; the old rows stay until it answers."""
        if 0 <= column < len(self.columns) and self.columns[column].order:
            self.sorted_by = (column, order)
            self.ask_order()

    def _ask(self) -> None:
        pages = sorted(self._wanted | self._asked)[-4:]
        self._wanted.clear()
        self._asked = set(pages)
        numbers: array[int] = array("q")
        for page in pages:
            numbers.extend(self.numbers[page * self.PAGE : (page + 1) * self.PAGE])
        order = self.numbers

        def arrived(rows: Sequence[T]) -> None:
            if order is not self.numbers:
                return
            by_number = {self.number_of(row): row for row in rows}
            for page in pages:
                theirs = self.numbers[page * self.PAGE : (page + 1) * self.PAGE]
                self._pages[page] = [by_number[each] for each in theirs if each in by_number]
                self._asked.discard(page)
                last = min((page + 1) * self.PAGE, len(self.numbers)) - 1
                self.dataChanged.emit(self.index(page * self.PAGE, 0), self.index(last, len(self.columns) - 1))
            while len(self._pages) > self.KEPT:
                self._pages.popitem(last=False)

        self.fetch(numbers, arrived)


class Table(QTableView):
    """A table of whole rows. Its columns are chosen in the menu of the head and remembered under its name.

    Signals:
        opened: a row was double-clicked, or Enter pressed on it; carries the row.
        chosen: another row is the current one; carries the row.
    """

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(self, desk: Desk, name: str, rows: Rows[Any], parent: QWidget | None = None) -> None:
        """`name` is under which the choice of columns is remembered."""
        super().__init__(parent)
        self.desk, self.name, self.rows = desk, name, rows
        self.empty: QWidget | None = None
        self._fitting, self._widths_chosen = True, False
        self._fitted: tuple[int, tuple[int, ...]] | None = None
        self.busy = thin_line()
        self.busy.setParent(self)
        self.setModel(rows)
        self._delegate = RowDelegate(rows, self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setIconSize(QSize(desk.theme.px(12), desk.theme.px(12)))
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(desk.theme.row)
        self._arrange_head()
        self._fitting = False
        rows.modelReset.connect(self._on_reset)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.activated.connect(self._on_activated)

    # -- columns ------------------------------------------------------------------------------------------------------

    def _arrange_head(self) -> None:
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        head.setSectionsMovable(True)
        head.setMinimumSectionSize(self.desk.theme.px(40))
        head.setSortIndicatorShown(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSectionsClickable(True)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(lambda at: self.columns_menu().popup(head.mapToGlobal(at)))
        kept = self.desk.settings.columns.get(self.name)
        for place, column in enumerate(self.rows.columns):
            self.setColumnHidden(place, column.key not in kept if kept else not column.shown)
            self.setColumnWidth(place, self.desk.theme.px(column.width))
        head.sectionClicked.connect(self._on_head)
        head.sectionResized.connect(self._on_resized)

    def _fit(self) -> None:
        """Give every column what its cells need, once per width of the table; a person's own widths are left alone.

        Where there is less room than they need, the widest give way first; what is left over goes to those that stretch.
        """
        shown = tuple(place for place in range(len(self.rows.columns)) if not self.isColumnHidden(place))
        room = self.viewport().width()
        if self._widths_chosen or self._fitted == (room, shown):
            return
        sample = [row for place in range(min(_SAMPLE, self.rows.rowCount())) if (row := self.rows.row_at(place)) is not None]
        if not shown:
            return
        self._fitted = (room, shown) if sample else None
        wanted = {place: self._wanted(place, sample) for place in shown}
        # what names the row is read whole before anything else is
        first = 0 if self.rows.columns[shown[0]].stretch else wanted.pop(shown[0])
        widths = shared_out(wanted, max(0, room - first), least=self.desk.theme.px(_LEAST))
        widths |= {shown[0]: first} if first else {}
        stretched = [place for place in shown if self.rows.columns[place].stretch] or [shown[0]]
        for place in stretched:
            widths[place] += max(0, room - sum(widths.values())) // len(stretched)
        self._fitting = True
        for place, width in widths.items():
            self.setColumnWidth(place, width)
        self._fitting = False

    def _wanted(self, place: int, sample: list[Any]) -> int:
        """Pixels in which the head and every cell of the sample can be read whole, up to a limit."""
        px, column = self.desk.theme.px, self.rows.columns[place]
        head = QFontMetrics(self.horizontalHeader().font()).horizontalAdvance(column.title) + px(40)
        cells = max((self._delegate.width_of(column.text(row)) for row in sample), default=0) + 2 * SPACE[1] + px(6)
        if column.mark is not None:
            cells += px(12) + SPACE[1]
        return min(max(head, cells), px(_WIDEST))

    def _on_resized(self, _place: int, _before: int, _now: int) -> None:
        self._widths_chosen = self._widths_chosen or not self._fitting

    def _on_head(self, place: int) -> None:
        column = self.rows.columns[place]
        if isinstance(self.rows, WindowedRows) and not column.order:
            self.horizontalHeader().setSortIndicator(*self.rows.sorted_by)
            return
        before, order = self.rows.sorted_by
        turned = Qt.SortOrder.DescendingOrder if order == Qt.SortOrder.AscendingOrder else Qt.SortOrder.AscendingOrder
        order = turned if before == place else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(place, order)
        self.rows.sort(place, order)

    def columns_menu(self) -> QMenu:
        """Which columns are shown; at least one always is."""
        menu = QMenu(self)
        for place, column in enumerate(self.rows.columns):
            action = QAction(column.title, menu)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.toggled.connect(self._chooser(place))
            menu.addAction(action)
        return menu

    def _chooser(self, place: int) -> Callable[[bool], None]:
        def choose(on: bool) -> None:  # noqa: FBT001 - Qt's signal
            if on or len(self.shown_columns()) > 1:
                self._fitting = True  # hiding a column is no width chosen by hand
                self.setColumnHidden(place, not on)
                self._fitting = False
                self._fit()
                self.desk.prefer(columns={**self.desk.settings.columns, self.name: self.shown_columns()})

        return choose

    def shown_columns(self) -> list[str]:
        """The keys of the columns that are seen."""
        return [each.key for place, each in enumerate(self.rows.columns) if not self.isColumnHidden(place)]

    # -- rows ---------------------------------------------------------------------------------------------------------

    def current_row(self) -> Any:
        """The row under the keyboard, or nothing."""
        index = self.currentIndex()
        return self.rows.row_at(index.row()) if index.isValid() else None

    def go_to(self, place: int) -> None:
        """Make a row the current one and bring it into view."""
        index = self.model().index(place, max(0, self.columnAt(0)))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def copy_rows(self) -> str:
        """Put the chosen rows on the clipboard, columns apart by tabs, with their heads."""
        shown = [place for place in self._visual_columns() if not self.isColumnHidden(place)]
        chosen = self.selectionModel().selection()
        parts = [chosen.at(each) for each in range(chosen.size())]
        places = sorted({place for part in parts for place in range(part.top(), part.bottom() + 1)})[:_COPIED_MOST]
        lines = ["\t".join(self.rows.columns[place].title for place in shown)]
        for place in places:
            row = self.rows.row_at(place)
            if row is not None:
                lines.append("\t".join(_cell(self.rows.columns[each].text(row)) for each in shown))
        text = "\n".join(lines)
        QGuiApplication.clipboard().setText(text)
        return text

    def _visual_columns(self) -> list[int]:
        head = self.horizontalHeader()
        return sorted(range(len(self.rows.columns)), key=head.visualIndex)

    def set_empty(self, widget: QWidget | None) -> None:
        """What stands in the table while it has no rows."""
        if self.empty is not None:
            self.empty.deleteLater()
        self.empty = widget
        if widget is not None:
            widget.setParent(self.viewport())
        self._place_empty()

    def set_busy(self, *, on: bool) -> None:
        """The thin line on top while rows are asked for; the old rows stay."""
        self.busy.setVisible(on)
        if on:
            self.busy.raise_()

    # -- Qt -----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy, open, and jump to the first and last row."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_activated(self.currentIndex())
        elif event.key() == Qt.Key.Key_End and self.rows.rowCount():
            self.go_to(self.rows.rowCount() - 1)
        elif event.key() == Qt.Key.Key_Home and self.rows.rowCount():
            self.go_to(0)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the row under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """No row is under the mouse any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the thin line and the empty state in their places."""
        super().resizeEvent(event)
        self.busy.setGeometry(0, self.horizontalHeader().height(), self.width(), 2)
        self._place_empty()
        self._fit()

    def _hover(self, row: int) -> None:
        before, self._delegate.hovered = self._delegate.hovered, row
        for each in {before, row} - {-1}:
            if before != row:
                self.viewport().update(
                    QRect(QPoint(0, self.rowViewportPosition(each)), QSize(self.width(), self.rowHeight(each)))
                )

    def _place_empty(self) -> None:
        if self.empty is not None:
            self.empty.setGeometry(self.viewport().rect())
            self.empty.setVisible(self.rows.rowCount() == 0)

    def _on_reset(self) -> None:
        self._delegate.hovered = -1
        self._place_empty()
        self._fit()

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and (row := self.rows.row_at(now.row())) is not None:
            self.chosen.emit(row)

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid() and (row := self.rows.row_at(index.row())) is not None:
            self.opened.emit(row)


def memory_table(
    desk: Desk, name: str, columns: Sequence[Column[T]], parent: QWidget | None = None
) -> tuple[Table, MemoryRows[T]]:
    """A table of rows in memory with its model."""
    rows: MemoryRows[T] = MemoryRows(desk, columns)
    table = Table(desk, name, rows, parent)
    rows.setParent(table)
    return table, rows


def _cell(text: str) -> str:
    """A cell that neither breaks the line nor begins a formula where it is pasted."""
    flat = text.replace("\t", " ").replace("\n", " ")
    return f"'{flat}" if flat[:1] in {"=", "+", "@"} else flat
