"""Derived columns and counters, kept by triggers in the transaction that changes their source.

Status of a site, masses of the ledger, counts of the tally and the search index follow from other rows. Triggers keep
them, so that actions, bulk loads and the exchange with the server cannot forget them; `recompute` makes them anew from
nothing but the sources, and `inspector check` compares the two.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.ownership import CLOSED, STATE_OWNED
from inspector_app.domain.removal import ARRIVED, LEFT_SITE
from inspector_app.models.base import Base
from inspector_app.models.watched import COUNTED, Counted


class Counter(Base):
    """One figure of the tally: how many rows and how many grams a kind and key stand for."""

    __tablename__ = "counter"

    kind: Mapped[str] = mapped_column(
        Text, primary_key=True
    )  # status, state_owned, owned, closed, year, pcb, mass, and those of COUNTED
    key: Mapped[str] = mapped_column(Text, primary_key=True)  # a code, a month, a year, a day
    count: Mapped[int] = mapped_column(Integer)
    mass_g: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"sqlite_strict": True, "sqlite_with_rowid": False},)


class ItemYear(Base):
    """A waste item and a year in which some of it arrived at its destination (INV-17): one 'waste type removed'."""

    __tablename__ = "item_year"

    item_id: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    site_id: Mapped[str] = mapped_column(Text)
    mass_g: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"sqlite_strict": True, "sqlite_with_rowid": False},)


class SiteYear(Base):
    """A site and a year in which some of its waste arrived: how many 'waste types removed' that are, and grams."""

    __tablename__ = "site_year"

    site_id: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    types: Mapped[int] = mapped_column(Integer)
    mass_g: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"sqlite_strict": True, "sqlite_with_rowid": False},)


class SiteHazard(Base):
    """A hazard and a site that has it, with how often its waste items name it: what the filter of hazards asks."""

    __tablename__ = "site_hazard"

    hazard: Mapped[str] = mapped_column(Text, primary_key=True)
    site_id: Mapped[str] = mapped_column(Text, primary_key=True)
    items: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"sqlite_strict": True, "sqlite_with_rowid": False},)


def _codes(codes: frozenset[str]) -> str:
    return "(" + ", ".join(f"'{each}'" for each in sorted(codes)) + ")"


_OWNED, _CLOSED, _LEFT, _ARRIVED = _codes(STATE_OWNED), _codes(CLOSED), _codes(LEFT_SITE), _codes(ARRIVED)

_ACCEPTED = "SELECT COALESCE(SUM(mass_g), 0) FROM quantity_estimate WHERE item_id = {item} AND accepted = 1 AND deleted = 0"
_ENTERED = "SELECT COALESCE(SUM(mass_g), 0) FROM ledger_entry WHERE item_id = {item} AND kind = '{kind}' AND deleted = 0"
_REMOVED = (
    "SELECT COALESCE(SUM(l.mass_g), 0) FROM batch_line l JOIN removal_batch b ON b.id = l.batch_id"
    f" WHERE l.item_id = {{item}} AND l.deleted = 0 AND b.deleted = 0 AND b.state IN {_LEFT}"
)
_YEARS = (
    "INSERT INTO item_year (item_id, year, site_id, mass_g)"
    " SELECT l.item_id, CAST(substr(b.received_on, 1, 4) AS INTEGER), l.site_id, SUM(l.mass_g)"
    " FROM batch_line l CROSS JOIN removal_batch b ON b.id = l.batch_id"  # never through all batches
    f" WHERE {{which}} l.deleted = 0 AND b.deleted = 0 AND b.state IN {_ARRIVED} AND b.received_on IS NOT NULL"
    " GROUP BY l.item_id, substr(b.received_on, 1, 4)"
)
_HAZARDS = (
    "SELECT h.value, i.site_id, COUNT(*) FROM waste_item i, json_each(i.hazards) h"
    " WHERE i.deleted = 0 GROUP BY h.value, i.site_id"
)
_SITE_YEARS = "SELECT site_id, year, COUNT(*), SUM(mass_g) FROM item_year GROUP BY site_id, year"
_ITEM_FROM_SOURCES = f"accepted_g = ({_ACCEPTED}), removed_g = ({_REMOVED}), " + ", ".join(
    f"{column} = ({_ENTERED.replace('{kind}', kind)})"
    for column, kind in (("corrected_g", "CORRECTION"), ("sold_g", "SOLD"), ("transferred_g", "TRANSFERRED"))
)
_SITE_FROM_SOURCES = (
    "(items, inventory_g, removed_g, sold_g, transferred_g) = (SELECT COUNT(*), COALESCE(SUM(accepted_g + corrected_g), 0),"
    " COALESCE(SUM(removed_g), 0), COALESCE(SUM(sold_g), 0), COALESCE(SUM(transferred_g), 0)"
    " FROM waste_item WHERE site_id = {site} AND deleted = 0),"
    " pcb_items = (SELECT COUNT(*) FROM pcb_item WHERE site_id = {site} AND deleted = 0)"
)
_STATUS = f"""UPDATE site SET
 status = COALESCE((SELECT to_status FROM status_event WHERE {{chain}} ORDER BY position DESC, n DESC LIMIT 1), 'DISCOVERED'),
 status_since = (SELECT effective_on FROM status_event WHERE {{chain}} ORDER BY position DESC, n DESC LIMIT 1),
 state_owned_since = (SELECT MIN(effective_on) FROM status_event WHERE {{chain}} AND to_status IN {_OWNED}),
 disputed = EXISTS (SELECT 1 FROM status_event WHERE {{any}} AND state = 'DISPUTED'),
 proposed = (SELECT to_status FROM status_event WHERE {{any}} AND state = 'PROPOSED' ORDER BY n DESC LIMIT 1)
 WHERE {{site}}"""
_SITE_SUMS = ("inventory_g", "removed_g", "sold_g", "transferred_g")
_ITEM_SUMS = ("accepted_g + {row}.corrected_g", "removed_g", "sold_g", "transferred_g")


def _status(site: str, which: str) -> str:
    return _STATUS.format(
        chain=f"site_id = {site} AND state = 'ACCEPTED' AND deleted = 0", any=f"site_id = {site} AND deleted = 0", site=which
    )


def _years(item: str) -> str:
    return f"DELETE FROM item_year WHERE item_id = {item}; " + _YEARS.format(which=f"l.item_id = {item} AND")


def _count(kind: str, key: str, sign: str, mass: str = "0", *, when: str = "1", of: str = "") -> str:
    """Move a counter up or down; `of` is a FROM."""
    return (
        f"INSERT INTO counter (kind, key, count, mass_g) SELECT '{kind}', {key}, {sign}1, {sign}({mass}) {of} WHERE {when}"
        " ON CONFLICT (kind, key) DO UPDATE SET count = count + excluded.count, mass_g = mass_g + excluded.mass_g"
    )


def _counted(each: Counted, row: str, sign: str) -> str:
    bare = ", ".join(f"{row}.{column} AS {column}" for column in each.columns)
    return _count(each.kind, each.key, sign, when=each.where, of=f"FROM (SELECT {bare})")


def _site_year(row: str, sign: str) -> str:
    """Move the types and grams of a site and year up or down; without any the row goes."""
    moved = (
        f"INSERT INTO site_year (site_id, year, types, mass_g) VALUES ({row}.site_id, {row}.year, {sign}1, {sign}{row}.mass_g)"
        " ON CONFLICT (site_id, year) DO UPDATE SET types = types + excluded.types, mass_g = mass_g + excluded.mass_g"
    )
    gone = f"DELETE FROM site_year WHERE site_id = {row}.site_id AND year = {row}.year AND types = 0"
    return moved if sign == "+" else f"{moved}; {gone}"


def _site_hazards(row: str, sign: str) -> str:
    """Move the hazards of an item into or out of those of its site; what no item names any more goes."""
    moved = (
        f"INSERT INTO site_hazard (hazard, site_id, items) SELECT value, {row}.site_id, {sign}1 FROM json_each({row}.hazards)"
        f" WHERE {row}.deleted = 0 ON CONFLICT (hazard, site_id) DO UPDATE SET items = items + excluded.items"
    )
    named = f"SELECT value FROM json_each({row}.hazards)"
    gone = f"DELETE FROM site_hazard WHERE hazard IN ({named}) AND site_id = {row}.site_id AND items = 0"
    return moved if sign == "+" else f"{moved}; {gone}"


def _site_counts(row: str, sign: str) -> str:
    alive = f"{row}.deleted = 0"
    masses = "; ".join(
        _count("mass", f"'{name}'", sign, f"{row}.{column}", when=alive)
        for name, column in (
            ("inventory", "inventory_g"),
            ("removed", "removed_g"),
            ("sold", "sold_g"),
            ("transferred", "transferred_g"),
        )
    )
    return "; ".join(
        (
            _count("status", f"{row}.status", sign, f"{row}.remaining_g", when=alive),
            _count("state_owned", "'sites'", sign, when=f"{alive} AND {row}.state_owned_since IS NOT NULL"),
            _count(
                "owned",
                f"substr({row}.state_owned_since, 1, 7)",
                sign,
                when=f"{alive} AND {row}.state_owned_since IS NOT NULL",
            ),
            _count("closed", f"substr({row}.status_since, 1, 7)", sign, when=f"{alive} AND {row}.status IN {_CLOSED}"),
            masses,
        )
    )


def _item_to_site(row: str, sign: str) -> str:
    sums = ", ".join(
        f"{column} = {column} {sign} ({row}.{source.format(row=row)})"
        for column, source in zip(_SITE_SUMS, _ITEM_SUMS, strict=True)
    )
    return f"UPDATE site SET items = items {sign} 1, {sums} WHERE id = {row}.site_id AND {row}.deleted = 0"


def _sources() -> Iterator[tuple[str, str, str]]:
    """(name, event and condition, statements) of every trigger."""
    for table, column, what in (
        ("quantity_estimate", "accepted_g", _ACCEPTED),
        ("batch_line", "removed_g", _REMOVED),
    ):
        update = f"UPDATE waste_item SET {column} = ({what}) WHERE id = {{item}}"
        extra = "; " + _years("{item}") if table == "batch_line" else ""
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW"))):
            body = "; ".join((update + extra).format(item=f"{row}.item_id") for row in rows)
            fields = (
                " OF item_id, mass_g, accepted, deleted"
                if table == "quantity_estimate"
                else " OF item_id, mass_g, deleted, batch_id"
            )
            yield f"{table}_{event.lower()}", f"AFTER {event}{fields if event == 'UPDATE' else ''} ON {table}", body
    entered = (
        "UPDATE waste_item SET "
        + ", ".join(
            f"{column} = ({_ENTERED.format(item='NEW.item_id', kind=kind)})"
            for column, kind in (("corrected_g", "CORRECTION"), ("sold_g", "SOLD"), ("transferred_g", "TRANSFERRED"))
        )
        + " WHERE id = NEW.item_id"
    )
    yield "ledger_entry_insert", "AFTER INSERT ON ledger_entry", entered
    yield "ledger_entry_update", "AFTER UPDATE OF mass_g, kind, deleted ON ledger_entry", entered
    on_batch = "(SELECT item_id FROM batch_line WHERE batch_id = NEW.id)"
    for event in ("INSERT", "UPDATE OF state, received_on, deleted"):  # an exchange may bring a batch after its lines
        yield (
            f"removal_batch_{event.split()[0].lower()}",
            f"AFTER {event} ON removal_batch",
            f"UPDATE waste_item SET removed_g = ({_REMOVED.format(item='waste_item.id')}) WHERE id IN {on_batch};"
            f" DELETE FROM item_year WHERE item_id IN {on_batch}; " + _YEARS.format(which=f"l.item_id IN {on_batch} AND"),
        )
    # rows of one transaction come in any order: a parent that comes last gathers what its children could not tell it
    yield (
        "waste_item_insert",
        "AFTER INSERT ON waste_item",
        _item_to_site("NEW", "+")
        + f"; UPDATE waste_item SET {_ITEM_FROM_SOURCES.format(item='NEW.id')} WHERE id = NEW.id; "
        + _years("NEW.id"),
    )
    yield (
        "waste_item_update",
        "AFTER UPDATE OF site_id, deleted, accepted_g, corrected_g, removed_g, sold_g, transferred_g ON waste_item",
        _item_to_site("OLD", "-") + "; " + _item_to_site("NEW", "+"),
    )
    yield "waste_item_hazard_insert", "AFTER INSERT ON waste_item", _site_hazards("NEW", "+")
    yield (
        "waste_item_hazard_update",
        "AFTER UPDATE OF hazards, site_id, deleted ON waste_item",
        _site_hazards("OLD", "-") + "; " + _site_hazards("NEW", "+"),
    )
    for event in ("INSERT", "UPDATE OF state, position, to_status, effective_on, deleted, site_id"):
        name = event.split()[0].lower()
        yield f"status_event_{name}", f"AFTER {event} ON status_event", _status("NEW.site_id", "id = NEW.site_id")
    yield (
        "site_insert",
        "AFTER INSERT ON site",
        _site_counts("NEW", "+")
        + f"; UPDATE site SET {_SITE_FROM_SOURCES.format(site='NEW.id')} WHERE id = NEW.id; "
        + _status("NEW.id", "id = NEW.id"),
    )
    yield (
        "site_update",
        f"AFTER UPDATE OF status, status_since, state_owned_since, deleted, {', '.join(_SITE_SUMS)} ON site",
        _site_counts("OLD", "-") + "; " + _site_counts("NEW", "+"),
    )
    for event, row, sign in (("INSERT", "NEW", "+"), ("DELETE", "OLD", "-")):
        counted = _count("year", f"CAST({row}.year AS TEXT)", sign, f"{row}.mass_g")
        yield f"item_year_{event.lower()}", f"AFTER {event} ON item_year", f"{counted}; {_site_year(row, sign)}"
    for each in COUNTED:
        entered, left = _counted(each, "NEW", "+"), _counted(each, "OLD", "-")
        yield f"{each.table}_{each.kind}_insert", f"AFTER INSERT ON {each.table}", entered
        changed = f"AFTER UPDATE OF {', '.join(each.columns)} ON {each.table}"
        yield f"{each.table}_{each.kind}_update", changed, f"{left}; {entered}"
    for event, signs in (("INSERT", ("+NEW",)), ("UPDATE OF concentration, total_g, deleted, site_id", ("-OLD", "+NEW"))):
        body = "; ".join(
            _count(
                "pcb", f"{sign[1:]}.concentration", sign[0], f"COALESCE({sign[1:]}.total_g, 0)", when=f"{sign[1:]}.deleted = 0"
            )
            + f"; UPDATE site SET pcb_items = pcb_items {sign[0]} 1 WHERE id = {sign[1:]}.site_id AND {sign[1:]}.deleted = 0"
            for sign in signs
        )
        yield f"pcb_item_{event.split()[0].lower()}", f"AFTER {event} ON pcb_item", body


_SEARCHED: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (1, "site", ("code", "register_no", "name_en", "name_ru", "name_kk", "address", "former_owner", "cadastral_no")),
    (2, "waste_item", ("name", "legacy_code")),
    (3, "pcb_item", ("label", "serial_no", "model", "maker")),
    (4, "document", ("no", "title")),
    (5, "removal_batch", ("no", "manifest_no", "ticket_no", "certificate_no")),
    (6, "inspection", ("no",)),
    (7, "court_decision", ("case_no", "court")),
    (8, "contract", ("no", "contractor")),
)
"""What the search box finds: kind number, table, columns. A row of `search` has rowid = n * 16 + kind number."""

SEARCH_KINDS = {number: table for number, table, _columns in _SEARCHED}


def _search() -> Iterator[tuple[str, str, str]]:
    for number, table, columns in _SEARCHED:
        words = " || ' ' || ".join(f"COALESCE(NEW.{column}, '')" for column in columns)
        insert = f"INSERT INTO search (rowid, words) SELECT NEW.n * 16 + {number}, {words} WHERE NEW.deleted = 0"
        yield f"{table}_search_insert", f"AFTER INSERT ON {table}", insert
        yield (
            f"{table}_search_update",
            f"AFTER UPDATE OF {', '.join((*columns, 'deleted'))} ON {table}",
            f"DELETE FROM search WHERE rowid = OLD.n * 16 + {number}; {insert}",
        )


_INDEX = "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(words, prefix='2 3', tokenize='unicode61 remove_diacritics 0')"


def triggers() -> dict[str, str]:
    """Name to CREATE TRIGGER statement."""
    return {
        f"keep_{name}": f"CREATE TRIGGER keep_{name} {event} BEGIN {body}; END"
        for name, event, body in (*_sources(), *_search())
    }


def install(connection: Connection, *, anew: bool = False) -> None:
    """Create the search index and every trigger; `anew` makes all derived values from their sources first."""
    connection.exec_driver_sql(_INDEX)
    if anew:
        recompute(connection)
    for statement in triggers().values():
        connection.exec_driver_sql(statement)


def uninstall(connection: Connection) -> None:
    """Drop every trigger; for a bulk load or an upgrade that ends with `install` and `recompute`."""
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep%'")
    for (name,) in found.all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def recompute(connection: Connection) -> None:
    """Make every derived value anew from its sources; call between `uninstall` and `install`."""
    for statement in _recompute():
        # when one fails all is rolled back, hence it need not remember, in memory, every page that it changes
        connection.exec_driver_sql("UPDATE OR FAIL" + statement[6:] if statement.startswith("UPDATE") else statement)


def _recompute() -> Iterator[str]:
    yield "DELETE FROM item_year"
    yield _YEARS.format(which="")
    yield f"UPDATE waste_item SET {_ITEM_FROM_SOURCES.format(item='waste_item.id')}"
    yield _status("site.id", "TRUE")
    yield f"UPDATE site SET {_SITE_FROM_SOURCES.format(site='site.id')}"
    yield "DELETE FROM site_year"
    yield f"INSERT INTO site_year {_SITE_YEARS}"
    yield "DELETE FROM site_hazard"
    yield f"INSERT INTO site_hazard {_HAZARDS}"
    yield "DELETE FROM counter"
    yield (
        "INSERT INTO counter SELECT 'status', status, COUNT(*), SUM(remaining_g) FROM site WHERE deleted = 0 GROUP BY status"
    )
    yield (
        "INSERT INTO counter SELECT 'state_owned', 'sites', COUNT(*), 0 FROM site"
        " WHERE deleted = 0 AND state_owned_since IS NOT NULL"
    )
    yield (
        "INSERT INTO counter SELECT 'owned', substr(state_owned_since, 1, 7), COUNT(*), 0 FROM site"
        " WHERE deleted = 0 AND state_owned_since IS NOT NULL GROUP BY 2"
    )
    yield (
        "INSERT INTO counter SELECT 'closed', substr(status_since, 1, 7), COUNT(*), 0 FROM site"
        f" WHERE deleted = 0 AND status IN {_CLOSED} GROUP BY 2"
    )
    for name in ("inventory", "removed", "sold", "transferred"):
        yield f"INSERT INTO counter SELECT 'mass', '{name}', COUNT(*), COALESCE(SUM({name}_g), 0) FROM site WHERE deleted = 0"
    yield "INSERT INTO counter SELECT 'year', CAST(year AS TEXT), SUM(types), SUM(mass_g) FROM site_year GROUP BY year"
    for each in COUNTED:
        chosen = f"SELECT '{each.kind}', {each.key}, COUNT(*), 0 FROM {each.table} WHERE {each.where} GROUP BY 2"
        yield f"INSERT INTO counter {chosen}"
    yield (
        "INSERT INTO counter SELECT 'pcb', concentration, COUNT(*), SUM(COALESCE(total_g, 0)) FROM pcb_item"
        " WHERE deleted = 0 GROUP BY concentration"
    )
    yield "DROP TABLE IF EXISTS search"  # a DELETE would take out word by word
    yield _INDEX
    for number, table, columns in _SEARCHED:
        words = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns)
        yield f"INSERT INTO search (rowid, words) SELECT n * 16 + {number}, {words} FROM {table} WHERE deleted = 0"


def disagreements() -> Iterator[tuple[str, str]]:
    """(table, SELECT of the ids or keys whose kept value is not what its sources say); nothing in a sound register."""
    columns = ("corrected_g", "CORRECTION"), ("sold_g", "SOLD"), ("transferred_g", "TRANSFERRED")
    item = " OR ".join(
        (
            f"accepted_g <> ({_ACCEPTED.format(item='i.id')})",
            f"removed_g <> ({_REMOVED.format(item='i.id')})",
            *(f"{column} <> ({_ENTERED.format(item='i.id', kind=kind)})" for column, kind in columns),
        )
    )
    yield "waste_item", f"SELECT id FROM waste_item i WHERE {item}"
    sums = "COUNT(*), COALESCE(SUM(accepted_g + corrected_g), 0), COALESCE(SUM(removed_g), 0)"
    sums += ", COALESCE(SUM(sold_g), 0), COALESCE(SUM(transferred_g), 0)"
    yield (
        "site",
        (
            "SELECT id FROM site s WHERE (items, inventory_g, removed_g, sold_g, transferred_g) IS NOT"
            f" (SELECT {sums} FROM waste_item WHERE site_id = s.id AND deleted = 0)"
            " OR pcb_items <> (SELECT COUNT(*) FROM pcb_item WHERE site_id = s.id AND deleted = 0)"
        ),
    )
    chain = "site_id = s.id AND state = 'ACCEPTED' AND deleted = 0"
    last = f"FROM status_event WHERE {chain} ORDER BY position DESC, n DESC LIMIT 1"
    yield (
        "site",
        (
            f"SELECT id FROM site s WHERE status IS NOT COALESCE((SELECT to_status {last}), 'DISCOVERED')"
            f" OR status_since IS NOT (SELECT effective_on {last})"
            f" OR state_owned_since IS NOT (SELECT MIN(effective_on) FROM status_event WHERE {chain} AND to_status IN {_OWNED})"
            " OR disputed <> EXISTS (SELECT 1 FROM status_event WHERE site_id = s.id AND deleted = 0 AND state = 'DISPUTED')"
            " OR proposed IS NOT (SELECT to_status FROM status_event"
            " WHERE site_id = s.id AND deleted = 0 AND state = 'PROPOSED' ORDER BY n DESC LIMIT 1)"
        ),
    )
    yield "item_year", _differing("item_id, year, site_id, mass_g", "item_id", "item_year", [_YEARS.format(which="")])
    yield "site_year", _differing("site_id, year, types, mass_g", "site_id", "site_year", [_SITE_YEARS])
    yield "site_hazard", _differing("hazard, site_id, items", "site_id", "site_hazard", [_HAZARDS])
    made = [each for each in _recompute() if each.startswith("INSERT INTO counter ")]
    yield "counter", _differing("kind, key, count, mass_g", "kind || ' ' || key", "counter", made)
    for number, table, columns_ in _SEARCHED:
        words = " || ' ' || ".join(f"COALESCE(t.{column}, '')" for column in columns_)
        yield (
            "search",
            (
                f"SELECT t.id FROM {table} t LEFT JOIN search s ON s.rowid = t.n * 16 + {number}"
                f" WHERE s.words IS NOT CASE WHEN t.deleted THEN NULL ELSE {words} END"
            ),
        )


def _differing(columns: str, key: str, table: str, inserts: list[str]) -> str:
    """SELECT of the keys by which a wholly derived table and what would be inserted into it differ.

    A counter that went back to nothing stays as a row of zeros and means the same as none.
    """
    fresh = " UNION ALL ".join("SELECT" + each.partition("SELECT")[2] for each in inserts)
    counts = " WHERE count <> 0 OR mass_g <> 0" if table == "counter" else ""
    return (
        f"WITH fresh({columns}) AS ({fresh})"
        f" SELECT {key} FROM (SELECT {columns} FROM {table}{counts} EXCEPT SELECT * FROM fresh)"
        f" UNION SELECT {key} FROM (SELECT * FROM fresh{counts} EXCEPT SELECT {columns} FROM {table})"
    )
