"""What a viewport shows of the sites: every one counted once, shares that add up, marks that do not cover each other."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector_app.domain.marks import DISPUTED, MARKS, SEVERITY
from inspector_app.domain.ownership import Status
from inspector_app.maps.layers import GAP_PX, SINGLES, Box, Snapshot
from inspector_app.models.queries.points import KINDS, Points

COUNTRY = Box(46.0, 40.0, 88.0, 56.0)


def scatter(n: int, *, seed: int = 1) -> Points:
    """Sites all over the country, crowded around a few places."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform((41.5, 48.0), (54.5, 86.0), (12, 2))
    place = centres[rng.integers(0, 12, n)] + rng.normal(0, 0.4, (n, 2))
    return Points(
        n=np.arange(1, n + 1, dtype=np.int64),
        lat=np.clip(place[:, 0], 40.6, 55.4),
        lon=np.clip(place[:, 1], 46.5, 87.3),
        kind=rng.integers(0, len(KINDS), n),
        code=[f"S-{at}" for at in range(n)],
    )


CROWD = scatter(4000)
CROWDED = Snapshot(CROWD, revision=1)
FEW = Snapshot(scatter(200, seed=2), revision=1)

boxes = st.builds(
    lambda west, width, south, height: Box(west, south, west + width, south + height),
    st.floats(44, 88), st.floats(0.001, 40), st.floats(39, 55), st.floats(0.001, 16),
)  # fmt: skip
hidden = st.frozensets(st.integers(0, len(KINDS) - 1))


def inside(points: Points, box: Box, without: frozenset[int], *, by: float) -> int:
    return int(
        np.count_nonzero(
            (points.lon >= box.west - by) & (points.lon <= box.east + by)
            & (points.lat >= box.south - by) & (points.lat <= box.north + by)
            & ~np.isin(points.kind, list(without))
        )
    )  # fmt: skip


def disc(count: int) -> float:
    """Radius of a cluster in pixels."""
    return min(22, 10.5 + 2.5 * float(np.log10(count)) + (3 if count > 999 else 0))


def room_between(shown: list[tuple[float, float, float]], world_px: float) -> float:
    """Pixels between the nearest two of discs (lat, lon, radius); less than nothing where one covers another."""
    lat, lon, radius = np.array(shown).T
    sine = np.sin(np.radians(lat))
    x, y = (lon / 360 + 0.5) * world_px, (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * world_px
    room = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
    return float((room + np.eye(len(x)) * 1e9).min())


@given(box=boxes, zoom=st.integers(0, 18), without=hidden)
@settings(max_examples=300, deadline=None)
def test_every_site_of_the_grown_box_is_counted_exactly_once(box, zoom, without):
    view = CROWDED.view(box, zoom, hidden=without)

    shown = len(view.singles) + sum(each.count for each in view.clusters)

    assert shown == view.count
    assert inside(CROWD, view.box, without, by=-1e-9) <= shown <= inside(CROWD, view.box, without, by=1e-9)


@given(box=boxes, zoom=st.integers(0, 18))
@settings(max_examples=100, deadline=None)
def test_the_answer_covers_at_least_what_was_asked(box, zoom):
    view = CROWDED.view(box, zoom)

    assert view.box.west <= box.west + 1e-9
    assert view.box.east >= box.east - 1e-9
    assert view.box.south <= box.south + 1e-9
    assert view.box.north >= box.north - 1e-9


@given(box=boxes, zoom=st.integers(0, 18), without=hidden)
@settings(max_examples=200, deadline=None)
def test_the_shares_of_a_cluster_sum_to_its_number_worst_first(box, zoom, without):
    for cluster in CROWDED.view(box, zoom, hidden=without).clusters:
        kinds = [kind for kind, _count in cluster.shares]
        assert sum(count for _kind, count in cluster.shares) == cluster.count
        assert kinds == sorted(kinds)
        assert not without.intersection(kinds)
        assert all(count > 0 for _kind, count in cluster.shares)


@pytest.mark.parametrize("zoom", range(4, 19))
def test_the_whole_country_holds_every_site_at_every_zoom(zoom):
    view = CROWDED.view(COUNTRY, zoom)

    assert view.count == len(CROWDED) == 4000
    assert len(view.singles) + sum(each.count for each in view.clusters) == 4000


def test_few_sites_are_drawn_one_by_one_as_far_as_they_do_not_cover_each_other():
    view = FEW.view(COUNTRY, 12)
    apart = {single.n for single in view.singles}

    assert len(FEW) <= SINGLES
    assert len(apart) > 150
    for cluster in view.clusters:
        assert cluster.extent is not None
        across_px = (cluster.extent.east - cluster.extent.west) / 360 * 256 * 2**12
        assert across_px <= 2 * GAP_PX


@pytest.mark.parametrize("zoom", range(4, 16))
def test_few_sites_and_clusters_of_few_never_cover_each_other(zoom):
    view = FEW.view(COUNTRY, zoom)
    marks = [(each.lat, each.lon, 6.5) for each in view.singles]
    discs = [(each.lat, each.lon, disc(each.count)) for each in view.clusters]

    assert room_between([*marks, *discs], 256 * 2**zoom) > 0


def test_sites_at_the_very_same_place_stay_together_at_the_deepest_zoom_and_can_be_listed():
    points = scatter(3)
    points.lat[:], points.lon[:] = 51.1, 71.4
    snapshot = Snapshot(points, revision=1)

    (cluster,) = snapshot.view(Box(71, 51, 72, 52), 18).clusters

    assert cluster.count == 3
    assert cluster.extent == Box(71.4, 51.1, 71.4, 51.1)
    assert len(snapshot.within(cluster.extent, limit=10)) == 3


@pytest.mark.parametrize(("zoom", "scale"), [(4, 1.6), (5, 0.82), (5, 1.2), (6, 1.0), (7, 1.0), (9, 1.0)])
def test_neighbouring_clusters_never_cover_each_other(zoom, scale):
    clusters = CROWDED.view(COUNTRY, zoom, scale=scale).clusters

    assert len(clusters) > 9
    assert room_between([(each.lat, each.lon, disc(each.count)) for each in clusters], 256 * 2**zoom * scale) > 0


def test_a_disputed_site_comes_before_every_status_and_every_kind_has_a_mark():
    assert KINDS[0] is None
    assert set(SEVERITY) == set(Status)
    assert len({(each.shape, each.colour, each.quarters) for each in (*MARKS.values(), DISPUTED)}) >= 11


def test_a_hundred_thousand_sites_answer_any_viewport():
    snapshot = Snapshot(scatter(100_000), revision=7)

    for box, zoom in ((COUNTRY, 5), (Box(66, 48, 74, 52), 8), (Box(71, 50.9, 72, 51.4), 11)):
        told = json.loads(snapshot.view(box, zoom).as_json())
        assert told["revision"] == 7
        assert told["count"] == len(told["sites"]) + sum(each[2] for each in told["clusters"])
        assert len(told["sites"]) + len(told["clusters"]) < 1500


def test_no_sites_make_an_empty_view():
    nothing = (np.array([], dtype=each.dtype) for each in (CROWD.n, CROWD.lat, CROWD.lon, CROWD.kind))
    empty = Snapshot(Points(*nothing, code=[]), revision=1)

    assert len(empty) == 0
    assert empty.box() is None
    assert empty.view(COUNTRY, 5).count == 0
    assert sum(empty.counts) == 0
