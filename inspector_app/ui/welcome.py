"""First start: the demonstration, a new register, or one that is there already; and what to say when none can be opened."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import platformdirs
from PySide6.QtCore import QThread, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from inspector_app import settings as preferences
from inspector_app.domain.errors import InspectorError, NotARegister
from inspector_app.i18n import LANGUAGES, Words, words
from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui.garbage import Sweeper
from inspector_app.ui.messages import sentences, unforeseen
from inspector_app.ui.parts import Card, Strip, button, clear, column, label, row
from inspector_app.ui.theme import SPACE, Theme

ENDING = ".register"
_WIDTH, _BUTTON = 640, 210


def welcome(settings: Settings) -> Register | None:
    """Ask which register to open; nothing when the person leaves."""
    dialog = Welcome(settings)
    dialog.exec()
    return dialog.register


def open_asking(path: Path, words: Words, parent: QWidget | None = None) -> Register:
    """Open a register; one that is encrypted asks for its passphrase, unless INSPECTOR_PASSPHRASE holds it.

    A wrong one is asked for again. Raises InspectorError, also where a person gives no passphrase.
    """
    try:
        return Register.open(path)
    except NotARegister:
        if secret := os.environ.get("INSPECTOR_PASSPHRASE"):
            return Register.open(path, passphrase=secret)
        question = words.say("Passphrase, if the register is encrypted")
        while secret := _ask_passphrase(words, question, parent):
            try:
                return Register.open(path, passphrase=secret)
            except NotARegister:
                question = words.say("This passphrase does not open {file}, or it is no register. Try again?", file=path.name)
        raise


def _ask_passphrase(words: Words, question: str, parent: QWidget | None) -> str:
    secret, given = QInputDialog.getText(
        cast("QWidget", parent),  # Qt takes none as well
        words.say("Open a register"),
        question,
        QLineEdit.EchoMode.Password,
    )
    return secret if given else ""


def explain(error: InspectorError) -> None:
    """Three sentences in a window of their own, where there is no page to put them on."""
    settings = preferences.load()
    box = QMessageBox(QMessageBox.Icon.Warning, words(settings.language).say("Waste Inspector"), "")
    said = sentences(words(settings.language), error)
    box.setText(said[0])
    box.setInformativeText("\n".join(said[1:]))
    box.exec()


class _Making(QThread):
    """Writes a register beside the window.

    Signals:
        made: it is there.
        failed: it is not; carries the error.
    """

    made = Signal()
    failed = Signal(object)

    def __init__(self, make: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._make = make
        self._sweeper = Sweeper(self)
        self.finished.connect(self._sweeper.stop)

    def run(self) -> None:
        """Make it."""
        try:
            self._make()
        except Exception as error:  # noqa: BLE001 - handed to the window, which explains it
            self.failed.emit(error)
        else:
            self.made.emit()


class Welcome(QDialog):
    """Three ways to begin; `register` is the open register afterwards."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        """In the language of the settings; it can be changed here."""
        super().__init__(parent)
        self.settings = settings
        self.register: Register | None = None
        self._making: _Making | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(SPACE[5], SPACE[4], SPACE[5], SPACE[4])
        self._outer.setSpacing(SPACE[3])
        self._fill()

    @property
    def words(self) -> Words:
        """The words of the chosen language."""
        return words(self.settings.language)

    def _fill(self) -> None:
        clear(self._outer)
        say = self.words.say
        self.setWindowTitle(say("Waste Inspector"))
        languages = row(gap=SPACE[1])
        languages.addStretch(1)
        for code, name in LANGUAGES.items():
            chosen = button(name, partial(self._speak, code), "chip")
            chosen.setCheckable(True)
            chosen.setChecked(code == self.settings.language)
            languages.addWidget(chosen)
        self._outer.addLayout(languages)
        self._outer.addWidget(label(say("Waste Inspector"), "title"))
        self._outer.addWidget(
            label(say("A register of orphan hazardous-waste sites that works without a network."), "secondary", wrap=True)
        )
        self._strips = column()
        self._outer.addLayout(self._strips)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.hide()
        self._buttons: list[QWidget] = []
        for title, text, word, does, part in (
            (
                say("Look around"),
                say("A demonstration register with invented sites and the published figures."),
                say("Open the demonstration"),
                self._demo,
                "primary",
            ),
            (say("Begin"), say("An empty register on this laptop."), say("New register…"), self._new, ""),
            (say("Go on"), say("A register that is there already."), say("Open a register…"), self._open, ""),
        ):
            card = Card(title)
            does_it = button(word, does, part)
            line = row(label(text, "secondary", wrap=True), does_it, gap=SPACE[3])
            line.setStretch(0, 1)
            does_it.setMinimumWidth(_BUTTON)
            card.body.addLayout(line)
            self._buttons.append(does_it)
            self._outer.addWidget(card)
        self._outer.addWidget(self._busy)
        self._buttons[0].setFocus()
        self._fit()

    def _fit(self) -> None:
        """As high as the wrapped sentences need in this width; a dialog does not ask them by itself."""
        self._outer.activate()
        self.setFixedSize(_WIDTH, self._outer.totalHeightForWidth(_WIDTH))

    def _speak(self, language: str) -> None:
        self.settings = self.settings.changed(language=language)
        preferences.save(self.settings)
        self._fill()

    def _demo(self) -> None:
        path = _folder() / f"demo{ENDING}"
        if path.exists():
            self._adopt(path)
            return

        def make() -> None:
            from inspector_app.demo.build import write_demo  # noqa: PLC0415 - written once, and heavy

            write_demo(path)

        self._make(make, path)

    def _new(self) -> None:
        path = self._ask_new()
        if path is not None:
            self._make(lambda: Register.create(path).close(), path)

    def _ask_new(self) -> Path | None:
        say = self.words.say
        name, _kind = QFileDialog.getSaveFileName(
            self, say("New register"), str(_folder() / f"sites{ENDING}"), f"{say('Registers')} (*{ENDING})"
        )
        return Path(name) if name else None

    def _open(self) -> None:
        say = self.words.say
        name, _kind = QFileDialog.getOpenFileName(
            self, say("Open a register"), str(_folder()), f"{say('Registers')} (*{ENDING} *.db);;{say('All files')} (*)"
        )
        if name:
            self._adopt(Path(name))

    def _make(self, make: Callable[[], object], path: Path) -> None:
        self._set_busy(on=True)
        self._making = _Making(make, self)
        self._making.made.connect(lambda: self._adopt(path))
        self._making.failed.connect(self._failed)
        self._making.start()

    def _adopt(self, path: Path) -> None:
        try:
            self.register = open_asking(path, self.words, self)
        except InspectorError as error:
            self._failed(error)
            return
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._set_busy(on=False)
        clear(self._strips)
        said = sentences(self.words, error) if isinstance(error, InspectorError) else unforeseen(self.words)
        self._strips.addWidget(Strip(Theme(self.settings.theme), said, "danger"))
        self._fit()

    def _set_busy(self, *, on: bool) -> None:
        self._busy.setVisible(on)
        self._fit()
        for each in self._buttons:
            each.setEnabled(not on)

    def reject(self) -> None:
        """Leaving waits for a register that is being written, so that it is whole or not there."""
        if self._making is not None:
            self._making.wait()
        super().reject()


def _folder() -> Path:
    """Where registers of this person lie unless they say otherwise."""
    folder = Path(platformdirs.user_documents_dir())
    return folder if folder.is_dir() else Path.home()
