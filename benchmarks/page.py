"""The first page of the table of sites after another filter or another order, until its rows are painted."""

import itertools
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt

from benchmarks import rows, screen
from benchmarks.data import Data, raw
from benchmarks.figures import Figure, ms, seconds, told_race
from inspector_app.domain.ownership import Status
from inspector_app.models.queries.sites import SiteFilter
from inspector_app.ui.pages.sites import SitesPage

_FILTERS = {
    "filter by status": (SiteFilter(statuses=frozenset({Status.REMOVED})), SiteFilter(statuses=frozenset({Status.DISCOVERED}))),
    "filter by text": (SiteFilter(text="объект 0000"), SiteFilter(text="синт")),
    "filter by hazard": (SiteFilter(hazards=frozenset({"HP6"})), SiteFilter(hazards=frozenset({"HP14"}))),
    "filter by a rare hazard": (SiteFilter(hazards=frozenset({"HP9"})), SiteFilter(hazards=frozenset({"HP9", "HP1"}))),
    "filter by waste": (SiteFilter(waste="16"), SiteFilter(waste="180103")),
    "filter taken away": (SiteFilter(statuses=frozenset({Status.REMOVED})), SiteFilter()),
}
_RARE, _RARE_FROM = {"filter by a rare hazard", "filter by waste"}, 1000
_SORTS = ("code", "name", "region", "status", "remaining", "items")


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Filters and orders at every size; the floor reads one page by index, the peer is Qt's own model over SQLite."""
    for size in sizes:
        path = data.register(size)
        with raw(path) as db, screen.window(path, page="sites") as window:
            page = rows.sites_page(window)
            for name, filters in _FILTERS.items():
                if name in _RARE and size < _RARE_FROM:
                    continue  # so few sites have none of these, and nothing is painted
                wanted = itertools.cycle(filters)
                set_filter = window.desk.selection.set_filter
                ours, floor = told_race(
                    lambda page=page, set_filter=set_filter, wanted=wanted: shown_anew(page, lambda: set_filter(next(wanted))),
                    lambda db=db: seconds(lambda: rows.ordered_page(db)),
                    rounds=rounds,
                )
                yield Figure(name, ms(ours), "ms", size=size, floor=ms(floor), floor_name="raw indexed page", at_most=50)
                set_filter(SiteFilter())
            with rows.qt_model(path) as (model, view):
                for name in _SORTS:
                    turn = itertools.cycle((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder))
                    place = next(at for at, column in enumerate(page.rows.columns) if column.key == name)
                    peer_turn = itertools.cycle((False, True))
                    column = {"name": "name_en", "remaining": "remaining_g"}.get(name, name)
                    ours, floor, peer = told_race(
                        lambda page=page, place=place, turn=turn: shown_anew(page, lambda: page.rows.sort(place, next(turn))),
                        lambda db=db: seconds(lambda: rows.ordered_page(db)),
                        lambda model=model, view=view, column=column, turn=peer_turn: screen.painted(
                            lambda: rows.by_column(model, column, descending=next(turn)), view.viewport(), lambda: True
                        ),
                        rounds=rounds,
                    )
                    yield Figure(
                        f"sort by {name}",
                        ms(ours),
                        "ms",
                        size=size,
                        floor=ms(floor),
                        floor_name="raw indexed page",
                        peer=ms(peer),
                        peer_name="QSqlTableModel",
                        at_most=50,
                    )


def shown_anew(page: SitesPage, do: Callable[[], object]) -> float:
    """Seconds from a change until the first page of the new order is painted."""
    rows.wait_until_whole(page)
    before, complete = page.rows.numbers, rows.shows(page)
    return screen.painted(do, page.table.viewport(), lambda: page.rows.numbers is not before and complete())
