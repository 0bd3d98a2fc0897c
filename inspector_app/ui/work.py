"""Reads in a pool, writes one after another, answers on the window's thread."""

import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from inspector_app.domain.errors import InspectorError
from inspector_app.models.driver import changed
from inspector_app.models.register import Register
from inspector_app.ui.garbage import Sweeper

T = TypeVar("T")
log = logging.getLogger(__name__)
_REST_MS = 100
_TURN_S = 0.001
"""Seconds after which a thread that computes lets another one go on; Python's own five are felt between letter and list."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What one committed transaction touched: pairs of entity and row id. `everything` after an exchange with the server."""

    rows: frozenset[tuple[str, str]] = frozenset()
    everything: bool = False

    def concerns(self, *entities: str) -> bool:
        """Whether a page that shows these entities must ask anew."""
        return self.everything or any(entity in entities for entity, _row in self.rows)


class Progress:
    """How far a long work is, and whether a person wants it to stop. Safe to use from any thread."""

    def __init__(self, tell: Callable[[float, str, Mapping[str, object]], None]) -> None:
        """`tell` gets a share between 0 and 1, a sentence and what fills it."""
        self._tell = tell
        self._cancelled = threading.Event()

    def __call__(self, share: float, sentence: str = "", /, **facts: object) -> None:
        """Say how far it is; raises CancelledError when a person has cancelled."""
        self.check()
        self._tell(share, sentence, facts)

    def check(self) -> None:
        """Raises CancelledError when a person has cancelled; says nothing."""
        if self._cancelled.is_set():
            raise CancelledError

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancelled.set()


class Work(QObject):
    """Runs queries, actions and long works of one register.

    Signals:
        register_changed: a write is committed; carries what it touched.
        explained: something a person can understand went wrong, and no form took care of it.
        broken: something we did not foresee went wrong; the traceback is in the log.
        progressed: share between 0 and 1, a sentence of the long work that runs, and what fills it.
        exchanged: the same of the exchange with the server, which runs beside the long works.
    """

    register_changed = Signal(Changed)
    explained = Signal(InspectorError)
    broken = Signal(Exception)
    progressed = Signal(float, str, object)
    exchanged = Signal(float, str, object)
    _answered = Signal(int, object)

    def __init__(self, register: Register, parent: QObject | None = None) -> None:
        """Work on one open register; the register stays the caller's to close, after `stop`."""
        super().__init__(parent)
        self.register = register
        self._readers = ThreadPoolExecutor(2, "reader")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._long = ThreadPoolExecutor(1, "long")
        self._exchange = ThreadPoolExecutor(1, "exchange")
        self._exchanging: Progress | None = None
        self._numbers = count()
        self._waiting: dict[int, _Waiting] = {}
        self._asked: Counter[tuple[int, Callable[..., Any]]] = Counter()
        self._gone: set[int] = set()
        self._known: set[int] = set()
        self._stopped = False
        self._is_warm = False
        self._sweeper = Sweeper(self)
        self._turn_s = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)
        # queued, always: a work that is done at once must not answer before the caller knows that it began
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def glance(self, owner: QObject, query: Callable[..., T], then: Callable[[T], None], **given: Any) -> None:
        """As `read`, for a query that asks in SQL: it is answered before SQLAlchemy is loaded."""
        self._ask(owner, query, then, self.register.glance, given)

    def read(self, owner: QObject, query: Callable[..., T], then: Callable[[T], None], **given: Any) -> None:
        """Run `query(session, **given)`; its answer goes to `then`, unless the owner is gone or has asked anew."""
        self._ask(owner, query, then, self.register.reading, given)

    def write(
        self,
        command: str,
        action: Callable[..., T],
        *args: Any,
        then: Callable[[T], None] | None = None,
        refused: Callable[[InspectorError], None] | None = None,
        broke: Callable[[], None] | None = None,
        **given: Any,
    ) -> None:
        """Run `action(session, *args, **given)` as one transaction named `command`, then tell every page what it touched.

        `then` gets what the action returned; `refused` gets the error that a person can understand, so that it can stand
        beside its field. `broke` is called after an error that nobody foresaw, so that who waits does not wait for ever.
        """

        def run() -> tuple[T, Changed]:
            with self.register.writing(command) as session:
                answer = action(session, *args, **given)
            return answer, Changed(changed(session))

        def done(outcome: tuple[T, Changed]) -> None:
            answer, touched = outcome
            if then is not None:
                then(answer)
            self.register_changed.emit(touched)

        self._follow(self._writer, run, done, refused, broke=broke)

    def long(
        self,
        work: Callable[..., T],
        *args: Any,
        then: Callable[[T], None],
        refused: Callable[[InspectorError], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        **given: Any,
    ) -> Progress:
        """Run `work(*args, progress=..., **given)` beside the window; the answer has `cancel()`. Papers and syncs use it."""
        progress = Progress(self.progressed.emit)

        def run() -> T:
            return work(*args, progress=progress, **given)

        self._follow(self._long, run, then, refused, cancelled)
        return progress

    def set_aside(self, work: Callable[..., T], *args: Any, then: Callable[[T], None], **given: Any) -> None:
        """Run a short `work(*args, **given)` of the exchange that writes no operation, in its turn among the writes."""
        self._follow(self._writer, lambda: work(*args, **given), then, None)

    def exchange(
        self,
        work: Callable[..., T],
        *args: Any,
        then: Callable[[T], None],
        refused: Callable[[InspectorError], None],
        cancelled: Callable[[], None],
        broke: Callable[[], None],
    ) -> Progress:
        """As `long`, for the exchange with the server: no paper waits for it, and closing the window stops it.

        `broke` is told when it ended in an error that nobody foresaw.
        """
        progress = Progress(self.exchanged.emit)
        self._exchanging = progress

        def run() -> T:
            return work(*args, progress=progress)

        self._follow(self._exchange, run, then, refused, cancelled, broke)
        return progress

    def stop(self) -> None:
        """Let running works end and take no new ones; every change that waits is still written, an exchange is left."""
        self._stopped = True
        if self._exchanging is not None:
            self._exchanging.cancel()
        for pool in (self._readers, self._writer, self._long, self._exchange):
            pool.shutdown(wait=True, cancel_futures=pool is not self._writer)
        self._sweeper.stop()
        sys.setswitchinterval(self._turn_s)

    @property
    def is_stopped(self) -> bool:
        """Whether it takes no new works any more."""
        return self._stopped

    def _warm(self) -> None:
        """Load what the first change and the first page of a site will want, once the first questions are answered."""
        if not self._stopped:
            self._writer.submit(lambda: self.register.transactions)

    def _ask(
        self,
        owner: QObject,
        query: Callable[..., T],
        then: Callable[[T], None],
        look: Callable[[], AbstractContextManager[Any]],
        given: dict[str, Any],
    ) -> None:
        asked = (self._watch(owner), query)
        self._asked[asked] += 1
        mine = self._asked[asked]

        def run() -> T:
            with look() as session:
                return query(session, **given)

        def newest(answer: T) -> None:
            if asked[0] not in self._gone and self._asked[asked] == mine:
                then(answer)

        self._follow(self._readers, run, newest, None)

    def _watch(self, owner: QObject) -> int:
        key = id(owner)
        if key not in self._known:
            self._known.add(key)
            self._gone.discard(key)
            owner.destroyed.connect(lambda: self._forget(key))
        return key

    def _forget(self, key: int) -> None:
        self._known.discard(key)
        self._gone.add(key)
        for asked in [each for each in self._asked if each[0] == key]:
            del self._asked[asked]

    def _follow(
        self,
        pool: ThreadPoolExecutor,
        run: Callable[[], Any],
        then: Callable[[Any], None],
        refused: Callable[[InspectorError], None] | None,
        cancelled: Callable[[], None] | None = None,
        broke: Callable[[], None] | None = None,
    ) -> None:
        # a thread of the pool knows a number only: what holds widgets must neither be used nor be forgotten there
        number = next(self._numbers)
        self._waiting[number] = _Waiting(then, refused or self.explained.emit, cancelled or _nothing, broke or _nothing)
        pool.submit(run).add_done_callback(lambda future: self._answered.emit(number, future))

    @Slot(int, object)
    def _deliver(self, number: int, future: "Future[Any]") -> None:
        waiting = self._waiting.pop(number)
        # what is answered after the window was closed has nobody to show it to
        if self._stopped or future.cancelled():
            return
        if not self._waiting and not self._is_warm:
            self._is_warm = True
            QTimer.singleShot(_REST_MS, self, self._warm)
        match future.exception():
            case None:
                waiting.then(future.result())
            case CancelledError():
                waiting.cancelled()
            case InspectorError() as error:
                waiting.refused(error)
            case error:
                log.error("a work ended in an error that nobody foresaw", exc_info=error)
                waiting.broke()
                self.broken.emit(error)
                waiting.broke()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits for the end of a work."""

    then: Callable[[Any], None]
    refused: Callable[[InspectorError], None]
    cancelled: Callable[[], None]
    broke: Callable[[], None]


def _nothing() -> None:
    """Nobody wants to know that a work was cancelled, or that it broke."""
