"""Regions on the server: what a person is shown, and what must hold before a site moves from one region to another.

A site lies in a region, and everything on it lies there with it; what hangs on no site lies in none and is everybody's.
`sync_left` remembers which regions a site was in before, so that laptops that may not see it any more let it go
(decision 010).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, TextClause, bindparam, delete, insert, text

from inspector_app.domain.errors import NotYourRegion, RuleBroken
from inspector_app.domain.rights import reaches
from inspector_app.i18n import N_
from inspector_app.server import store
from inspector_app.server.entries import Kept
from inspector_app.server.scale import FIELDS

_PAPERS = frozenset({"document", "contract"})
"""Records of a site on which records of other sites may rest."""
_RESTING = tuple(entity for entity, known in FIELDS.items() if _PAPERS & set(known.points.values()))
_OTHER_SITE = N_("the record it points to belongs to another site.")
_OTHER_REGION = N_("the record it points to lies in another region; what two regions share belongs to no site.")
_SHARED = N_("The site shares a paper with a site of the region that it would leave.")


def check_pointed(name: str, there: Kept, *, site_id: str | None, region: str | None, regions: Collection[str]) -> None:
    """That a record may point to another one: of its own site, or a paper in its region. Raises RuleError."""
    if there.site_id is None or there.site_id == site_id:
        return
    if not reaches(regions, there.region):
        raise NotYourRegion(region=there.region, regions=", ".join(sorted(regions)))
    if there.state.entity not in _PAPERS:
        raise RuleBroken(rule=_OTHER_SITE, invariant=name)
    if there.region != region:
        raise RuleBroken(rule=_OTHER_REGION, invariant=name)


def check_move(
    connection: Connection,
    site_id: str,
    region: str | None,
    rows: Sequence[Kept],
    known: Iterable[Kept | None],
    row: Callable[[str], Kept | None],
) -> None:
    """That nothing on a site rests on a paper of another site, nor the other way round, before it leaves its region.

    `rows` are those of the site, `known` those in memory, which may be newer than the stored ones. Raises RuleBroken.
    """
    for each in rows:
        for name in _pointers(each.state.entity):
            pointed = each.state.data.get(name)
            there = row(pointed) if isinstance(pointed, str) else None
            if there is not None and there.site_id not in {None, site_id}:
                raise RuleBroken(rule=_SHARED, invariant="region")
    papers = [each.state.id for each in rows if each.state.entity in _PAPERS]
    if not papers:
        return
    others = [each for each in known if each is not None and each.site_id != site_id]
    if any(each.state.data.get(name) in papers for each in others for name in _pointers(each.state.entity)):
        raise RuleBroken(rule=_SHARED, invariant="region")
    asked = {"region": region, "site_id": site_id, "entities": list(_RESTING)}
    for data in connection.execute(_RESTS, asked).scalars():
        if any(paper in data for paper in papers):
            raise RuleBroken(rule=_SHARED, invariant="region")


def _pointers(entity: str) -> tuple[str, ...]:
    return tuple(name for name in FIELDS[entity].points if name != "site_id") if entity in FIELDS else ()


_RESTS = text("SELECT data FROM sync_row WHERE region = :region AND site_id <> :site_id AND entity IN :entities").bindparams(
    bindparam("entities", expanding=True)
)


def note_left(connection: Connection, moved: Mapping[tuple[str, str], int]) -> None:
    """Remember that sites left regions, each at the revision that its row has now."""
    for (site_id, region), rev in moved.items():
        connection.execute(delete(store.left).where(store.left.c.site_id == site_id, store.left.c.region == region))
        connection.execute(insert(store.left), {"site_id": site_id, "region": region, "rev": rev})


def gone(site_id: str, rev: int, region: str | None) -> list[Any]:
    """The row of a page that tells where a site lies that its reader may not see."""
    return ["gone", site_id, rev, 0, {"region": region}, {}]


def departures(connection: Connection, *, cursor: int, end: int, regions: Sequence[str]) -> list[str]:
    """As rows of a page, the sites that left these regions after `cursor` and up to `end` and lie outside of them now."""
    asked = {"cursor": cursor, "end": end, "regions": list(regions)}
    return [json.dumps(gone(each.site_id, each.rev, each.region)) for each in connection.execute(_DEPARTED, asked)]


_MOVED = (
    "FROM sync_left l JOIN sync_row s ON s.id = l.site_id WHERE l.rev > :cursor AND l.rev <= :end AND s.region {is_in} :regions"
)


def scoped(query: str) -> TextClause:
    """A statement over a list of `:regions`."""
    return text(query).bindparams(bindparam("regions", expanding=True, type_=Text))


_DEPARTED = scoped(f"SELECT DISTINCT l.site_id, l.rev, s.region {_MOVED.format(is_in='NOT IN')} AND l.region IN :regions")
ARRIVED = f"SELECT l.site_id {_MOVED.format(is_in='IN')}"
"""The sites that came into `:regions` from elsewhere after `:cursor` and up to `:end`."""
