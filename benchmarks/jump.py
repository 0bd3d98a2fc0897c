"""A jump anywhere in the table of sites: the scroll bar dragged, the End key; until the rows are painted, and the memory."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks import rows, screen
from benchmarks.data import Data, raw
from benchmarks.figures import Figure, memory_mib, ms, seconds, told_race

BARE = 1_000_000


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Every size, and a million bare sites; the floor is a page by keyset, the peer Qt's own model read to the bottom."""
    paths = {size: data.register(size) for size in sizes}
    if max(sizes) >= 100_000:
        paths[BARE] = rows.bare(data, BARE)
    for size, path in paths.items():
        yield from _jumps(path, size, rounds)


def _jumps(path: Path, size: int, rounds: int) -> Iterator[Figure]:
    chance = random.Random(2026)
    with raw(path) as db, screen.window(path) as window:
        before = memory_mib()
        window.go("sites")
        page = rows.sites_page(window)
        rows.wait_until_whole(page)
        table, complete = page.table, rows.shows(page)
        bar = table.verticalScrollBar()
        keys = itertools.cycle((Qt.Key.Key_End, Qt.Key.Key_Home))

        def drag() -> float:
            place = (bar.value() + 1 + chance.randrange(bar.maximum())) % (bar.maximum() + 1)
            return screen.painted(lambda: bar.setValue(place), table.viewport(), complete)

        def press() -> float:
            page.rows._pages.clear()  # noqa: SLF001 - what was looked at before must not help
            return screen.painted(lambda: QTest.keyClick(table, next(keys)), table.viewport(), complete)

        def keyset() -> float:
            number = chance.randrange(size)
            after = f"SYN-{number:0{7 if size == BARE else 6}}"
            return seconds(lambda: rows.ordered_page(db, after))

        for work, ours in (("scroll bar dragged", drag), ("End and Home", press)):
            found, floor = told_race(ours, keyset, rounds=rounds * 2)
            yield Figure(work, ms(found), "ms", size=size, floor=ms(floor), floor_name="keyset page", at_most=25, constant=True)
        for _ in range(60):
            drag()
        yield Figure("memory of the table", memory_mib() - before, "MiB", size=size, at_most=40)
    if size == BARE:
        return
    with rows.qt_model(path) as (model, _view):
        rows.by_column(model, "code", descending=False)

        def bottom() -> None:
            while model.canFetchMore():
                model.fetchMore()

        yield Figure("QSqlTableModel to the bottom (peer)", ms(seconds(bottom)), "ms", size=size)
