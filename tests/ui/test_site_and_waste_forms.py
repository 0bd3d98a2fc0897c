"""Sites, waste and PCB equipment through their forms: what is outside the country or against a rule is said in place."""

from datetime import date

import pytest
from PySide6.QtWidgets import QMessageBox, QScrollArea
from window import open_window, until

from inspector_app.domain.pcb import EquipmentType, Liquid, TestMethod
from inspector_app.domain.waste import Hazard
from inspector_app.ui import openers
from inspector_app.ui.forms.document import DocumentForm
from inspector_app.ui.forms.pcb import PcbForm
from inspector_app.ui.forms.site import SiteForm
from inspector_app.ui.forms.waste import ItemForm


@pytest.fixture
def window(qtbot, register):
    return open_window(qtbot, register)


def filled(window, place: str) -> SiteForm:
    form = SiteForm(window.desk, parent=window)
    form.open()
    form.form.set_values(code="MNG-1", region="47", name_ru="Площадка", discovered_on=date(2026, 1, 5))
    form.place.line.setText(place)
    form.main.click()
    return form


def test_a_coordinate_outside_the_country_is_refused_under_its_field_and_stays_typed(qtbot, window, office):
    form = filled(window, "12.5, 51.16")
    until(qtbot, lambda: form.place.problem)
    assert "outside Kazakhstan" in form.place.problem
    assert form.place.typed == "12.5, 51.16"
    assert office.ask("SELECT COUNT(*) FROM site") == [(0,)]


def test_a_new_site_is_registered_and_its_page_opened(qtbot, window, office):
    filled(window, "43°39'00\"N 51°09'36\"E")
    until(qtbot, lambda: window.current == "site")
    assert office.ask("SELECT code, lat, lon FROM site") == [("MNG-1", 43.65, 51.16)]


def test_a_code_that_is_taken_is_explained_and_nothing_typed_is_lost(qtbot, window, office):
    office.site("MNG-1")
    form = filled(window, "43.65, 51.16")
    until(qtbot, lambda: form.form.fields["code"].problem)
    assert form.form.fields["name_ru"].value() == "Площадка"
    assert form.isVisible()


def test_a_pcb_code_brings_its_hazards_along(qtbot, window, office):
    form = ItemForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.fields["code"].line.setText("16 02 09")
    form.form.fields["code"].changed.emit()
    assert form.hazards[Hazard.C16].value()
    assert form.form.fields["y_codes"].value() == "Y10"
    form.form.set_values(value=12)
    form.main.click()
    until(qtbot, lambda: office.ask("SELECT code, accepted_g FROM waste_item") == [("160209", 12_000_000)])


def test_a_hazardous_waste_without_a_hazard_is_refused_beside_the_hazards(qtbot, window, office):
    form = ItemForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.fields["code"].line.setText("06 01 01")
    form.main.click()
    until(qtbot, form.hazard_problem.text)
    assert "at least one" in form.hazard_problem.text()


def test_the_class_of_equipment_follows_from_its_evidence_while_it_is_typed(qtbot, window, office):
    form = PcbForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.set_values(equipment=EquipmentType.TRANSFORMER, liquid=Liquid.SOVTOL10)
    form._classify()
    assert "over 10 %" in form.verdict.text()
    form.form.set_values(ppm=12, test_method=TestMethod.GC_MS)
    form._classify()
    assert "up to 50 ppm" in form.verdict.text()
    form.main.click()
    until(qtbot, lambda: office.ask("SELECT label FROM pcb_item") == [("KZ-PCB-47-000001",)])


@pytest.mark.parametrize("typed", ["x" * 100_000, "a\0b", "left\N{RIGHT-TO-LEFT OVERRIDE}right"])
def test_a_text_that_cannot_be_kept_is_refused_under_its_own_field_and_the_next_one_is_kept(qtbot, window, office, typed):
    form = filled(window, "43.65, 51.16")
    until(qtbot, lambda: office.ask("SELECT COUNT(*) FROM site") == [(1,)])
    form = SiteForm(window.desk, parent=window)
    form.open()
    form.form.set_values(code="MNG-2", region="47", name_ru="Площадка", discovered_on=date(2026, 1, 5), address=typed)
    form.place.line.setText("43.65, 51.16")
    form.main.click()
    address = form.form.fields["address"]
    until(qtbot, lambda: address.problem)
    assert form.isVisible()
    address.set_value("Актау")
    form.main.click()
    until(qtbot, lambda: office.ask("SELECT COUNT(*) FROM site") == [(2,)])


def test_a_year_is_shown_without_a_gap_between_its_thousands(qtbot, window):
    form = PcbForm(window.desk, parent=window)
    qtbot.addWidget(form)
    year = form.form.fields["year_made"]
    year.set_value(1978)
    assert year.line.text() == "1978"
    year.line.setText("1066")
    assert not year.check()
    assert year.problem == "At least 1900 is expected."


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_no_form_is_larger_than_the_screen_or_narrower_than_its_content(qtbot, office, language):
    site = office.site()
    window = open_window(qtbot, office.register, language=language, text_percent=150)
    room = window.screen().availableSize()
    for name in openers.OPENERS:
        form = openers.open_form(window.desk, name, None if name == "new-site" else site, window)
        until(qtbot, form.isVisible)
        assert form.height() <= room.height(), name
        assert form.width() <= room.width(), name
        area = form.findChildren(QScrollArea)[0]
        assert area.widget().width() <= area.viewport().width() or form.width() >= room.width() - 64, name
        form.done(0)


def test_a_document_is_recorded_and_asked_for_before_it_is_thrown_away(qtbot, window, office):
    form = DocumentForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.fields["no"].line.setText("17")
    form.form.changed.emit("no")
    form.cancel.click()
    until(qtbot, lambda: form.findChildren(QMessageBox))
    form.findChildren(QMessageBox)[0].reject()
    form.main.click()
    assert form.form.fields["issued_on"].problem == "This must be filled in."
    form.form.set_values(issued_on=date(2026, 4, 1))
    with qtbot.waitSignal(form.kept):
        form.main.click()
    assert office.ask("SELECT no FROM document") == [("17",)]


def test_a_form_opens_with_the_keyboard_in_its_first_field(qtbot, window):
    form = SiteForm(window.desk, parent=window)
    form.open()
    until(qtbot, form.form.fields["code"].input.hasFocus)


def test_what_is_wrong_far_below_is_brought_into_view(qtbot, window, office):
    form = PcbForm(window.desk, office.site(), parent=window)
    form.open()
    until(qtbot, form.isVisible)
    form.resize(form.width(), 400)
    leak = form.form.fields["leak_since"]
    leak.line.setText("31.02.2026")
    form.main.click()
    area = form.findChild(QScrollArea)
    until(qtbot, lambda: area.viewport().rect().contains(leak.mapTo(area.viewport(), leak.rect().bottomLeft())))


def test_a_quantity_without_its_day_is_asked_for_it(qtbot, window, office):
    form = ItemForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.set_values(code="150102", value=5, estimated_on=None)
    form.main.click()
    until(qtbot, lambda: form.form.fields["estimated_on"].problem)
    assert not form.strips.count()


def test_a_missing_hazard_brings_the_keyboard_to_the_hazards(qtbot, window, office):
    form = ItemForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.set_values(code="060101")
    form.main.click()
    until(qtbot, form.hazard_problem.text)
    until(qtbot, next(iter(form.hazards.values())).input.hasFocus)
    assert not form.strips.count()


@pytest.mark.parametrize("name", ["leak_since", "tested_on"])
def test_equipment_neither_leaks_nor_was_tested_on_a_day_to_come(qtbot, window, office, name):
    form = PcbForm(window.desk, office.site(), parent=window)
    form.open()
    form.form.set_values(**{name: date(2099, 1, 1)})
    form.main.click()
    until(qtbot, lambda: form.form.fields[name].problem)


def test_a_mistake_of_the_program_leaves_the_form_open_for_another_try(qtbot, window, office):
    def broken(_session):
        raise ZeroDivisionError

    form = SiteForm(window.desk, parent=window)
    form.open()
    form.form.set_values(name_ru="Площадка")
    form.send("Break", broken)
    until(qtbot, form.strips.count)
    assert form.main.isEnabled()
    assert form.form.fields["name_ru"].value() == "Площадка"
    form.reject()
    assert not form.isVisible()
