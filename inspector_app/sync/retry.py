"""When a sync that failed is tried again by itself, and when only a person can mend it."""

from random import Random

from inspector_app.domain.errors import (
    FilesStopped,
    InspectorError,
    RegisterBusy,
    ServerBusy,
    ServerNonsense,
    ServerOff,
    ServerSlow,
    TooOften,
)

_PASSES = (ServerOff, ServerSlow, ServerBusy, ServerNonsense, RegisterBusy, TooOften, FilesStopped)
_FIRST_S, _LONGEST_S = 30.0, 1800.0
LEAST_S = 5.0
"""Never sooner than this after a failure, whatever the dice say."""


def passes(error: InspectorError) -> bool:
    """Whether a failure may be over by itself: a link, a time limit, a server out of order, a hotel's network.

    A laptop that is shut out, versions too far apart, a demonstration and a real server, a certificate that is not
    trusted: these wait for a person.
    """
    return isinstance(error, _PASSES)


def delay_s(failures: int, *, dice: Random, retry_after_s: float | None = None) -> float:
    """Seconds until the next attempt after so many failures in a row: full jitter under a bound that doubles to half an hour.

    What the server asked for is kept, with jitter on top, so that not all laptops come back at once.
    """
    bound = min(_LONGEST_S, _FIRST_S * 2.0 ** min(max(0, failures - 1), 16))
    return max(LEAST_S, retry_after_s or 0.0) + dice.uniform(0, bound)
