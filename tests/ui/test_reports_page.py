"""A report is seen before it is saved; what it needs is asked for, and what cannot be written is explained."""

from pathlib import Path

import pytest
from pypdf import PdfReader
from window import open_window, page, until

from inspector_app.ui.pages.reports import file_name
from inspector_app.ui.parts import Strip


@pytest.fixture
def reports(qtbot, register):
    return page(qtbot, open_window(qtbot, register), "reports")


def test_an_empty_page_says_what_to_do(reports):
    assert reports.paper is None
    assert not reports.tools.isVisible()


def test_a_summary_is_shown_and_saved_as_it_was_seen(qtbot, reports, tmp_path: Path):
    reports.open_row("summary:")
    until(qtbot, lambda: reports.paper is not None, 60_000)
    assert reports.page_of.text() == "page 1 of 1"
    target = tmp_path / "summary.pdf"
    reports.save(target)
    until(qtbot, target.is_file)
    assert target.read_bytes() == reports.paper.read_bytes()


def test_a_report_of_a_site_is_asked_for_from_its_page_in_the_language_chosen(qtbot, reports, office):
    site, _item = office.pending()
    reports.language.set_value("ru")
    reports.open_row(f"site-removal:{site}")
    until(qtbot, lambda: reports.paper is not None, 60_000)
    assert reports.name.text() == "site-removal-A-1-ru.pdf"
    assert "A-1" in PdfReader(reports.paper).pages[0].extract_text()


def test_a_report_without_its_subject_is_not_made_and_the_field_says_why(qtbot, reports):
    reports.kinds.setCurrentRow(0)
    reports.make()
    assert reports.subject.problem == "This must be filled in."
    assert not reports.long.is_running


def test_a_folder_that_cannot_be_written_is_explained_and_nothing_is_left(qtbot, reports, tmp_path: Path):
    reports.open_row("summary:")
    until(qtbot, lambda: reports.paper is not None, 60_000)
    reports.save(tmp_path / "nowhere" / "summary.pdf")
    until(qtbot, lambda: reports.findChildren(Strip))
    assert "cannot be written" in reports.findChildren(Strip)[-1].sentences[0]
    assert list(tmp_path.glob("**/*.pdf")) == []


def test_a_file_name_holds_nothing_that_a_file_system_dislikes():
    assert file_name("inspection", "ОБС-47/../2", "kk") == "inspection-ОБС-47-..-2-kk.pdf"
