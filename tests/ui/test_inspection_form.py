"""The guided form saves every change, survives a restart, and is signed only when it is complete."""

from datetime import date
from pathlib import Path

import pytest
from office import Office, answers
from PIL import Image
from PySide6.QtWidgets import QMessageBox
from window import open_window, page, until

from inspector_app.actions import inspections
from inspector_app.domain.inspection import InspectionState
from inspector_app.models.register import Register
from inspector_app.ui.forms.inspection import InspectionForm, NewInspectionForm

D = date


@pytest.fixture
def site(office) -> str:
    return office.owned()


@pytest.fixture
def draft(office, site) -> str:
    return office.do(inspections.start_inspection, site, visited_on=D(2026, 5, 1))


def opened(qtbot, window, draft) -> InspectionForm:
    form = page(qtbot, window, "inspections", draft).form
    until(qtbot, lambda: form.act is not None)
    return form


def section(form: InspectionForm, name: str) -> int:
    return [each.heading for each in form.sections].index(name)


def test_what_is_typed_is_in_the_register_within_a_second_without_a_save_button(qtbot, register, office, draft):
    form = opened(qtbot, open_window(qtbot, register), draft)
    form.list.setCurrentRow(section(form, "Facts and conclusions"))
    facts = form.sections[form.list.currentRow()].fields["facts"]
    with qtbot.waitSignal(form.saved, timeout=5000):
        qtbot.keyClicks(facts.text, "Four drums")
    assert office.ask("SELECT facts FROM inspection") == [("Four drums",)]
    assert form.state.text().startswith("saved ")


def test_a_draft_goes_on_where_it_was_left_after_the_program_was_closed_at_once(qtbot, register, office, draft, tmp_path):
    window = open_window(qtbot, register)
    form = opened(qtbot, window, draft)
    form.list.setCurrentRow(section(form, "Facts and conclusions"))
    qtbot.keyClicks(form.sections[form.list.currentRow()].fields["facts"].text, "Half a sent")
    window.close()
    register.close()
    again = Register.open(register.path)
    other = open_window(qtbot, again)
    found = opened(qtbot, other, draft)
    assert found.act.visit.facts == "Half a sent"
    other.work.stop()
    again.close()


def test_what_a_mistake_of_the_program_kept_from_being_saved_is_saved_with_the_next_change(
    qtbot, register, office, draft, monkeypatch
):
    def broken(_session, _id, **_given):
        raise ZeroDivisionError

    form = opened(qtbot, open_window(qtbot, register), draft)
    form.list.setCurrentRow(section(form, "Facts and conclusions"))
    facts = form.sections[form.list.currentRow()].fields["facts"]
    with monkeypatch.context() as patch:
        patch.setattr("inspector_app.ui.forms.inspection.fill_in", broken)
        qtbot.keyClicks(facts.text, "Four drums")
        until(qtbot, lambda: form.state.text() == "not saved")
    with qtbot.waitSignal(form.saved, timeout=5000):
        qtbot.keyClicks(facts.text, ", two leak")
    assert office.ask("SELECT facts FROM inspection") == [("Four drums, two leak",)]


def test_an_answer_opens_the_question_that_follows_from_it(qtbot, register, draft):
    form = opened(qtbot, open_window(qtbot, register), draft)
    access = form.sections[section(form, "Access and surroundings")]
    form.list.setCurrentRow(section(form, "Access and surroundings"))
    assert not access.questions["access_refused_by"].isVisible()
    box = access.questions["access"].box
    refused = next(place for place in range(box.count()) if "refused" in box.itemText(place))
    box.setCurrentIndex(refused)
    box.activated.emit(refused)
    assert access.questions["access_refused_by"].isVisible()


def test_finishing_lists_what_is_missing_and_leads_to_it(qtbot, register, draft):
    form = opened(qtbot, open_window(qtbot, register), draft)
    form.finish()
    assert form.list.currentRow() == form.gaps()[0][0]
    assert form.act.visit.state is InspectionState.DRAFT
    assert form.strips.count()


def test_a_complete_inspection_is_signed_locked_and_its_report_is_shown(qtbot, register, office, draft):
    office.do(inspections.change_inspection, draft, facts="Four drums", conclusions="Remove them", answers=answers())
    window = open_window(qtbot, register)
    form = opened(qtbot, window, draft)
    until(qtbot, lambda: not form.gaps())
    form.finish()
    question = form.findChild(QMessageBox)
    next(each for each in question.buttons() if each.text() == "Sign").click()
    until(qtbot, lambda: window.current == "reports")
    assert office.ask("SELECT state FROM inspection WHERE id = :id", id=draft) == [("SIGNED",)]
    until(qtbot, lambda: window.pages["reports"].paper is not None, timeout=30_000)
    window.go("inspections", draft)
    until(qtbot, lambda: form.act.visit.state is InspectionState.SIGNED)
    assert not form.sections[0].fields["weather"].isEnabled()
    assert form.amend.isVisible()
    assert not form.sign.isVisible()


def test_an_amendment_is_a_new_draft_and_the_original_stays(qtbot, register, office, site):
    signed = office.signed(site, D(2026, 4, 1))
    window = open_window(qtbot, register)
    form = opened(qtbot, window, signed)
    form.amend.click()
    until(qtbot, lambda: form.act is not None and form.act.visit.amends_id == signed)
    assert form.act.visit.no.endswith("/2")
    assert office.ask("SELECT state FROM inspection WHERE id = :id", id=signed) == [("SIGNED",)]


def test_waste_found_is_written_down_in_a_form_of_its_own(qtbot, register, office, draft):
    form = opened(qtbot, open_window(qtbot, register), draft)
    found = form.sections[section(form, "Waste found")]
    dialog = found.add_row()
    dialog.form.set_values(name="Drums with oil", mass_g=1_200_000)
    dialog.form.fields["code"].line.setText("13 02 05")
    dialog.main.click()
    until(qtbot, lambda: found.rows.rowCount() == 1)
    assert office.ask("SELECT code, mass_g FROM finding") == [("130205", 1_200_000)]


def test_photos_are_taken_in_as_files_with_the_time_that_the_camera_wrote(qtbot, register, office, draft, tmp_path: Path):
    photo = tmp_path / "drums.jpg"
    image = Image.new("RGB", (640, 480), "#446688")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:05:01 10:15:00"
    image.save(photo, exif=exif)
    form = opened(qtbot, open_window(qtbot, register), draft)
    grid = form.sections[section(form, "Photos")].grid
    grid.take([photo])
    until(qtbot, lambda: grid.cards)
    assert office.ask("SELECT taken_at FROM photo")[0][0].startswith("2026-05-01T05:15")
    until(qtbot, lambda: not grid.cards[0].picture.pixmap().isNull())


def test_a_file_that_is_no_photo_is_refused_with_a_reason(qtbot, register, office, draft, tmp_path: Path):
    wrong = tmp_path / "notes.jpg"
    wrong.write_text("no picture at all")
    form = opened(qtbot, open_window(qtbot, register), draft)
    grid = form.sections[section(form, "Photos")].grid
    grid.take([wrong])
    until(qtbot, grid.strips.count)
    assert office.ask("SELECT COUNT(*) FROM photo") == [(0,)]


def test_a_new_inspection_of_a_site_opens_its_form(qtbot, register, office, site):
    window = open_window(qtbot, register)
    form = NewInspectionForm(window.desk, site, parent=window)
    form.open()
    form.main.click()
    until(qtbot, lambda: window.current == "inspections")
    until(qtbot, lambda: window.pages["inspections"].form.act is not None)
    assert Office(register).ask("SELECT COUNT(*) FROM inspection WHERE state = 'DRAFT'") == [(1,)]
