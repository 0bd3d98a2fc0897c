"""The guided form saves every change, survives a restart, and is signed only when it is complete."""

from datetime import date
from pathlib import Path

import pytest
from office import Office, answers
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMessageBox
from window import open_window, page, until

from inspector_app.actions import inspections
from inspector_app.domain.inspection import InspectionState
from inspector_app.models.register import Register
from inspector_app.ui.forms.inspection import InspectionForm, NewInspectionForm
from inspector_app.ui.photos import PhotoGrid

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


@pytest.fixture
def grid(qtbot, register, draft) -> PhotoGrid:
    form = opened(qtbot, open_window(qtbot, register), draft)
    form.list.setCurrentRow(section(form, "Photos"))
    return form.sections[form.list.currentRow()].grid


def painted(path: Path, colour: str = "#446688") -> Path:
    Image.new("RGB", (64, 48), colour).save(path)
    return path


def dropped(grid: PhotoGrid, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(each)) for each in paths])
    places = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(5, 5), *places)
    grid.dragEnterEvent(entering)
    assert entering.isAccepted()
    grid.dropEvent(QDropEvent(QPointF(5, 5), *places))


def test_what_is_no_photo_is_named_with_its_reason_and_the_photos_beside_it_are_taken(qtbot, office, grid, tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.jpg").write_text("no picture at all")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    Image.new("1", (9_000, 9_000)).save(tmp_path / "huge.png")
    wrong = [tmp_path / name for name in ("folder", "notes.jpg", "empty.jpg", "paper.pdf", "huge.png")]
    dropped(grid, painted(tmp_path / "a.jpg"), *wrong, painted(tmp_path / "b.jpg", "#FFAA00"))
    until(qtbot, grid.strips.count)
    said = grid.strips.itemAt(0).widget().sentences
    assert said[0] == "5 files were left out."
    assert [each.partition(":")[0] for each in said[1:]] == [each.name for each in wrong]
    until(qtbot, lambda: len(grid.cards) == 2)


def test_the_same_photo_is_taken_once(qtbot, office, grid, tmp_path: Path):
    photo = painted(tmp_path / "a.jpg")
    dropped(grid, photo, photo)
    until(qtbot, grid.strips.count)
    until(qtbot, lambda: grid.cards)
    dropped(grid, photo)
    until(qtbot, grid.strips.count)
    assert "it is here already" in grid.strips.itemAt(0).widget().sentences[1]
    assert office.ask("SELECT COUNT(*) FROM photo") == [(1,)]


def test_captions_are_written_one_after_the_other_with_the_keyboard_and_a_photo_is_opened_with_it(
    qtbot, office, grid, tmp_path
):
    dropped(grid, painted(tmp_path / "a.jpg"), painted(tmp_path / "b.jpg", "#FFAA00"))
    until(qtbot, lambda: len(grid.cards) == 2 and grid.cards[1].picture.isVisible())
    grid.cards[0].caption.setFocus()
    qtbot.keyClicks(grid.cards[0].caption, "Drums")
    qtbot.keyClick(grid.cards[0].caption, Qt.Key.Key_Tab)
    until(qtbot, lambda: office.ask("SELECT COUNT(*) FROM photo WHERE caption = 'Drums'") == [(1,)])
    until(qtbot, lambda: grid.cards[0].photo.caption == "Drums")
    qtbot.keyClick(grid.window().focusWidget(), Qt.Key.Key_Tab)
    assert grid.cards[1].picture.hasFocus()
    with qtbot.waitSignal(grid.cards[1].opened):
        qtbot.keyClick(grid.cards[1].picture, Qt.Key.Key_Return)


def test_photos_of_a_signed_inspection_offer_no_change(qtbot, office, grid, draft, tmp_path):
    dropped(grid, painted(tmp_path / "a.jpg"))
    until(qtbot, lambda: grid.cards)
    grid.show_photos(grid._site_id, draft, grid._shown[0], read_only=True)
    assert grid.cards[0].caption.isReadOnly()


def test_a_new_inspection_of_a_site_opens_its_form(qtbot, register, office, site):
    window = open_window(qtbot, register)
    form = NewInspectionForm(window.desk, site, parent=window)
    form.open()
    form.main.click()
    until(qtbot, lambda: window.current == "inspections")
    until(qtbot, lambda: window.pages["inspections"].form.act is not None)
    assert Office(register).ask("SELECT COUNT(*) FROM inspection WHERE state = 'DRAFT'") == [(1,)]
