"""Many schedules on several cores, and every planted defect: what `make faults` runs of the simulation."""

import gc
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.bench import Bench
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import Found, many, schedule

_PORTION = 25
"""Schedules that a process plays before it tells how it went."""

_bench: Bench | None = None


def _begin() -> None:
    global _bench  # noqa: PLW0603 - one for each process of the pool
    _bench = Bench()
    gc.freeze()


def _portion(seeds: range) -> tuple[int, list[Found], Counter[str]]:
    """So many schedules, what they broke, and what happened in them."""
    assert _bench is not None
    found, happened = [], Counter[str]()
    for seed in seeds:
        try:
            world = schedule(_bench, seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we are after
            found.append(Found(seed, f"{type(error).__name__}: {error}"))
        else:
            happened.update(world.happened)
            world.close()
    return len(seeds), found, happened


def _hunt(work: tuple[str, range]) -> tuple[str, int | None, str]:
    """How many schedules it takes to find a planted defect; nothing when they do not."""
    assert _bench is not None
    name, seeds = work
    for tried, found in enumerate(many(_bench, seeds, MUTANTS[name]), 1):
        if found is not None:
            return name, tried, found.what
    return name, None, ""


@dataclass
class Outcome:
    """What a campaign of schedules came to."""

    first_seed: int
    schedules: int = 0
    seconds: float = 0
    broken: list[Found] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    mutants: dict[str, int | None] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        """Planted defects that nothing found."""
        return [name for name, tried in self.mutants.items() if tried is None]

    def as_json(self) -> dict[str, Any]:
        return {
            "first_seed": self.first_seed,
            "schedules": self.schedules,
            "seconds": round(self.seconds),
            "broken": [{"seed": each.seed, "what": each.what} for each in self.broken],
            "happened": dict(self.happened.most_common()),
            "mutants": self.mutants,
        }


def run(*, count: int, seed: int | None, mutants: int, cores: int, say: Callable[[str], None]) -> Outcome:
    """`count` schedules from a seed, then at most `mutants` for each planted defect, on so many cores."""
    outcome = Outcome(random.randrange(10**9) if seed is None else seed)
    first, began, told = outcome.first_seed, time.monotonic(), 0.0
    with multiprocessing.get_context("spawn").Pool(cores, initializer=_begin) as pool:
        for done, found, happened in pool.imap_unordered(_portion, _portions(first, count)):
            outcome.schedules += done
            outcome.happened += happened
            outcome.broken += found
            for each in found:
                say(f"seed {each.seed}: {each.what}")
            outcome.seconds = time.monotonic() - began
            if outcome.seconds > told + 30 or outcome.schedules == count:
                told = outcome.seconds
                say(f"{outcome.schedules} of {count} schedules, {outcome.seconds:.0f} s, {len(outcome.broken)} broken")
        work = [(name, range(first, first + mutants)) for name in MUTANTS] if mutants else []
        for name, tried, what in pool.imap_unordered(_hunt, work):
            outcome.mutants[name] = tried
            say(f"planted: {name}: " + ("NOT FOUND" if tried is None else f"found by schedule {tried} ({what[:70]})"))
    return outcome


def _portions(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, _PORTION):
        yield range(start, min(start + _PORTION, first + count))
