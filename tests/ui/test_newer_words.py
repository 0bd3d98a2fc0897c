"""Words of a newer program in every closed list: each page and paper shows them as they are, and no form changes them."""

import shutil

import pytest
from sqlalchemy import text
from window import open_window, page, until

from inspector_app.domain.codes import Unknown
from inspector_app.domain.pcb import EquipmentCondition
from inspector_app.models.base import CodeText
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.register import Register
from inspector_app.reports.build import tell
from inspector_app.ui.commands import PAGES
from inspector_app.ui.fields import ChoiceField
from inspector_app.ui.forms.pcb import PcbForm

NEWER = "NEWER_WORD"


@pytest.fixture
def register(tmp_path, demo_file):
    """The demonstration, in which some records of each kind hold words that no list has."""
    file = tmp_path / "demo.register"
    shutil.copy(demo_file, file)
    register = Register.open(file)
    with register.hearing() as session:
        for entity in ENTITIES:
            coded = [name for name in fields(entity) if isinstance(table(entity).columns[name].type, CodeText)]
            if coded:
                words = ", ".join(f"{name} = :word" for name in coded)
                session.execute(
                    text(f"UPDATE {entity} SET {words} WHERE n IN (SELECT n FROM {entity} LIMIT 3)"), {"word": NEWER}
                )
    yield register
    register.close()


def ids(register: Register, sql: str) -> list[str]:
    with register.reading() as session:
        return list(session.execute(text(sql), {"word": NEWER}).scalars())


def test_every_page_shows_words_of_a_newer_program(qtbot, register):
    sites = ids(register, "SELECT DISTINCT site_id FROM status_event WHERE to_status = :word")
    window = open_window(qtbot, register)
    for entry in PAGES:
        page(qtbot, window, entry.name)
    pcb = page(qtbot, window, "pcb")
    until(qtbot, lambda: pcb.rows.rows)
    for column in range(pcb.table.model().columnCount()):
        pcb.table.sortByColumn(column, pcb.table.horizontalHeader().sortIndicatorOrder())
    assert any(each.condition == NEWER and each.condition.label == NEWER for each in pcb.rows.rows)
    for site in sites:
        shown = page(qtbot, window, "site", site)
        until(qtbot, lambda shown=shown, site=site: shown.site_id == site and shown.seen is not None)


def test_every_paper_prints_words_of_a_newer_program(register):
    papers = [
        *(("site-removal", {"site": each}) for each in ids(register, "SELECT code FROM site LIMIT 4")),
        *(("removal-batch", {"batch": each}) for each in ids(register, "SELECT no FROM removal_batch WHERE state = :word")),
        *(("inspection", {"inspection": each}) for each in ids(register, "SELECT no FROM inspection WHERE kind = :word")),
        *((kind, {}) for kind in ("summary", "pcb-inventory", "labels")),
    ]
    assert len(papers) > 6
    for kind, subject in papers:
        assert tell(register, kind, **subject).blocks


def test_a_choice_shows_a_word_of_a_newer_program_and_lets_nobody_change_it(qtbot, register):
    desk = open_window(qtbot, register).desk
    field = ChoiceField(desk, "Condition", EquipmentCondition)
    qtbot.addWidget(field)

    field.set_value(Unknown(NEWER))

    assert (field.value(), field.box.currentText()) == (NEWER, NEWER)
    assert not field.box.isEnabled()
    assert "newer version" in field.problem
    field.set_value(EquipmentCondition.LEAKING)
    assert field.box.isEnabled()
    assert field.problem == ""


def test_a_form_saves_the_rest_of_a_record_that_holds_words_of_a_newer_program(qtbot, register):
    with register.hearing() as session:
        whole = text(
            "UPDATE pcb_item SET condition = :word WHERE n = (SELECT n FROM pcb_item WHERE condition <> :word LIMIT 1)"
        )
        session.execute(whole, {"word": NEWER})
    window = open_window(qtbot, register)
    pcb = page(qtbot, window, "pcb")
    until(qtbot, lambda: pcb.rows.rows)
    known = next(each for each in pcb.rows.rows if each.condition == NEWER != each.concentration)
    form = PcbForm(window.desk, known=known, parent=window)
    form.show()

    form.form.set_values(maker="Another maker")
    with qtbot.waitSignal(form.kept, timeout=10_000):
        form.submit()

    assert ids(register, f"SELECT condition FROM pcb_item WHERE id = '{known.id}'") == [NEWER]
