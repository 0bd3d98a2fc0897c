"""The way to the goal: how many state-owned sites are still to be closed, the pace so far and the pace that the goal needs.

A pure reading of months in which sites came into state ownership and were closed (domain.md 6.6, "2030 goal").
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = 365.25
_DOUBT = 1.28
"""Closures come by chance like counted events; 80 of 100 forecasts lie within this many standard deviations."""
_FARTHEST = 100.0
"""Years after which a forecast says nothing any more."""


@dataclass(frozen=True, slots=True)
class Way:
    """The burn-down with its forecast. Points are (day, sites still to be closed).

    `pace` and `needed` are sites a year; `pace` is nothing before the first closure, `needed` is nothing when the goal
    has passed. `early` and `late` bound the day on which the last site is closed at the pace so far; `late` is nothing
    when the slowest plausible pace never gets there.
    """

    steps: tuple[tuple[date, int], ...]
    still_open: int
    goal: date
    pace: float | None
    needed: float | None
    early: date | None
    late: date | None
    band: tuple[tuple[date, float, float], ...]

    @property
    def is_reached(self) -> bool:
        """Whether nothing is left to be closed."""
        return self.still_open == 0

    @property
    def is_on_track(self) -> bool:
        """Whether the pace so far is enough."""
        if self.still_open == 0:
            return True
        return self.pace is not None and self.needed is not None and self.pace >= self.needed


def goal_day(year: int) -> date:
    """'By 2030' is before 2030 begins: its first day is the line (domain.md 6.6 calls it ambiguous; the strict reading)."""
    return date(year, 1, 1)


def way(owned: Mapping[str, int], closed: Mapping[str, int], *, today: date, goal_year: int = 2030) -> Way:
    """The way to the goal from months ('2023-05') to numbers of sites that came into state ownership and were closed.

    The pace is counted from the first closure or acquisition to today. The band is what chance allows at that pace.
    """
    goal = goal_day(goal_year)
    changes = {month: owned.get(month, 0) - closed.get(month, 0) for month in sorted(owned.keys() | closed.keys())}
    steps: list[tuple[date, int]] = []
    still_open = 0
    for month, change in changes.items():
        if change or not steps:
            still_open += change
            steps.append((_first(month), still_open))
    done = sum(closed.values())
    pace = low = high = None
    if done and steps:
        years = max(_years(steps[0][0], today), 1 / 12)
        pace = done / years
        low, high = (max(0.0, (done + sign * _DOUBT * math.sqrt(done)) / years) for sign in (-1, 1))
    left = _years(today, goal)
    return Way(
        steps=tuple(steps),
        still_open=still_open,
        goal=goal,
        pace=pace,
        needed=still_open / left if left > 0 else None,
        early=_reached(today, still_open, high),
        late=_reached(today, still_open, low),
        band=_band(today, still_open, low, high, goal) if low is not None and high is not None else (),
    )


def _first(month: str) -> date:
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def _years(start: date, end: date) -> float:
    return (end - start).days / _DAYS


def _reached(today: date, still_open: int, pace: float | None) -> date | None:
    if still_open == 0:
        return today
    if not pace or still_open / pace > _FARTHEST:
        return None
    return today + timedelta(days=round(still_open / pace * _DAYS))


def _band(today: date, still_open: int, low: float, high: float, goal: date) -> tuple[tuple[date, float, float], ...]:
    """(day, fewest, most) sites open, from today in half years to a year after the goal."""
    points = []
    day, end = today, max(goal, today) + timedelta(days=366)
    while day <= end:
        years = _years(today, day)
        points.append((day, max(0.0, still_open - high * years), max(0.0, still_open - low * years)))
        day += timedelta(days=183)
    return tuple(points)
