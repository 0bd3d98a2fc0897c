"""A person looks for something and is led to it by keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window import open_window, until


@pytest.fixture
def window(qtbot, county_register):
    return open_window(qtbot, county_register)


def type_into(box, text):
    box.setText(text)
    box.textEdited.emit(text)


def looked_up(qtbot, window, text):
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, window.search.hasFocus)
    type_into(window.search, text)
    until(qtbot, window.search.popup.isVisible)


def test_a_site_is_found_by_cyrillic_letters_and_opened_with_enter(qtbot, window, watchdog):
    looked_up(qtbot, window, "объект 7")
    until(qtbot, lambda: [hit.called for hit in window.search.hits][:1] == ["TS-07"])
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    until(qtbot, lambda: window.current == "site" and window.pages["site"].title.text() == "TS-07")
    assert not window.search.popup.isVisible()


def test_arrows_choose_among_what_was_found(qtbot, window):
    looked_up(qtbot, window, "учебный")
    QTest.keyClick(window.search, Qt.Key.Key_Down)
    QTest.keyClick(window.search, Qt.Key.Key_Down)
    QTest.keyClick(window.search, Qt.Key.Key_Up)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    until(qtbot, lambda: window.current == "site" and window.pages["site"].title.text() == "TS-02")


def test_a_waste_code_leads_to_the_sites_that_hold_it(qtbot, window):
    looked_up(qtbot, window, "06 01 01")
    until(qtbot, lambda: window.search.hits)
    assert window.search.hits[0].called == "06 01 01*"
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    until(qtbot, lambda: window.current == "sites")
    shown = window.pages["sites"]
    until(qtbot, lambda: shown.rows.rowCount() == 3)
    assert "waste 06 01 01" in shown.filters.chips["more"].text()


def test_escape_leaves_without_a_trace(qtbot, window):
    looked_up(qtbot, window, "ts")
    QTest.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.search.text() == ""
    assert not window.search.popup.isVisible()


def test_what_is_not_there_is_said(qtbot, window):
    looked_up(qtbot, window, "qqqq")
    assert window.search.hits == []
    assert window.search.list.item(0).text() == "Nothing begins with these words."
