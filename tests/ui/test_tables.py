"""The one table: sorted, copied, its columns remembered; any number of rows in windows."""

from array import array
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from window import until

from inspector_app.i18n import words
from inspector_app.settings import Settings
from inspector_app.ui.desk import Desk
from inspector_app.ui.parts import Empty
from inspector_app.ui.tables import Column, Table, WindowedRows, memory_table
from inspector_app.ui.theme import Theme
from inspector_app.ui.work import Work


@dataclass(frozen=True)
class Drum:
    n: int
    name: str
    mass: int | None


COLUMNS = (
    Column("name", "Name", lambda each: each.name, order="name"),
    Column("mass", "Mass", lambda each: str(each.mass), right=True, sort=lambda each: each.mass, order="mass"),
    Column("note", "Note", lambda _each: "", shown=False),
)
DRUMS = [Drum(1, "b", 20), Drum(2, "a\tx\ny", None), Drum(3, "=1+1", 3)]


@pytest.fixture
def desk(qapp, register):
    work = Work(register)
    made = Desk(work, words("en"), Theme(), Settings())

    def prefer(**values):
        made.settings = made.settings.changed(**values)

    made.prefer = prefer
    yield made
    work.stop()


def test_rows_without_a_value_come_last_in_either_order(qtbot, desk):
    table, rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(table)
    rows.show_rows(DRUMS)
    rows.sort(1)
    assert [each.mass for each in rows.rows] == [3, 20, None]
    rows.sort(1, Qt.SortOrder.DescendingOrder)
    assert [each.mass for each in rows.rows] == [20, 3, None]


def test_copied_rows_stay_one_line_each_and_begin_no_formula(qtbot, desk):
    table, rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(table)
    rows.show_rows(DRUMS)
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == ["Name\tMass", "b\t20", "a x y\tNone", "'=1+1\t3"]


def test_the_choice_of_columns_is_remembered(qtbot, desk):
    table, _rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(table)
    assert table.shown_columns() == ["name", "mass"]
    table.columns_menu().actions()[2].trigger()
    table.columns_menu().actions()[0].trigger()
    assert desk.settings.columns == {"drums": ["mass", "note"]}
    again, _rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(again)
    assert again.shown_columns() == ["mass", "note"]


def test_the_last_column_cannot_be_taken_away(qtbot, desk):
    table, _rows = memory_table(desk, "drums", COLUMNS[:1])
    qtbot.addWidget(table)
    table.columns_menu().actions()[0].trigger()
    assert table.shown_columns() == ["name"]


def test_an_empty_table_says_so(qtbot, desk):
    table, rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(table)
    table.set_empty(Empty(desk.theme, "No drums."))
    table.show()
    assert table.empty.isVisible()
    rows.show_rows(DRUMS)
    assert not table.empty.isVisible()


def test_enter_opens_the_row_under_the_keyboard(qtbot, desk):
    table, rows = memory_table(desk, "drums", COLUMNS)
    qtbot.addWidget(table)
    rows.show_rows(DRUMS)
    table.go_to(2)
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [DRUMS[2]]


class Far(WindowedRows):
    """A million drums that answer a little later."""

    asked: list[int]

    def fetch(self, numbers, then):
        self.asked.append(len(numbers))
        self.desk.work.read(self, lambda _session, numbers: [Drum(n, f"drum {n}", n) for n in numbers], then, numbers=numbers)

    def ask_order(self):
        numbers = array("q", range(1_000_000))
        self.show_numbers(numbers, [Drum(n, f"drum {n}", n) for n in numbers[: self.PAGE]])

    def number_of(self, row):
        return row.n


@pytest.fixture
def far(qtbot, desk):
    rows = Far(desk, COLUMNS)
    rows.asked = []
    table = Table(desk, "far", rows)
    rows.setParent(table)
    qtbot.addWidget(table)
    table.resize(600, 700)
    table.show()
    rows.ask_order()
    return table, rows


def test_the_end_of_a_million_rows_is_one_key_away(qtbot, far, watchdog):
    table, rows = far
    QTest.keyClick(table, Qt.Key.Key_End)
    until(qtbot, lambda: rows.row_at(999_999) is not None)
    assert rows.data(rows.index(999_999, 0)) == "drum 999999"
    assert sum(rows.asked) <= 4 * rows.PAGE


def test_dragging_through_a_million_rows_keeps_few_of_them(qtbot, far, watchdog):
    table, rows = far
    bar = table.verticalScrollBar()
    for step in range(100):
        bar.setValue(bar.maximum() * step // 100)
        until(qtbot, lambda: rows.row_at(table.rowAt(5)) is not None)
    assert len(rows._pages) <= rows.KEPT


def test_a_row_on_its_way_shows_three_dots(qtbot, far):
    _table, rows = far
    assert rows.data(rows.index(500_000, 0)) == "\N{HORIZONTAL ELLIPSIS}"
    until(qtbot, lambda: rows.data(rows.index(500_000, 0)) == "drum 500000")


def test_rows_asked_for_in_an_old_order_never_show_in_a_new_one(qtbot, far):
    _table, rows = far
    rows.row_at(500_000)
    until(qtbot, lambda: rows.asked)
    rows.show_numbers(array("q", [7]), [Drum(7, "seven", 7)])
    until(qtbot, lambda: rows.row_at(0) is not None)
    qtbot.wait(50)
    assert rows.rowCount() == 1
    assert rows.data(rows.index(0, 0)) == "seven"
