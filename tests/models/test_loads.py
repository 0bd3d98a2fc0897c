"""A load of thousands of rows: the same rows, operations and derived values as one by one, and all of it or nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from inspector_app.domain.ownership import Status
from inspector_app.domain.waste import QuantityMethod, Unit
from inspector_app.models import changes
from inspector_app.models.checks import check
from inspector_app.models.derived import disagreements
from inspector_app.models.reference import CLASSIFIER_VERSION
from inspector_app.models.register import Register
from inspector_app.models.sites import Site
from tests.office import Office

MANY = 6000  # more than one handful that is written at a time

Rows = list[dict[str, Any]]


def sites(register: Register, count: int, *, begin: int = 0) -> Rows:
    return [
        {"id": register._new_id(), "code": f"S-{n:05}", "name_ru": f"Объект {n}", "region": "47", "lat": 43.6, "lon": 51.125}
        for n in range(begin, begin + count)
    ]


def load(register: Register, *tables: tuple[str, Rows]) -> None:
    with register.writing("Load", bulk=True) as session:
        for entity, rows in tables:
            changes.bulk_create(session, entity, rows)


def everything(register: Register) -> dict[str, Any]:
    """How the register is made, and every row of it."""
    with register.reading() as session:
        made = session.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")).all()
        tables = [name for kind, name, _table, _sql in made if kind == "table" and not name.startswith(("search", "sqlite"))]
        return {"made": made} | {name: session.execute(text(f"SELECT * FROM {name}")).all() for name in (*tables, "search")}


def sound(register: Register) -> bool:
    with register.reading() as session:
        return check(session) == [] and not any(session.execute(text(asked)).all() for _what, asked in disagreements())


@pytest.fixture
def lived_in(register: Register) -> Register:
    """A register with a few sites that were written one by one, and with all that follows from them."""
    office = Office(register)
    for number in range(3):
        office.item(office.site(f"A-{number}"))
    return register


class _Stopped(Exception):
    pass


def cut_short(rows: Rows) -> Iterator[dict[str, Any]]:
    yield from rows
    raise _Stopped


def test_a_load_that_fails_leaves_rows_triggers_and_indexes_as_they_were(lived_in: Register) -> None:
    before = everything(lived_in)
    seen: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        yield from sites(lived_in, MANY)
        seen.extend(session.scalars(text("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'")))
        raise _Stopped

    with pytest.raises(_Stopped), lived_in.writing("Load", bulk=True) as session:
        changes.bulk_create(session, "site", rows())
    assert seen == [0]
    assert everything(lived_in) == before
    assert sound(lived_in)


def test_the_power_goes_in_the_middle_of_a_load_and_nothing_of_it_is_there(lived_in: Register, tmp_path: Path) -> None:
    before = everything(lived_in)
    lost = tmp_path / "after.register"
    with lived_in.writing("Load", bulk=True) as session:
        session.execute(text("PRAGMA cache_size = 10"))  # what is not committed goes to the disk soon
        changes.bulk_create(session, "site", sites(lived_in, MANY))
        for file in lived_in.path.parent.glob(lived_in.path.name + "*"):
            if file.is_file():
                shutil.copy(file, lost.with_name(lost.name + file.name.removeprefix(lived_in.path.name)))
    assert lost.with_name(lost.name + "-wal").stat().st_size > 10**6
    again = Register.open(lost)
    assert everything(again) == before
    assert sound(again)
    again.close()


def test_whoever_writes_after_a_load_that_failed_is_logged_and_watched_as_ever(lived_in: Register) -> None:
    with pytest.raises(_Stopped):
        load(lived_in, ("site", cut_short(sites(lived_in, MANY))))  # type: ignore[arg-type]
    with lived_in.writing("Register a site") as session:
        changes.add(session, Site, code="B-1", name_en="A site", region="47", lat=43.65, lon=51.16)
    with pytest.raises(changes.Unlogged), lived_in.writing("A careless change") as session:
        session.execute(text("UPDATE site SET name_en = 'secretly changed'"))
    assert sound(lived_in)


@pytest.mark.parametrize("count", [30, MANY])
def test_a_load_leaves_a_sound_register_however_large_it_is(lived_in: Register, count: int) -> None:
    rows = sites(lived_in, count)
    items = [
        {"id": lived_in._new_id(), "site_id": site["id"], "line_no": 1, "code": "060101", "classifier_version": CLASSIFIER_VERSION,
         "state": "LIQUID", "hazards": ["HP8"], "y_codes": ["Y34"]} for site in rows
    ]  # fmt: skip
    estimates = [
        {"id": lived_in._new_id(), "site_id": item["site_id"], "item_id": item["id"], "value": "1", "unit": Unit.T,
         "mass_g": 10**6, "method": QuantityMethod.EXPERT, "estimated_on": "2026-04-01", "accepted": True} for item in items
    ]  # fmt: skip
    made = everything(lived_in)["made"]
    load(lived_in, ("quantity_estimate", estimates), ("waste_item", items), ("site", rows))  # children first
    after = everything(lived_in)
    assert after["made"] == made
    assert sum(row.inventory_g for row in after["site"]) == 3 * 5 * 10**6 + count * 10**6
    assert sound(lived_in)


def test_rows_of_a_load_are_said_and_stored_as_those_of_one_by_one(new_register: Callable[..., Register]) -> None:
    numbers = iter(range(10**6))
    one, other = (
        new_register(f"{name}.register", person="A", new_id=lambda: f"{next(numbers):036}") for name in ("one", "other")
    )
    values: dict[str, Any] = {
        "code": "S-1", "name_ru": 'Полигон "Юг" \\ 7\n\x01', "region": "47", "lat": 45.0, "lon": 51.125, "area_m2": 7,
        "boundary": {"type": "Polygon", "coordinates": [[[50.0, 44], [50.5, 44.25], [51, 45.0], [50.0, 44]]]},
        "discovered_on": "2026-04-01", "radiological": True,
    }  # fmt: skip
    event = {"to_status": Status.DISCOVERED, "effective_on": "2026-04-01", "recorded_at": "2026-04-01T08:00:00.000Z"}
    event |= {"actor": "A", "role": "REGISTRAR", "position": 1, "state": "ACCEPTED", "basis": ["00"], "note": None}
    with one.writing("Write") as session:
        site = changes.add(session, Site, **values)
        session.flush()
    told = Office(one).ask("SELECT entity, kind, body FROM operation ORDER BY seq")
    load(other, ("site", [{**values, "id": site.id}]), ("status_event", [{**event, "id": "e", "site_id": site.id}]))
    assert Office(other).ask("SELECT entity, kind, body FROM operation ORDER BY seq")[:1] == told
    columns = "code, name_ru, lat, lon, area_m2, discovered_on, radiological"
    assert Office(one).ask(f"SELECT {columns} FROM site") == Office(other).ask(f"SELECT {columns} FROM site")
    assert Office(other).ask("SELECT basis, note, historical FROM status_event") == [('["00"]', None, 0)]
    assert sound(other)
