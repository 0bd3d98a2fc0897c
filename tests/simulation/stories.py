"""What stories are told with: an edit of the only site, what a register shows of it, and the end at which all must agree."""

from collections.abc import Callable
from typing import Any

from inspector_app.models.queries import history
from inspector_app.models.sites import Site
from tests.simulation import invariants
from tests.simulation.edits import Hand
from tests.simulation.world import Laptop, World


def put(**values: Any) -> Callable[[Hand], None]:
    """An edit of the only site."""

    def work(hand: Hand) -> None:
        (site,) = hand.all(Site)
        for name, value in values.items():
            setattr(site, name, value)

    return work


def shown(laptop: Laptop, name: str) -> Any:
    with laptop.register.glance() as look:
        return look.value(f"SELECT {name} FROM site")


def open_conflicts(laptop: Laptop) -> list[tuple[str, str]]:
    with laptop.register.reading() as session:
        return [(each.id, each.field) for each in history.conflicts(session)]


def healed(world: World) -> None:
    world.heal()
    invariants.check(world)
    invariants.registers_are_sound(world)


def refusals(laptop: Laptop) -> set[str | None]:
    """Why the server refused what it refused of this laptop."""
    with laptop.register.reading() as session:
        return {each.reason for each in history.refused(session)}
