"""Schedules: run one by its seed, run many, say what was found."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from inspector_app.models.base import json_text
from tests.simulation import invariants
from tests.simulation.bench import Bench
from tests.simulation.world import World

STEPS = 20
_LOOKED_AT = 4
"""After one in so many steps a laptop that came to the end of a sync is compared with the server row by row."""
Mutant = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Found:
    """A schedule that broke something."""

    seed: int
    what: str


def schedule(bench: Bench, seed: int, *, steps: int = STEPS, **nature: Any) -> World:
    """Live through one seed, heal, and check; the world is left open for whoever wants to look."""
    world = World(bench, seed, **nature)
    try:
        for step in range(steps):
            laptop = world.step()
            invariants.own_edits_are_seen(laptop)
            if laptop.is_level and step % _LOOKED_AT == 0:
                invariants.is_where_the_server_is(world, laptop)
        world.heal()
        invariants.check(world)
        if world.open_borders():
            world.heal()
            invariants.everything_is_there(world)
    except BaseException:
        world.close()
        raise
    return world


def many(bench: Bench, seeds: Iterator[int] | range, mutant: Mutant = nullcontext) -> Iterator[Found | None]:
    """One answer per seed: nothing, or what it broke."""
    for seed in seeds:
        try:
            with mutant():
                schedule(bench, seed).close()
        except Exception as error:  # noqa: BLE001 - a mutant may break anything in any way
            yield Found(seed, f"{type(error).__name__}: {error}")
        else:
            yield None


_CLOCKS = ("_at", "offset_ms")


def digest(world: World) -> str:
    """The server's rows and conflicts, without the moments at which things were written down and how wrong clocks were."""
    rows = {
        row_id: (entity, deleted, {name: value for name, value in data.items() if not name.endswith(_CLOCKS)}, sources)
        for row_id, (entity, deleted, data, sources) in invariants.rows_of_server(world).items()
    }
    return hashlib.sha256(json_text(rows).encode()).hexdigest()
