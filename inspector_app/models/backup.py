"""A copy of a register while it is in use, its proof, and the way back. Scans and photos go with it."""

import contextlib
import os
import shutil
from pathlib import Path

from sqlalchemy import text

from inspector_app.domain.errors import AlreadyThere, CannotWrite, Damaged
from inspector_app.i18n import N_
from inspector_app.models import copies, files
from inspector_app.models.register import Register

_BESIDE = ("", "-wal", "-shm", ".files")
"""What belongs to a register: the file, what SQLite keeps beside it, the bytes of documents and photos."""


def backup(register: Register, dest: Path, *, passphrase: str | None = None) -> Path:
    """Copy an open register and its files to a new place, encrypted as it is.

    The copy is made by SQLite's own backup, opened and checked, and only then given its name. With `passphrase` it is
    opened as a person would open it, else with the key of the register. Raises AlreadyThere, CannotWrite, DiskFull or
    Damaged.
    """
    if dest.exists():
        raise AlreadyThere(file=dest)
    part = _place(dest)
    try:
        register.copy(part)
        with contextlib.closing(Register.open(part, passphrase=passphrase) if passphrase else register.twin(part)) as copy:
            prove(copy)
            wanted = _fingerprints(copy)
        _copy_files(register.path, dest, wanted)
        part.replace(dest)
    except OSError as error:
        raise CannotWrite(file=dest, detail=error.strerror or str(error)) from error
    finally:
        _remove(part)
    return dest


def restore(src: Path, dest: Path, *, passphrase: str | None = None) -> Path | None:
    """Put a backup in the place of a register, after proving it; what stood there is kept beside it.

    Nobody may have the register at `dest` open. Answers where the replaced register lies now, or nothing. Raises
    NoSuchRegister, NotARegister, TooNew, AlreadyThere for a register and itself, Damaged, CannotWrite or DiskFull; the
    register at `dest` is then untouched.
    """
    with contextlib.closing(Register.open(src, passphrase=passphrase)) as source:
        return restore_from(source, dest)


def restore_from(source: Register, dest: Path) -> Path | None:
    """As `restore`, from a backup that is open already."""
    if dest.exists() and dest.samefile(source.path):
        raise AlreadyThere(file=dest)
    part = _place(dest)
    try:
        source.copy(part)
        with contextlib.closing(source.twin(part)) as copy:
            copies.replay(copy, source.path)
            prove(copy)
            wanted = _fingerprints(copy)
        kept = _set_aside(dest)
        part.replace(dest)
        _copy_files(source.path, dest, wanted)
    except OSError as error:
        raise CannotWrite(file=dest, detail=error.strerror or str(error)) from error
    finally:
        _remove(part)
    return kept


def _place(dest: Path) -> Path:
    """Where the copy lies until it is proved. Raises CannotWrite where there is no folder: the disk meant may not be there."""
    if not dest.parent.is_dir():
        raise CannotWrite(file=dest, detail=N_("there is no such folder"))
    return dest.with_name(dest.name + ".unproved")


def prove(register: Register) -> None:
    """Look through the whole file: pages, indexes, references. Raises Damaged."""
    with register.reading() as session:
        found = [row[0] for row in session.execute(text("PRAGMA integrity_check(3)")) if row[0] != "ok"]
        found += [f"{row[0]} {row[1]}" for row in session.execute(text("PRAGMA foreign_key_check"))]
    if found:
        raise Damaged(file=register.path, detail="; ".join(found[:3]))


def _fingerprints(register: Register) -> set[str]:
    asked = "SELECT sha256 FROM photo UNION SELECT sha256 FROM document WHERE sha256 IS NOT NULL"
    with register.reading() as session:
        return {row[0] for row in session.execute(text(asked))}


def _copy_files(source: Path, dest: Path, wanted: set[str]) -> None:
    """Bring the bytes that are at the source to the destination; missing ones may lie on another laptop."""
    for sha256 in sorted(wanted):
        thumbnail = files.thumbnail_path(source, sha256)
        if thumbnail.is_file() and not files.thumbnail_path(dest, sha256).is_file():
            files.keep_thumbnail(dest, sha256, thumbnail.read_bytes())
        origin, target = files.path_of(source, sha256), files.path_of(dest, sha256)
        if not origin.is_file() or target.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".part-{sha256}")
        try:
            shutil.copyfile(origin, part)
            with part.open("r+b") as file:
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        if not files.is_whole(dest, sha256):
            raise Damaged(file=origin, detail=sha256)


def _set_aside(dest: Path) -> Path | None:
    """Give what stands at a place, with all that belongs to it, the first free name beside it."""
    if not dest.exists():
        return None
    number = 1
    while (kept := dest.with_name(f"{dest.name}.replaced-{number}")).exists():
        number += 1
    for tail in reversed(_BESIDE):
        there = dest.with_name(dest.name + tail)
        if there.exists():
            there.replace(kept.with_name(kept.name + tail))
    return kept


def _remove(part: Path) -> None:
    for tail in _BESIDE[:3]:
        part.with_name(part.name + tail).unlink(missing_ok=True)
