"""Conflicts, claims and numbers given twice in the window: three values, words for who may not, keys, nothing typed is lost."""

from datetime import date

import pytest
from disputes import a_conflict
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from window import open_window, page, until

from inspector_app.domain.ownership import DocumentType, EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models.register import Register
from inspector_app.ui.difference import MarkedText, pieces
from inspector_app.ui.forms.claims import ClaimsCard
from inspector_app.ui.forms.conflict import ConflictCard


def cards(qtbot, register: Register, count: int = 1, **settings):
    """The cards of the tab on which a person decides, in a window that shows it."""
    window = open_window(qtbot, register, **settings)
    sync = page(qtbot, window, "sync")
    until(qtbot, lambda: sync.decide.known is not None and len(sync.decide.cards) == count)
    sync.tabs.show()
    sync.tabs.setCurrentIndex(1)
    return sync, [card for _content, card in sync.decide.cards.values()]


def said(card) -> str:
    texts = [each.text() for each in card.findChildren(QLabel) if not each.isHidden()]
    return "\n".join([*texts, *(each.toPlainText() for each in card.findChildren(MarkedText))])


def buttons(card) -> dict[str, QPushButton]:
    return {each.text(): each for each in card.findChildren(QPushButton) if not each.isHidden()}


def held(office, column: str):
    return office.ask(f"SELECT {column} FROM site")[0][0]


def test_a_card_shows_what_it_was_both_values_their_authors_and_the_papers(qtbot, office):
    site = office.site()
    office.paper(site, DocumentType.SURVEY_ACT, date(2026, 1, 10))
    a_conflict(office.register, site, "lat", 45.0, base=43.1)
    _sync, (card,) = cards(qtbot, office.register)
    told = said(card)
    for part in ("43.1", "45.0", "A. Registrar", "B. Inspector", "30.04.2026 10:30", "latitude", "Legal fact", "Survey act"):
        assert part in told, part
    assert "Mine \N{MIDDLE DOT} stands until it is decided" in told


def test_a_card_says_what_the_time_of_a_value_is_worth(qtbot, office):
    a_conflict(office.register, office.site(), "lat", 45.0, base=43.1)
    _sync, (card,) = cards(qtbot, office.register)
    assert "B. Inspector, 30.04.2026 10:30\nreceived 01.05.2026 10:30, clock 12 minutes slow" in said(card)


def test_a_legal_fact_is_settled_with_reason_and_document_by_the_keyboard_alone(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "lat", 45.0, base=43.1)
    sync, (card,) = cards(qtbot, office.register)
    card.reason.setFocus()
    qtbot.keyClicks(card.reason.line, "measured again on the spot")
    qtbot.keyClick(card.reason.line, Qt.Key.Key_Tab)
    assert card.document.line.hasFocus()
    qtbot.keyClicks(card.document.line, "17/2026")
    for _each in range(3):  # another value, mine, theirs
        qtbot.keyClick(sync.window().focusWidget(), Qt.Key.Key_Tab)
    assert card.theirs.hasFocus()
    qtbot.keyClick(card.theirs, Qt.Key.Key_Space)
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "lat") == 45.0
    assert office.ask("SELECT choice, reason FROM conflict") == [("proposed", "measured again on the spot (17/2026)")]
    assert office.ask("SELECT kind FROM operation ORDER BY n DESC LIMIT 1") == [("settle",)]


def test_without_a_reason_and_a_document_a_legal_fact_is_not_settled_and_the_field_says_so(qtbot, office):
    a_conflict(office.register, office.site(), "lat", 45.0)
    _sync, (card,) = cards(qtbot, office.register)
    card.mine.click()
    assert card.reason.problem
    card.reason.set_value("short")
    card.document.set_value("17")
    card.mine.click()
    assert "ten letters" in card.reason.problem
    assert office.ask("SELECT state FROM conflict") == [("open",)]


def test_a_third_value_is_typed_in_the_field_of_its_kind_and_checked_as_the_form_checks_it(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "lat", 45.0)
    sync, (card,) = cards(qtbot, office.register)
    card.reason.set_value("measured again on the spot")
    card.document.set_value("17/2026")
    buttons(card)["Another value…"].click()
    assert card.editor.line.text()
    for wrong in ("somewhere", "10.0, 20.0"):
        card.editor.line.setText(wrong)
        card.record.click()
        assert card.editor.problem
    card.editor.line.setText("44.5, 51.2")
    card.record.click()
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "lat") == 44.5


def test_what_the_action_refuses_stands_under_the_field(qtbot, office):
    site = office.site()
    office.site("TAKEN")
    a_conflict(office.register, site, "code", "A-9")
    _sync, (card,) = cards(qtbot, office.register)
    card.reason.set_value("the list of the region says so")
    card.document.set_value("17/2026")
    buttons(card)["Another value…"].click()
    card.editor.set_value("TAKEN")
    card.record.click()
    until(qtbot, lambda: card.editor.problem)
    assert "TAKEN" in card.editor.problem


def test_who_may_not_settle_reads_who_may_and_finds_no_button(qtbot, office):
    a_conflict(office.register, office.site(), "lat", 45.0)
    office.become(Role.INSPECTOR)
    _sync, (card,) = cards(qtbot, office.register)
    assert "Supervisor or higher decides" in said(card)
    assert set(buttons(card)) == {"Open the site"}


def test_another_value_is_settled_by_an_inspector_with_one_button(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "address", "Aktau, zone 4")
    office.become(Role.INSPECTOR)
    sync, (card,) = cards(qtbot, office.register)
    card.theirs.click()
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "address") == "Aktau, zone 4"


def test_a_deletion_is_kept_or_taken_back_in_words_and_has_no_third_way(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "deleted", True, base=False)
    sync, (card,) = cards(qtbot, office.register)
    assert set(buttons(card)) == {"Open the site", "Keep it with the edits", "Let it go"}
    buttons(card)["Let it go"].click()
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "deleted") == 1


def test_what_is_typed_into_a_card_survives_what_happens_elsewhere(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "lat", 45.0)
    sync, (card,) = cards(qtbot, office.register)
    card.reason.set_value("half a reason")
    window = sync.window()
    office.paper(site, DocumentType.SURVEY_ACT, date(2026, 1, 10))
    sync.decide.reload()
    until(qtbot, lambda: next(iter(sync.decide.cards.values()))[1] is not card)
    ((_content, again),) = sync.decide.cards.values()
    assert isinstance(again, ConflictCard)
    assert again.reason.value() == "half a reason"
    assert window.isVisible()


@pytest.mark.parametrize(
    ("entity", "field", "theirs", "part"),
    [
        ("site", "description", "word " * 900, "word word"),
        ("site", "boundary", {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [1, 2]]]}, "a shape with 3 corners"),
        ("site", "radiological", True, "yes"),
        ("site", "discovered_on", "2025-12-31", "31.12.2025"),
        ("site", "region", "10", "Abai"),
        ("waste_item", "hazards", ["HP5", "HP14"], "HP5, HP14"),
    ],
)
def test_values_of_every_kind_read_well(qtbot, office, entity, field, theirs, part):
    site = office.site()
    row = site if entity == "site" else office.item(site)
    a_conflict(office.register, row, field, theirs, entity=entity)
    _sync, (card,) = cards(qtbot, office.register)
    assert part in said(card)
    assert max(each.height() for each in card.findChildren(MarkedText)) < 300


def test_differences_are_marked_inside_the_text():
    assert list(pieces("three drums", "four drums")) == [("three", True), (" drums", False)]
    assert "".join(piece for piece, _marked in pieces("a" * 5000, "b")) == "a" * 5000


# -- claims ---------------------------------------------------------------------------------------------------------------


def proposed(office) -> str:
    """A site on which an inspector proposes that removal has begun."""
    site, item = office.pending()
    office.paper(site, DocumentType.CONTRACT, date(2026, 1, 10))
    office.loaded(site, (item, 1_000_000), on=date(2026, 2, 1))
    office.become(Role.INSPECTOR)
    office.step(site, Status.REMOVING, date(2026, 3, 1))
    return site


def test_a_proposal_is_refused_with_its_reason_or_accepted(qtbot, office):
    proposed(office)
    office.become(Role.SUPERVISOR)
    sync, (card,) = cards(qtbot, office.register)
    buttons(card)["Refuse"].click()
    assert card.reason.problem
    buttons(card)["Accept the step"].click()
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "status") == "REMOVING"


def test_an_inspector_may_only_withdraw_his_own_proposal(qtbot, office):
    proposed(office)
    sync, (card,) = cards(qtbot, office.register)
    assert "A Supervisor accepts or refuses it." in said(card)
    assert "Accept the step" not in buttons(card)
    card.reason.set_value("taken too early")
    buttons(card)["Withdraw"].click()
    until(qtbot, lambda: not sync.decide.cards)
    assert office.ask("SELECT state, reason FROM status_event ORDER BY n DESC LIMIT 1") == [("REFUSED", "taken too early")]
    until(qtbot, lambda: "Removal in progress, refused: taken too early" in said(sync.decide))


def disputed(office) -> str:
    site = proposed(office)
    office.become(Role.REGISTRAR)
    with office.register.hearing() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE status_event SET state = 'DISPUTED', reason = 'another event was recorded on the same status before this one.'"
            " WHERE state = 'PROPOSED'")  # fmt: skip
    return site


def test_a_registrar_decides_a_dispute_with_reason_and_document(qtbot, office):
    disputed(office)
    sync, (card,) = cards(qtbot, office.register)
    assert isinstance(card, ClaimsCard)
    assert "Pending removal" in said(card)
    assert "Removal in progress" in said(card)
    stays = next(each for name, each in buttons(card).items() if name.startswith("Keep «Pending removal»"))
    stays.click()
    assert card.reason.problem
    card.reason.set_value("no contract is in force")
    stays.click()
    assert card.document.problem
    card.document.set_value(card.known.documents[0].id)
    stays.click()
    until(qtbot, lambda: not sync.decide.cards)
    (state, reason), *_more = office.ask("SELECT state, reason FROM status_event ORDER BY n DESC LIMIT 1")
    assert (state, reason.startswith("no contract is in force (")) == (str(EventState.REFUSED), True)


def test_a_claim_that_still_holds_can_be_kept(qtbot, office):
    disputed(office)
    sync, (card,) = cards(qtbot, office.register)
    card.reason.set_value("the contractor has begun")
    buttons(card)["Keep this claim"].click()
    until(qtbot, lambda: not sync.decide.cards)
    assert held(office, "status") == "REMOVING"


def test_only_a_registrar_decides_a_dispute(qtbot, office):
    disputed(office)
    office.become(Role.SUPERVISOR)
    _sync, (card,) = cards(qtbot, office.register)
    assert "Where claims meet a Registrar decides" in said(card)
    assert set(buttons(card)) == {"Open the site"}


def test_reasons_of_the_server_are_read_in_the_language_of_the_window(qtbot, office):
    disputed(office)
    _sync, (card,) = cards(qtbot, office.register, language="ru")
    assert "another event" not in said(card)


def test_a_code_given_twice_is_shown_with_both_sites(qtbot, office):
    one = office.site()
    two = office.site("TWO")
    with office.register.hearing() as session:
        session.connection().exec_driver_sql("UPDATE site SET code = 'A-1' WHERE id = ?", (two,))
    code = office.ask(f"SELECT code FROM site WHERE id = '{one}'")[0][0]
    with office.register.hearing() as session:
        session.connection().exec_driver_sql("UPDATE site SET code = ?", (code,))
    _sync, (card,) = cards(qtbot, office.register)
    assert "was given twice" in said(card)
    assert list(buttons(card)) == ["Open it to change the number…"] or len(card.findChildren(QPushButton)) == 2


def test_the_site_says_what_waits_for_a_decision(qtbot, office):
    site = office.site()
    a_conflict(office.register, site, "lat", 45.0)
    window = open_window(qtbot, office.register)
    shown = page(qtbot, window, "site", site)
    until(qtbot, lambda: "Two values of a legal fact wait for a decision." in said(shown))
    buttons(shown)["Decide…"].click()
    until(qtbot, lambda: window.current == "sync")
