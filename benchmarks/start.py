"""Start to a usable window: from the spawn of the process until the first rows are painted, and the memory then."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.data import Data
from benchmarks.figures import Figure, memory_mib, told_race

_OURS = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from inspector_app import settings as preferences
from inspector_app.ui import app

def tell():
    print("painted", flush=True)
    sys.stdin.readline()
    watch.window.close()

class Watch(QObject):
    def eventFilter(self, widget, event):
        if event.type() == QEvent.Type.Paint and self.there():
            self.there = lambda: False
            QTimer.singleShot(0, tell)
        return False

watch = Watch()
made = app.build_window

def build(register, settings):
    watch.window = window = made(register, settings)
    if {page!r} == "sites":
        table = window.pages["sites"].table
        watch.there = lambda: table.rows.rowCount() and table.rows.row_at(0) is not None
        table.viewport().installEventFilter(watch)
    else:
        page = window.pages["overview"]
        watch.there = lambda: page.shown is not None
        # what the overview shows stands in its scrolled inside, made anew with the figures
        inside = page._content.parentWidget()
        inside.installEventFilter(watch)
    return window

app.build_window = build
preferences.save(preferences.load().changed(page={page!r}))
sys.argv = ["inspector", "--register", {path!r}]
from inspector_app.cli.start import main
main()
"""

_FLOOR = """
import sqlite3
import sys
from PySide6.QtCore import QAbstractTableModel, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

app = QApplication([])

class Rows(QAbstractTableModel):
    rows = sqlite3.connect({path!r}).execute(
        "SELECT code, name_en, region, status, remaining_g FROM site WHERE deleted = 0 ORDER BY code LIMIT 100"
    ).fetchall()

    def rowCount(self, parent=None):
        return len(self.rows)

    def columnCount(self, parent=None):
        return 5

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return str(self.rows[index.row()][index.column()]) if role == Qt.ItemDataRole.DisplayRole else None

def tell():
    print("painted", flush=True)
    sys.stdin.readline()
    window.close()

class Watch(QObject):
    told = False
    def eventFilter(self, widget, event):
        if event.type() == QEvent.Type.Paint and not self.told:
            self.told = True
            QTimer.singleShot(0, tell)
        return False

window, view, rows, watch = QMainWindow(), QTableView(), Rows(), Watch()
view.setModel(rows)
view.viewport().installEventFilter(watch)
window.setCentralWidget(view)
window.resize(1360, 860)
window.show()
app.exec()
"""


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Whole processes in turn; the floor is a bare Qt window with a hundred rows read by sqlite3."""
    for size in sizes:
        path = str(data.register(size))
        for work, page in (("to the first page of sites", "sites"), ("to the figures of the overview", "overview")):
            memory: dict[str, float] = {}
            ours, floor = told_race(
                lambda path=path, page=page, memory=memory: _process(_OURS.format(path=path, page=page), memory, "ours"),
                lambda path=path, memory=memory: _process(_FLOOR.format(path=path), memory, "floor"),
                rounds=rounds,
            )
            yield Figure(
                work,
                ours,
                "s",
                size=size,
                floor=floor,
                floor_name="Qt window, 100 rows by sqlite3",
                peer_name="QGIS is not installed here",
                ratio_at_most=2,
                constant=True,
            )
            yield Figure(
                f"memory {work}", memory["ours"], "MiB", size=size, floor=memory["floor"], floor_name="the same", at_most=120
            )


def _process(code: str, memory: dict[str, float], name: str) -> float:
    """Seconds from the spawn until the process says that it has painted."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ,
        cwd=Path(__file__).parent.parent,
    )
    if process.stdout is None or process.stdin is None:
        raise OSError("no pipes")
    line = process.stdout.readline()
    took = time.perf_counter() - begun
    if line.strip() != "painted":
        process.kill()
        raise RuntimeError(f"{name} did not paint: {line}")
    memory[name] = memory_mib(process.pid)
    process.stdin.write("enough\n")
    process.stdin.close()
    process.wait(30)
    process.stdout.close()
    return took
