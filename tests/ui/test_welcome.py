"""The first start, and a register that wants a passphrase."""

import logging
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton

from inspector_app.domain.errors import NotARegister
from inspector_app.i18n import words
from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui.app import keep_log
from inspector_app.ui.messages import log_file
from inspector_app.ui.parts import Strip
from inspector_app.ui.welcome import Welcome, open_asking
from tests.window import until


def answer_with(*secrets: str) -> list[str]:
    """Type one after another into the dialog that asks for a passphrase, then leave it; what it asked, as far as it did."""
    left, asked = list(secrets), []
    until_s = time.monotonic() + 5

    def typed() -> None:
        if time.monotonic() > until_s:
            return
        shown = (each for each in QApplication.topLevelWidgets() if isinstance(each, QInputDialog) and each.isVisible())
        dialog = next(shown, None)
        if dialog is None:
            QTimer.singleShot(20, typed)
            return
        asked.append(dialog.labelText())
        if left:
            dialog.setTextValue(left.pop(0))
            QTimer.singleShot(20, typed)
            dialog.accept()
        else:
            dialog.reject()

    QTimer.singleShot(0, typed)
    return asked


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "locked.register"
    Register.create(path, passphrase="steppe").close()
    return path


def test_an_encrypted_register_asks_for_its_passphrase(qtbot, locked):
    asked = answer_with("tundra", "steppe")
    register = open_asking(locked, words("en"))

    assert register.path == locked
    assert asked[1] == "This passphrase does not open locked.register, or it is no register. Try again?"
    register.close()


@pytest.mark.parametrize("secrets", [("tundra",), ()])
def test_without_the_right_passphrase_the_register_stays_shut(qtbot, locked, secrets):
    answer_with(*secrets)

    with pytest.raises(NotARegister):
        open_asking(locked, words("en"))


def test_a_passphrase_of_the_environment_is_not_asked_for(qtbot, locked, monkeypatch):
    monkeypatch.setenv("INSPECTOR_PASSPHRASE", "steppe")

    open_asking(locked, words("en")).close()


def test_a_file_that_is_no_register_is_explained_in_the_first_window(qtbot, tmp_path):
    stranger = tmp_path / "notes.txt"
    stranger.write_text("not a register, though long enough to have a header")
    welcome = Welcome(Settings())
    qtbot.addWidget(welcome)
    answer_with("whatever")
    welcome._adopt(stranger)

    assert welcome.register is None
    assert str(stranger) in welcome.findChildren(Strip)[-1].sentences[0]


def test_the_first_start_opens_the_demonstration_with_one_button(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    welcome = Welcome(Settings())
    qtbot.addWidget(welcome)
    welcome.show()

    button = next(each for each in welcome.findChildren(QPushButton) if each.text() == "Open the demonstration")
    button.click()
    until(qtbot, lambda: welcome.register is not None, 100_000)

    assert welcome.register.is_demo
    assert welcome.register.path.parent == tmp_path
    welcome.register.close()


def test_what_goes_wrong_stands_in_the_log_file_that_a_message_names(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = logging.getLogger("inspector_app")
    before = list(log.handlers)
    keep_log()
    try:
        assert not Path(log_file()).exists()
        log.error("a pipe broke", exc_info=ValueError("the pipe"))
        assert "ValueError: the pipe" in Path(log_file()).read_text("utf-8")
    finally:
        for added in set(log.handlers) - set(before):
            added.close()
        log.handlers[:] = before
