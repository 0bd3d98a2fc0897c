"""Describe and move a site; draw its boundary."""

import pytest
from office import D, Office

from inspector_app.actions import sites
from inspector_app.domain.errors import BadValue, Duplicate, InputError, NotFound
from inspector_app.domain.ownership import DocumentType as T

TRIANGLE = {"type": "Polygon", "coordinates": [[[51.0, 43.0], [51.01, 43.0], [51.01, 43.01], [51.0, 43.0]]]}


def test_a_site_may_rest_on_its_discovery_act(office: Office) -> None:
    first = office.site("A-1")
    act = office.paper(first, T.DISCOVERY_ACT, D(2020, 1, 1))
    office.site("A-2", document_id=act)
    assert office.ask("SELECT basis FROM status_event ORDER BY n") == [("[]",), (f'["{act}"]',)]
    assert office.ask("SELECT code, status, status_since FROM site ORDER BY code") == [
        ("A-1", "DISCOVERED", "2020-01-01"),
        ("A-2", "DISCOVERED", "2020-01-01"),
    ]


def test_what_is_said_of_a_site_can_be_changed_field_by_field(office: Office) -> None:
    site = office.site()
    office.do(sites.change_site, site, lat=44.12345678, name_kk=" Оқу нысаны ", kato="471010000")
    assert office.ask("SELECT lat, lon, name_kk, kato FROM site") == [(44.1234568, 51.16, "Оқу нысаны", "471010000")]
    ((changes,),) = office.ask("SELECT json_extract(body, '$.changes') FROM operation ORDER BY n DESC LIMIT 1")
    assert '"lon"' not in changes  # what did not change is no change


def test_a_site_is_not_moved_out_of_the_country_nor_given_a_taken_code(office: Office) -> None:
    site = office.site("A-1")
    office.site("A-2")
    for values, wrong in (
        ({"lat": 10.0}, InputError),
        ({"lat": 51.16, "lon": 43.65}, InputError),
        ({"code": "A-2"}, Duplicate),
        ({"region": "00"}, BadValue),
        ({"accuracy_m": -1.0}, BadValue),
        ({"boundary": {}}, TypeError),
        ({"status": "REMOVED"}, TypeError),
    ):
        with pytest.raises(wrong):
            office.do(sites.change_site, site, **values)
    office.do(sites.change_site, site, code="A-1")  # its own code is free for itself
    with pytest.raises(NotFound):
        office.do(sites.change_site, "none", name_en="x")


def test_a_boundary_brings_its_area_and_goes_away_with_it(office: Office) -> None:
    site = office.site()
    office.do(sites.draw_boundary, site, TRIANGLE)
    ((boundary, area_m2),) = office.ask("SELECT boundary, area_m2 FROM site")
    assert "Polygon" in boundary
    assert area_m2 == pytest.approx(453_000, rel=0.01)
    with pytest.raises(InputError):
        office.do(sites.draw_boundary, site, {"type": "Point", "coordinates": [51.0, 43.0]})
    office.do(sites.draw_boundary, site, None)
    assert office.ask("SELECT boundary, area_m2 FROM site") == [(None, None)]
