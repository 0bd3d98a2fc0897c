"""Preferences work at once; a backup is proven, and restored as a register of its own."""

from pathlib import Path

import pytest
from window import open_window, page, until

from inspector_app.models.register import Register
from inspector_app.ui.parts import Strip


@pytest.fixture
def window(qtbot, register):
    return open_window(qtbot, register)


def choose(field, value) -> None:
    field.set_value(value)
    field.changed.emit()


def test_another_language_is_spoken_at_once(qtbot, window):
    settings = page(qtbot, window, "settings")
    choose(settings.fields["language"], "ru")
    until(qtbot, lambda: window.desk.words.language == "ru")
    assert window.desk.settings.language == "ru"


def test_another_theme_is_worn_at_once(qtbot, window):
    settings = page(qtbot, window, "settings")
    choose(settings.fields["theme"], "sun")
    until(qtbot, lambda: window.desk.theme.name == "sun")


def test_a_goal_year_that_is_none_is_refused_under_its_field_and_the_old_one_stays(qtbot, window):
    settings = page(qtbot, window, "settings")
    goal = settings.fields["goal_year"]
    goal.line.setText("1990")
    goal.changed.emit()
    assert goal.problem
    assert window.desk.settings.goal_year == 2030


def test_a_backup_is_made_and_restored_as_a_register_of_its_own(qtbot, window, office, tmp_path: Path):
    office.site("KEPT-1")
    settings = page(qtbot, window, "settings")
    kept = tmp_path / "kept.register"
    settings.back_up(kept)
    until(qtbot, kept.is_file, 30_000)
    until(qtbot, lambda: not settings.long.is_running)
    settings.restore(str(kept), str(tmp_path / "again.register"))
    until(qtbot, lambda: window.desk.settings.register.endswith("again.register"), 30_000)
    again = Register.open(tmp_path / "again.register")
    with again.reading() as session:
        assert session.connection().exec_driver_sql("SELECT code FROM site").scalar_one() == "KEPT-1"
    again.close()


def test_a_backup_over_a_file_that_is_there_is_refused(qtbot, window, tmp_path: Path):
    settings = page(qtbot, window, "settings")
    there = tmp_path / "there.register"
    there.write_text("mine")
    settings.back_up(there)
    until(qtbot, lambda: settings.findChildren(Strip), 30_000)
    assert "exists already" in settings.findChildren(Strip)[-1].sentences[0]
    assert there.read_text() == "mine"
