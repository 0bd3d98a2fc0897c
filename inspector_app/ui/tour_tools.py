"""What the tour works with: a window driven by clicks and keys, pictures of it, a central server as a process beside it."""

import html
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from inspector_app.ui.window import MainWindow

PATIENCE_S = 60.0
_SERVER = "from inspector_app.server.command import main; main()"


class StepFailed(Exception):
    """A step of the tour did not end as it must."""


@dataclass
class Gallery:
    """The folder that the tour leaves: pictures, papers, a page that lists them, and the steps with what was verified."""

    folder: Path
    tell: Callable[[str], None]
    things: list[tuple[str, str]] = field(default_factory=list)
    steps: list[tuple[str, bool]] = field(default_factory=list)

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """One step; a failed one is told and the tour goes on with the next."""
        began = time.monotonic()
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the other steps are still worth seeing
            self.steps.append((sentence, False))
            self.tell(f"FAILED  {sentence}: {type(error).__name__}: {error}")
        else:
            self.steps.append((sentence, True))
            self.tell(f"ok      {sentence} ({time.monotonic() - began:.1f} s)")

    def picture(self, widget: QWidget, name: str, caption: str) -> None:
        """A picture of a widget as a person sees it."""
        settle()
        path = self.folder / f"{name}.png"
        image = widget.grab()
        check(not image.isNull() and image.save(str(path)), f"{path} cannot be written")
        self.things.append((path.name, caption))

    def paper(self, name: str, caption: str) -> Path:
        """Where a paper goes that is listed."""
        self.things.append((name, caption))
        return self.folder / name

    @property
    def is_whole(self) -> bool:
        """Whether every step was verified."""
        return bool(self.steps) and all(done for _sentence, done in self.steps)

    def write_index(self) -> None:
        """The page and the text that list everything."""
        shown = []
        for name, caption in self.things:
            said = html.escape(caption)
            inside = f'<img src="{name}" alt="{said}" loading="lazy">' if name.endswith(".png") else html.escape(name)
            shown.append(f'<figure><a href="{name}">{inside}</a><figcaption>{said}</figcaption></figure>')
        steps = "".join(f"<li>{'ok' if done else '<b>failed</b>'}: {html.escape(said)}</li>" for said, done in self.steps)
        (self.folder / "index.html").write_text(
            "<!doctype html><meta charset=utf-8><title>Waste Inspector, tour</title>"
            "<style>body{font:14px sans-serif;margin:24px;max-width:1100px}img{max-width:100%;border:1px solid #ccc}"
            "figure{margin:0 0 24px}figcaption{color:#555;margin-top:4px}</style>"
            f"<h1>Waste Inspector, tour</h1><ol>{steps}</ol>{''.join(shown)}",
            "utf-8",
        )
        lines = [f"- [{'x' if done else ' '}] {said}" for said, done in self.steps]
        listed = [f"- [{caption}]({name})" for name, caption in self.things]
        (self.folder / "README.md").write_text("\n".join(["# Tour", "", *lines, "", *listed, ""]), "utf-8")


def check(true: object, sentence: str) -> None:
    """What must hold. Raises StepFailed."""
    if not true:
        raise StepFailed(sentence)


def settle(seconds: float = 0.25) -> None:
    """Let the window answer and paint for a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.005)  # lets the other threads have the interpreter


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until something holds. Raises StepFailed."""
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, f"waited in vain for {what}")
        settle(0.02)


def click(widget: QWidget) -> None:
    """A click with the left button in the middle of a widget."""
    until(lambda: widget.isVisible() and widget.isEnabled(), f"«{widget.accessibleName() or _text(widget)}» to be there")
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    settle(0.05)


def type_into(widget: QWidget, text: str) -> None:
    """Type a text as a person does: the focus goes there, what stands there is replaced."""
    target = widget.focusProxy() or widget
    target.setFocus()
    QTest.keyClick(target, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(target, text)
    settle(0.05)


def press(widget: QWidget, key: Qt.Key, *, control: bool = False) -> None:
    """Press a key, with Ctrl or without."""
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(widget, key, modifier)
    settle(0.05)


def dialog(kind: type[QWidget]) -> QWidget:
    """The dialog of a kind that is open now. Raises StepFailed."""

    def found() -> list[QWidget]:
        return [
            each for top in QApplication.topLevelWidgets() for each in (top,) if isinstance(each, kind) and each.isVisible()
        ]

    until(found, kind.__name__)
    return found()[-1]


def button_in(box: QWidget, text: str) -> QPushButton:
    """The button with a word in a widget. Raises StepFailed."""
    for each in box.findChildren(QPushButton):
        if each.text() == text and each.isVisible():
            return each
    raise StepFailed(f"no button «{text}»")


def page(window: MainWindow, name: str) -> QWidget:
    """Click a page of the rail and wait for it."""
    click(window.rail.buttons[name])
    until(lambda: window.current == name, f"the page {name}")
    settle(0.6)
    return window.pages[name]


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QPushButton) else type(widget).__name__


class Server:
    """A real central server on loopback, in a folder of its own."""

    def __init__(self, data: Path, *, demo: bool) -> None:
        """Made and started; `demo` as the register that will be enrolled."""
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._run("init", *(["--demo"] if demo else []))
        self._people: set[str] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, "serve", "--data", str(data), "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE_S
        while not self._answers():
            check(self._process.poll() is None, "the central server ended at once")
            check(time.monotonic() < end, "the central server does not answer")
            settle(0.1)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def code(self, person: str, role: str) -> str:
        """A one-time code for a person, who is added first."""
        if person not in self._people:
            self._run("user", "add", person, "--role", role)
            self._people.add(person)
        return self._run("device", "code", person)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(30)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5):
                return True
        except OSError:
            return False

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _SERVER, *words, "--data", str(self.data)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=os.environ,
        )
        check(done.returncode == 0, done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()
