"""Waiting for an answer without being deaf: the request runs in a thread of its own, which a person may leave behind."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_LISTEN_S = 0.1
"""A person who cancels is heard this soon."""


def beside(work: Callable[[], T], alive: Callable[[], None]) -> T:
    """The answer of `work`; `alive` is called ten times a second meanwhile.

    What `alive` raises ends the waiting, not the work: that goes on by itself until its time limit, and its answer is
    dropped, which for an exchange is the same as a reply that was lost on the way.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answers.put((None, error))

    threading.Thread(target=run, name="request", daemon=True).start()
    while True:
        try:
            answer, error = answers.get(timeout=_LISTEN_S)
        except queue.Empty:
            alive()
            continue
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]
