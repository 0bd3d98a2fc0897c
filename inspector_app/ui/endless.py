"""None, True, False and NotImplemented made endless, as Python 3.12 has them, for a Qt binding that relies on it.

PySide6 6.12 returns these without taking a reference. Under Python 3.11 every Qt call without a result then uses up one
of the some fifty thousand references to None, and when none is left, after some hundred paintings of a table, Python
ends the program: "Fatal Python error: none_dealloc". Seen with 6.12.0; 6.11 and Python 3.12 need nothing of this.
"""

import ctypes
import sys

_MANY = 1 << 40


def make_endless() -> None:
    """Give each of the four more references than any run of the program can use up; harmless when called again."""
    if sys.version_info >= (3, 12):
        return
    for each in (None, True, False, NotImplemented):
        if sys.getrefcount(each) < _MANY:
            # CPython keeps the count in the first word of an object
            ctypes.c_ssize_t.from_address(id(each)).value += 2 * _MANY
