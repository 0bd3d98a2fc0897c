"""What lists and overview ask is answered out of indexes and counters: no question looks at every row of a register."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from office import D, Office
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from inspector_app.actions import removal, waste
from inspector_app.domain.ownership import Status
from inspector_app.domain.pcb import ConcentrationClass
from inspector_app.domain.removal import BatchState
from inspector_app.models.derived import disagreements
from inspector_app.models.entities import ENTITIES
from inspector_app.models.queries.attention import needs_attention
from inspector_app.models.queries.consignments import batch_list, ledger
from inspector_app.models.queries.overview import overview, tally
from inspector_app.models.queries.pcb import equipment
from inspector_app.models.queries.removal import find_batch
from inspector_app.models.queries.site import site_page
from inspector_app.models.queries.sites import SiteFilter, SiteOrder, Sites, sites
from inspector_app.models.queries.syncing import syncing
from inspector_app.models.register import Register
from inspector_app.models.waste import WasteItem

T = 1_000_000
LANGUAGES = ("en", "ru", "kk")
REGIONS = ("75", "47", "10", "35", "71")


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


@pytest.fixture
def many(office: Office) -> Office:
    """Sites that differ in everything that is sorted by, one of them deleted, some without a name in every language."""
    for number, region in enumerate(REGIONS * 3):
        names = {
            language: f"{language} {(number * 7) % 15:02}" for place, language in enumerate(LANGUAGES) if number % 4 != place
        }
        site = office.site(f"B-{(number * 4) % 15:02}", region=region, **{f"name_{each}": name for each, name in names.items()})
        for _item in range(number % 3):
            office.item(site, 1)
    with office.register.writing("A region that this program does not know", bulk=True) as session:
        session.execute(text("UPDATE site SET region = 'zz' WHERE n % 4 = 1"))
    office.pending("C-1")
    office.do(waste.add_pcb_item, office.site("C-2"), equipment="CAPACITOR")
    return office


def plans(session: Session, query: Callable[..., object], **given: Any) -> Iterator[str]:
    """How the database goes about every statement of a query."""
    connection = session.connection()
    told: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        told.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", hear)
    query(session, **given)
    event.remove(connection, "before_cursor_execute", hear)
    for statement, parameters in told:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        yield "; ".join(row[3] for row in rows)


def seen(office: Office, order: SiteOrder, *, descending: bool = False, language: str = "en", **given: Any) -> Sites:
    with office.register.reading() as session:
        chosen = given.pop("chosen", SiteFilter())
        return sites(session, chosen=chosen, order=order, descending=descending, language=language, **given)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", list(SiteOrder))
def test_the_first_page_of_any_order_comes_out_of_an_index(register: Register, order: SiteOrder, descending: bool) -> None:
    with register.reading() as session:
        given = {"chosen": SiteFilter(), "order": order, "descending": descending, "whole": False}
        for plan in plans(session, sites, **given):
            assert "TEMP B-TREE" not in plan
            assert "SCAN site" not in plan.replace("SCAN site USING", "")


@pytest.mark.parametrize("query", [tally, overview, needs_attention])
def test_figures_never_go_through_a_table_that_grows_with_the_register(
    register: Register, query: Callable[..., object]
) -> None:
    with register.reading() as session:
        for plan in plans(session, query):
            for table in ("site", "item_year", "site_year", "waste_item", "s", "r"):
                assert f"SCAN {table};" not in f"{plan};".replace(f"SCAN {table} USING INDEX", "")


@pytest.mark.parametrize(
    ("query", "given"),
    [
        (batch_list, {"states": frozenset({BatchState.LOADED, BatchState.REJECTED})}),
        (find_batch, {"no": "id"}),
        (ledger, {"site_id": "id"}),
        (site_page, {"site_id": "id"}),
        (syncing, {}),
        (equipment, {"concentration": ConcentrationClass.GT_500, "limit": 100}),
    ],
)
def test_a_page_looks_at_the_rows_it_shows_and_at_no_others(
    many: Office, query: Callable[..., object], given: dict[str, Any]
) -> None:
    site, item = many.pending("D-1")
    batch = many.loaded(site, (item, T), on=D(2025, 1, 1))
    ids = {"no": batch, "site_id": site}
    with many.register.reading() as session:
        for plan in plans(session, query, **{name: ids.get(name, value) for name, value in given.items()}):
            for table in ENTITIES:
                assert f"SCAN {table};" not in f"{plan};"


def test_batches_are_counted_by_state_as_they_go_on(many: Office) -> None:
    def listed(*states: BatchState) -> tuple[int, int]:
        with many.register.reading() as session:
            found = batch_list(session, states=frozenset(states), limit=1)
        return len(found.rows), found.total

    site, item = many.pending("D-1")
    many.planned(site, (item, T))
    many.loaded(site, (item, T), on=D(2025, 1, 1))
    batch = many.loaded(site, (item, T), on=D(2025, 1, 2))
    assert listed() == (1, 3)
    assert listed(BatchState.PLANNED, BatchState.LOADED) == (1, 3)
    many.do(removal.return_batch, batch, reason="Turned back")
    assert listed(BatchState.LOADED) == (1, 1)
    assert listed(BatchState.RETURNED) == (1, 1)
    assert listed(BatchState.CANCELLED) == (0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_is_the_beginning_of_the_whole_and_backwards_is_its_end(many: Office, language: str) -> None:
    for order in SiteOrder:
        whole = seen(many, order, language=language).numbers
        assert sorted(whole) == sorted(seen(many, SiteOrder.CODE).numbers)
        assert seen(many, order, language=language, first=4, whole=False).numbers == whole[:4]
        backwards = seen(many, order, descending=True, language=language).numbers
        assert backwards[::-1] == whole
        assert seen(many, order, descending=True, language=language, first=4, whole=False).numbers == backwards[:4]


@pytest.mark.parametrize("order", [SiteOrder.REGION, SiteOrder.STATUS])
@pytest.mark.parametrize("chosen", [SiteFilter(remaining=True), SiteFilter(statuses=frozenset({Status.DISCOVERED}))])
def test_groups_are_told_in_one_order_however_they_are_filtered(many: Office, order: SiteOrder, chosen: SiteFilter) -> None:
    everything = seen(many, order).numbers
    passing = set(seen(many, SiteOrder.CODE, chosen=chosen).numbers)
    assert list(seen(many, order, chosen=chosen).numbers) == [each for each in everything if each in passing]


@pytest.mark.parametrize("typed", ["crowded", "crowded 7", "b-1", "en 03"])
def test_a_text_finds_sites_in_the_order_of_the_table_be_they_few_or_a_crowd(many: Office, typed: str) -> None:
    with many.register.writing("A crowd", bulk=True) as session:
        session.execute(
            text(
                "WITH RECURSIVE one(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM one WHERE k < 1500)"
                " INSERT INTO site (id, code, name_en, region, lat, lon)"
                " SELECT printf('crowd-%d', k), printf('X-%04d', k * 7 % 1501), printf('crowded %d', k * 11 % 1501),"
                " CASE k % 3 WHEN 0 THEN '10' ELSE '71' END, 43.65, 51.16 FROM one"
            )
        )
    chosen = SiteFilter(text=typed)
    found = set(seen(many, SiteOrder.CODE, chosen=chosen).numbers)
    assert found
    for order in SiteOrder:
        in_order = [each for each in seen(many, order).numbers if each in found]
        assert list(seen(many, order, chosen=chosen).numbers) == in_order
        assert list(seen(many, order, chosen=chosen, first=5, whole=False).numbers) == in_order[:5]


def test_a_deleted_site_is_in_no_order(many: Office) -> None:
    from inspector_app.models import changes
    from inspector_app.models.sites import Site

    (gone, number) = many.ask("SELECT id, n FROM site WHERE code = 'C-1'")[0]
    with many.register.writing("Delete a site") as session:
        changes.delete(session.get_one(Site, gone))
    for order in SiteOrder:
        assert number not in seen(many, order).numbers


@pytest.mark.parametrize("few", [1, 1000])
def test_a_hazard_is_found_be_it_rare_or_everywhere_and_forgotten_with_the_last_waste_that_has_it(
    many: Office, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector_app.models.queries.sites._FEW", few)
    common, rare = SiteFilter(hazards=frozenset({"HP14"})), SiteFilter(hazards=frozenset({"HP9"}))
    sites_there = [each.id for each in seen(many, SiteOrder.CODE).first]
    items = [many.item(site, 5, hazards=["HP14", "HP6"]) for site in sites_there]
    assert not list(seen(many, SiteOrder.CODE, chosen=rare).numbers)
    with many.register.writing("A rare one") as session:
        session.get_one(WasteItem, items[3]).hazards = ["HP9"]
    with many.register.writing("Gone") as session:
        session.get_one(WasteItem, items[5]).deleted = True
    for order in SiteOrder:
        assert [each.id for each in seen(many, order, chosen=rare).first] == [sites_there[3]]
        found = {each.id for each in seen(many, order, chosen=common, first=1000).first}
        assert found == set(sites_there) - {sites_there[3], sites_there[5]}
    with many.register.reading() as session:
        for _table, asked in disagreements():
            assert not session.execute(text(asked)).all()
