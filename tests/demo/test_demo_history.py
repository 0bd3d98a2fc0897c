"""The history of the demo register is one that the rules allow: every step rests on its papers, time never goes back."""

from datetime import date, datetime
from pathlib import Path

import shapely
from shapely.geometry import Point, shape
from sqlalchemy import select, text

from inspector_app.demo.facts import PLACES
from inspector_app.domain.ownership import STEPS, EventState, Status
from inspector_app.domain.pcb import TestMethod, classify
from inspector_app.models import changes, files
from inspector_app.models.changes import GENESIS, Operation
from inspector_app.models.checks import check
from inspector_app.models.documents import Document, Photo
from inspector_app.models.fingerprint import fingerprint
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.attention import Concern, needs_attention
from inspector_app.models.register import Register
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.models.waste import PcbItem

_S = Status


def test_every_step_of_every_site_rests_on_the_papers_that_the_law_asks_for(demo: Register) -> None:
    basis_of = {(step.origin, step.target): step.basis for step in STEPS}
    with demo.reading() as session:
        types = {row.id: row.type for row in session.execute(select(Document.id, Document.type))}
        events = session.scalars(select(StatusEvent).order_by(StatusEvent.site_id, StatusEvent.position)).all()
    assert len(events) > 100
    for event in events:
        assert event.state is EventState.ACCEPTED
        assert not event.historical
        if event.from_status is not None:
            assert basis_of[event.from_status, event.to_status] <= {types[each] for each in event.basis}


def test_every_discovery_names_its_act(demo: Register) -> None:
    with demo.reading() as session:
        basis = session.scalars(select(StatusEvent.basis).where(StatusEvent.to_status == _S.DISCOVERED)).all()
        owners = {row.id: row.site_id for row in session.execute(select(Document.id, Document.site_id))}
    assert len(basis) == len(PLACES)
    assert all(owners[each[0]] is not None for each in basis)


def test_azpm_was_offered_in_vain_and_removed_in_three_laps(demo: Register) -> None:
    with demo.reading() as session:
        asked = select(StatusEvent.to_status).join(Site, Site.id == StatusEvent.site_id).where(Site.code == "AZPM")
        path = session.scalars(asked.order_by(StatusEvent.position)).all()
        tenders = session.execute(
            text("SELECT round, result FROM sale_tender t JOIN site s ON s.id = t.site_id WHERE s.code = 'AZPM' ORDER BY round")
        ).all()
    assert path == [
        _S.DISCOVERED, _S.OWNER_SEARCH, _S.CLAIM_FILED, _S.DECIDED, _S.UNDER_INSPECTION, _S.PENDING_REMOVAL, _S.FOR_SALE,
        _S.PENDING_REMOVAL, _S.REMOVING, _S.PENDING_REMOVAL, _S.REMOVING, _S.PENDING_REMOVAL, _S.REMOVING, _S.REMOVED,
    ]  # fmt: skip
    assert [tuple(each) for each in tenders] == [(1, "FAILED"), (2, "FAILED")]


def test_the_log_reads_like_history_and_its_chain_holds(demo: Register) -> None:
    with demo.reading() as session:
        operations = session.scalars(select(Operation).order_by(Operation.seq)).all()
    before, last = GENESIS, datetime.fromisoformat("2018-01-01T00:00:00Z")
    for number, each in enumerate(operations, start=1):
        assert each.seq == number
        assert each.occurred_at >= last
        said = changes.said(
            op_id=each.op_id,
            txn_id=each.txn_id,
            entity=each.entity,
            row_id=each.row_id,
            kind=each.kind,
            body=each.body,
            occurred_at=changes.moment_text(each.occurred_at),
            author=each.author,
        )
        assert each.prev_hash == before
        assert each.hash == changes.chain(before, said)
        before, last = each.hash, each.occurred_at
    assert last.date() < date(2026, 11, 21)
    assert operations[0].occurred_at.year == 2018


def test_everything_is_dated_up_to_november_2026(demo: Register) -> None:
    with demo.reading() as session:
        for statement in (
            "SELECT MAX(issued_on) FROM document",
            "SELECT MAX(visited_on) FROM inspection",
            "SELECT MAX(effective_on) FROM status_event",
            "SELECT MAX(certificate_on) FROM removal_batch",
            "SELECT MAX(substr(loaded_at, 1, 10)) FROM removal_batch",
        ):
            assert date(2025, 1, 1) < date.fromisoformat(session.scalar(text(statement))) < date(2026, 11, 21)


def test_something_needs_attention(demo: Register) -> None:
    with demo.reading() as session:
        count = {
            "on its way for weeks": "SELECT COUNT(*) FROM removal_batch WHERE state = 'IN_TRANSIT' AND loaded_at < '2026-10-20'",
            "weighbridge difference": "SELECT COUNT(*) FROM removal_batch WHERE discrepancy_note IS NOT NULL AND state = 'RECEIVED'",
            "no day of force": "SELECT COUNT(*) FROM court_decision WHERE result <> 'REFUSED' AND in_force_on IS NULL",
            "draft": "SELECT COUNT(*) FROM inspection WHERE state = 'DRAFT' AND visited_on IS NOT NULL",
            "overdue": "SELECT COUNT(*) FROM inspection WHERE visited_on IS NULL AND planned_on < '2026-11-01'",
        }
        assert {name: session.scalar(text(statement)) for name, statement in count.items()} == dict.fromkeys(count, 1)


def test_the_overview_shows_each_kind_of_what_needs_attention(demo: Register) -> None:
    with demo.reading() as session:
        found = needs_attention(session)
    shown = {Concern.LEAKING, Concern.NOT_RECEIVED, Concern.DIFFERENCE, Concern.NO_FORCE, Concern.OVERDUE}
    assert {row.concern for row in found.rows} == shown


def test_no_rule_of_the_register_is_broken(demo: Register) -> None:
    with demo.reading() as session:
        assert check(session) == []


def test_every_site_lies_in_its_region_and_inside_its_boundary(demo: Register) -> None:
    data = Path(__file__).parents[2] / "resources" / "geo" / "regions.geojson"
    areas = [(each["properties"]["kato"], shape(each["geometry"])) for each in _json(data)["features"]]
    with demo.reading() as session:
        sites = session.scalars(select(Site)).all()
    assert {site.code for site in sites} == {place.code for place in PLACES}
    for site in sites:
        assert any(site.region in kato and shapely.contains_xy(area, site.lon, site.lat) for kato, area in areas), site.code
        assert site.kato.startswith(site.region)
        assert shape(site.boundary).contains(Point(site.lon, site.lat))
        assert site.area_m2 > 1000


def test_sites_that_no_source_names_say_that_they_are_made_up(demo: Register) -> None:
    with demo.reading() as session:
        names = session.execute(select(Site.code, Site.name_en, Site.name_ru, Site.name_kk)).all()
    for row in names:
        if row.code not in {"AZPM", "KOSHKAR-ATA"}:
            number = int(row.code.removeprefix("TS-"))
            expected = (f"Training site {number}", f"Учебный объект {number}", f"Оқу нысаны {number}")
            assert (row.name_en, row.name_ru, row.name_kk) == expected


def test_the_class_of_every_piece_of_equipment_follows_from_its_evidence(demo: Register) -> None:
    with demo.reading() as session:
        items = session.scalars(select(PcbItem)).all()
    assert len({each.concentration for each in items}) >= 4
    assert {each.test_method for each in items} >= {TestMethod.NAMEPLATE, TestMethod.GC_ECD, TestMethod.SCREEN_L2000}
    for each in items:
        assert each.concentration is classify(
            ppm=each.ppm,
            qualifier=each.ppm_qualifier,
            method=each.test_method,
            liquid=each.liquid,
            model=each.model,
            year_made=each.year_made,
        )


def test_signed_inspections_still_say_what_was_signed(demo: Register) -> None:
    with demo.reading() as session:
        signed = session.scalars(select(Inspection).where(Inspection.signed_at.is_not(None))).all()
        assert len(signed) > 20
        assert all(fingerprint(session, each.id) == each.content_sha256 for each in signed)


def test_every_photo_is_there_with_place_direction_and_caption(demo: Register, demo_file: Path) -> None:
    with demo.reading() as session:
        photos = session.scalars(select(Photo)).all()
    assert 12 <= len(photos) <= 40
    for photo in photos:
        assert files.is_whole(demo_file, photo.sha256)
        assert None not in (photo.lat, photo.lon, photo.direction_deg, photo.taken_at)
        assert photo.caption


def _json(path: Path) -> dict[str, list[dict[str, dict[str, object]]]]:
    import json

    return json.loads(path.read_text("utf-8"))
