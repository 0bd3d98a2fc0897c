"""The program with a window: QApplication, language, crash hook, first start."""

import gc
import logging
import os
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QApplication

from inspector_app import settings as preferences
from inspector_app.domain.errors import InspectorError, NoScreen, NotARegister
from inspector_app.i18n import words
from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui.messages import log_file
from inspector_app.ui.theme import Theme
from inspector_app.ui.window import MainWindow

log = logging.getLogger(__name__)

_QUIET_MS = 2000
"""After this long the first page is there, and what a person may open next is made ready."""


def run(register_path: Path | None = None) -> int:
    """Open the window on a register, or on the last one, and stay until it is closed; the exit code of the program.

    Without a register it offers the demonstration, a new register, or to open one.
    """
    if not has_screen():
        raise NoScreen
    keep_log()
    settings = preferences.load()
    app = application(settings)
    path = register_path or (Path(settings.register) if settings.register else None)
    register = _opened(path, settings) if path is not None and (register_path or path.is_file()) else None
    if register is None:
        from inspector_app.ui.welcome import welcome  # noqa: PLC0415 - seen once in the life of a laptop

        register = welcome(settings)
        if register is None:
            return 0
    settings = settings.changed(register=str(register.path.resolve()))
    preferences.save(settings)
    window = build_window(register, settings)
    _hook(window)
    window.show()
    # what is loaded by now stays for good; looking through it at every collection would cost the window's thread
    gc.freeze()
    QTimer.singleShot(_QUIET_MS, window, window.prepare_map)
    try:
        return app.exec()
    finally:
        register.close()


def has_screen() -> bool:
    """Whether Qt will find a screen, or was told to do without; it ends the program where it finds none."""
    named = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return not sys.platform.startswith("linux") or any(os.environ.get(each) for each in named)


def application(settings: Settings) -> QApplication:
    """The one QApplication, dressed; what the web engine wants to know before it exists is said here."""
    prepare_web_engine()
    present = QApplication.instance()
    app = present if isinstance(present, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("waste-inspector")
    app.setApplicationDisplayName(words(settings.language).say("Waste Inspector"))
    QTimer.singleShot(0, app, lambda: _translate_qt(app, settings.language))
    Theme(settings.theme, settings.text_percent, settings.touch).apply(app)
    return app


def build_window(register: Register, settings: Settings) -> MainWindow:
    """The window on an open register, not shown yet; tests and the tour use it too."""
    return MainWindow(register, settings)


def prepare_web_engine() -> None:
    """What the web engine wants before the QApplication is made, without loading it: it comes with the map page."""
    flags = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    if "--no-maglev" not in flags:
        # V8's Maglev compiler aborts the page when it draws a hundred thousand shapes
        os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} --js-flags=--no-maglev".strip()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def keep_log() -> None:
    """Write what goes wrong to the log file whose path a message names."""
    logging.getLogger("inspector_app").addHandler(_Log())


class _Log(logging.Handler):
    """Opens the log file with the first line that it gets: most days have none, and a start need not wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a folder that cannot be written stops nothing."""
        if self._file is None:
            self._file = _opened_log()
        self._file.handle(record)

    def close(self) -> None:
        """Let go of the file; logging does so when the program ends."""
        if self._file is not None:
            self._file.close()
        super().close()


def _opened_log() -> logging.Handler:
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - brings the network's libraries along

    path = Path(log_file())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


def _hook(window: MainWindow) -> None:
    """A mistake of the program ends in the log and in three sentences, never in a silent exit."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(error, InspectorError):
            window.show_error(error)
            return
        log.error("a mistake in the window", exc_info=(kind, error, trace))
        window.show_mistake()

    sys.excepthook = caught


def _opened(path: Path, settings: Settings) -> Register | None:
    """The register, or nothing after saying why not."""
    try:
        try:
            return Register.open(path)
        except NotARegister:
            # only here: these dialogs are seldom seen, and start-up is measured
            from inspector_app.ui.welcome import open_asking  # noqa: PLC0415

            return open_asking(path, words(settings.language))
    except InspectorError as error:
        from inspector_app.ui.welcome import explain  # noqa: PLC0415

        explain(error)
        return None


def _translate_qt(app: QApplication, language: str) -> None:
    """Qt's own words (calendar, buttons of dialogs) in the language of the window, where Qt has them.

    Its lists of languages and countries take a thirtieth of a start and are not needed for the first page.
    """
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator  # noqa: PLC0415

    QLocale.setDefault(QLocale(language))
    translator = QTranslator(app)
    if translator.load(QLocale(language), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
