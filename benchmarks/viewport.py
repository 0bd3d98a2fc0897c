"""What a viewport of the map shows: clusters with their statuses, as the JSON that the page draws, without the register."""

from collections.abc import Callable, Iterator

import numpy as np
from sqlcipher3 import dbapi2

from benchmarks.data import Data
from benchmarks.figures import Figure, ms, race
from inspector_app.maps.layers import Box, Snapshot
from inspector_app.models.queries.points import KINDS, Points, points

VIEWS = {"country": (Box(44, 39, 90, 56), 5), "oblast": (Box(49, 41, 57, 46), 7), "city": (Box(50.9, 43.4, 51.5, 43.9), 11)}


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Three views at every size; the floor is bare numpy, the peer the same question to SQLite's R*Tree."""
    for size in sizes:
        with data.opened(size) as register, register.reading() as session:
            found = points(session)
        yield from _views(found, size, rounds)
    if max(sizes) >= 100_000:
        yield from _views(made_up(1_000_000), 1_000_000, rounds)


def _views(found: Points, size: int, rounds: int) -> Iterator[Figure]:
    snapshot, tree = Snapshot(found, revision=1), _tree(found)
    for name, (box, zoom) in VIEWS.items():
        ours, floor, peer = race(
            lambda box=box, zoom=zoom: snapshot.view(box, zoom).as_json(),
            _numpy(found, box, zoom),
            lambda box=box, zoom=zoom: _counted(tree, box, zoom),
            rounds=rounds,
        )
        yield Figure(
            f"view of a {name}",
            ms(ours),
            "ms",
            size=size,
            floor=ms(floor),
            floor_name="numpy: box and cells",
            peer=ms(peer),
            peer_name="R*Tree, GROUP BY",
            at_most=5 if size <= 100_000 else None,
        )
    tree.close()


def _numpy(found: Points, box: Box, zoom: int) -> Callable[[], object]:
    """Which sites are inside, and how many of each kind in each cell; no marks, no middles, no JSON."""
    step = 360 * 80 / (256 * 2**zoom)
    columns, kinds = int((box.east - box.west) / step) + 1, len(KINDS)
    rows = int((box.north - box.south) / step) + 1

    def count() -> object:
        inside = (found.lon >= box.west) & (found.lon < box.east) & (found.lat >= box.south) & (found.lat < box.north)
        column = ((found.lon[inside] - box.west) / step).astype(np.int64)
        row = ((found.lat[inside] - box.south) / step).astype(np.int64)
        return np.bincount((row * columns + column) * kinds + found.kind[inside], minlength=rows * columns * kinds)

    return count


def _tree(found: Points) -> dbapi2.Connection:
    tree = dbapi2.connect(":memory:")
    tree.execute("CREATE VIRTUAL TABLE place USING rtree(n, west, east, south, north, +kind)")
    tree.executemany(
        "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)",
        zip(*(each.tolist() for each in (found.n, found.lon, found.lon, found.lat, found.lat, found.kind)), strict=True),
    )
    return tree


def _counted(tree: dbapi2.Connection, box: Box, zoom: int) -> object:
    step = 360 * 80 / (256 * 2**zoom)
    return tree.execute(
        "SELECT CAST((west - ?) / ? AS INTEGER), CAST((south - ?) / ? AS INTEGER), kind, COUNT(*), AVG(west), AVG(south)"
        " FROM place WHERE east >= ? AND west <= ? AND north >= ? AND south <= ? GROUP BY 1, 2, 3",
        (box.west, step, box.south, step, box.west, box.east, box.south, box.north),
    ).fetchall()


def made_up(count: int) -> Points:
    """Places without a register, spread over the country."""
    chance = np.random.default_rng(2026)
    return Points(
        n=np.arange(count),
        lat=chance.uniform(41, 55, count),
        lon=chance.uniform(47, 87, count),
        kind=chance.integers(0, len(KINDS), count),
        code=["SYN-000001"] * count,
    )
