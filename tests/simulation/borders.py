"""Regions in the schedules: who may see what, asked of every page, of every register after a sync, and of all at the end (I13)."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from sqlalchemy import text

from inspector_app.domain.rights import reaches
from inspector_app.models.register import Register
from inspector_app.server.journal import Actor
from inspector_app.server.store import Store
from tests.simulation.promise import hold

HERE, THERE = "47", "63"
GRANTS: tuple[tuple[str, ...], ...] = ((), (HERE,), (THERE,), (HERE, THERE))
"""What a person may be given; nothing named means everything."""


class Person(Protocol):
    """A laptop with the regions of its person."""

    name: str
    register: Register

    @property
    def regions(self) -> tuple[str, ...]: ...


def regions_of(store: Store) -> dict[str, str | None]:
    """The region of every row on the server."""
    with store.reading() as connection:
        return dict(connection.execute(text("SELECT id, region FROM sync_row")).all())  # type: ignore[arg-type]


def page_is_for(actor: Actor, store: Store, rows: Iterable[Any], operations: Iterable[Any] = ()) -> None:
    """Nothing is told of what lies in a region of others, but where a site lies that was seen before."""
    if not actor.regions:
        return
    where = regions_of(store)
    for row in rows:
        if row[0] == "gone":
            told = json.dumps(row[4])
            hold(row[4].keys() == {"region"}, "I13", f"{actor.person} is told {told} of a site that went away")
        else:
            hold(reaches(actor.regions, where.get(row[1])), "I13", f"{actor.person} is told of {row[:2]}")
    for operation in operations:
        hold(reaches(actor.regions, where.get(operation[4])), "I13", f"{actor.person} is told of an edit of {operation[3:5]}")


def waiting_sites(register: Register) -> set[str]:
    """Sites of which something was not judged yet."""
    with register.glance() as look:
        return {site for (site,) in look.rows("SELECT site_id FROM operation WHERE state IN ('pending', 'held')") if site}


def nothing_foreign_is_here(person: Person, waiting: set[str]) -> None:
    """After a sync a register holds no site of another region, but those of which something waited to be judged."""
    if not person.regions:
        return
    with person.register.glance() as look:
        foreign = {row_id for row_id, region in look.rows("SELECT id, region FROM site") if not reaches(person.regions, region)}
    stays = foreign - waiting - waiting_sites(person.register)
    hold(not stays, "I13", f"{person.name} still holds {len(stays)} sites of other regions")
