"""The page of sync against a real server process: enrolment, sync, refusals, a server that is off."""

import time

import pytest
from sync.conftest import CentralServer, free_port
from window import open_window, page, until

from inspector_app.models.register import Register
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
    from office import Office

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
