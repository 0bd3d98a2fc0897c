"""Undo: the former values come back by new operations; what others built on is refused (product.md, 'undo of the last change')."""

import pytest
from disputes import a_conflict
from office import D, Office
from sqlalchemy import insert, update

from inspector_app.actions import ownership, removal, sites, waste
from inspector_app.actions.conflicts import settle
from inspector_app.domain.errors import CannotUndo, NothingToUndo
from inspector_app.domain.ownership import DocumentType as T
from inspector_app.domain.ownership import Status
from inspector_app.models.changes import Operation
from inspector_app.models.checks import check
from inspector_app.models.queries.undo import last_command
from inspector_app.models.removal import LedgerEntry
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem

TABLES = ("site", "waste_item", "quantity_estimate", "removal_batch", "batch_line", "status_event", "inspection", "pcb_item")


def rows(office: Office) -> list[list[tuple[object, ...]]]:
    """What a person sees: living rows without the bookkeeping of the log."""
    seen = []
    for table in TABLES:
        names = [
            name for (name,) in office.ask(f"SELECT name FROM pragma_table_info('{table}')") if name not in {"sources", "rev"}
        ]
        seen.append(office.ask(f"SELECT {', '.join(names)} FROM {table} WHERE deleted = 0 ORDER BY n"))
    return seen


def test_step_by_step_back_to_the_beginning_and_nothing_leaves_the_log(office: Office) -> None:
    site = office.site()
    states = [rows(office)]
    item = None
    for work in (
        lambda: office.do(sites.change_site, site, name_en="Better", lat=44.0),
        lambda: office.do(sites.change_site, site, name_en="Best"),
        lambda: office.item(site, 5),
    ):
        states.append(rows(office))
        made = work()
        item = made if isinstance(made, str) else item
    # an item is two commands: the line and its quantity
    (item,) = office.ask("SELECT id FROM waste_item")[0]
    office.undo()
    office.undo()
    assert rows(office) == states[3]
    office.undo()
    assert rows(office) == states[2]
    office.undo()
    assert rows(office) == states[1]
    operations = office.ask("SELECT count(*) FROM operation")[0][0]
    office.undo()
    assert rows(office)[0] == []
    assert office.ask("SELECT count(*) FROM operation")[0][0] > operations
    with pytest.raises(NothingToUndo):
        office.undo()
    with office.register.reading() as session:
        assert check(session) == []


def test_the_masses_follow_an_undone_batch(office: Office) -> None:
    site = office.site()
    item = office.item(site, 5)
    before = rows(office)
    batch = office.loaded(site, (item, 5_000_000), on=D(2021, 3, 1))
    office.do(removal.send_batch, batch)
    office.do(removal.receive_batch, batch, on=D(2021, 3, 2), received_g=5_000_000)
    assert office.ask("SELECT outcome, remaining_g FROM waste_item") == [("REMOVED", 0)]
    for _command in ("receive", "send", "load", "line", "plan"):
        office.undo()
    assert rows(office) == before
    assert office.ask("SELECT count(*) FROM item_year") == [(0,)]


def test_undo_names_the_command_and_goes_one_further_each_time(office: Office) -> None:
    with office.register.writing("Register a site") as session:
        site = sites.register_site(
            session, code="A-1", name_en="T", lat=43.65, lon=51.16, region="47", discovered_on=D(2020, 1, 1)
        ).id
    with office.register.writing("Rename a site") as session:
        sites.change_site(session, site, name_en="Other")
    with office.register.reading() as session:
        found = last_command(session)
        assert found is not None
        assert (found.command, found.author) == ("Rename a site", "A. Registrar")
    assert office.undo() == "Rename a site"
    assert office.undo() == "Register a site"


def test_a_step_back_is_taken_while_nobody_knows_of_the_step(office: Office) -> None:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    office.undo()
    assert office.ask("SELECT status FROM site") == [("DISCOVERED",)]
    office.do(ownership.take_step, site, Status.OWNER_SEARCH, on=D(2020, 2, 1))
    assert office.ask("SELECT status FROM site") == [("OWNER_SEARCH",)]


def test_a_legal_event_that_the_server_knows_is_not_undone(office: Office) -> None:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    with office.register.writing("The server has heard of it") as session:
        session.execute(update(Operation).values(state="acked"))
    with pytest.raises(CannotUndo):
        office.undo()
    assert office.ask("SELECT status FROM site") == [("OWNER_SEARCH",)]


def test_a_signed_inspection_is_not_undone(office: Office) -> None:
    office.signed(office.site(), D(2024, 5, 1))
    before = rows(office)
    with pytest.raises(CannotUndo):
        office.undo()
    assert rows(office) == before


def test_what_somebody_else_changed_since_is_not_undone(office: Office) -> None:
    site = office.site()
    office.do(sites.change_site, site, name_en="Mine")
    with office.register.hearing() as session:
        row = session.get_one(Site, site)
        session.execute(
            update(Site)
            .where(Site.id == site)
            .values(name_en="Theirs", sources={**row.sources, "name_en": "another operation"})
        )
    with pytest.raises(CannotUndo):
        office.undo()
    assert office.ask("SELECT name_en FROM site") == [("Theirs",)]


def test_a_row_on_which_others_built_is_not_undone(office: Office) -> None:
    site = office.site()
    with office.register.hearing() as session:
        session.execute(insert(WasteItem).values(id="heard", site_id=site, line_no=1, code="060101"))
    with pytest.raises(CannotUndo):
        office.undo()


def test_an_undo_that_would_leave_less_than_nothing_is_refused(office: Office) -> None:
    site = office.site()
    item = office.item(site, 5)
    more = office.estimate(item, 9)
    office.do(waste.accept_estimate, more)
    with office.register.hearing() as session:
        session.execute(
            insert(LedgerEntry).values(
                id="heard", site_id=site, item_id=item, kind="SOLD", mass_g=8_000_000, entered_on=D(2021, 1, 1)
            )
        )
    with pytest.raises(CannotUndo):
        office.undo()
    assert office.ask("SELECT remaining_g FROM waste_item") == [(1_000_000,)]


def test_a_decision_on_a_conflict_is_not_undone(office: Office) -> None:
    site = office.site()
    conflict = a_conflict(office.register, site, "address", "Aktau")
    office.do(settle, conflict, keep="theirs", command="Settle a conflict")
    with pytest.raises(CannotUndo, match="stands"):
        office.undo()
    assert office.ask("SELECT address FROM site") == [("Aktau",)]


def test_there_is_nothing_to_undo_in_a_new_register(office: Office) -> None:
    with pytest.raises(NothingToUndo):
        office.undo()
    with office.register.reading() as session:
        assert last_command(session) is None
