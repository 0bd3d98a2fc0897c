"""The window: its pages, keys, language, messages, undo, and what it remembers."""

import importlib

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from window import open_window, page, until

from inspector_app import settings as preferences
from inspector_app.actions.sites import change_site, register_site
from inspector_app.domain.errors import BasisMissing, DiskFull, MassExceeded
from inspector_app.i18n import N_, Grams, words
from inspector_app.models.entities import ENTITIES, fields
from inspector_app.models.wording import FIELDS, RECORDS, shown_value
from inspector_app.ui import messages, openers


def said(widget):
    """As it is read: where a long path may be broken is not seen."""
    return " ".join(each.text() for each in widget.findChildren(QLabel)).replace("\u200b", "")


@pytest.fixture
def window(qtbot, county_register):
    return open_window(qtbot, county_register)


def test_every_page_of_the_rail_has_its_key(qtbot, window):
    for entry in window.entries:
        if entry.name == "map":  # has tests of its own; the web engine is slow to start
            continue
        QTest.keyClick(window, Qt.Key(ord(entry.key[-1])), Qt.KeyboardModifier.ControlModifier)
        assert window.current == entry.name
        assert window.rail.buttons[entry.name].isChecked()


class Flashes(QObject):
    """Notes every widget without a parent that shows itself."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_no_part_of_a_page_flashes_up_as_a_window_of_its_own(qtbot, qapp, window):
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    for entry in window.entries:
        if entry.name != "map":
            window.go(entry.name)
            qtbot.waitUntil(lambda name=entry.name: window.current == name)
    until(qtbot, lambda: window.pages["sites"].rows.rowCount() == 14)
    window.go("site", window.pages["sites"].rows.row_at(0).id)
    until(qtbot, lambda: window.pages["site"].tabs.count() == 7)
    qapp.removeEventFilter(flashes)
    assert flashes.seen == []


def test_a_page_is_made_when_it_is_first_opened(qtbot, window):
    assert set(window.pages) == {"overview"}
    window.go("sites")
    assert set(window.pages) == {"overview", "sites"}


def test_the_map_is_made_ready_beside_the_window_without_a_page_of_it(qtbot, window):
    with qtbot.assertNotEmitted(window.work.broken, wait=300):
        window.prepare_map()

    assert "map" not in window.pages


def test_the_way_back_is_one_key(qtbot, window):
    window.go("sites")
    window.go("overview")
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.current == "sites"


def test_a_narrow_window_shows_icons_alone(qtbot, window):
    window.resize(1360, 860)
    assert window.rail.buttons["sites"].text().strip() == "Sites"
    window.resize(1000, 700)
    until(qtbot, lambda: not window.rail.buttons["sites"].text())
    assert window.rail.buttons["sites"].accessibleName() == "Sites"


def test_another_language_shows_at_once_on_the_same_page(qtbot, window):
    shown = page(qtbot, window, "sites")
    until(qtbot, lambda: shown.rows.rowCount() == 14)
    window.prefer(language="ru")
    until(qtbot, lambda: window.pages.get("sites") not in (None, shown))
    until(qtbot, lambda: window.pages["sites"].rows.rowCount() == 14)
    assert window.current == "sites"
    assert window.desk.words.language == "ru"
    rows = window.pages["sites"].rows
    assert rows.data(rows.index(1, 1)) == "Учебный объект 1"
    assert preferences.load().language == "ru"


def test_another_theme_dresses_the_window_anew(qtbot, window):
    from PySide6.QtWidgets import QApplication

    window.prefer(theme="dark")
    until(qtbot, lambda: "#14181C" in QApplication.instance().styleSheet())


def test_the_window_is_where_it_was_left(qtbot, county_register):
    first = open_window(qtbot, county_register)
    first.resize(790, 700)
    first.close()
    again = open_window(qtbot, county_register, window=preferences.load().window)
    assert again.size() == first.size()


def test_the_window_opens_on_the_page_where_it_was_left(qtbot, county_register):
    first = open_window(qtbot, county_register)
    first.go("removal")
    first.close()
    again = open_window(qtbot, county_register, page=preferences.load().page)
    assert again.current == "removal"
    assert set(again.pages) == {"removal"}


def test_an_error_says_what_happened_what_was_kept_and_what_to_do(qtbot, window):
    window.show_error(DiskFull())
    text = said(window.centralWidget())
    assert "The disk is full." in text
    assert "The last change was not saved; everything before it is safe." in text
    assert "Free some space, then repeat the last change." in text


def test_a_mistake_of_the_program_names_the_log_file(qtbot, window, caplog):
    def broken(_session):
        raise ZeroDivisionError

    window.work.read(window, broken, lambda _answer: None)
    until(qtbot, lambda: messages.log_file() in said(window.centralWidget()))


def test_the_facts_of_an_error_are_translated_one_by_one():
    error = BasisMissing(site="A-1", target="Removed", documents="Clearance act, Contract")
    russian = words("ru")
    assert russian.say("Contract") != "Contract"
    assert f"{russian.say('Clearance act')}, {russian.say('Contract')}" in messages.sentences(russian, error)[0]


def test_a_mass_in_an_error_is_written_as_its_reader_writes_masses():
    error = MassExceeded(item="1.", asked=Grams(900_000_500_000), remaining=Grams(1_500))
    happened = messages.sentences(words("ru"), error)[0]
    assert "900\u202f000\u202f500\N{NO-BREAK SPACE}кг" in happened
    assert "1,5\N{NO-BREAK SPACE}кг" in happened


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_no_word_of_the_rail_is_cut(qtbot, office, language):
    window = open_window(qtbot, office.register, language=language)
    rail = window.rail
    assert rail.buttons["settings"].text(), "the window is wide enough for words"
    for button in rail.buttons.values():
        button.setChecked(True)
        assert button.fontMetrics().horizontalAdvance(button.text()) + button.iconSize().width() < button.contentsRect().width()
    brand = rail.findChildren(QLabel)[0]
    assert brand.fontMetrics().horizontalAdvance(brand.text()) <= brand.contentsRect().width()


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_large_text_makes_no_page_wider_than_a_small_screen(qtbot, office, language):
    window = open_window(qtbot, office.register, language=language, text_percent=150)
    window.resize(1366, 768)
    for entry in window.entries:
        if entry.name != "map":
            shown = page(qtbot, window, entry.name)
            assert shown.minimumSizeHint().width() + window.rail.width() <= 1366, entry.name


def test_undo_takes_the_last_change_back(qtbot, office):
    site = office.site("A-1", name_en="Before")
    window = open_window(qtbot, office.register)
    shown = page(qtbot, window, "sites")
    until(qtbot, lambda: shown.rows.rowCount() == 1)
    window.work.write(N_("Change a site"), change_site, site, name_en="After")
    until(qtbot, lambda: shown.rows.data(shown.rows.index(0, 1)) == "After")
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, lambda: shown.rows.data(shown.rows.index(0, 1)) == "Before")
    assert window.status.word.text() == "Taken back: Change a site"


def test_nothing_to_undo_is_explained(qtbot, register):
    window = open_window(qtbot, register)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, lambda: window.strips.count() == 1)


def test_an_empty_register_says_what_helps(qtbot, register):
    window = open_window(qtbot, register)
    until(qtbot, lambda: "This register is empty" in said(window.pages["overview"]))
    shown = page(qtbot, window, "sites")
    until(qtbot, lambda: "There is no site in this register yet." in said(shown.table))


def test_a_demonstration_says_so_on_every_page(qtbot, new_register):
    window = open_window(qtbot, new_register("demo.register", kind="demo"))
    assert "Demonstration register" in said(window.top)
    assert "Demonstration" in window.windowTitle()


def test_a_new_site_recorded_elsewhere_appears(qtbot, office, watchdog):
    from datetime import date

    window = open_window(qtbot, office.register)
    shown = page(qtbot, window, "sites")
    until(qtbot, lambda: not shown.table.busy.isVisible())
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
    until(qtbot, lambda: shown.rows.rowCount() == 1)


def test_every_record_and_field_has_a_name_for_people():
    assert set(RECORDS) == set(ENTITIES)
    assert {name for entity in ENTITIES for name in fields(entity)} <= set(FIELDS)


@pytest.mark.parametrize(
    ("entity", "field", "value", "shown"),
    [
        ("site", "status", "REMOVED", "Removed"),
        ("status_event", "to_status", "A_NEWER_STATUS", "A_NEWER_STATUS"),
        ("waste_item", "accepted_g", 5_000_000, "5\u202f000\u00a0kg"),
        ("budget", "planned_kzt", 5, "5\u00a0₸"),
        ("site", "discovered_on", "2020-01-02", "02.01.2020"),
        ("inspection", "signed_at", "2026-05-02T08:11:09.120Z", "02.05.2026 13:11"),
        ("site", "radiological", True, "yes"),
        ("site", "name_en", None, "\N{EN DASH}"),
        ("waste_item", "hazards", ["HP6", "HP14"], "2 entries"),
        ("from_the_future", "field", 3, "3"),
    ],
)
def test_values_of_the_log_are_shown_as_people_write_them(entity, field, value, shown):
    assert shown_value(words("en"), entity, field, value) == shown


def test_every_form_can_be_found():
    for name, (module, kind) in openers.OPENERS.items():
        assert hasattr(importlib.import_module(module), kind), name


@pytest.mark.parametrize("name", ["overview", "sites", "inspections", "removal", "pcb", "reports", "settings"])
def test_every_control_of_a_page_is_reached_with_the_tab_key_and_nothing_holds_it(qtbot, county_register, name):
    window = open_window(qtbot, county_register)
    shown = page(qtbot, window, name)
    qtbot.wait(300)
    reached = set()
    for _ in range(90):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    wanted = [
        each
        for each in shown.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled() and not each.focusProxy()
    ]
    assert [each for each in wanted if each not in reached] == []
    assert window.search in reached
