"""The server of a schedule and the line to it: requests and replies get lost, old pushes come again, processes die."""

import json
import random
import shutil
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import text

from inspector_app.server import audit, compare, copies, journal
from inspector_app.server.journal import Actor, Refused
from inspector_app.sync import wire
from inspector_app.sync.client import SetBack
from inspector_app.sync.wire import Refusal
from tests.simulation import borders
from tests.simulation.bench import Bench, Owner

_SET_BACK = {Refusal.EPOCH_CHANGED, Refusal.STREAM_FORKED, Refusal.GAP}


class Cut(Exception):
    """The line went dead, or somebody's machine did."""


class Server:
    """The real journal on the real stores of a bench; it may be killed before its commit and set back to a copy."""

    def __init__(self, bench: Bench, owner: Owner) -> None:
        self._bench, self._owner = bench, owner
        self.saved = bench.folder / "saved.db"
        shutil.copyfile(bench.folder / "new.db", self.saved)
        self.store = bench.stores[0]
        self.die_before_commit = False
        self.ever: set[str] = set()
        self._taken: set[str] = set()

    def switch(self, dice: random.Random) -> None:
        """Another process of the server answers from here on."""
        self.store = dice.choice(self._bench.stores)

    def save(self) -> None:
        self.store.copy_to(self.saved)

    def restore(self) -> None:
        self.ever |= self.known()
        self._taken |= self._made("status IN ('applied', 'conflict')")
        copies.put_back(self.store, self.saved)

    def known(self) -> set[str]:
        """The operations that it holds now."""
        with self.store.reading() as connection:
            return set(connection.execute(text("SELECT op_id FROM sync_operation")).scalars())

    def head(self) -> int:
        """The newest revision."""
        with self.store.reading() as connection:
            return int(connection.execute(text("SELECT rev FROM sync_counter")).scalar_one())

    def ghosts(self) -> set[str]:
        """Records that were taken in a history of the server that is no more, and refused in this one.

        Whoever heard of them goes on showing them until he compares his rows with the server's.
        """
        return self._taken & self._made("status = 'rejected'") if self._taken else set()

    def lacks_records(self) -> bool:
        """Whether records were taken in a history that is no more and did not come again; laptops go on showing them."""
        return bool(self._taken) and not self._taken <= self._made("status IN ('applied', 'conflict')")

    def _made(self, which: str) -> set[str]:
        with self.store.reading() as connection:
            asked = text(f"SELECT op_id FROM sync_operation WHERE kind = 'create' AND {which}")
            return set(connection.execute(asked).scalars())

    def hello(self, actor: Actor, message: wire.Hello) -> wire.Welcome:
        with self.store.reading() as connection:
            facts = dict(self.store.facts())
            return journal.hello(connection, actor, message, facts=facts, now=self._owner.server_time())

    def push(self, actor: Actor, message: wire.Push) -> wire.Judged:
        with self.store.writing() as connection:
            answer = journal.push(connection, actor, message, scale=self._bench.scale, now=self._owner.server_time())
            if self.die_before_commit:
                self.die_before_commit = False
                raise Cut("the server died before its commit")
            return answer

    def pull(self, actor: Actor, *, cursor: int, limit: int, first: bool, only: Sequence[str] = ()) -> str:
        with self.store.reading() as connection:
            epoch, regions = self.store.facts()["epoch"], actor.regions
            asked = {"cursor": cursor, "limit": limit, "first": first, "since": "2000", "regions": regions, "only": only}
            return journal.pull(connection, epoch=epoch, **asked)

    def compare(self, actor: Actor, message: wire.Digests) -> wire.Compared:
        with self.store.reading() as connection:
            facts = {"epoch": self.store.facts()["epoch"], "now": self._owner.server_time(), "regions": actor.regions}
            return compare.compare(connection, message, **facts)

    def rows(self, actor: Actor, message: wire.Buckets) -> str:
        with self.store.reading() as connection:
            return compare.rows(connection, message, epoch=self.store.facts()["epoch"], regions=actor.regions)

    def proof(self, after: int) -> wire.Proof:
        with self.store.reading() as connection:
            return audit.proof(connection, after=after, most=3)


class Around(Protocol):
    """What a line needs of its world."""

    server: Server
    wire_dice: random.Random
    pages: tuple[int, ...]


class Wire:
    """A line that loses requests and replies, repeats old pushes, and kills the server; messages travel as bytes."""

    def __init__(
        self, world: Around, actor: Actor, *, bad: float, old: list[bytes], meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self._server, self._actor, self._dice, self._bad = world.server, actor, world.wire_dice, bad
        self._pages = world.pages
        self._meanwhile = meanwhile
        self._old = old

    def hello(self, message: wire.Hello) -> wire.Welcome:
        sent = wire.read(wire.Hello, message.model_dump_json(by_alias=True))
        return wire.read(wire.Welcome, self._call(lambda: self._server.hello(self._actor, sent)).model_dump_json())

    def push(self, body: str) -> wire.Judged:
        packed = wire.pack(body)
        if len(self._old) < 12:
            self._old.append(packed)
        if self._chance(0.3):
            self._repeat()
        self._server.die_before_commit = self._chance(0.5)
        answer = self._call(lambda: self._server.push(self._actor, wire.read(wire.Push, wire.unpacked(packed))))
        borders.page_is_for(self._actor, self._server.store, [row for each in answer.verdicts for row in each.rows])
        self._meanwhile()
        if self._chance(0.3):
            self._repeat()
        return wire.read(wire.Judged, answer.model_dump_json())

    def pull(self, *, cursor: int, first: bool, only: Sequence[str] = ()) -> bytes:
        limit = self._dice.choice(self._pages)
        self._meanwhile()
        page = self._call(lambda: self._server.pull(self._actor, cursor=cursor, limit=limit, first=first, only=only))
        if self._actor.regions:
            told = json.loads(page)
            borders.page_is_for(self._actor, self._server.store, told["rows"], told["operations"])
        return bytes(page, "utf-8")

    def compare(self, message: wire.Digests) -> wire.Compared:
        return cast("wire.Compared", self._call(lambda: self._server.compare(self._actor, message)))

    def rows(self, message: wire.Buckets) -> bytes:
        return bytes(self._call(lambda: self._server.rows(self._actor, message)), "utf-8")

    def proof(self, *, after: int) -> wire.Proof:
        return cast("wire.Proof", self._call(lambda: self._server.proof(after)))

    def _call(self, work: Callable[[], Any]) -> Any:
        self._server.switch(self._dice)
        if self._chance(0.5):
            raise Cut("the request was lost")
        try:
            answer = work()
        except Refused as refused:
            if refused.code in _SET_BACK:
                raise SetBack(refused.code) from refused
            raise
        if self._chance(0.5):
            raise Cut("the reply was lost")
        return answer

    def _repeat(self) -> None:
        """A push of long ago arrives once more; what the server says to it goes nowhere."""
        if self._old:
            try:
                self._server.push(self._actor, wire.read(wire.Push, wire.unpacked(self._dice.choice(self._old))))
            except (Refused, Cut):
                return

    def _chance(self, share: float) -> bool:
        return self._dice.random() < self._bad * share
