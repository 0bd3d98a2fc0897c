"""The page of one site: what it is, how it came here, what is missing for the next step, what was changed."""

import pytest
from PySide6.QtWidgets import QLabel, QTableView
from window import open_window, until

from inspector_app.models.queries.history import of_site
from inspector_app.models.wording import differences


@pytest.fixture
def window(qtbot, county_register):
    return open_window(qtbot, county_register)


def site_id(window, code):
    with window.register.reading() as session:
        from sqlalchemy import select

        from inspector_app.models.sites import Site

        return session.scalar(select(Site.id).where(Site.code == code))


def opened(qtbot, window, code, section=""):
    window.go("site", site_id(window, code), section)
    shown = window.pages["site"]
    until(qtbot, lambda: shown.seen is not None and shown.title.text() == code and shown.tabs.count() == 7)
    return shown


def words(widget):
    return [each.text() for each in widget.findChildren(QLabel)]


def test_the_summary_tells_where_it_stands_and_what_the_next_step_lacks(qtbot, window, watchdog):
    shown = opened(qtbot, window, "TS-12")
    text = words(shown.tabs.currentWidget())
    assert "Next allowed steps" in text
    assert "No signed inspection since the last change of status." in text
    assert "missing: Act of transfer to the local authority" in text
    assert "Acceptance act 1 of 01.07.2023" in text


@pytest.mark.parametrize(
    ("section", "code", "rows"),
    [
        ("waste", "AZPM", 1),
        ("removals", "AZPM", 1),
        ("pcb", "TS-12", 1),
        ("inspections", "TS-10", 1),
        ("documents", "TS-10", 6),
    ],
)
def test_each_section_shows_its_rows(qtbot, window, section, code, rows):
    shown = opened(qtbot, window, code, section)
    (table,) = shown.tabs.currentWidget().findChildren(QTableView)
    assert table.model().rowCount() == rows


def test_history_tells_from_what_to_what(qtbot, office):
    from inspector_app.actions.sites import change_site

    site = office.site("A-1", name_en="Before")
    office.do(change_site, site, name_en="After", command="Rename a site")
    window = open_window(qtbot, office.register)
    shown = opened(qtbot, window, "A-1", "history")
    (table,) = shown.tabs.currentWidget().findChildren(QTableView)
    until(qtbot, lambda: table.model().rowCount() >= 3)
    assert table.model().row_at(0).command == "Rename a site"
    with office.register.reading() as session:
        newest = of_site(session, site)[0]
    assert differences(window.desk.words, newest) == ["name in English: Before \N{RIGHTWARDS ARROW} After"]


def test_another_site_begins_with_its_summary_and_the_same_one_stays(qtbot, window):
    shown = opened(qtbot, window, "AZPM", "waste")
    opened(qtbot, window, "AZPM")
    assert shown.tabs.currentIndex() == 1
    opened(qtbot, window, "TS-10")
    assert shown.tabs.currentIndex() == 0


def test_a_site_that_is_gone_says_so(qtbot, window):
    window.go("site", "no-such-site")
    shown = window.pages["site"]
    until(qtbot, shown.gone.isVisible)


def test_a_section_without_rows_says_what_it_would_hold(qtbot, window):
    shown = opened(qtbot, window, "TS-01", "removals")
    assert "Nothing has been removed from this site yet." in words(shown.tabs.currentWidget())


def test_a_change_of_the_site_leaves_its_reader_at_the_same_line(qtbot, office):
    from inspector_app.actions.sites import change_site

    site = office.site("A-1")
    for _line in range(60):
        office.item(site, 1)
    window = open_window(qtbot, office.register)
    shown = opened(qtbot, window, "A-1", "waste")
    (table,) = shown.tabs.currentWidget().findChildren(QTableView)
    table.setFocus()
    table.setCurrentIndex(table.model().index(50, 0))
    scrolled = table.verticalScrollBar().value()
    assert scrolled > 0

    with qtbot.waitSignal(window.work.register_changed):
        window.work.write("Rename a site", change_site, site, name_en="Here")
    until(qtbot, lambda: shown.seen.row.name_en == "Here")

    def new_table():
        (found,) = shown.tabs.currentWidget().findChildren(QTableView)
        return found

    assert new_table() is not table
    until(qtbot, lambda: new_table().currentIndex().row() == 50)
    until(qtbot, lambda: new_table().verticalScrollBar().value() == scrolled)
    until(qtbot, lambda: new_table().hasFocus())
