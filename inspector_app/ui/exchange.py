"""The exchange with the central server as the window runs it: when a person wants it, or by itself when that makes sense.

It never calls more often than its own back-off allows, only the server that the register is enrolled with, and not at all
while nothing waits and the last sync is recent. It shows nothing: the status bar and the page of sync do.
"""

import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from inspector_app.domain.errors import InspectorError
from inspector_app.models.queries.standing import Standing
from inspector_app.models.register import Register
from inspector_app.ui.work import Changed, Progress, Work

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

    from inspector_app.sync.visit import Visit

QUIET_S = 30.0
"""After a change nothing is sent for so long: a person at work makes the next one soon."""
SOON_S = 120.0
"""A change waits no longer than this, whatever follows it."""
RECENT_S = 3600.0
"""A sync that is no older than this needs no other one while nothing waits."""
STOPPED_S = 900.0
"""After a person stopped a sync, nothing begins by itself for so long."""
_ONLINE_S = 5.0
_LONGEST_MS = 2**31 - 1


class Phase(Enum):
    """What the exchange is doing, or how the last one of this window ended."""

    QUIET = "quiet"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Exchange(QObject):
    """Runs one sync at a time.

    Signals:
        changed: phase, progress or the time of the next attempt is another one.
        ended: a sync came to its end; carries a `sync.visit.Visit`.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(
        self,
        work: Work,
        *,
        is_on: bool,
        clock: Callable[[], float] = time.monotonic,
        dice: Random | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Nothing begins before `know` told where the register stands. `clock` counts seconds; `dice` spread attempts."""
        super().__init__(parent)
        self.phase = Phase.QUIET
        self.error: InspectorError | None = None
        self.visit: Visit | None = None
        self.is_by_hand = self.is_stopping = False
        self.share, self.sentence = 0.0, ""
        self.facts: dict[str, object] = {}
        self.next_at: float | None = None
        self.ended_at: float | None = None
        self.clock = clock
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.wake)
        self._work, self._is_on = work, is_on
        self._dice = dice or Random()  # noqa: S311 - spreads attempts, keeps no secret
        self._standing: Standing | None = None
        self._progress: Progress | None = None
        self._failures = 0
        self._due_at = 0.0
        self._first_change: float | None = None
        self._last_change = clock()
        self._jitter = self._dice.random()
        self._network: QNetworkInformation | None = None
        work.exchanged.connect(self._on_exchanged)
        work.register_changed.connect(self._on_register_changed)

    # -- what others ask ----------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a sync is under way."""
        return self.phase is Phase.RUNNING

    @property
    def is_on(self) -> bool:
        """Whether syncs begin by themselves."""
        return self._is_on

    @property
    def is_offline(self) -> bool:
        """Whether the operating system says that there is no connection."""
        return self._network is not None and self._network.reachability() == self._network.Reachability.Disconnected

    @property
    def seconds_left(self) -> float | None:
        """Until the next attempt; nothing when none is planned."""
        return None if self.next_at is None else max(0.0, self.next_at - self.clock())

    def turn(self, *, on: bool) -> None:
        """Syncs begin by themselves from now on, or no longer do."""
        self._is_on = on
        self._plan()

    def know(self, standing: Standing) -> None:
        """Where the register stands now; the status bar asks whenever something changed."""
        self._standing = standing
        self._plan()

    # -- running ------------------------------------------------------------------------------------------------------

    def start(self, *, compares: bool | None = None, send_all: bool = False, fetch_all: bool = False) -> None:
        """A sync, now, because a person wants it; what is given as in `sync.visit.visit`. One that runs goes on."""
        self._start(partial(_visit, compares=compares, send_all=send_all, fetch_all=fetch_all), by_hand=True)

    def cancel(self) -> None:
        """Stop the sync that runs; what the server has taken by then stays there."""
        if self._progress is not None and not self.is_stopping:
            self.is_stopping = True
            self._progress.cancel()
            self.changed.emit()

    def wake(self) -> None:
        """The time that was planned has come."""
        self.next_at = None
        if self.is_running or self.is_offline or self._work.is_stopped:
            self.changed.emit()
            return
        self._start(_knock_and_visit if self._failures else _visit, by_hand=False)

    def _start(self, work: Callable[..., Any], *, by_hand: bool) -> None:
        if self.is_running or self._work.is_stopped:
            return
        self.timer.stop()
        self.next_at = None
        self.phase, self.is_by_hand, self.is_stopping = Phase.RUNNING, by_hand, False
        self.share, self.sentence, self.facts = 0.0, "", {}
        self._progress = self._work.exchange(
            work,
            self._work.register,
            then=self._on_done,
            refused=self._on_refused,
            cancelled=self._on_cancelled,
            broke=self._on_broken,
        )
        self.changed.emit()

    def _on_exchanged(self, share: float, sentence: str, facts: dict[str, object]) -> None:
        if self.is_running and not self.is_stopping:
            self.share, self.sentence, self.facts = share, sentence or self.sentence, dict(facts)
            self.changed.emit()

    def _end(self, phase: Phase) -> None:
        self._progress = None
        self.phase, self.is_stopping = phase, False
        self.ended_at = self.clock()
        self._first_change = None
        self._jitter = self._dice.random()

    def _on_done(self, visit: "Visit") -> None:
        self._end(Phase.DONE)
        self.error, self.visit, self._failures = None, visit, 0
        self.ended.emit(visit)
        self._work.register_changed.emit(_touched(visit))
        self._plan()

    def _on_refused(self, error: InspectorError) -> None:
        from inspector_app.sync import retry  # noqa: PLC0415 - a start needs nothing of the exchange

        self._end(Phase.FAILED)
        self.error = error
        self._failures += 1
        wait_s = retry.delay_s(self._failures, dice=self._dice, retry_after_s=getattr(error, "retry_after_s", None))
        self._due_at = self.clock() + wait_s if retry.passes(error) else float("inf")
        self._work.register_changed.emit(_SENT)
        self._plan()

    def _on_cancelled(self) -> None:
        self._end(Phase.STOPPED)
        self.error = None
        self._due_at = self.clock() + STOPPED_S
        self._work.register_changed.emit(Changed(everything=True))
        self._plan()

    def _on_broken(self) -> None:
        """A mistake of the program, which the window tells: nothing is tried by itself before a person tries."""
        self._end(Phase.STOPPED)
        self._due_at = float("inf")
        self._plan()

    # -- when ---------------------------------------------------------------------------------------------------------

    def _on_register_changed(self, changed: Changed) -> None:
        if changed.rows and changed is not _SENT:
            self._last_change = self.clock()
            if self._first_change is None:
                self._first_change = self._last_change

    def _plan(self) -> None:
        """Decide when the next sync begins by itself, if one does."""
        due = self._due()
        if due is None:
            self.timer.stop()
            self.next_at = None
        else:
            self.next_at = max(due, self.clock())
            self.timer.start(min(_LONGEST_MS, round((self.next_at - self.clock()) * 1000)))
        self.changed.emit()

    def _due(self) -> float | None:
        known = self._standing
        if self.is_running or self._work.is_stopped or not self._is_on or known is None or not known.server:
            return None
        self._watch_network()
        if self.is_offline:
            return None
        if self.phase in {Phase.FAILED, Phase.STOPPED}:
            return None if self._due_at == float("inf") else self._due_at
        now = self.clock()
        if known.waiting:
            first = self._first_change if self._first_change is not None else now
            quiet = min(self._last_change + QUIET_S, first + SOON_S)
            return quiet if self.ended_at is None else max(quiet, self.ended_at + QUIET_S)
        age_s = RECENT_S if known.last_sync is None else self._age_s(known.last_sync)
        if self.ended_at is not None:
            age_s = min(age_s, now - self.ended_at)
        return now + max(0.0, RECENT_S - age_s) + self._jitter * QUIET_S

    def _age_s(self, at: datetime) -> float:
        return max(0.0, (self._work.register.now() - at).total_seconds())

    def _watch_network(self) -> None:
        """Hear from the operating system when a connection appears, where it tells."""
        if self._network is None:
            from PySide6.QtNetwork import QNetworkInformation  # noqa: PLC0415 - first wanted by an enrolled register

            if QNetworkInformation.loadDefaultBackend():
                self._network = QNetworkInformation.instance()
                self._network.reachabilityChanged.connect(lambda _how: self.on_network())

    def on_network(self) -> None:
        """The connection is another one: what failed for want of one is tried soon, but no sooner than the server allows."""
        if not self.is_offline and self.phase is Phase.FAILED and self._due_at != float("inf") and not self._retry_after:
            soon = max(self.clock(), (self.ended_at or 0) + _ONLINE_S * self._failures) + self._dice.uniform(1, _ONLINE_S)
            self._due_at = soon if self._due_at < self.clock() else min(self._due_at, soon)
        self._plan()

    @property
    def _retry_after(self) -> float:
        return getattr(self.error, "retry_after_s", None) or 0.0


_SENT = Changed(rows=frozenset({("operation", "")}))
"""A sync that brought no row touches what waits, and nothing that other pages show."""


def _touched(visit: "Visit") -> Changed:
    told = visit.receipt
    mended = visit.comparison is not None and bool(visit.comparison.mended or visit.comparison.removed)
    answered = told.proposed or told.disputed or told.held or told.conflicts or told.refused
    return Changed(everything=True) if told.received or answered or mended else _SENT


def _visit(
    register: Register, *, progress: Progress, compares: bool | None = None, send_all: bool = False, fetch_all: bool = False
) -> "Visit":
    """A whole visit at the server as a work of the window. Raises what `sync.visit.visit` raises."""
    from inspector_app.sync import visit  # noqa: PLC0415 - brings the network's libraries along

    alive = progress.check
    return visit.visit(register, progress=progress, alive=alive, compares=compares, send_all=send_all, fetch_all=fetch_all)


def _knock_and_visit(register: Register, *, progress: Progress) -> "Visit":
    """The same after a failure: first the least question there is. Raises what `sync.visit.visit` raises."""
    from inspector_app.sync import visit  # noqa: PLC0415

    visit.knock(register, alive=progress.check)
    return _visit(register, progress=progress)
