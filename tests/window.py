"""A window on a real register for tests: waits for answers, and watches that nothing holds its thread."""

import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QObject
from PySide6.QtWidgets import QApplication

from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui.app import build_window, prepare_web_engine
from inspector_app.ui.theme import Theme
from inspector_app.ui.window import MainWindow

LONGEST_S = 0.1
"""No work over 100 ms in the thread of the window (quality.md)."""
_STRETCH = 200_000
_STRETCH_S = 0.008
"""What counting so far costs on the machine for which the limit is meant; a slower or shared one gets as much more."""


def _slowness() -> float:
    began = time.thread_time()
    total = 0
    for each in range(_STRETCH):
        total += each
    return max(1.0, (time.thread_time() - began) / _STRETCH_S)


class Watchdog(QObject):
    """Measures the processor time that the window's thread spends between waking and sleeping.

    Processor time, not the clock: a busy machine must not fail a test.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_s = 0.0
        self.slowness = _slowness()
        self._since = time.thread_time()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_about_to_block)

    def check(self) -> None:
        """Fail when the thread worked too long at a stretch."""
        limit_s = LONGEST_S * max(self.slowness, _slowness())
        assert self.longest_s < limit_s, f"the window stood still for {self.longest_s * 1000:.0f} of {limit_s * 1000:.0f} ms"

    def _on_awake(self) -> None:
        self._since = time.thread_time()

    def _on_about_to_block(self) -> None:
        self.longest_s = max(self.longest_s, time.thread_time() - self._since)
        self._since = time.thread_time()


def open_window(qtbot, register: Register, **settings: object) -> MainWindow:
    """The whole window, shown, with its first page answered."""
    prefs = Settings(**settings)
    app = QApplication.instance()
    Theme(prefs.theme, prefs.text_percent, prefs.touch).apply(app)
    window = build_window(register, prefs)
    qtbot.addWidget(window, before_close_func=lambda each: each.work.stop())
    with qtbot.waitActive(window, timeout=10_000):
        window.show()
    return window


def page(qtbot, window: MainWindow, name: str, row_id: str | None = None):
    """Go to a page and give it back."""
    window.go(name, row_id)
    qtbot.waitUntil(lambda: window.current == name)
    return window.pages[name]


def until(qtbot, true: Callable[[], object], timeout: int = 10_000) -> None:
    """Wait until something holds; the machine may be busy."""
    qtbot.waitUntil(lambda: bool(true()), timeout=timeout)


__all__ = ["Watchdog", "open_window", "page", "prepare_web_engine", "until"]
