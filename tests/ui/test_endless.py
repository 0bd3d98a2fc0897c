"""The window outlives any number of Qt calls, whatever the binding does with references to None and False."""

import subprocess
import sys

CALLS = """
import inspector_app.ui
from PySide6.QtCore import QObject
object_ = QObject()
for _ in range(200_000):
    object_.setObjectName("x")
    object_.blockSignals(False)
print("alive")
"""


def test_two_hundred_thousand_calls_of_qt_do_not_end_the_program():
    done = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
