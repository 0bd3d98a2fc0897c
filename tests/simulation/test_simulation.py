"""A few schedules in every run; `make faults COUNT=n` runs as many as one likes."""

import pytest

from inspector_app.domain.people import Role
from tests.simulation.bench import Bench
from tests.simulation.edits import FROM_NOTHING, register_site
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import digest, many, schedule
from tests.simulation.world import ROLES, World

FOUND_BY = {
    "repeated pushes are not recognised": 2,
    "repeated pushes are all called applied": 2,
    "the last writer wins": 0,
    "a deletion wins": 1,
    "the cursor is saved before its page": 42,
    "nothing is sent twice after a server came back from a copy": 1,
    "an edit that comes before its row is refused": 12,
    "what was held is forgotten": 12,
    "what was received hides unsent edits": 0,
    "a conflict is not written down": 0,
    "a second event on one parent is accepted": 3,
    "rows of a verdict are ignored": 14,
    "a server set back keeps its epoch": 18,
    "a page leaves out its first row": 0,
    "a lost answer is not asked for again": 2,
    "the word of another history stands": 25,
    "whoever may propose accepts": 16,
    "a proposal that was overtaken waits on": 151,
    "an edit brings a deleted row back": 1,
    "an unsent deletion is forgotten when the row comes": 62,
    "what was refused stays in the register": 14,
    "a page says that nothing follows": 0,
    "conflicts of another history stay": 74,
    "what is unsent goes with its region": 34,
    "a region that was taken away stays": 7,
    "a region that was granted is not fetched": 35,
    "nobody is told of a site that went away": 16,
    "a page shows every region": 9,
    "a verdict shows what lies in a region of others": 11,
    "a settlement is not written down": 6,
    "a settlement leaves its conflict open": 6,
    "verdicts show rows of the middle of a push": 74,
}
"""A seed that finds each planted defect."""


@pytest.mark.parametrize("first", range(0, 25, 5))
def test_nothing_is_lost_doubled_or_overwritten_unseen(bench: Bench, first: int) -> None:
    assert [found for found in many(bench, range(first, first + 5)) if found] == []


@pytest.mark.parametrize("name", FOUND_BY)
def test_every_planted_defect_is_found(bench: Bench, name: str) -> None:
    seed = FOUND_BY[name]
    assert any(many(bench, range(seed, seed + 1), MUTANTS[name]))


@pytest.mark.parametrize("seed", [3, 8])
def test_a_seed_tells_the_same_story_twice_and_under_any_clock(bench: Bench, seed: int) -> None:
    told = []
    for skewed in (True, True, False):
        world = schedule(bench, seed, skewed=skewed)
        told.append(digest(world))
        world.close()
    assert len(set(told)) == 1


def test_nobody_loses_a_right_while_the_server_lacks_what_any_of_his_machines_sent(bench: Bench) -> None:
    world = World(bench, 1, people=2, mix=FROM_NOTHING)
    ann = world.laptops[0]
    world.copy(ann)
    world.laptops[2].edit(register_site)
    world.laptops[2].sync()
    world.server.restore()
    world.appoint(ann)
    assert ann.actor.role is ROLES[0]
    world.heal()
    world.appoint(ann)
    assert {each.actor.role for each in world.laptops if each.name == ann.name} == {Role.VIEWER}
    world.close()


def test_the_size_of_pages_changes_nothing(bench: Bench) -> None:
    told = []
    for pages in ((1,), (3,), (500,)):
        world = schedule(bench, 5, calm=True, pages=pages)
        told.append(digest(world))
        world.close()
    assert len(set(told)) == 1
