"""The copies of the register that are kept before syncs, and the way back to one of them (docs/decisions/017)."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import Damaged
from inspector_app.models import exchange, heard
from inspector_app.models.base import json_text
from inspector_app.models.changes import stored_value
from inspector_app.models.entities import ENTITIES, fields
from inspector_app.models.register import Register
from inspector_app.models.transactions import Open

_SMALL = 64 * 2**20
_KEPT, _KEPT_LARGE = 7, 2
_CHANGES = ".changes"
_COLUMNS = (
    "seq", "op_id", "txn_id", "command", "entity", "row_id", "site_id", "kind", "body", "occurred_at", "author", "prev_hash",
    "hash",
)  # fmt: skip
_NAMES, _MARKS = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is kept: the day, its size in bytes, and how many later edits are kept beside it."""

    path: Path
    day: date
    size: int
    later: int = 0


def before_sync(register: Register, *, brings_rows: bool) -> Path:
    """Keep what this register holds now in the folder beside it, one file per day; the newest copies stay.

    The whole file is copied before the first sync of the day that writes anything, and before every one that brings rows
    to a small register; before all of them where the file system lets two files share their blocks, which takes no time.
    Before the others, own operations recorded since are added to a file beside the copy, from which `replay` makes the
    same register again; what the server sent since, it sends again. Seven copies are kept, two of a large register.
    """
    folder = register.path.with_name(register.path.name + ".copies")
    target = folder / f"before-sync-{register.today().isoformat()}.register"
    folder.mkdir(exist_ok=True)
    is_small = register.path.stat().st_size <= _SMALL
    is_first = not target.exists()
    if not register.clone(target, shared_only=not (is_small and (is_first or brings_rows))):
        if not (is_first or (is_small and brings_rows)):
            _add_changes(register, target)
            return target
        register.copy(target)
    _forget_changes(target)
    kept = sorted(folder.glob("before-sync-*.register"))
    for old in kept[: -(_KEPT if is_small else _KEPT_LARGE)]:
        old.unlink()
        _forget_changes(old)
    return target


def kept(register: Register) -> list[Copy]:
    """The copies of a register, newest first."""
    folder = register.path.with_name(register.path.name + ".copies")
    found = []
    for path in sorted(folder.glob("before-sync-*.register"), reverse=True):
        day = date.fromisoformat(path.stem.removeprefix("before-sync-"))
        later = 0
        if _changes_of(path).exists():
            with closing(register.side(_changes_of(path))) as there:
                (later,) = there.execute("SELECT COUNT(*) FROM operation").fetchone()
        found.append(Copy(path, day, path.stat().st_size, later))
    return found


def replay(copy: Register, origin: Path) -> int:
    """Bring a copy that was just made of `origin` to what was recorded later, where that is kept; says how many operations.

    They wait to be sent again: the server knows each by its id. Raises Damaged when they do not follow from the copy.
    """
    changes = _changes_of(origin)
    if not changes.exists():
        return 0
    with closing(copy.side(changes)) as there, copy.hearing() as session:
        last = exchange.last_seq(session)
        before = exchange.link(session, last)
        later = there.execute(f"SELECT {_NAMES} FROM operation WHERE seq > ? ORDER BY seq", (last,)).fetchall()
        if later and (later[0][0], later[0][11]) != (last + 1, before):
            raise Damaged(file=changes, detail=str(last))
        for values in later:
            _again(session, dict(zip(_COLUMNS, values, strict=True)))
        if later:
            session.connection().exec_driver_sql(f"INSERT INTO operation ({_NAMES}) VALUES ({_MARKS})", later)
    return len(later)


def _again(session: Open, operation: dict[str, Any]) -> None:
    """Do to the rows what an own operation did."""
    connection, entity, row_id = session.connection(), operation["entity"], operation["row_id"]
    body = json.loads(operation["body"])
    if operation["kind"] == "settle":
        connection.exec_driver_sql(
            "UPDATE conflict SET state = 'settled', choice = ?, reason = ? WHERE id = ?",
            (body["choice"], body["reason"], body["conflict"]),
        )
    elif operation["kind"] == "create":
        heard.take(connection, [(entity, row_id, 0, 0, body["data"], {})])
    elif entity in ENTITIES:
        known = {*fields(entity), "deleted"}
        new = {name: stored_value(value) for name, (_old, value) in body["changes"].items() if name in known}
        sources = json.loads(session.value(f"SELECT sources FROM {entity} WHERE id = ?", (row_id,)) or "{}")
        new["sources"] = json_text({**sources, **dict.fromkeys(body["changes"], operation["op_id"])})
        assignments = ", ".join(f"{name} = ?" for name in new)
        connection.exec_driver_sql(f"UPDATE {entity} SET {assignments} WHERE id = ?", (*new.values(), row_id))


def _changes_of(copy: Path) -> Path:
    return copy.with_name(copy.name + _CHANGES)


def _forget_changes(copy: Path) -> None:
    _changes_of(copy).unlink(missing_ok=True)


def _add_changes(register: Register, copy: Path) -> None:
    """Add own operations to the file beside a copy that neither of them holds yet."""
    changes = _changes_of(copy)
    is_new = not changes.exists()
    with closing(register.side(changes)) as there:
        there.execute("BEGIN")
        there.execute(f"CREATE TABLE IF NOT EXISTS operation ({_NAMES}, PRIMARY KEY (seq))")
        if is_new:
            with closing(register.side(copy)) as whole:
                (after,) = whole.execute("SELECT MAX(seq) FROM operation").fetchone()
        else:
            (after,) = there.execute("SELECT MAX(seq) FROM operation").fetchone()
        with register.reading() as look:
            later = look.rows(f"SELECT {_NAMES} FROM operation WHERE seq > ? ORDER BY seq", (after or 0,))
        there.executemany(f"INSERT INTO operation VALUES ({_MARKS})", later)
        there.execute("COMMIT")
