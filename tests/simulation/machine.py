"""The same world as hypothesis plays it: any rule at any time, and a shortest story when something breaks.

Schedules draw what is likely; this one looks for what is not. Whoever adds an edit to tests/simulation/edits.py has it
here as well.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.simulation import edits, invariants
from tests.simulation.bench import Bench
from tests.simulation.world import Laptop, World

_bench: list[Bench] = []
KINDS = st.sampled_from([kind for kind, _weight in edits.EDITS])
WHO = st.integers(0, 5)
BAD = st.sampled_from((0.0, 0.15, 0.4))


def bench() -> Bench:
    """One for the process; a machine has it for itself until it is torn down."""
    if not _bench:
        _bench.append(Bench())
    return _bench[0]


class Sync(RuleBasedStateMachine):
    """Laptops and a server; after every story all of them must agree, and nothing may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(seed=st.integers(0, 2**20), people=st.integers(2, 4))
    def begin(self, seed: int, people: int) -> None:
        self.world = World(bench(), seed, people=people, mix=edits.FROM_NOTHING)
        self.world.laptops[0].edit(edits.register_site)

    def one(self, who: int) -> Laptop:
        present = self.of.present()
        return present[who % len(present)]

    @property
    def of(self) -> World:
        assert self.world is not None
        return self.world

    # -- people --------------------------------------------------------------------------------------------------------------

    @rule(who=WHO, kind=KINDS)
    def edit(self, who: int, kind: Any) -> None:
        self.one(who).edit(kind)
        invariants.own_edits_are_seen(self.one(who))

    @rule(who=WHO)
    def lose_or_regain_the_right_to_write(self, who: int) -> None:
        self.of.appoint(self.one(who))

    @rule(who=WHO)
    def be_given_other_regions(self, who: int) -> None:
        self.of.grant(self.one(who))

    # -- the line ------------------------------------------------------------------------------------------------------------

    @rule(who=WHO, bad=BAD, interrupted=st.booleans())
    def sync(self, who: int, bad: float, interrupted: bool) -> None:
        with self.of.mortal():
            self.one(who).sync(bad=bad, interrupted=interrupted)
        invariants.own_edits_are_seen(self.one(who))

    @rule(who=WHO)
    def sync_well(self, who: int) -> None:
        assert self.one(who).sync()
        invariants.own_edits_are_seen(self.one(who))

    @rule(weeks=st.integers(1, 60))
    def let_weeks_pass(self, weeks: int) -> None:
        self.of.at += timedelta(weeks=weeks)

    # -- machines ------------------------------------------------------------------------------------------------------------

    @rule(who=WHO, days=st.sampled_from((-7000, -1, 0, 1, 7000)))
    def set_a_clock(self, who: int, days: int) -> None:
        self.one(who).skew = timedelta(days=days)

    @rule()
    def copy_the_server(self) -> None:
        self.of.server.save()

    @rule()
    def set_the_server_back(self) -> None:
        self.of.server.restore()

    @rule(who=WHO)
    def keep_an_image(self, who: int) -> None:
        self.one(who).save()

    @rule(who=WHO)
    def put_an_image_back(self, who: int) -> None:
        self.of.set_back(self.one(who))

    @rule(who=WHO)
    def copy_a_register(self, who: int) -> None:
        self.of.copy(self.one(who))

    @precondition(lambda self: self.world is not None and len(self.world.present()) > 2)
    @rule(who=WHO)
    def lose_a_laptop(self, who: int) -> None:
        self.of.lose(self.one(who))

    # -- the end -------------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if self.world is not None:
            try:
                self.world.heal()
                invariants.check(self.world)
                invariants.registers_are_sound(self.world)
                if self.world.open_borders():
                    self.world.heal()
                    invariants.everything_is_there(self.world)
            finally:
                self.world.close()
