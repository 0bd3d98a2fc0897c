"""The shortest way to something that can be synced, and to what a register says."""

from datetime import date
from typing import Any

from sqlalchemy import text

from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.waste import QuantityMethod, Unit
from inspector_app.models import changes
from inspector_app.models.entities import ENTITIES
from inspector_app.models.register import Register
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.waste import QuantityEstimate, WasteItem


def a_site(register: Register, code: str = "A-1", **fields: Any) -> str:
    """A discovered site with one waste item of five tonnes."""
    me = register.me
    with register.writing("Register a site") as session:
        site = changes.add(
            session, Site, **{"code": code, "name_en": "Old works", "region": "47", "lat": 43.65, "lon": 51.16, **fields}
        )
        changes.add(
            session,
            StatusEvent,
            site_id=site.id,
            to_status=Status.DISCOVERED,
            effective_on=date(2024, 1, 1),
            recorded_at=changes.now(session),
            actor=me.person,
            role=me.role,
            state=EventState.ACCEPTED,
            position=1,
        )
        item = changes.add(session, WasteItem, site_id=site.id, line_no=1, code="160209")
        changes.add(
            session,
            QuantityEstimate,
            site_id=site.id,
            item_id=item.id,
            value="5",
            unit=Unit.T,
            mass_g=5_000_000,
            method=QuantityMethod.WEIGHED,
            estimated_on=date(2024, 1, 1),
            accepted=True,
        )
        return site.id


def edit(register: Register, site_id: str, **fields: Any) -> None:
    """Change fields of a site in one command."""
    with register.writing("Change a site") as session:
        site = session.get(Site, site_id)
        for name, value in fields.items():
            setattr(site, name, value)


def propose(register: Register, site_id: str, target: Status, *, origin: Status = Status.DISCOVERED, note: str = "") -> str:
    """A status event on the last accepted one, as this register sees it; historical, so that it needs no papers."""
    me = register.me
    with register.writing("Change the status") as session:
        head = session.execute(
            text("SELECT id FROM status_event WHERE site_id = :id AND state = 'ACCEPTED' ORDER BY position DESC LIMIT 1"),
            {"id": site_id},
        ).scalar_one()
        event = changes.add(
            session,
            StatusEvent,
            site_id=site_id,
            from_status=origin,
            to_status=target,
            effective_on=date(2024, 2, 2),
            note=note,
            recorded_at=changes.now(session),
            actor=me.person,
            role=me.role,
            previous_id=head,
            position=2,
            state=EventState.ACCEPTED if me.role == "REGISTRAR" else EventState.PROPOSED,
            historical=me.role == "REGISTRAR",
        )
        return event.id


def rows(register: Register) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every entity without what belongs to this file alone (n, rev)."""
    found = {}
    with register.reading() as session:
        for entity in ENTITIES:
            names = [name for name in list(ENTITIES[entity].__table__.columns.keys()) if name not in {"n", "rev"}]
            found[entity] = [
                tuple(row) for row in session.execute(text(f"SELECT {', '.join(names)} FROM {entity} ORDER BY id"))
            ]
    return found


def tally(register: Register) -> list[tuple[Any, ...]]:
    """The counters behind every published figure; a counter that went back to nothing is as good as none."""
    with register.reading() as session:
        asked = text("SELECT kind, key, count, mass_g FROM counter WHERE count <> 0 OR mass_g <> 0 ORDER BY kind, key")
        return [tuple(row) for row in session.execute(asked)]


def value(register: Register, site_id: str, name: str) -> Any:
    """One column of a site."""
    with register.reading() as session:
        return session.execute(text(f"SELECT {name} FROM site WHERE id = :id"), {"id": site_id}).scalar_one()


def events(register: Register, site_id: str) -> list[tuple[str, str, int]]:
    """Target, state and place of every status event of a site."""
    with register.reading() as session:
        asked = text("SELECT to_status, state, position FROM status_event WHERE site_id = :id ORDER BY state, id")
        return [tuple(row) for row in session.execute(asked, {"id": site_id})]
