"""Points come from the register: filtered like the table, disputed before everything, deleted never."""

import datetime as dt

from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.people import Role
from inspector_app.models import changes
from inspector_app.models.queries.points import KINDS, around, boundaries, cards, points
from inspector_app.models.queries.sites import SiteFilter, site_total
from inspector_app.models.sites import Site, StatusEvent

SQUARE = {"type": "Polygon", "coordinates": [[[51.1, 43.6], [51.2, 43.6], [51.2, 43.7], [51.1, 43.6]]]}


def put(session, code, status, *, lat=43.65, lon=51.16, state=EventState.ACCEPTED, **values):
    site = changes.add(session, Site, code=code, name_en=f"Site {code}", region="47", lat=lat, lon=lon, **values)
    changes.add(
        session, StatusEvent, site_id=site.id, to_status=status, effective_on=dt.date(2024, 1, 1),
        recorded_at=changes.now(session), actor="x", role=Role.REGISTRAR, state=state, position=1,
    )  # fmt: skip
    return site


def test_every_status_becomes_its_own_kind(register):
    with register.writing("Register sites") as session:
        for status in Status:
            put(session, f"S-{status}", status)
    with register.reading() as session:
        found = points(session)

    shown = {str(code): KINDS[kind] for code, kind in zip(found.code, found.kind, strict=True)}
    assert shown == {f"S-{status}": status for status in Status}


def test_a_disputed_site_is_shown_as_disputed_whatever_its_status(register):
    with register.writing("Register a site") as session:
        put(session, "D", Status.REMOVED, state=EventState.DISPUTED)
    with register.reading() as session:
        assert [KINDS[kind] for kind in points(session).kind] == [None]


def test_a_deleted_site_is_nowhere_and_the_filter_of_the_table_holds(register):
    with register.writing("Register sites") as session:
        put(session, "A", Status.REMOVED)
        put(session, "B", Status.SOLD, boundary=SQUARE)
        gone = put(session, "C", Status.SOLD)
    with register.writing("Delete a site") as session:
        changes.delete(session.get(Site, gone.id))
    with register.reading() as session:
        sold = SiteFilter(statuses=frozenset({Status.SOLD}))
        assert sorted(map(str, points(session).code)) == ["A", "B"]
        assert list(map(str, points(session, chosen=sold).code)) == ["B"]
        assert site_total(session) == 2
        numbers = points(session).n.tolist()
        assert [card.code for card in cards(session, n=numbers)] == ["A", "B"]
        assert [shape for _n, shape in boundaries(session, n=numbers)] == [SQUARE]


def test_the_nearest_sites_come_first_with_their_distances(register):
    with register.writing("Register sites") as session:
        put(session, "FAR", Status.SOLD, lat=51.1, lon=71.4)
        put(session, "NEAR", Status.SOLD, lat=43.66, lon=51.16)
    with register.reading() as session:
        found = around(session, lat=43.65, lon=51.16, limit=5)

    assert [card.code for card, _metres in found] == ["NEAR", "FAR"]
    assert 1100 < found[0][1] < 1125
