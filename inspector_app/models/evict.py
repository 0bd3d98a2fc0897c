"""What a person may not see any more leaves the laptop: sites of other regions with all that lies on them.

They are taken out of the file, not marked as deleted, and nothing of it is logged or sent: on the server they go on. A
site stays as long as something of it is unsent, so that the server still judges that, and so does what a site that stays
rests on (sync.md I13). Own operations stay in the log for ever; what was heard from others about the site goes with it.
"""

import json
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from inspector_app.models import bulk
from inspector_app.models.entities import ENTITIES, table

_ON_SITES = tuple(entity for entity in ENTITIES if entity != "site" and "site_id" in table(entity).columns)
_GOING = "SELECT id FROM temp.going"


def relocate(connection: Connection, sites: Sequence[tuple[str, str]]) -> None:
    """Write down in which region sites lie now that we may not see; `evict` does the rest. Pairs of region and site."""
    if sites:
        connection.exec_driver_sql("UPDATE site SET region = ? WHERE id = ?", list(sites))


def weight(session: Session, regions: Sequence[str]) -> int:
    """About how many rows lie outside of `regions`; none where a person may see all."""
    if not regions:
        return 0
    outside, values = _outside(regions)
    counted = f"SELECT COUNT(*), COALESCE(SUM(items), 0) FROM site WHERE {outside}"
    sites, items = session.connection().exec_driver_sql(counted, values).one()
    return int(3 * sites + 2 * items)


def is_bulk(session: Session, rows: int) -> bool:
    """Whether so much has to go that derived values are cheaper made anew than kept in step."""
    return rows >= bulk.FROM and bulk.pays(rows, bulk.rows_of(session.connection()))


def evict(session: Session, regions: Sequence[str], *, sites: Collection[str] = ()) -> int:
    """Take out all that lies outside of `regions` and may go; no regions means that everything may stay.

    `sites` are those on which rows came just now: a site that went to a region of others before the whole of it was here
    never comes, and its rows go. Only inside `Register.hearing`. Returns how many sites went.
    """
    if not regions:
        return 0
    connection = session.connection()
    run = connection.exec_driver_sql
    outside, values = _outside(regions)
    strays = "SELECT value FROM json_each(?) WHERE value <> '' AND value NOT IN (SELECT id FROM site)"
    missing = [(each,) for each in run(strays, (json.dumps(list(sites)),)).scalars()] if sites else []
    if not missing and run(f"SELECT 1 FROM site WHERE {outside} LIMIT 1", values).first() is None:
        return 0
    run("CREATE TEMP TABLE IF NOT EXISTS going (id TEXT PRIMARY KEY) WITHOUT ROWID")
    run("DELETE FROM temp.going")
    run(f"INSERT INTO temp.going SELECT id FROM site WHERE {outside}", values)
    if missing:
        run("INSERT INTO temp.going VALUES (?)", missing)
    run(
        "DELETE FROM temp.going WHERE id IN (SELECT site_id FROM operation"
        " WHERE state <> 'acked' AND state <> 'heard' AND state IN ('pending', 'held'))"
    )
    while sum([run(each).rowcount for each in _RESTED_ON]):
        continue
    gone = int(run("SELECT COUNT(*) FROM temp.going").scalar_one())
    if gone:
        for statement in _LEAVING:
            run(statement)
    run("DELETE FROM temp.going")
    return gone


def _outside(regions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    return f"region NOT IN ({', '.join('?' * len(regions))})", tuple(regions)


def _rested_on() -> Iterator[str]:
    """Statements that keep what a row of a site that stays, or of no site, points to."""
    for entity in _ON_SITES:
        for column in table(entity).columns:
            for key in column.foreign_keys:
                target = key.column.table.name
                if column.name != "site_id" and target in _ON_SITES:
                    yield (
                        f"DELETE FROM temp.going WHERE id IN (SELECT t.site_id FROM {target} t JOIN {entity} e"
                        f" ON e.{column.name} = t.id WHERE t.site_id IN ({_GOING})"
                        f" AND (e.site_id IS NULL OR e.site_id NOT IN ({_GOING})))"
                    )


def _leaving() -> Iterator[str]:
    """Statements that take rows out, children first; marking them first lets triggers keep every sum in step."""
    for entity in reversed(_ON_SITES):
        yield f"UPDATE {entity} SET deleted = 1 WHERE deleted = 0 AND site_id IN ({_GOING})"
    yield f"UPDATE site SET deleted = 1 WHERE deleted = 0 AND id IN ({_GOING})"
    for entity in reversed(_ON_SITES):
        yield f"DELETE FROM {entity} WHERE site_id IN ({_GOING})"
    for derived in ("item_year", "site_year"):
        yield f"DELETE FROM {derived} WHERE site_id IN ({_GOING})"
    yield f"DELETE FROM site WHERE id IN ({_GOING})"
    yield f"DELETE FROM newer_row WHERE site_id IN ({_GOING})"
    yield f"DELETE FROM conflict WHERE site_id IN ({_GOING})"
    yield f"DELETE FROM operation WHERE seq IS NULL AND site_id IN ({_GOING})"


_RESTED_ON = tuple(_rested_on())
_LEAVING = tuple(_leaving())
