"""How often somebody may ask and how often be wrong, counted by each process for itself (docs/decisions/016)."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from inspector_app.server.journal import Refused
from inspector_app.sync.wire import Refusal

PER_MINUTE = 3000
"""Requests of one laptop: it keeps a laptop gone mad from being everybody's trouble, and no sync is ever so quick for long."""
ENROLMENTS = RateLimitItemPerHour(10, namespace="enrolments")
"""Wrong enrolments from one address."""
PASSWORDS = RateLimitItemPerMinute(5, 15, namespace="passwords")
"""Wrong enrolments with one code, from wherever they come."""
ASSERTIONS = RateLimitItemPerHour(30, namespace="assertions")
"""Wrong assertions in the name of one laptop from one address: a laptop shut out never locks out the office around it."""
STRANGERS = RateLimitItemPerHour(300, namespace="strangers")
"""Wrong assertions from one address."""

Counted = Sequence[tuple[RateLimitItem, str]]


class Limits:
    """The counters of one process."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        """Take so many requests of a laptop in a minute; 0 counts nothing at all, for who tries out what else holds."""
        self._counts = per_minute > 0
        self._each = RateLimitItemPerMinute(max(1, per_minute), namespace="requests")
        self._requests = FixedWindowRateLimiter(MemoryStorage())
        self._failures = MovingWindowRateLimiter(MemoryStorage())

    def request(self, device_id: str, *, now: datetime) -> None:
        """Count a request of a laptop. Raises Refused."""
        if self._counts and not self._requests.hit(self._each, device_id):
            reset = self._requests.get_window_stats(self._each, device_id).reset_time
            raise _too_often(self._each, reset, now)

    def may_try(self, counted: Counted, *, now: datetime) -> None:
        """That none of the counters of wrong attempts is full. Raises Refused."""
        for item, key in counted:
            if self._counts and not self._failures.test(item, key):
                raise _too_often(item, self._failures.get_window_stats(item, key).reset_time, now)

    def failed(self, counted: Counted) -> None:
        """Count a wrong attempt."""
        for item, key in counted:
            self._failures.hit(item, key)


def _too_often(item: RateLimitItem, reset: float, now: datetime) -> Refused:
    seconds = min(max(1, ceil(reset - now.timestamp())), item.get_expiry())
    return Refused(429, Refusal.TOO_OFTEN, retry_after_s=seconds)


def neighbourhood(address: str) -> str:
    """An address as it is counted: of IPv6 the network, since one customer has all of it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address
