"""Bytes of documents and photos, by SHA-256, beside the register: `<register>.files/ab/cd/<sha256>`.

Written whole or not at all: a temporary file, fsync, the hash checked, then renamed into place (sync.md b.11). A name
that a person gave is never part of a path.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.errors import BadValue, CannotWrite, DiskFull, InspectorError
from inspector_app.i18n import N_

LARGEST_DOCUMENT = 200 * 2**20
LARGEST_PHOTO = 50 * 2**20
MOST_PIXELS = 50_000_000
"""Read from the header, before anything is decoded (sync.md b.11)."""

_BLOCK = 2**20
_PHOTOS: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the store."""

    sha256: str
    size: int
    mime: str


def folder(register: Path) -> Path:
    """Where the bytes of a register lie."""
    return register.with_name(register.name + ".files")


def path_of(register: Path, sha256: str) -> Path:
    """Where the bytes of a fingerprint lie, whether or not they are there. Raises ValueError for what is no fingerprint."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(sha256)
    return folder(register) / sha256[:2] / sha256[2:4] / sha256


def thumbnail_path(register: Path, sha256: str) -> Path:
    """Where the small picture of an original lies, whether or not it is there. Raises ValueError for what is no fingerprint."""
    return folder(register) / "thumbnails" / path_of(register, sha256).relative_to(folder(register))


def fetched_path(register: Path, sha256: str) -> Path:
    """Where an original lies while it comes from the server. Raises ValueError for what is no fingerprint."""
    return path_of(register, sha256).with_name(f".fetched-{sha256}")


def take_fetched(register: Path, sha256: str) -> bool:
    """Give an original that came its place, if it is what it should be; if not, throw it away. Raises CannotWrite, DiskFull."""
    part, target = fetched_path(register, sha256), path_of(register, sha256)
    try:
        if _fingerprint(part) != sha256:
            part.unlink()
            return False
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _reason(error, target) from error
    return True


def append_fetched(register: Path, sha256: str, piece: bytes) -> None:
    """Put what came of an original behind what is here of it. Raises CannotWrite, DiskFull."""
    part = fetched_path(register, sha256)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise _reason(error, part) from error


def keep_thumbnail(register: Path, sha256: str, jpeg: bytes) -> None:
    """Keep the small picture of an original, whole or not at all. Raises CannotWrite, DiskFull."""
    target = thumbnail_path(register, sha256)
    part = target.with_name(f".part-{sha256}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(jpeg)
        part.replace(target)
    except OSError as error:
        raise _reason(error, target) from error
    finally:
        part.unlink(missing_ok=True)


def keep_document(register: Path, source: Path) -> Kept:
    """Take a document's file into the store. Raises BadValue, CannotWrite or DiskFull."""
    return _keep(register, source, field=N_("File"), largest=LARGEST_DOCUMENT, mime=_by_magic)


def keep_photo(register: Path, source: Path) -> Kept:
    """Take a photo into the store; known by its header, not by its name. Raises BadValue, CannotWrite or DiskFull."""
    return _keep(register, source, field=N_("Photo"), largest=LARGEST_PHOTO, mime=_photo)


def is_whole(register: Path, sha256: str) -> bool:
    """Whether the bytes are there and still have their fingerprint."""
    path = path_of(register, sha256)
    return path.is_file() and _fingerprint(path) == sha256


def _keep(register: Path, source: Path, *, field: str, largest: int, mime: Callable[[Path], str]) -> Kept:
    try:
        size = source.stat().st_size
        if not source.is_file():
            raise BadValue(field=field, reason=N_("a file is expected."))
        if size == 0:
            raise BadValue(field=field, reason=N_("the file is empty."))
        if size > largest:
            raise BadValue(field=field, reason=N_("the file is too large."))
        kind = mime(source)
        sha256 = _fingerprint(source)
    except OSError as error:
        raise BadValue(field=field, reason=N_("the file cannot be read.")) from error
    target = path_of(register, sha256)
    if target.is_file() and target.stat().st_size == size and _fingerprint(target) == sha256:
        return Kept(sha256, size, kind)
    try:
        _write(source, target, sha256, field)
    except OSError as error:
        raise _reason(error, target) from error
    return Kept(sha256, size, kind)


def _reason(error: OSError, target: Path) -> InspectorError:
    """What an error of the disk means for a person."""
    if error.errno == errno.ENOSPC:
        return DiskFull(file=target)
    return CannotWrite(file=target, detail=error.strerror)


def _write(source: Path, target: Path, sha256: str, field: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out, source.open("rb") as file:
            while block := file.read(_BLOCK):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if _fingerprint(part) != sha256:
            raise BadValue(field=field, reason=N_("the file changed while it was read."))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(path: Path) -> None:
    """Make the new name outlive a loss of power, where the system lets a folder be synced."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_magic(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    return next((mime for magic, mime in _MAGIC if head.startswith(magic)), "application/octet-stream")


def _photo(path: Path) -> str:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only needed when a photo comes in

    wrong = BadValue(field=N_("Photo"), reason=N_("a JPEG, PNG, WebP or TIFF picture is expected."))
    try:
        with Image.open(path, formats=list(_PHOTOS)) as image:
            width, height = image.size
            kind = image.format
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError, EOFError) as error:
        raise wrong from error
    if kind is None or kind not in _PHOTOS or width * height == 0:
        raise wrong
    if width * height > MOST_PIXELS:
        raise BadValue(field=N_("Photo"), reason=N_("the picture has more than 50 million points."))
    return _PHOTOS[kind]
