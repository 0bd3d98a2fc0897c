"""The form of a status change explains what is missing, lets it be recorded in place, and never loses what was typed."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from window import open_window, until

from inspector_app.domain.ownership import DocumentType, EventState, Status
from inspector_app.domain.people import Role
from inspector_app.ui.forms.status import StatusForm
from inspector_app.ui.parts import Strip


@pytest.fixture
def window(qtbot, register):
    return open_window(qtbot, register)


def opened(qtbot, window, site) -> StatusForm:
    form = StatusForm(window.desk, site, parent=window)
    form.open()
    until(qtbot, lambda: form.cards)
    return form


def strips(form) -> list[tuple[str, ...]]:
    return [each.sentences for each in form.findChildren(Strip) if each.isVisible()]


def test_only_the_steps_that_the_law_allows_are_offered(qtbot, window, office):
    site, _item = office.pending()
    form = opened(qtbot, window, site)
    offered = {card.step.outlook.step.target for card in form.cards}
    assert offered == {Status.REMOVING, Status.FOR_SALE, Status.TRANSFERRED_LEB, Status.UNDER_INSPECTION}


def test_a_refused_step_names_the_missing_document_and_keeps_what_was_typed(qtbot, window, office):
    site, _item = office.pending()
    form = opened(qtbot, window, site)
    form.choose(Status.REMOVING)
    qtbot.keyClicks(form.memo.text, "as agreed on Monday")
    qtbot.mouseClick(form.main, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: strips(form))
    happened, kept, todo = strips(form)[0]
    assert "Contract" in happened
    assert "Removal in progress" in happened
    assert (kept, todo) == ("Nothing was changed.", "Attach the document first, then take the step again.")
    assert form.memo.value() == "as agreed on Monday"
    assert form.isVisible()
    assert office.ask("SELECT status FROM site")[0] == ("PENDING_REMOVAL",)


def test_a_missing_document_is_recorded_in_place_and_the_step_is_taken(qtbot, window, office):
    site, _item = office.pending()
    form = opened(qtbot, window, site)
    form.choose(Status.TRANSFERRED_LEB)
    dialog = form.record(DocumentType.LEB_ACT)
    dialog.form.set_values(no="17", issued_on=date(2026, 4, 1))
    dialog.submit()
    until(qtbot, lambda: any(not card.step.outlook.missing for card in form.cards))
    assert form._target is Status.TRANSFERRED_LEB
    with qtbot.waitSignal(form.kept):
        form.main.click()
    assert office.ask("SELECT status FROM site") == [("TRANSFERRED_LEB",)]


def test_an_inspector_is_told_that_the_step_is_only_proposed(qtbot, window, office):
    site, item = office.pending()
    office.paper(site, DocumentType.CONTRACT, date(2026, 1, 10))
    office.loaded(site, (item, 1_000_000), on=date(2026, 2, 1))
    office.become(Role.INSPECTOR)
    form = opened(qtbot, window, site)
    form.choose(Status.REMOVING)
    assert "proposed" in form.verdict.text()
    assert form.main.text() == "Propose the step"
    with qtbot.waitSignal(form.kept):
        form.main.click()
    assert office.ask("SELECT state FROM status_event ORDER BY n DESC LIMIT 1") == [(str(EventState.PROPOSED),)]
    again = StatusForm(window.desk, site, parent=window)
    again.open()
    until(qtbot, again.proposals.count)
    assert not again.main.isVisible()


def test_a_day_before_the_last_event_is_refused_under_its_field(qtbot, window, office):
    site, _item = office.pending()
    office.paper(site, DocumentType.LEB_ACT, date(2019, 1, 10))
    form = opened(qtbot, window, site)
    form.choose(Status.TRANSFERRED_LEB)
    form.on.line.setText("02.05.2018")
    form.main.click()
    until(qtbot, lambda: form.on.problem)
    assert "before the last change" in form.on.problem


def test_closing_asks_before_what_was_typed_is_thrown_away(qtbot, window, office):
    site, _item = office.pending()
    form = opened(qtbot, window, site)
    qtbot.keyClicks(form.memo.text, "half a note")
    form.reject()
    assert form.isVisible()
    assert form.memo.value() == "half a note"


def test_the_keyboard_goes_through_the_steps_before_the_day(qtbot, window, office):
    site, _item = office.pending()
    form = opened(qtbot, window, site)
    until(qtbot, form.cards[0].radio.hasFocus)
    reached = [form.focusWidget()]
    while form.on.input not in reached and len(reached) < 30:
        qtbot.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        reached.append(form.focusWidget())
    assert [each.radio for each in form.cards] == [each for each in reached if each in {card.radio for card in form.cards}]
