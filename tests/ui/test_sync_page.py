"""The page of sync against a real server process: enrolment, sync, refusals, a server that is off."""

import time
from datetime import UTC, datetime

import pytest
from office import Office
from sync.conftest import CentralServer, free_port
from window import open_window, page, until

from inspector_app.models import exchange, heard
from inspector_app.models.register import Register
from inspector_app.sync import handover
from inspector_app.sync import round as rounds
from inspector_app.ui.checks import WrappedCheck
from inspector_app.ui.parts import Strip

SLOW = 60_000


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")
    server = CentralServer(tmp_path / "server", free_port())
    server.command("init")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def laptop(new_register) -> Register:
    return new_register("laptop.register", person="nobody", clock=None)


def enrolled(qtbot, sync, server):
    sync.enrolment.form.set_values(url=server.url, code=server.code("A. Registrar"))
    sync.enrolment.main.click()
    until(qtbot, lambda: sync.known is not None and sync.known.server, SLOW)


def said(widget) -> list[str]:
    return [each.sentences[0] for each in widget.findChildren(Strip) if each.isVisible()]


def test_a_register_without_a_server_offers_the_enrolment_and_nothing_dead(qtbot, register):
    sync = page(qtbot, open_window(qtbot, register), "sync")
    until(qtbot, lambda: sync.known is not None)
    assert sync.enrolment.isVisible()
    assert not sync.main.isVisible()


def test_a_wrong_code_is_explained_and_what_was_typed_stays(qtbot, laptop, server):
    sync = page(qtbot, open_window(qtbot, laptop), "sync")
    until(qtbot, sync.enrolment.isVisible)
    sync.enrolment.form.set_values(url=server.url, code="WRONG")
    sync.enrolment.main.click()
    until(qtbot, lambda: said(sync.enrolment), SLOW)
    assert "the one-time code is wrong" in said(sync.enrolment)[0]
    assert sync.enrolment.form.fields["code"].value() == "WRONG"


def test_a_laptop_is_enrolled_sends_what_waits_and_tells_so_when_the_server_is_off(qtbot, laptop, server):
    Office(laptop).site()
    sync = page(qtbot, open_window(qtbot, laptop), "sync")
    enrolled(qtbot, sync, server)
    assert sync.known.person == "A. Registrar"
    assert sync.known.waiting_count == 2
    sync.sync_now()
    until(qtbot, lambda: sync.known.syncs and sync.known.waiting_count == 0, SLOW)
    assert sync.known.syncs[0].outcome["sent"] == 2
    server.stop()
    began = time.monotonic()
    sync.sync_now()
    until(qtbot, lambda: any("does not answer" in each for each in said(sync)), SLOW)
    assert time.monotonic() - began < 60
    assert sync.main.isEnabled()


def test_a_laptop_that_was_shut_out_says_so_goes_on_and_can_be_enrolled_again(qtbot, laptop, server):
    from office import Office

    window = open_window(qtbot, laptop)
    sync = page(qtbot, window, "sync")
    until(qtbot, sync.enrolment.isVisible)
    enrolled(qtbot, sync, server)
    server.command("device", "revoke", laptop.facts()["device_id"])
    Office(laptop).site()
    sync.sync_now()
    until(qtbot, lambda: said(sync), SLOW)
    assert said(sync) == ["The administrator has shut this laptop out of the central server."]
    sync.enrol_again()
    assert sync.enrolment.isVisible()
    assert sync.enrolment.form.fields["url"].value() == server.url
    sync.enrolment.form.set_values(code=server.code("A. Registrar"))
    sync.enrolment.main.click()
    until(qtbot, lambda: not sync.enrolment.isVisible(), SLOW)
    sync.sync_now()
    until(qtbot, lambda: sync.known.syncs and sync.known.waiting_count == 0, SLOW)


def test_unsent_work_is_saved_to_a_file_and_a_colleagues_file_is_handed_in(
    qtbot, laptop, server, new_register, tmp_path, watchdog
):
    colleague = new_register("colleague.register", person="nobody", clock=None)
    rounds.enrol(colleague, url=server.url, code=server.code("B. Inspector", "inspector"))
    Office(colleague).site("B-1")
    handover.save(colleague, tmp_path / "theirs.unsent")
    Office(laptop).site()
    sync = page(qtbot, open_window(qtbot, laptop, auto_sync=False), "sync")
    until(qtbot, sync.enrolment.isVisible)
    assert not sync.unsent.hand_in.isVisible()
    enrolled(qtbot, sync, server)
    until(qtbot, sync.unsent.save.isVisible)

    sync.unsent.choose_target().fileSelected.emit(str(tmp_path / "mine.unsent"))

    until(qtbot, lambda: said(sync), SLOW)
    assert said(sync)[0].startswith("2 changes are saved in ")
    assert sync.known.waiting_count == 2
    assert handover.hand_in(colleague, tmp_path / "mine.unsent").person == "A. Registrar"
    sync.unsent.choose_source().fileSelected.emit(str(tmp_path / "theirs.unsent"))
    until(qtbot, lambda: any("handed in" in each for each in said(sync)), SLOW)
    assert said(sync) == ["2 changes of B. Inspector are handed in."]
    (tmp_path / "theirs.unsent").write_bytes(b"a letter")
    sync.unsent.choose_source().fileSelected.emit(str(tmp_path / "theirs.unsent"))
    until(qtbot, lambda: any("was not handed in" in each for each in said(sync)), SLOW)
    sync.sync_now()
    until(qtbot, lambda: sync.known.syncs and sync.known.waiting_count == 0, SLOW)
    assert sync.known.syncs[0].outcome["sent"] == 2
    until(qtbot, lambda: not sync.unsent.save.isVisible())
    assert sync.unsent.hand_in.isVisible()


@pytest.fixture
def busy_office(register) -> Register:
    """A register of a server that nobody ever reaches, with much that waits, conflicts nobody and past syncs."""
    office = Office(register)
    sites = [office.site(f"S-{n:02}", name_en=f"Works {n}") for n in range(40)]
    office.item(sites[3], 7)
    with register.hearing() as session:
        exchange.put_facts(session, {"server": "https://register.example.kz", "device_id": "d"})
        for day in (1, 2):
            outcome = {"sent": 3, "accepted": 2, "refused": 1, "received": 5, "confirmed": day == 2, "round_id": f"r{day}"}
            heard.note_receipt(session, at=datetime(2026, 4, day, tzinfo=UTC), outcome=outcome)
    return register


def quiet(qtbot, register):
    window = open_window(qtbot, register, auto_sync=False)
    sync = page(qtbot, window, "sync")
    until(qtbot, lambda: sync.known is not None and sync.waiting_rows.rowCount())
    return window, sync


def test_what_waits_is_listed_by_site_and_record_and_can_be_searched(qtbot, busy_office):
    _window, sync = quiet(qtbot, busy_office)
    assert sync.tabs.tabText(0) == f"Waits to be sent ({sync.known.waiting_count})"
    first = sync.waiting_rows.row_at(0)
    assert (first.change.site, first.change.entity, first.commands) == ("S-00", "site", ("Work",))
    sync.search.setText("s-07")
    until(qtbot, lambda: sync.waiting_rows.rowCount() == 2)
    sync.search.setText("s-07 WORKS")
    until(qtbot, lambda: sync.waiting_rows.rowCount() == 1)
    assert sync.waiting_note.text() == "1 record"


def test_tab_scroll_choice_and_search_survive_a_change(qtbot, busy_office, watchdog):
    _window, sync = quiet(qtbot, busy_office)
    sync.waiting.go_to(30)
    chosen, place = sync.waiting.current_row().change.row_id, sync.waiting.verticalScrollBar().value()
    assert place > 0
    Office(busy_office).site("A-00")
    sync.reload()
    until(qtbot, lambda: sync.waiting_rows.row_at(0).change.site == "A-00")
    assert sync.waiting.current_row().change.row_id == chosen
    assert sync.waiting.verticalScrollBar().value() == place
    sync.tabs.setCurrentIndex(3)
    sync.past.go_to(1)
    sync.reload()
    until(qtbot, lambda: sync.past.current_row() is not None)
    assert sync.tabs.currentIndex() == 3
    assert sync.past.current_row().outcome["round_id"] == "r1"


def test_receipts_and_the_list_go_to_paper(qtbot, busy_office, tmp_path):
    _window, sync = quiet(qtbot, busy_office)
    for dialog, name in ((sync.choose_receipt(sync.known.syncs[1]), "receipt"), (sync.choose_list(), "list")):
        dialog.fileSelected.emit(str(tmp_path / f"{name}.pdf"))
        until(qtbot, (tmp_path / f"{name}.pdf").is_file, SLOW)
        until(qtbot, lambda: not sync.long.is_running)
        assert (tmp_path / f"{name}.pdf").read_bytes()[:5] == b"%PDF-"


def test_the_status_bar_shows_no_tick_while_anything_is_left_and_refusals_can_be_put_aside(qtbot, busy_office):
    with busy_office.hearing() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE operation SET state = 'acked'")
        run(
            """UPDATE operation SET state = 'rejected', result = '{"reason":"Immutable","facts":{"record":"x"}}' WHERE seq = 1"""
        )
        heard.note_receipt(session, at=busy_office.now(), outcome={"sent": 1})
    window = open_window(qtbot, busy_office, auto_sync=False)
    sync = page(qtbot, window, "sync")
    until(qtbot, lambda: sync.known is not None and window.status._now is not None)
    assert not window.status._now.is_clear
    assert "Needs attention 1" in window.status.attention.text()
    assert window.status._shown[1] != "ok"
    sync.tabs.setCurrentIndex(2)
    until(qtbot, sync.seen.isVisible)
    sync.seen.click()
    until(qtbot, lambda: window.status._now.is_clear)
    assert window.status._shown[:2] == ("cloud-check-outline", "ok")
    assert sync.refused_rows.rowCount() == 1
    until(qtbot, lambda: not sync.seen.isVisible())


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_long_sentences_make_no_card_wider_than_a_small_screen(qtbot, laptop, server, language):
    rounds.enrol(laptop, server.url, server.code("A. Registrar"))
    rounds.sync(laptop)
    window = open_window(qtbot, laptop, language=language)
    window.resize(1024, 700)
    sync = page(qtbot, window, "sync")
    until(qtbot, sync.files.isVisible, SLOW)
    until(qtbot, lambda: sync.files.mapTo(window, sync.files.rect().topRight()).x() < window.width())
    boxes = [sync.by_itself.check_box, *sync.files.findChildren(WrappedCheck)]
    until(qtbot, lambda: all(each.height() >= each.heightForWidth(each.width()) for each in boxes))
    assert any(each.height() > 2 * each.fontMetrics().height() for each in boxes)


@pytest.mark.parametrize(
    ("offset_ms", "sentence"), [(720_000, "12 minutes fast"), (-720_000, "12 minutes slow"), (240_000, "")]
)
def test_a_clock_more_than_five_minutes_off_is_told_in_a_banner_and_stops_nothing(qtbot, register, offset_ms, sentence):
    with register.hearing() as session:
        exchange.put_facts(session, {"server": "https://example.kz", "device_id": "x", "clock_offset_ms": offset_ms})

    sync = page(qtbot, open_window(qtbot, register), "sync")

    def told() -> list[Strip]:
        return [each for each in sync.findChildren(Strip) if each.isVisible() and "clock" in each.sentences[0]]

    until(qtbot, lambda: sync.known is not None and bool(told()) == bool(sentence))
    assert [each.property("kind") for each in told()] == (["warning"] if sentence else [])
    assert not sentence or sentence in told()[0].sentences[0]
    assert sync.main.isEnabled()
