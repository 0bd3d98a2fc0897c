"""What runs beside the window never touches it: answers and garbage belong to the window's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from inspector_app.ui.work import Work
from tests.window import until

PAGES = 2_000
"""More than Python lets gather before it collects."""


@pytest.fixture
def work(qapp, register):
    work = Work(register)
    yield work
    work.stop()


def test_a_forgotten_page_is_destroyed_on_the_windows_thread_though_a_reader_fills_the_memory(qtbot, work):
    destroyed_on = []

    class Page(QObject):
        def __init__(self):
            super().__init__()
            self.itself = self

        def __del__(self):
            destroyed_on.append(threading.current_thread())

    def fill_the_memory(_session):
        for _ in range(PAGES):
            Page()
        return threading.current_thread()

    answers = []
    owner = QObject()
    work.read(owner, fill_the_memory, answers.append)
    until(qtbot, lambda: answers)
    until(qtbot, lambda: len(destroyed_on) == PAGES)

    assert answers != [threading.main_thread()]
    assert set(destroyed_on) == {threading.main_thread()}


def test_python_collects_by_itself_again_once_the_work_has_stopped(qapp, register):
    work = Work(register)
    assert not gc.isenabled()

    work.stop()

    assert gc.isenabled()


def test_a_work_that_is_done_at_once_answers_after_its_caller_knows_that_it_began(qtbot, work):
    told = []
    for _ in range(200):
        begun = len(told)
        work.long(_done_at_once, then=told.append)
        assert len(told) == begun
        until(qtbot, lambda begun=begun: len(told) > begun)


def _done_at_once(*, progress):
    return progress


def test_an_older_answer_never_replaces_a_newer_one(qtbot, work):
    slow = threading.Event()
    owner, shown = QObject(), []

    def answer(_session, *, wait, word):
        if wait:
            slow.wait(10)
        return word

    work.read(owner, answer, shown.append, wait=True, word="old filter")
    work.read(owner, answer, shown.append, wait=False, word="new filter")
    until(qtbot, lambda: shown)
    slow.set()
    done = []
    work.read(QObject(), lambda _session: True, done.append)
    work.read(owner, lambda _session: True, done.append)
    until(qtbot, lambda: True in done)

    assert shown == ["new filter"]
