"""The world of one schedule: registers, a server, and a link between them that loses, repeats and delays.

Nothing here stands in for the program: laptops are real registers that run `sync.round.sync`, the server is a real store
driven by `server.journal`. Only the wire between them is ours; messages go through it as the bytes that would travel.
"""

import random
import shutil
import tempfile
import uuid
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, text

from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.people import Role
from inspector_app.domain.removal import EntryKind
from inspector_app.models import changes, exchange
from inspector_app.models.register import Register
from inspector_app.models.removal import LedgerEntry
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.waste import WasteItem
from inspector_app.server import compare, journal, receipts
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.scale import Scale
from inspector_app.server.store import Store
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from inspector_app.sync.client import SetBack
from inspector_app.sync.wire import Refusal

ROLES = (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.REGISTRAR)
START = datetime(2026, 5, 2, 8, 0, 0, 0, UTC)
NAMES = ("name_en", "address", "former_owner", "cadastral_no", "area_m2")


class Cut(Exception):
    """The line went dead, or somebody's machine did."""


class Template:
    """An empty register, made once and copied for every laptop of every schedule."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=_memory()))
        self.scale = Scale()
        register = Register.create(self.folder / "empty.register", person="nobody")
        register.copy(self.folder / "copy.register")
        register.close()
        store = Store(f"sqlite:///{self.folder / 'empty.db'}")
        store.create(demo=False)
        store.copy_to(self.folder / "copy.db")
        store.close()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


class Server:
    """The real store and journal; it may be killed before or after a commit and set back to a copy."""

    def __init__(self, template: Template, folder: Path) -> None:
        self.path, self.saved = folder / "server.db", folder / "saved.db"
        shutil.copy(template.folder / "copy.db", self.path)
        self.scale = template.scale
        self.at = START
        self.store = Store(f"sqlite:///{self.path}", clock=lambda: self.at)
        self.store.copy_to(self.saved)
        self.die_before_commit = False

    def save(self) -> None:
        self.store.copy_to(self.saved)

    def restore(self) -> None:
        self.store.take_from(self.saved)

    def known(self) -> set[str]:
        """The operations that it holds now."""
        with self.store.reading() as connection:
            return set(connection.execute(text("SELECT op_id FROM sync_operation")).scalars())

    def hello(self, actor: Actor, message: wire.Hello) -> wire.Welcome:
        with self.store.reading() as connection:
            return journal.hello(connection, actor, message, facts=dict(self.store.facts()), now=self.at)

    def push(self, actor: Actor, message: wire.Push) -> wire.Judged:
        with self.store.writing() as connection:
            answer = journal.push(connection, actor, message, scale=self.scale, now=self.at)
            if self.die_before_commit:
                self.die_before_commit = False
                raise Cut("the server died before its commit")
            return answer

    def pull(self, *, cursor: int, limit: int, first: bool) -> str:
        with self.store.reading() as connection:
            epoch = self.store.facts()["epoch"]
            return journal.pull(connection, epoch=epoch, cursor=cursor, limit=limit, first=first, since="2000")

    def receipt(self, actor: Actor, message: wire.Claim) -> wire.Confirmed:
        with self.store.writing() as connection:
            return receipts.close(connection, message, device_id=actor.device_id, person=actor.person, now=self.at)

    def compare(self, message: wire.Digests) -> wire.Compared:
        with self.store.reading() as connection:
            return compare.compare(connection, message, epoch=self.store.facts()["epoch"], now=self.at)

    def rows(self, message: wire.Buckets) -> str:
        with self.store.reading() as connection:
            return compare.rows(connection, message, epoch=self.store.facts()["epoch"])

    def close(self) -> None:
        self.store.close()


class Wire:
    """A link that loses requests and replies, repeats old pushes, and kills the server."""

    def __init__(self, world: "World", actor: Actor, *, bad: float, meanwhile: Callable[[], None]) -> None:
        self._server, self._actor, self._dice, self._bad = world.server, actor, world.wire_dice, bad
        self._pages = world.pages
        self._meanwhile = meanwhile
        self.old: list[bytes] = []

    def hello(self, message: wire.Hello) -> wire.Welcome:
        sent = wire.read(wire.Hello, message.model_dump_json(by_alias=True))
        return wire.read(wire.Welcome, self._call(lambda: self._server.hello(self._actor, sent)).model_dump_json())

    def push(self, body: str) -> wire.Judged:
        packed = wire.pack(body)
        if len(self.old) < 12:
            self.old.append(packed)
        if self._chance(0.3):
            self._repeat()
        self._server.die_before_commit = self._chance(0.5)
        answer = self._call(lambda: self._server.push(self._actor, wire.read(wire.Push, wire.unpacked(packed))))
        self._meanwhile()
        if self._chance(0.3):
            self._repeat()
        return wire.read(wire.Judged, answer.model_dump_json())

    def pull(self, *, cursor: int, first: bool) -> bytes:
        limit = self._dice.choice(self._pages)
        self._meanwhile()
        return bytes(self._call(lambda: self._server.pull(cursor=cursor, limit=limit, first=first)), "utf-8")

    def receipt(self, message: wire.Claim) -> wire.Confirmed:
        return self._call(lambda: self._server.receipt(self._actor, message))

    def compare(self, message: wire.Digests) -> wire.Compared:
        return self._call(lambda: self._server.compare(message))

    def rows(self, message: wire.Buckets) -> bytes:
        return bytes(self._call(lambda: self._server.rows(message)), "utf-8")

    def _call(self, work: Callable[[], Any]) -> Any:
        if self._chance(0.5):
            raise Cut("the request was lost")
        try:
            answer = work()
        except Refused as refused:
            if refused.code in {Refusal.EPOCH_CHANGED, Refusal.STREAM_FORKED, Refusal.GAP}:
                raise SetBack(refused.code) from refused
            raise
        if self._chance(0.5):
            raise Cut("the reply was lost")
        return answer

    def _repeat(self) -> None:
        """A push of long ago arrives once more; what the server says to it goes nowhere."""
        if self.old:
            try:
                self._server.push(self._actor, wire.read(wire.Push, wire.unpacked(self._dice.choice(self.old))))
            except (Refused, Cut):
                return

    def _chance(self, share: float) -> bool:
        return self._dice.random() < self._bad * share


class Laptop:
    """A real register with a person who edits, and a machine that dies, is set back, and has its clock changed."""

    def __init__(self, world: "World", number: int) -> None:
        self.world, self.dice = world, world.dice
        self.name, self.role = f"person{number}", ROLES[number % len(ROLES)]
        self.path, self.saved = world.folder / f"{number}.register", world.folder / f"{number}.saved"
        self.skew = timedelta()
        shutil.copy(world.template.folder / "copy.register", self.path)
        self.actor = Actor(device_id=world.new_id(), person=self.name, role=self.role)
        self.register = self._open()
        with self.register.hearing() as session:
            exchange.put_facts(
                session,
                {
                    "person": self.name,
                    "role": self.role,
                    "device_id": self.actor.device_id,
                    "stream_id": world.new_id(),
                    "epoch": "",
                    "cursor": 0,
                },
            )
        self.edits: set[str] = set()
        self.register.copy(self.saved)
        self.saved_edits: set[str] = set()
        self.pushes: list[bytes] = []

    def _open(self) -> Register:
        register = Register.open(self.path, clock=lambda: self.world.server.at + self.skew, new_id=self.world.new_id)
        event.listen(register.transactions.writer, "commit", self._before_commit)
        return register

    def _before_commit(self, _connection: Any) -> None:
        if self.world.dying and self.world.wire_dice.random() < 0.15:
            raise Cut("the laptop died before its commit")

    # -- what a person does ------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """One command of random content; remember the operations that the register said were saved."""
        kinds = (
            self._register_site,
            self._rename,
            self._rename,
            self._rename,
            self._item,
            self._mass,
            self._step,
            self._answer,
            self._delete,
            self._settle,
        )
        work = self.dice.choice(kinds)
        with self.register.reading() as session:
            before = exchange.last_seq(session)
        with self.register.writing("An edit") as session:
            work(session)
        with self.register.reading() as session:
            self.edits.update(
                session.scalars(text("SELECT op_id FROM operation WHERE seq > :before").bindparams(before=before))
            )

    def _sites(self, session: Any, *, alive: bool = True) -> list[Any]:
        asked = select(Site).order_by(Site.id)
        return list(session.scalars(asked.where(Site.deleted.is_(False)) if alive else asked))

    def _register_site(self, session: Any) -> None:
        if len(self._sites(session, alive=False)) >= 4:
            return self._rename(session)
        site = changes.add(
            session, Site, code=f"S{self.dice.randrange(10**6)}", region="47", lat=43.5, lon=51.25, name_en="new"
        )
        changes.add(
            session,
            StatusEvent,
            site_id=site.id,
            to_status=Status.DISCOVERED,
            effective_on=date(2024, 1, 1),
            recorded_at=changes.now(session),
            actor=self.name,
            role=self.role,
            state=EventState.ACCEPTED,
            position=1,
        )
        return None

    def _rename(self, session: Any) -> None:
        if sites := self._sites(session):
            site = self.dice.choice(sites)
            for name in self.dice.sample(NAMES, self.dice.choice((1, 1, 2))):
                setattr(site, name, self.dice.randrange(4) if name == "area_m2" else self.dice.choice("abcd"))

    def _item(self, session: Any) -> None:
        if sites := self._sites(session):
            changes.add(session, WasteItem, site_id=self.dice.choice(sites).id, line_no=self.dice.randrange(9), code="160209")

    def _mass(self, session: Any) -> None:
        items = list(session.scalars(select(WasteItem).order_by(WasteItem.id)))
        if items:
            item = self.dice.choice(items)
            changes.add(
                session,
                LedgerEntry,
                site_id=item.site_id,
                item_id=item.id,
                kind=EntryKind.CORRECTION,
                mass_g=self.dice.randrange(1, 1000),
                entered_on=date(2025, 1, 1),
            )

    def _step(self, session: Any) -> None:
        """A status event as the forms write them; what it rests on is not at issue here, so it is one of the past or a proposal."""
        sites = self._sites(session)
        if not sites:
            return
        site = self.dice.choice(sites)
        head = session.execute(
            select(StatusEvent.id, StatusEvent.to_status)
            .where(StatusEvent.site_id == site.id, StatusEvent.state == EventState.ACCEPTED)
            .order_by(StatusEvent.position.desc())
            .limit(1)
        ).one_or_none()
        if head is None:
            return
        historical = self.role is Role.REGISTRAR
        target = Status.OWNER_SEARCH if head.to_status is not Status.OWNER_SEARCH else Status.OWNER_FOUND
        changes.add(
            session,
            StatusEvent,
            site_id=site.id,
            from_status=head.to_status,
            to_status=target,
            effective_on=date(2024, 2, 2),
            recorded_at=changes.now(session),
            actor=self.name,
            role=self.role,
            historical=historical,
            previous_id=head.id,
            position=2,
            state=EventState.ACCEPTED if historical else EventState.PROPOSED,
        )

    def _answer(self, session: Any) -> None:
        asked = (
            select(StatusEvent)
            .where(StatusEvent.state.in_((EventState.PROPOSED, EventState.DISPUTED)))
            .order_by(StatusEvent.id)
        )
        if waiting := list(session.scalars(asked)):
            event_ = self.dice.choice(waiting)
            event_.state, event_.reason = EventState.REFUSED, "not so"

    def _delete(self, session: Any) -> None:
        if self.dice.random() < 0.5:
            return
        rows = [*self._sites(session, alive=False), *session.scalars(select(WasteItem).order_by(WasteItem.id))]
        if rows:
            row = self.dice.choice(rows)
            row.deleted = not row.deleted

    def _settle(self, session: Any) -> None:
        from inspector_app.actions.conflicts import settle
        from inspector_app.domain.merge import may_settle
        from inspector_app.models.queries.history import conflicts

        found = [each for each in conflicts(session) if may_settle(self.role, each.kind)]
        if found:
            settle(
                session, self.dice.choice(found).id, keep=self.dice.choice(("mine", "theirs")), reason="we looked at it again"
            )

    # -- what happens to the machine -----------------------------------------------------------------------------------------

    def sync(self, *, bad: float, interrupted: bool = False) -> bool:
        """One round; answers whether it came to its end."""
        edits = [self.edit] * 2 if interrupted else []
        link = Wire(self.world, self.actor, bad=bad, meanwhile=lambda: edits.pop()() if edits else None)
        link.old = self.pushes
        try:
            rounds.sync(self.register, link=link)
        except Cut:
            self._restart()
            return False
        return True

    def _restart(self) -> None:
        self.register.close()
        self.register = self._open()

    def save(self) -> None:
        self.register.copy(self.saved)
        self.saved_edits = set(self.edits)

    def answered(self) -> set[str]:
        """Own operations that a server took once."""
        with self.register.reading() as session:
            return set(session.scalars(text("SELECT op_id FROM operation WHERE seq > 0 AND state <> 'pending'")))

    def restore(self) -> None:
        """An old image of the disk comes back; edits that were never sent since are gone with the disk, and nobody is to blame."""
        self.register.close()
        for leftover in self.path.parent.glob(self.path.name + "-*"):
            leftover.unlink()
        shutil.copy(self.saved, self.path)
        self.edits = set(self.saved_edits)
        self.register = self._open()


class World:
    """Laptops and a server that live through one schedule, drawn from a seed."""

    def __init__(
        self, template: Template, seed: int, *, skewed: bool = True, calm: bool = False, pages: tuple[int, ...] = (1, 2, 5, 50)
    ) -> None:
        self.template, self.seed, self.pages, self.calm = template, seed, pages, calm
        self.dice = random.Random(seed)
        self.wire_dice = random.Random(seed + 2_000_003)
        self._names = random.Random(seed + 1_000_003)
        self._count = 0
        self._skewed = skewed
        self.dying = False
        self.folder = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=template.folder))
        self.server = Server(template, self.folder)
        self.laptops = [Laptop(self, number) for number in range(self.dice.choice((2, 2, 3, 4)))]

    def new_id(self) -> str:
        """Identities that are the same in every run of a seed and sort by the order of their making."""
        self._count += 1
        return str(uuid.UUID(int=(self._count << 80) | (0x7 << 76) | (0x2 << 62) | self._names.getrandbits(60)))

    @contextmanager
    def mortal(self) -> Any:
        """Laptops may die at a commit in here."""
        self.dying = True
        try:
            yield
        finally:
            self.dying = False

    def live(self, steps: int) -> None:
        """Random edits, syncs on a bad link, deaths, clocks, and copies that come back."""
        for _step in range(steps):
            self.server.at += timedelta(seconds=self.dice.randrange(1, 7200))
            laptop = self.dice.choice(self.laptops)
            fate = self.dice.random()
            if fate < 0.55:
                laptop.edit()
            elif fate < 0.88:
                bad = self.dice.choice((0.0, 0.15, 0.4)) * (not self.calm)
                interrupted = self.dice.random() < 0.35
                with nullcontext() if self.calm else self.mortal():
                    laptop.sync(bad=bad, interrupted=interrupted)
            elif fate < 0.91:
                days = self.dice.choice((-7000, -1, 0, 1, 7000))
                laptop.skew = timedelta(days=days) if self._skewed else timedelta()
            elif fate < 0.94:
                self.server.save()
            elif fate < 0.96:
                self.server.restore()
            elif fate < 0.985:
                laptop.save()
            elif laptop.answered() <= self.server.known():
                # a disk and every copy of the server that held its work: both gone, which no exchange can mend
                laptop.restore()
                self.server.save()

    def heal(self) -> None:
        """A good network and enough time: everybody syncs until nobody learns anything new."""
        for _turn in range(3):
            for laptop in self.laptops:
                assert laptop.sync(bad=0.0), "a sync on a good network did not come to its end"

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.register.close()
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)
