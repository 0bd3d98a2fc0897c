"""A key that a passphrase seals: the window asks for it, says what is wrong with it, and goes on without it."""

import keyring
import pytest
from keyring.backends.fail import Keyring as NoRing
from office import Office
from PySide6.QtWidgets import QPushButton
from sync.conftest import CentralServer, free_port
from window import open_window, page, until

from inspector_app.sync import keys
from inspector_app.sync import round as rounds
from inspector_app.ui.parts import Strip

SLOW = 60_000
SECRET = "steppe and wind"


@pytest.fixture
def server(tmp_path):
    server = CentralServer(tmp_path / "server", free_port())
    server.command("init")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def laptop(new_register):
    return new_register("laptop.register", person="nobody", clock=None)


@pytest.fixture
def no_ring(monkeypatch):
    """A computer without a key ring, in a process that was told nothing."""
    for name in (keys.CHOICE, keys.PASSPHRASE):
        monkeypatch.setenv(name, "")  # so that what the window sets is taken back after the test
        monkeypatch.delenv(name)
    before = keyring.get_keyring()
    keyring.set_keyring(NoRing())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def sealed(no_ring, monkeypatch, laptop, server):
    """A laptop whose key is sealed, started anew: nobody has typed the passphrase yet."""
    keys.seal_by(SECRET)
    rounds.enrol(laptop, url=server.url, code=server.code("A. Registrar"))
    for name in (keys.CHOICE, keys.PASSPHRASE):
        monkeypatch.delenv(name)
    Office(laptop).site()
    return laptop


def asking(widget) -> bool:
    return widget.asked is not None and widget.asked.isVisible()


def test_a_sync_by_hand_asks_for_the_passphrase_and_goes_on_with_the_right_one(qtbot, sealed):
    sync = page(qtbot, open_window(qtbot, sealed, auto_sync=False), "sync")
    until(qtbot, lambda: sync.known is not None)

    sync.sync_now()
    until(qtbot, lambda: asking(sync), SLOW)
    dialog = sync.asked
    dialog.form.set_values(passphrase="tundra")
    dialog.main.click()
    until(qtbot, lambda: dialog.form.fields["passphrase"].problem, SLOW)
    assert "does not open the key" in dialog.form.fields["passphrase"].problem
    assert dialog.isVisible()
    dialog.form.set_values(passphrase=SECRET)
    dialog.main.click()

    until(qtbot, lambda: sync.known.syncs and sync.known.waiting_count == 0, SLOW)


def test_who_cancels_works_on_and_can_type_it_later(qtbot, sealed):
    window = open_window(qtbot, sealed, auto_sync=False)
    sync = page(qtbot, window, "sync")
    until(qtbot, lambda: sync.known is not None)
    sync.sync_now()
    until(qtbot, lambda: asking(sync), SLOW)

    sync.asked.cancel.click()

    until(qtbot, lambda: not window.findChildren(type(sync.asked)))
    assert sync.main.isEnabled()
    assert page(qtbot, window, "sites").isVisible()
    page(qtbot, window, "sync")
    (strip,) = [each for each in sync.findChildren(Strip) if each.isVisible()]
    assert "sealed" in strip.sentences[0]
    next(each for each in strip.findChildren(QPushButton) if "passphrase" in each.text()).click()
    until(qtbot, lambda: asking(sync))


def test_without_a_key_ring_the_enrolment_lets_a_person_choose_a_passphrase(qtbot, no_ring, laptop, server):
    sync = page(qtbot, open_window(qtbot, laptop), "sync")
    until(qtbot, sync.enrolment.isVisible)
    sync.enrolment.form.set_values(url=server.url, code=server.code("A. Registrar"))
    sync.enrolment.main.click()
    until(qtbot, lambda: asking(sync.enrolment), SLOW)
    dialog = sync.enrolment.asked

    dialog.form.set_values(passphrase=SECRET, again="steppe and rain")
    dialog.main.click()
    assert dialog.form.fields["again"].problem == "The two are not the same."
    dialog.form.set_values(passphrase="short", again="short")
    dialog.main.click()
    assert dialog.form.fields["passphrase"].problem == "At least eight letters."
    dialog.form.set_values(passphrase=SECRET, again=SECRET)
    dialog.main.click()

    until(qtbot, lambda: sync.known is not None and sync.known.server, SLOW)
    facts = laptop.facts()
    assert facts["key_store"] == "passphrase"
    assert len(keys.Sealed(laptop.path, SECRET).get(facts["device_id"])) == 32
