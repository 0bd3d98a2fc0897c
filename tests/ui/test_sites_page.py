"""The table of sites and the chosen one beside it, through the whole window."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from window import open_window, page, until

from inspector_app.domain.ownership import Status
from inspector_app.models.queries.sites import SiteFilter


@pytest.fixture
def window(qtbot, county_register):
    return open_window(qtbot, county_register)


@pytest.fixture
def shown(qtbot, window):
    made = page(qtbot, window, "sites")
    until(qtbot, lambda: made.rows.rowCount() == 14)
    return made


def codes(shown):
    return [shown.rows.data(shown.rows.index(place, 0)) for place in range(shown.rows.rowCount())]


def test_the_count_beside_the_title_says_how_many_of_how_many(qtbot, window, shown, watchdog):
    assert shown.context.text() == "14 of 14"
    window.desk.selection.set_filter(SiteFilter(state_owned=True))
    until(qtbot, lambda: shown.context.text() == "5 of 14")
    assert codes(shown) == ["AZPM", "TS-10", "TS-11", "TS-12", "TS-13"]


def test_a_filter_is_said_in_words_and_its_cross_takes_it_away(qtbot, window, shown):
    chip = shown.filters.chips["status"]
    assert chip.text() == "Status: any"
    window.desk.selection.set_filter(SiteFilter(state_owned=True))
    assert chip.text().startswith("Status: state-owned")
    assert chip.isChecked()
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 10, chip.height() // 2))
    assert window.desk.selection.filter.is_empty
    until(qtbot, lambda: shown.rows.rowCount() == 14)


def test_a_chip_is_emptied_by_keyboard_too(qtbot, window, shown):
    window.desk.selection.set_filter(SiteFilter(pcb=True))
    until(qtbot, lambda: codes(shown) == ["TS-12"])
    QTest.keyClick(shown.filters.chips["pcb"], Qt.Key.Key_Delete)
    until(qtbot, lambda: shown.rows.rowCount() == 14)


def test_ticking_statuses_adds_them_up(qtbot, window, shown):
    from PySide6.QtWidgets import QMenu

    menu = QMenu()
    qtbot.addWidget(menu)
    shown.filters._status_menu(menu)
    ticks = {action.text(): action for action in menu.actions()}
    ticks["Pending removal"].trigger()
    ticks["Removal in progress"].trigger()
    until(qtbot, lambda: codes(shown) == ["AZPM", "TS-10", "TS-11"])
    assert window.desk.selection.filter.statuses == {Status.PENDING_REMOVAL, Status.REMOVING}
    ticks["Pending removal"].trigger()
    until(qtbot, lambda: codes(shown) == ["AZPM"])


def test_text_is_filtered_by_as_it_is_typed(qtbot, shown):
    shown.filters.text.setFocus()
    shown.filters.text.setText("небом")
    shown.filters.text.textEdited.emit("небом")
    until(qtbot, lambda: codes(shown) == ["TS-12", "TS-13"])


def test_a_filter_that_no_site_passes_offers_the_way_out(qtbot, window, shown):
    window.desk.selection.set_filter(SiteFilter(text="nowhere"))
    until(qtbot, lambda: shown.rows.rowCount() == 0)
    until(qtbot, lambda: shown.table.empty is not None and shown.table.empty.isVisible())
    from PySide6.QtWidgets import QPushButton

    (way_out,) = shown.table.empty.findChildren(QPushButton)
    way_out.click()
    until(qtbot, lambda: shown.rows.rowCount() == 14)


def test_a_click_on_the_head_sorts_and_a_second_turns_round(qtbot, shown):
    head = shown.table.horizontalHeader()

    def click(key):
        place = [column.key for column in shown.rows.columns].index(key)
        spot = QPoint(head.sectionViewportPosition(place) + 20, head.height() // 2)
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    click("remaining")
    until(qtbot, lambda: codes(shown)[-2:] == ["TS-10", "TS-11"])
    click("remaining")
    until(qtbot, lambda: sorted(codes(shown)[:2]) == ["TS-10", "TS-11"])
    assert codes(shown)[2] == "AZPM"


def test_the_chosen_site_stays_chosen_in_another_order(qtbot, window, shown):
    shown.table.go_to(0)
    assert window.desk.selection.site == shown.rows.row_at(0).id
    shown.rows.sort(0, Qt.SortOrder.DescendingOrder)
    until(qtbot, lambda: codes(shown)[0] == "TS-14")
    until(qtbot, lambda: shown.table.current_row() is not None and shown.table.current_row().code == "AZPM")


def test_the_panel_shows_the_law_and_the_balance_of_the_chosen_site(qtbot, shown):
    shown.table.go_to(0)
    until(qtbot, lambda: shown.panel.shown is not None)

    def words():
        return [each.text() for each in shown.panel.findChildren(QLabel)]

    until(qtbot, lambda: "Mass balance" in words())
    assert "Removal in progress, since 02.02.2023" in words()
    assert "Contract 4-U of 10.01.2023" in words()
    assert "100.0\u00a0t" in words()
    assert "60.0\u00a0t" in words()


def test_a_site_chosen_on_the_map_is_chosen_in_the_table(qtbot, window, shown):
    window.desk.selection.select(shown.rows.row_at(9).id)
    until(qtbot, lambda: shown.table.current_row() is not None and shown.table.current_row().code == codes(shown)[9])


def test_names_are_shown_as_they_are_never_as_markup(qtbot, shown):
    shown.table.go_to(13)
    until(qtbot, lambda: shown.panel.shown is not None)
    until(qtbot, lambda: "<b>Hostile</b> {name} & Co" in [each.text() for each in shown.panel.findChildren(QLabel)])
    assert all(each.textFormat() == Qt.TextFormat.PlainText for each in shown.panel.findChildren(QLabel) if each.text())


def test_enter_opens_the_page_of_the_site(qtbot, window, shown):
    shown.table.go_to(0)
    QTest.keyClick(shown.table, Qt.Key.Key_Return)
    until(qtbot, lambda: window.current == "site")
    until(qtbot, lambda: window.pages["site"].title.text() == "AZPM")


def test_copied_rows_carry_what_is_seen(qtbot, shown):
    shown.table.go_to(0)
    text = shown.table.copy_rows()
    assert text.splitlines()[0] == "Code\tName\tRegion\tStatus\tRemaining"
    assert text.splitlines()[1].startswith("AZPM\tTraining site\t")


def test_a_long_filter_wraps_and_never_widens_the_window(qtbot, window, shown):
    from inspector_app.models.reference import regions

    window.resize(790, 700)
    before = window.minimumSizeHint().width()
    window.desk.selection.set_filter(
        SiteFilter(state_owned=True, disputed=True, regions=frozenset(regions()), hazards=frozenset({"HP6", "HP14"}), pcb=True)
    )
    until(qtbot, lambda: shown.rows.rowCount() == 0)
    assert window.minimumSizeHint().width() <= max(before, 790)
    chips = [chip for chip in shown.filters.chips.values() if chip.isVisible()]
    assert all(chip.geometry().right() <= shown.filters.width() for chip in chips)
    assert len({chip.y() for chip in chips}) > 1
