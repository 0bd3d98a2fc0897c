"""The queue of files: which bytes are here, which the server has confirmed, what is to travel next (sync.md b.11).

It is made from the rows that name files and can be made anew at any time; only the exchange with the server writes it.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from inspector_app.models import files

_GOOD = "length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'"
NAMED = (
    "SELECT sha256, max(entity) AS entity, max(size) AS size, min(mime) AS mime FROM ("
    f"SELECT sha256, 'document' AS entity, size, mime FROM document WHERE deleted = 0 AND {_GOOD} UNION ALL "
    f"SELECT sha256, 'photo', size, mime FROM photo WHERE deleted = 0 AND {_GOOD}) GROUP BY sha256"
)
"""Every fingerprint that a living record names, once."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file that may travel."""

    sha256: str
    size: int
    mime: str
    tries: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in the rows and on the disk since the queue was last looked through."""

    new: tuple[tuple[Any, ...], ...]
    gone: tuple[str, ...]
    moved: tuple[tuple[bool, bool, str], ...]

    def __bool__(self) -> bool:
        """Whether anything has."""
        return bool(self.new or self.gone or self.moved)


def changes(session: Session, register: Path, *, everything: bool) -> Changes:
    """Compare the queue with the rows, and what is not settled (or everything) with the disk; nothing is written."""
    run = session.connection().exec_driver_sql
    new = [
        (sha256, entity, _size(register, sha256) or size or 0, mime, *_places(register, sha256, entity))
        for sha256, entity, size, mime in run(
            f"SELECT * FROM ({NAMED}) WHERE sha256 NOT IN (SELECT sha256 FROM file_transfer)"
        ).all()
    ]
    gone = run(f"SELECT sha256 FROM file_transfer WHERE sha256 NOT IN (SELECT sha256 FROM ({NAMED}))")
    moved = []
    which = "1" if everything else "state <> 'verified' OR (here = 0 AND thumbnail_here = 0)"
    for sha256, entity, here, thumbnail_here in run(
        f"SELECT sha256, entity, here, thumbnail_here FROM file_transfer WHERE {which}"
    ):
        found = _places(register, sha256, entity)
        if found != (bool(here), bool(thumbnail_here)):
            moved.append((*found, sha256))
    return Changes(tuple(new), tuple(gone.scalars()), tuple(moved))


def refresh(session: Session, found: Changes, *, epoch: str) -> None:
    """Bring the queue in step. What a server of another history confirmed is asked about again."""
    run = session.connection().exec_driver_sql
    if found.gone:
        run("DELETE FROM file_transfer WHERE sha256 IN (SELECT value FROM json_each(?))", (json.dumps(found.gone),))
    if found.new:
        rows = [(*each, "waiting" if each[4] else "missing", "waiting" if each[1] == "photo" else "none") for each in found.new]
        run(
            "INSERT INTO file_transfer (sha256, entity, size, mime, here, thumbnail_here, state, thumbnail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    if found.moved:
        run("UPDATE file_transfer SET here = ?, thumbnail_here = ? WHERE sha256 = ?", list(found.moved))
    run(
        "UPDATE file_transfer SET state = 'waiting', position = 0, verified_at = NULL, epoch = NULL,"
        " thumbnail = CASE entity WHEN 'photo' THEN 'waiting' ELSE 'none' END WHERE epoch <> ?",
        (epoch,),
    )
    run("UPDATE file_transfer SET state = 'missing' WHERE here = 0 AND state IN ('waiting', 'sending')")
    run("UPDATE file_transfer SET state = 'waiting' WHERE here = 1 AND state = 'missing'")


def is_of_another_epoch(session: Session, epoch: str) -> bool:
    """Whether something was confirmed by a server that was set back since."""
    asked = "SELECT 1 FROM file_transfer WHERE epoch <> ? LIMIT 1"
    return session.connection().exec_driver_sql(asked, (epoch,)).first() is not None


def _places(register: Path, sha256: str, entity: str) -> tuple[bool, bool]:
    """Whether the original and its thumbnail are here."""
    is_photo = entity == "photo"
    return files.path_of(register, sha256).is_file(), is_photo and files.thumbnail_path(register, sha256).is_file()


def _size(register: Path, sha256: str) -> int:
    """Bytes of an original that is here, whatever records say; 0 when it is not."""
    path = files.path_of(register, sha256)
    return path.stat().st_size if path.is_file() else 0


# -- what is to be done --------------------------------------------------------------------------------------------------------


def to_ask(session: Session, *, everything: bool) -> list[str]:
    """Files of which it is not known that the server has them, or that it has their thumbnails; or all of them."""
    which = "1" if everything else "state <> 'verified' OR thumbnail = 'waiting'"
    asked = f"SELECT sha256 FROM file_transfer WHERE {which} ORDER BY sha256"
    return list(session.connection().exec_driver_sql(asked).scalars())


def thumbnails_to_send(session: Session) -> list[str]:
    """Photos of which the original or a thumbnail is here, and the server has no thumbnail."""
    asked = "SELECT sha256 FROM file_transfer WHERE thumbnail = 'waiting' AND (here = 1 OR thumbnail_here = 1) ORDER BY sha256"
    return list(session.connection().exec_driver_sql(asked).scalars())


def thumbnails_to_fetch(session: Session) -> list[str]:
    """Photos of which neither the original nor a thumbnail is here, and the server has one."""
    asked = "SELECT sha256 FROM file_transfer WHERE thumbnail = 'verified' AND here = 0 AND thumbnail_here = 0 ORDER BY sha256"
    return list(session.connection().exec_driver_sql(asked).scalars())


def to_send(session: Session, *, now: str | None) -> list[Item]:
    """Originals that the server does not have, the smallest first; with `now` without those whose next try is later."""
    return _items(
        session,
        "state IN ('waiting', 'sending') AND here = 1 AND (?1 IS NULL OR next_try_at IS NULL OR next_try_at <= ?1)",
        (now,),
    )


def to_fetch(session: Session) -> list[Item]:
    """Originals that the server has and this laptop has not, the smallest first."""
    return _items(session, "state = 'verified' AND here = 0", ())


def confirmed(session: Session) -> list[Item]:
    """Originals that are here and that the server has confirmed."""
    return _items(session, "state = 'verified' AND here = 1", ())


def item(session: Session, sha256: str) -> Item | None:
    """One file of the queue."""
    return next(iter(_items(session, "sha256 = ?", (sha256,))), None)


def _items(session: Session, where: str, given: Sequence[Any]) -> list[Item]:
    asked = f"SELECT sha256, size, mime, tries FROM file_transfer WHERE {where} ORDER BY size, sha256"
    return [
        Item(sha256, size, mime or "application/octet-stream", tries)
        for sha256, size, mime, tries in session.connection().exec_driver_sql(asked, tuple(given))
    ]


# -- what was done -------------------------------------------------------------------------------------------------------------


def verified(session: Session, hashes: Collection[str], *, epoch: str, at: str) -> None:
    """The server has said that it has these, whole."""
    session.connection().exec_driver_sql(
        "UPDATE file_transfer SET state = 'verified', position = size, epoch = ?, verified_at = ?, tries = 0,"
        " next_try_at = NULL, last_error = NULL WHERE state <> 'verified' AND sha256 IN (SELECT value FROM json_each(?))",
        (epoch, at, json.dumps(list(hashes))),
    )


def unverified(session: Session, hashes: Collection[str]) -> None:
    """The server has these no more: they are sent again by who has them."""
    session.connection().exec_driver_sql(
        "UPDATE file_transfer SET state = CASE here WHEN 1 THEN 'waiting' ELSE 'missing' END, position = 0,"
        " verified_at = NULL WHERE state = 'verified' AND sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps(list(hashes)),),
    )


def thumbnails_verified(session: Session, hashes: Collection[str], asked: Collection[str], *, epoch: str) -> None:
    """Of what was asked the server has said that it has thumbnails of these, and of no others."""
    run, there = session.connection().exec_driver_sql, set(hashes)
    run(
        "UPDATE file_transfer SET thumbnail = 'verified', epoch = ? WHERE sha256 IN (SELECT value FROM json_each(?))",
        (epoch, json.dumps(list(there))),
    )
    run(
        "UPDATE file_transfer SET thumbnail = 'waiting' WHERE thumbnail = 'verified'"
        " AND sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps([each for each in asked if each not in there]),),
    )


def no_thumbnails(session: Session, hashes: Collection[str]) -> None:
    """No thumbnail can be made of these."""
    session.connection().exec_driver_sql(
        "UPDATE file_transfer SET thumbnail = 'none' WHERE sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps(list(hashes)),),
    )


def places(session: Session, register: Path, hashes: Iterable[str]) -> None:
    """Look again whether these are here."""
    rows = [(*_places(register, each, "photo"), each) for each in hashes]
    if rows:
        session.connection().exec_driver_sql("UPDATE file_transfer SET here = ?, thumbnail_here = ? WHERE sha256 = ?", rows)


def sending(session: Session, sha256: str, position: int) -> None:
    """So much of a file is on the server."""
    session.connection().exec_driver_sql(
        "UPDATE file_transfer SET state = 'sending', position = ? WHERE sha256 = ? AND state <> 'verified'", (position, sha256)
    )


def failed(session: Session, sha256: str, *, error: str, next_try_at: str | None) -> None:
    """A file could not travel; why, and when it is tried again."""
    session.connection().exec_driver_sql(
        "UPDATE file_transfer SET tries = tries + 1, last_error = ?, next_try_at = ? WHERE sha256 = ?",
        (error, next_try_at, sha256),
    )
