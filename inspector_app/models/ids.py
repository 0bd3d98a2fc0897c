"""Identities that sort by the instant they were made in: UUIDv7 as text (RFC 9562)."""

import random
import threading
import time
from collections.abc import Callable


class Ids:
    """Makes identities, each above the one before, even when the clock stands still or goes back.

    `instant` is in 4096ths of a millisecond since 1970; `chance` gives as many random bits as it is asked for.
    """

    def __init__(self, instant: Callable[[], int] | None = None, chance: Callable[[int], int] | None = None) -> None:
        """Ids of the system's clock and chance, unless others are given."""
        self._instant = instant or _now
        self._chance = chance or random.SystemRandom().getrandbits
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next one."""
        with self._lock:
            self._last = last = max(self._instant(), self._last + 1)
        head, tail = f"{last:015x}", f"{self._chance(62) | 1 << 63:016x}"
        return f"{head[:8]}-{head[8:12]}-7{head[12:]}-{tail[:4]}-{tail[4:]}"


def _now() -> int:
    return (time.time_ns() << 12) // 1_000_000
