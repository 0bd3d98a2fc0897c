"""Fields say under themselves what they cannot understand, and give values that the register understands."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window import until

from inspector_app.domain.errors import BadValue, PlaceOutside
from inspector_app.domain.waste import PhysicalState
from inspector_app.i18n import N_, words
from inspector_app.settings import Settings
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import (
    CheckField,
    ChoiceField,
    DateField,
    Form,
    MassField,
    MomentField,
    MoneyField,
    MultiLine,
    NumberField,
    TextField,
)
from inspector_app.ui.lookups import CodeField, CoordinateField
from inspector_app.ui.parts import label
from inspector_app.ui.theme import Theme
from inspector_app.ui.work import Work


@pytest.fixture
def desk(qapp, register):
    work = Work(register)
    yield Desk(work, words("en"), Theme(), Settings())
    work.stop()


def typed(field, text):
    field.line.setText(text)
    return field


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("", None),
        ("350", 350_000),
        ("1,2 t", 1_200_000),
        ("1 204,5", 1_204_500),
        ("2 т", 2_000_000),
        ("0.5 kg", 500),
        ("350 кг.", 350_000),
    ],
)
def test_a_mass_is_read_as_people_write_it(qtbot, desk, text, grams):
    field = MassField(desk, "Mass")
    qtbot.addWidget(field)
    assert typed(field, text).value() == grams


@pytest.mark.parametrize("grams", [0, 1, 999, 1_000, 54_300, 1_204_567_891])
@pytest.mark.parametrize("unit", ["kg", "t"])
def test_a_mass_shown_is_read_back_exactly(qtbot, desk, grams, unit):
    field = MassField(desk, "Mass", unit=unit)
    qtbot.addWidget(field)
    field.set_value(grams)
    assert field.value() == grams


@pytest.mark.parametrize("text", ["five", "1,2 pounds", "-3", "12 q", "9" * 40, "\u202e12", "NaN", "1e99"])
def test_what_is_no_mass_is_said_under_its_field(qtbot, desk, text):
    field = MassField(desk, "Mass")
    qtbot.addWidget(field)
    assert not typed(field, text).check()
    assert field.problem


def test_a_problem_goes_as_soon_as_a_person_types(qtbot, desk):
    field = MassField(desk, "Mass")
    qtbot.addWidget(field)
    field.show()
    typed(field, "five").check()
    with qtbot.waitSignal(field.changed):
        QTest.keyClick(field.line, Qt.Key.Key_Backspace)
    assert not field.problem


@pytest.mark.parametrize(
    ("text", "day"),
    [("02.05.2026", date(2026, 5, 2)), ("2.5.2026", date(2026, 5, 2)), ("2026-05-02", date(2026, 5, 2)), ("", None)],
)
def test_a_day_is_read_in_both_forms(qtbot, desk, text, day):
    field = DateField(desk, "Day")
    qtbot.addWidget(field)
    assert typed(field, text).value() == day


@pytest.mark.parametrize(
    "text", ["31.02.2026", "0001-01-01", "01.01.1899", "tomorrow", "1.1", "99999999999.1.2026", "01.01.9999"]
)
def test_a_day_that_is_none_is_refused(qtbot, desk, text):
    field = DateField(desk, "Day")
    qtbot.addWidget(field)
    with pytest.raises(BadValue):
        typed(field, text).value()


def test_a_moment_is_of_the_clock_in_kazakhstan(qtbot, desk):
    field = MomentField(desk, "Loaded at")
    qtbot.addWidget(field)
    assert typed(field, "02.05.2026 13:30").value() == datetime(2026, 5, 2, 8, 30, tzinfo=UTC)
    field.set_value(datetime(2026, 5, 2, 8, 30, tzinfo=UTC))
    assert field.line.text() == "02.05.2026 13:30"


def test_a_time_may_be_written_with_a_dot(qtbot, desk):
    field = MomentField(desk, "Loaded at")
    qtbot.addWidget(field)
    assert typed(field, "02.05.2026 13.30").value() == datetime(2026, 5, 2, 8, 30, tzinfo=UTC)


def test_line_breaks_that_are_pasted_into_one_line_become_blanks(qtbot, desk):
    field = TextField(desk, "Carrier")
    qtbot.addWidget(field)
    QApplication.clipboard().setText("one\r\ntwo\nthree")
    field.line.paste()
    assert field.line.text() == field.value() == "one two three"


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "x" * 1_001])
def test_a_line_that_cannot_be_kept_is_refused_under_its_field(qtbot, desk, text):
    field = TextField(desk, "Carrier")
    qtbot.addWidget(field)
    assert not typed(field, text).check()


@pytest.mark.parametrize("text", ["a\u202eb", "x" * 20_001])
def test_a_note_that_cannot_be_kept_is_refused_under_its_field(qtbot, desk, text):
    field = MultiLine(desk, "Note")
    qtbot.addWidget(field)
    field.text.setPlainText(text)
    assert not field.check()


def test_an_endless_word_is_broken_and_a_short_one_is_not(qtbot, desk):
    long, short = label("x" * 1_000, wrap=True), label("short words stay", wrap=True)
    for each in (long, short):
        qtbot.addWidget(each)
    assert long.minimumSizeHint().width() < 400
    assert short.text() == "short words stay"


def test_numbers_keep_within_their_limits(qtbot, desk):
    field = NumberField(desk, "Share", minimum=0, maximum=100, unit="%")
    qtbot.addWidget(field)
    assert typed(field, "12,5").value() == 12.5
    assert not typed(field, "101").check()
    assert "100" in field.problem
    whole = NumberField(desk, "Drums", digits=0)
    qtbot.addWidget(whole)
    assert typed(whole, "12").value() == 12
    assert not typed(whole, "1,5").check()


def test_money_is_whole_tenge(qtbot, desk):
    field = MoneyField(desk, "Amount")
    qtbot.addWidget(field)
    assert typed(field, "11,9 bn").value() == 11_900_000_000
    field.set_value(5_000_000_000)
    assert field.value() == 5_000_000_000


def test_a_choice_gives_the_code_not_its_label(qtbot, desk):
    field = ChoiceField(desk, "State", PhysicalState, empty="")
    qtbot.addWidget(field)
    assert field.value() is None
    field.set_value(PhysicalState.SLUDGE)
    assert field.value() is PhysicalState.SLUDGE
    assert field.box.currentText() == "Sludge"


def test_a_waste_code_is_found_by_words_of_its_name(qtbot, desk):
    field = CodeField(desk, "Waste code")
    qtbot.addWidget(field)
    field.show()
    field.line.setFocus()
    field.line.setText("трансформаторы и конденсаторы")
    field.line.textEdited.emit(field.line.text())
    until(qtbot, lambda: any(line.startswith("16 02 09*") for line in field._names.stringList()))
    field._choose(next(line for line in field._names.stringList() if line.startswith("16 02 09*")))
    until(qtbot, lambda: field.line.text() == "16 02 09*")
    assert field.value() == "160209"


@pytest.mark.parametrize("text", ["16 02", "990101", "abc", "'; DROP TABLE site; --"])
def test_what_is_no_waste_code_is_refused(qtbot, desk, text):
    field = CodeField(desk, "Waste code")
    qtbot.addWidget(field)
    assert not typed(field, text).check()


def test_a_position_outside_the_country_is_refused_with_the_way_out(qtbot, desk):
    field = CoordinateField(desk, "Position")
    qtbot.addWidget(field)
    assert typed(field, "43.65, 51.16").value() == (43.65, 51.16)
    with pytest.raises((PlaceOutside, BadValue)):
        typed(field, "10, 10").value()
    assert not field.check()
    assert field.problem


def test_a_form_gathers_values_and_goes_to_what_is_missing(qtbot, desk):
    form = Form()
    qtbot.addWidget(form)
    form.add("name", TextField(desk, "Name", required=True))
    form.add_row(("mass", MassField(desk, "Mass")), ("dry", CheckField(desk, "Dry")))
    form.add("note", MultiLine(desk, "Note"))
    form.show()
    assert form.values() is None
    assert form.fields["name"].problem
    form.set_values(name="Drums", mass=5_000, note="two\nlines")
    assert form.values() == {"name": "Drums", "mass": 5_000, "dry": False, "note": "two\nlines"}


def test_an_error_stands_under_the_field_it_names(qtbot, desk):
    form = Form()
    qtbot.addWidget(form)
    form.add("code", TextField(desk, "Code"))
    assert form.refuse(BadValue(field=N_("Code"), reason=N_("it is taken.")))
    assert form.fields["code"].problem == "It is taken."
    assert not form.refuse(BadValue(field=N_("Elsewhere"), reason=N_("it is taken.")))
