"""A line between real registers and a real store without a network: what travels is what would travel over HTTP."""

import json
from collections.abc import Sequence
from typing import Any

from inspector_app.domain.people import Role
from inspector_app.models import exchange
from inspector_app.models.register import Register, new_ids
from inspector_app.server import access, journal
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.scale import Scale
from inspector_app.server.store import Store
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from inspector_app.sync.client import SetBack
from inspector_app.sync.round import Receipt


class Cut(Exception):
    """The line went dead, before a request or after it."""


class Line:
    """A laptop's link to the journal; what the person may is asked of the store at every request."""

    limit = 10_000

    def __init__(self, store: Store, scale: Scale, device_id: str, person: str) -> None:
        self.store, self.scale, self.device_id, self.person = store, scale, device_id, person
        self.pages: list[Any] = []
        self.asked: list[tuple[int, tuple[str, ...]]] = []
        self.left: int | None = None  # requests until the line goes dead, counted half by half

    def _half(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                raise Cut

    def _actor(self, connection: Any) -> Actor:
        who = next(each for each in access.people(connection) if each.name == self.person)
        return Actor(self.device_id, who.name, who.role, who.regions)

    def hello(self, message: wire.Hello) -> wire.Welcome:
        self._half()
        with self.store.reading() as connection:
            facts = dict(self.store.facts())
            answer = journal.hello(connection, self._actor(connection), message, facts=facts, now=self.store.now())
        return wire.read(wire.Welcome, answer.model_dump_json())

    def push(self, body: str) -> wire.Judged:
        self._half()
        message = wire.read(wire.Push, body)
        try:
            with self.store.writing() as connection:
                answer = journal.push(connection, self._actor(connection), message, scale=self.scale, now=self.store.now())
        except Refused as refused:
            raise SetBack(refused.code) from refused
        self._half()
        return wire.read(wire.Judged, answer.model_dump_json())

    def pull(self, *, cursor: int, first: bool, only: Sequence[str] = ()) -> bytes:
        self._half()
        self.asked.append((cursor, tuple(only)))
        with self.store.reading() as connection:
            regions, epoch = self._actor(connection).regions, self.store.facts()["epoch"]
            page = journal.pull(
                connection, epoch=epoch, cursor=cursor, limit=self.limit, first=first, since="2000", regions=regions, only=only
            )
        self.pages.append(json.loads(page))
        return page.encode()


class Office:
    """A server's store with people and their laptops."""

    def __init__(self, store: Store, new_register: Any) -> None:
        self.store, self._new_register, self._scale = store, new_register, Scale()
        self.lines: dict[Register, Line] = {}

    def laptop(self, person: str, role: Role = Role.REGISTRAR, regions: Sequence[str] = ()) -> Register:
        """A new laptop of a person, who is let in with it."""
        with self.store.writing() as connection:
            if person not in {each.name for each in access.people(connection)}:
                access.add_person(connection, person, role=role, regions=regions, password=None, now=self.store.now())
        register: Register = self._new_register(f"{person}-{new_ids()}.register", person=person, role=role, clock=None)
        line = Line(self.store, self._scale, new_ids(), person)
        with register.hearing() as session:
            facts = {"server": "x", "device_id": line.device_id, "stream_id": new_ids(), "epoch": "", "cursor": 0}
            exchange.put_facts(session, facts)
        self.lines[register] = line
        return register

    def give(self, person: str, *regions: str) -> None:
        """The regions of a person from now on; none means all."""
        with self.store.writing() as connection:
            access.set_person(connection, person, regions=regions, now=self.store.now())

    def sync(self, register: Register, *, cut_at: int | None = None) -> Receipt:
        """One sync, on a line that may go dead."""
        self.lines[register].left = cut_at
        return rounds.sync(register, link=self.lines[register])
