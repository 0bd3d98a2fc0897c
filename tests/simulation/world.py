"""The world of one schedule: people with laptops, a server, and what happens to all of them, drawn from a seed.

Nothing here stands in for the program: laptops are real registers that run `sync.round.sync`, the server is a real store
driven by `server.journal`. Only the wire between them is ours; messages go through it as the bytes that would travel.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.people import Role
from inspector_app.models import exchange
from inspector_app.server.journal import Actor
from inspector_app.sync import compare as comparing
from inspector_app.sync import round as rounds
from tests.simulation import borders, edits
from tests.simulation.bench import PLACES, Bench
from tests.simulation.link import Cut, Server, Wire

ROLES = (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.REGISTRAR)
START = datetime(2026, 5, 2, 8, 0, 0, 0, UTC)


class Laptop:
    """A real register with a person who edits, and a machine that dies, is set back, and has its clock changed."""

    def __init__(self, world: "World", place: int, *, like: "Laptop | None" = None) -> None:
        self.world, self.dice, self.place = world, world.dice, place
        self.saved = world.bench.folder / f"{place}.saved"
        self.skew = timedelta()
        self.is_gone = False
        self.is_level = False
        self.pushes: list[bytes] = []
        if like is None:
            self.name = f"person{place}"
            regions = world.dice.choice(borders.GRANTS) if world.mix.grants and place else ()
            self.actor = Actor(world.new_id(), self.name, ROLES[place % len(ROLES)], regions)
            self.register = world.bench.lay(place)
            self.edits: set[str] = set()
            self._become()
        else:
            self.name, self.actor = like.name, like.actor
            copy = world.bench.folder / "copied"
            like.register.copy(copy)
            self.register = world.bench.lay(place, copy)
            self.edits = set(like.edits)
            self.pushes = list(like.pushes)
        self.saved_edits: set[str] | None = None

    def _become(self) -> None:
        """As after an enrolment."""
        facts = {
            "person": self.name,
            "role": self.actor.role,
            "device_id": self.actor.device_id,
            "stream_id": self.world.new_id(),
        }
        with self.register.hearing() as session:
            exchange.put_facts(session, {**facts, "epoch": "", "cursor": 0})

    @property
    def regions(self) -> tuple[str, ...]:
        """Those of the person; none means all."""
        return self.actor.regions

    # -- what a person does ------------------------------------------------------------------------------------------------

    def edit(self, work: Callable[[edits.Hand], None] | None = None) -> None:
        """One command, of random content unless given; remember the operations that the register said were saved."""
        mix = self.world.mix
        chosen = work or mix.drawn(self.dice)
        before = self._last_seq()
        try:
            with self.register.writing("An edit") as session:
                chosen(edits.Hand(session, self.dice, mix.most_sites, mix.names))
        except InspectorError:  # the rules of the program say no, and nothing was kept
            return
        saved = self._named("seq > ?", before)
        self.world.happened["operations"] += len(saved)
        self.edits.update(saved)

    def _last_seq(self) -> int:
        with self.register.glance() as look:
            return look.value("SELECT MAX(seq) FROM operation") or 0

    def _named(self, which: str, *values: object) -> set[str]:
        with self.register.glance() as look:
            return {op_id for (op_id,) in look.rows(f"SELECT op_id FROM operation WHERE {which}", values)}

    # -- what happens to the machine -----------------------------------------------------------------------------------------

    def sync(self, *, bad: float = 0.0, interrupted: bool = False, loses_reply: bool = False) -> bool:
        """One round; answers whether it came to its end. `is_level` says whether the laptop is then where the server is."""
        waiting = [lambda: self.edit(self.world.mix.during)] * 3 if interrupted else [_lost] if loses_reply else []
        link = Wire(self.world, self.actor, bad=bad, old=self.pushes, meanwhile=lambda: waiting.pop()() if waiting else None)
        before = borders.waiting_sites(self.register) if self.regions else set()
        try:
            self.world.happened["syncs"] += 1
            rounds.sync(self.register, link=link)
        except Cut as cut:
            self.world.happened[str(cut)] += 1
            return False
        borders.nothing_foreign_is_here(self, before)
        self.is_level = not (before or self._named("state = 'pending'"))
        return True

    def compare(self) -> comparing.Comparison:
        """What a laptop does once a day: look whether its rows are the server's, and mend what is not."""
        return comparing.compare(self.register, link=Wire(self.world, self.actor, bad=0, old=[]))

    def save(self) -> None:
        """Keep an image of the disk."""
        self.register.copy(self.saved)
        self.saved_edits = set(self.edits)

    def known_elsewhere(self) -> set[str]:
        """Own operations that a server took once, so that others may have heard of them."""
        answered = self._named("seq > 0 AND state <> 'pending'")
        return answered | (self._named("seq > 0") & self.world.server.ever)

    def restore(self) -> None:
        """The image of the disk comes back; edits that were never sent since are gone with the disk, and nobody is to blame."""
        assert self.saved_edits is not None
        self.edits = set(self.saved_edits)
        self.register = self.world.bench.lay(self.place, self.saved)
        self.world.happened["images put back"] += 1


def _lost() -> None:
    raise Cut("the reply was lost")


class World:
    """Laptops and a server that live through one schedule, drawn from a seed."""

    def __init__(
        self,
        bench: Bench,
        seed: int,
        *,
        skewed: bool = True,
        calm: bool = False,
        pages: tuple[int, ...] = (1, 2, 5, 50),
        people: int | None = None,
        mix: edits.Mix | None = None,
    ) -> None:
        self.bench, self.seed, self.pages, self.calm = bench, seed, pages, calm
        self.dice = random.Random(seed)
        self.wire_dice = random.Random(seed + 2_000_003)
        self._names = random.Random(seed + 1_000_003)
        self._count = 0
        self._skewed = skewed
        self._is_dying = False
        self.at = START
        self.laptops: list[Laptop] = []
        self.happened: Counter[str] = Counter()
        bench.begin(self)
        self.server = Server(bench, self)
        self.mix = mix or edits.mixed(self.dice)
        for place in range(people or self.dice.choice((2, 2, 3, 4))):
            self.laptops.append(Laptop(self, place))
        if self.mix.sites:
            for _site in range(self.mix.sites):
                self.laptops[0].edit(edits.register_site)
            for laptop in self.laptops:
                laptop.sync()

    # -- for the bench -------------------------------------------------------------------------------------------------------

    def time_of(self, place: int) -> datetime:
        return self.at + (self.laptops[place].skew if place < len(self.laptops) else timedelta())

    def server_time(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        """Identities that are the same in every run of a seed and sort by the order of their making."""
        self._count += 1
        return str(uuid.UUID(int=(self._count << 80) | (0x7 << 76) | (0x2 << 62) | self._names.getrandbits(60)))

    def before_commit(self) -> None:
        if self._is_dying and self.wire_dice.random() < 0.15:
            raise Cut("the laptop died before its commit")

    @contextmanager
    def mortal(self) -> Iterator[None]:
        """Laptops may die at a commit in here."""
        self._is_dying = True
        try:
            yield
        finally:
            self._is_dying = False

    # -- a life ----------------------------------------------------------------------------------------------------------------

    def present(self) -> list[Laptop]:
        """Laptops that somebody still has."""
        return [laptop for laptop in self.laptops if not laptop.is_gone]

    def step(self) -> Laptop:
        """One thing happens, and time passes: an edit, a sync on a bad line, a death, a clock, a copy that comes back.

        Returns the laptop that it happened to.
        """
        self.at += timedelta(seconds=self.dice.randrange(1, 7200))
        laptop = self.dice.choice(self.present())
        laptop.is_level = False
        if self.dice.random() < self.mix.grants:
            self.grant(laptop)
            return laptop
        if self.dice.random() < self.mix.copies:
            if self.dice.random() < 0.5:
                self.server.save()
            else:
                self.server.restore()
                self.happened["servers set back"] += 1
                if self.dice.random() < 4 * self.mix.grants:
                    self.grant(laptop)
                    laptop.sync(loses_reply=True)
            return laptop
        fate = self.dice.random()
        if fate < 0.5:
            is_visit = self.dice.random() < self.mix.visits
            if is_visit:
                laptop.sync()
            for _edit in range(self.dice.choice((1, 1, 2, 3))):
                laptop.edit()
            if is_visit:
                laptop.sync()
        elif fate < 0.87:
            bad = self.dice.choice(self.mix.bad) * (not self.calm)
            interrupted = self.dice.random() < self.mix.interruptions * (not self.calm)
            with nullcontext() if self.calm else self.mortal():
                laptop.sync(bad=bad, interrupted=interrupted)
        elif fate < 0.876:
            self.appoint(laptop)
        elif fate < 0.905:
            days = self.dice.choice((-7000, -1, 0, 1, 7000))
            laptop.skew = timedelta(days=days) if self._skewed else timedelta()
        elif fate < 0.96:
            laptop.save()
        elif fate < 0.985:
            self.set_back(laptop)
        elif fate < 0.995:
            self.copy(laptop)
        else:
            self.lose(laptop)
        return laptop

    def appoint(self, laptop: Laptop) -> None:
        """A person loses the right to write, or gets it again; his laptop hears of it with the next sync.

        What he was allowed before is in the copy of the server, so that it is never judged by what he is now.
        """
        if not self._is_safe(*self._of(laptop.name)):
            return
        self.server.save()
        self.happened["roles changed"] += 1
        first = ROLES[int(laptop.name[len("person") :]) % len(ROLES)]
        role = Role.VIEWER if laptop.actor.role is not Role.VIEWER else first
        for each in self._of(laptop.name):
            each.actor = replace(each.actor, role=role)

    def grant(self, laptop: Laptop) -> None:
        """A person is given other regions; his laptops hear of it with their next sync."""
        self.give(laptop, *self.dice.choice([each for each in borders.GRANTS if each != laptop.regions]))
        self.happened["regions changed"] += 1

    def give(self, laptop: Laptop, *regions: str) -> None:
        """These are the regions of a person from now on; none means all."""
        for each in self._of(laptop.name):
            each.actor = replace(each.actor, regions=regions)

    def open_borders(self) -> bool:
        """Everybody may see everything from here on; whether that is news to anybody."""
        narrowed = [each for each in self.present() if each.regions]
        for each in narrowed:
            self.give(each)
        return bool(narrowed)

    def _of(self, name: str) -> list[Laptop]:
        """Every machine on which this person works, copied ones among them."""
        return [each for each in self.present() if each.name == name]

    def set_back(self, laptop: Laptop) -> None:
        """An image of a disk is put back."""
        if laptop.saved_edits is not None and self._is_safe(laptop):
            laptop.restore()
            self.server.save()

    def copy(self, laptop: Laptop) -> None:
        """A whole register file goes to a second machine, and both are used from here on."""
        if len(self.laptops) < PLACES:
            self.laptops.append(Laptop(self, len(self.laptops), like=laptop))
            self.happened["registers copied"] += 1

    def lose(self, laptop: Laptop) -> None:
        """A laptop never comes back; what it did not send is lost, what it sent is in the newest copy of the server."""
        if len(self.present()) > 1 and self._is_safe(laptop):
            laptop.is_gone = True
            self.happened["laptops that never came back"] += 1
            self.server.save()

    def _is_safe(self, *laptops: Laptop) -> bool:
        """That the server did not lose the work of these: both copies are gone then, which no exchange can mend."""
        known = self.server.known()
        return all(each.known_elsewhere() <= known for each in laptops)

    def heal(self) -> None:
        """A good network and enough time: everybody syncs until the server learns nothing new of anybody, three times at most."""
        for _turn in range(3):
            before = self.server.head()
            for laptop in self.present():
                assert laptop.sync(), "a sync on a good network did not come to its end"
            if self.server.head() == before:
                break
        ghosts = self.server.ghosts()
        for laptop in self.present() if ghosts else ():
            found = laptop.compare()
            assert not found.mended, f"{found.mended} rows of {laptop.name} were not the server's"
            assert found.removed <= len(ghosts), f"{found.removed} rows of {laptop.name} had no reason to be there"
            self.happened["ghosts that a comparison took out"] += found.removed

    def close(self) -> None:
        self.bench.put_away()
