"""Waiting for an answer: without being deaf, since a person may leave the request behind, and not idle."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Do `work` on a thread of its own beside what is inside; both are done afterwards. Raises what either raised.

    Where both fail, what failed inside is raised: it ended the exchange.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="meanwhile") as pool:
        beside_it = pool.submit(work)
        yield
    beside_it.result()
