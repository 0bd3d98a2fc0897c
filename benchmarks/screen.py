"""The real window without a screen, and how long it is until what was asked for is painted."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from inspector_app import settings as preferences
from inspector_app.models.register import Register
from inspector_app.ui.app import application, build_window
from inspector_app.ui.window import MainWindow

PATIENCE_MS = 60_000


class _Paints(QObject):
    """Ends a wait with the first painting of a widget at which a condition holds."""

    def __init__(self, widget: QWidget, there: Callable[[], bool]) -> None:
        super().__init__()
        self.widget, self.there, self.seen = widget, there, False
        self.loop = QEventLoop()
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not self.seen and event.type() == QEvent.Type.Paint and self.there():
            self.seen = True
            QTimer.singleShot(0, self.loop.quit)  # when this painting is done
        return False


def painted(do: Callable[[], object], widget: QWidget, there: Callable[[], bool]) -> float:
    """Seconds from `do` until `widget` was painted with what `there` waits for. Raises TimeoutError after a minute."""
    settle()
    wait = _Paints(widget, there)
    stop = QTimer()
    stop.setSingleShot(True)
    stop.timeout.connect(wait.loop.quit)
    stop.start(PATIENCE_MS)
    begun = time.perf_counter()
    do()
    if not wait.seen:
        wait.loop.exec()
    took = time.perf_counter() - begun
    widget.removeEventFilter(wait)
    if not wait.seen:
        raise TimeoutError(f"{widget.objectName() or type(widget).__name__} was not painted")
    return took


def settle(quiet_ms: int = 60) -> None:
    """Let everything that is under way end, until the window had nothing to do for a while."""
    while True:
        busy = time.perf_counter()
        loop = QEventLoop()
        QTimer.singleShot(quiet_ms, loop.quit)
        loop.exec()
        if time.perf_counter() - busy < quiet_ms / 1000 * 1.5:
            return


@contextlib.contextmanager
def window(path: Path, *, page: str | None = None) -> Iterator[MainWindow]:
    """The window on a register, shown, with a page in front; closed in the end."""
    settings = preferences.load()
    app = application(settings)
    register = Register.open(path)
    shown = build_window(register, settings)
    shown.show()
    if page is not None:
        shown.go(page)
    settle()
    try:
        yield shown
    finally:
        shown.close()
        app.processEvents()
        register.close()


def application_there() -> QApplication:
    """The one QApplication, dressed as the program dresses it."""
    return application(preferences.load())
