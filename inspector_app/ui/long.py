"""A long work with words, a line of progress and a way to stop it; the rest of the window goes on."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QProgressBar, QWidget
from shiboken6 import isValid

from inspector_app.domain.errors import InspectorError
from inspector_app.ui.desk import Desk
from inspector_app.ui.parts import button, label, row
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Progress


class LongLine(QWidget):
    """Runs one long work at a time and shows how far it is; hidden while nothing runs."""

    def __init__(self, desk: Desk) -> None:
        """Hidden."""
        super().__init__()
        self.desk = desk
        self._running: Progress | None = None
        self.sentence = label("", "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.cancel = button(desk.words.say("Cancel"), self.stop)
        line = row(self.sentence, self.bar, self.cancel, gap=SPACE[2])
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()
        desk.work.progressed.connect(self._on_progressed)

    @property
    def is_running(self) -> bool:
        """Whether a work of this line is under way."""
        return self._running is not None

    def run(
        self,
        sentence: str,
        work: Callable[..., Any],
        *args: Any,
        then: Callable[[Any], object],
        refused: Callable[[InspectorError], object],
        stopped: Callable[[], object] | None = None,
        **given: Any,
    ) -> None:
        """Run `work(*args, progress=..., **given)`; one that still runs is stopped and forgotten."""
        self.stop()
        self.sentence.setText(sentence)
        self.bar.setValue(0)
        self.cancel.setEnabled(True)
        self.show()
        mine: list[Progress] = []

        def ended(follow: Callable[[], object]) -> None:
            if isValid(self) and mine and self._running is mine[0]:
                self._running = None
                self.hide()
                follow()

        mine.append(
            self.desk.work.long(
                work,
                *args,
                then=lambda answer: ended(lambda: then(answer)),
                refused=lambda error: ended(lambda: refused(error)),
                cancelled=lambda: ended(stopped or (lambda: None)),
                **given,
            )
        )
        self._running = mine[0]

    def stop(self) -> None:
        """Ask the work to stop at its next step."""
        if self._running is not None:
            self._running.cancel()
            self.cancel.setEnabled(False)
            self.sentence.setText(self.desk.words.say("Stopping…"))

    def _on_progressed(self, share: float, sentence: str, facts: Mapping[str, object]) -> None:
        if self._running is not None:
            self.bar.setValue(round(share * 1000))
            if sentence and self.cancel.isEnabled():
                self.sentence.setText(self.desk.words.say(sentence, **self.desk.words.told(facts)))
