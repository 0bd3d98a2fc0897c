"""Garbage is collected on the window's thread, as long as another thread runs."""

import gc

from PySide6.QtCore import QObject, QTimer

_SWEEP_MS = 500


class Sweeper(QObject):
    """Collects garbage on the window's thread only.

    Python collects on whichever thread asks for memory. A reader that comes upon a forgotten widget would destroy it there,
    and Qt ends a program whose widgets are destroyed on another thread.
    """

    def __init__(self, parent: QObject) -> None:
        """From now on nothing is collected by itself."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._sweep)
        self._timer.start(_SWEEP_MS)

    def stop(self) -> None:
        """Python's own way again, once no other thread is left."""
        self._timer.stop()
        gc.enable()

    def _sweep(self) -> None:
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [age for age in range(3) if counts[age] > limits[age] > 0]
        if due:
            gc.collect(due[-1])
