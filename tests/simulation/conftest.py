"""The bench that schedules are played on, and the three people of the stories."""

from collections.abc import Iterator

import pytest

from tests.simulation.bench import Bench
from tests.simulation.edits import FROM_NOTHING, register_site
from tests.simulation.world import World


@pytest.fixture(scope="package")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


@pytest.fixture
def world(bench: Bench) -> Iterator[World]:
    """Ann, a registrar; Ben, an inspector; Cid, a supervisor; all of them see one site."""
    made = World(bench, 1, people=3, mix=FROM_NOTHING)
    made.laptops[0].edit(register_site)
    made.heal()
    yield made
    made.close()
