"""Every number of the overview opens the rows behind it."""

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from window import open_window, until

from inspector_app.ui.charts import Bar, Bars, Meter, ShareBar, ticks


@pytest.fixture
def window(qtbot, county_register):
    return open_window(qtbot, county_register)


@pytest.fixture
def shown(qtbot, window):
    until(qtbot, lambda: window.pages["overview"].shown is not None)
    return window.pages["overview"]


def rows_behind(qtbot, window, shown, name):
    shown.figures[name].click()
    until(qtbot, lambda: window.current == "sites")
    sites = window.pages["sites"]
    until(qtbot, lambda: not sites.table.busy.isVisible() and sites.context.text())
    return sites.rows.rowCount()


@pytest.mark.parametrize(
    ("name", "count"),
    [("state_owned", 5), ("removed", 0), ("sold", 0), ("transferred", 0), ("pending_removal", 3), ("under_inspection", 2)],
)
def test_a_figure_counts_the_rows_it_opens(qtbot, window, shown, name, count):
    assert shown.figures[name].text() == str(count)
    assert rows_behind(qtbot, window, shown, name) == count


def test_the_buckets_add_up_to_the_state_owned_sites(shown):
    names = ("removed", "sold", "transferred", "pending_removal", "under_inspection")
    assert sum(int(shown.figures[each].text()) for each in names) == int(shown.figures["state_owned"].text())


def test_a_bar_opens_the_sites_of_its_year(qtbot, window, shown):
    shown.figures["types"].chosen.emit(0)
    until(qtbot, lambda: window.current == "sites")
    assert window.desk.selection.filter.removed_in == 2023
    until(qtbot, lambda: window.pages["sites"].rows.rowCount() == 1)


def test_what_needs_attention_leads_to_its_row(qtbot, window, shown):
    lines = {name: each for name, each in shown.figures.items() if name.startswith("attention:")}
    (leak,) = [each for each in lines.values() if "leaks" in each.accessibleName()]
    asked = []
    window.desk.go = lambda *where: asked.append(where)
    leak.click()
    assert asked[0][0] == "pcb"


def test_money_is_shown_against_its_plan(shown):
    assert any("3.2\u00a0bn of 11.9\u00a0bn" in each.text() for each in shown.findChildren(QLabel))
    assert any(abs(each.share - 3.2 / 11.9) < 1e-9 for each in shown.findChildren(Meter))


def test_the_share_bar_has_the_proportions_of_the_tally(qtbot, shown):
    (bar,) = shown.findChildren(ShareBar)
    widths = {place: box.width() for place, box in bar.boxes()}
    assert set(widths) == {3, 4}
    assert abs(widths[3] / widths[4] - 1.5) < 0.05


def test_the_figures_follow_a_change_made_elsewhere(qtbot, office):
    from datetime import date

    from inspector_app.actions.sites import register_site
    from inspector_app.i18n import N_

    office.owned("A-1")
    window = open_window(qtbot, office.register)
    overview = window.pages["overview"]
    until(qtbot, lambda: overview.shown is not None and overview.shown.sites == 1)
    window.work.write(
        N_("Register a site"),
        register_site,
        code="B-2",
        region="47",
        lat=43.65,
        lon=51.16,
        name_en="New",
        discovered_on=date(2026, 1, 1),
    )
    until(qtbot, lambda: overview.shown.sites == 2)


def test_bars_are_chosen_by_click_and_by_keyboard(qtbot, window):
    bars = Bars(window.desk, [Bar("2023", 121, "121"), Bar("2024", 2, "2")], str)
    qtbot.addWidget(bars)
    bars.resize(400, 200)
    bars.show()
    with qtbot.waitSignal(bars.chosen) as clicked:
        QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QRectF(bars.bar_box(1)).center().toPoint() - QPoint(0, 5))
    assert clicked.args == [1]
    QTest.keyClick(bars, Qt.Key.Key_Right)
    with qtbot.waitSignal(bars.chosen) as entered:
        QTest.keyClick(bars, Qt.Key.Key_Return)
    assert entered.args == [0]
    assert bars.bar_box(0).height() > 50 * bars.bar_box(1).height() / 1.5 / 2


@pytest.mark.parametrize(
    ("highest", "expected"), [(121, [0, 50, 100]), (17, [0, 5, 10, 15]), (1, [0, 0.5, 1]), (0, [0, 1]), (3, [0, 1, 2, 3])]
)
def test_ticks_are_round_numbers(highest, expected):
    assert ticks(highest) == expected
