"""Where the bytes of documents, photos and thumbnails lie on the server: a folder, or a store that speaks S3 (sync.md b.11).

Bytes are known by their SHA-256 alone; nothing that a laptop says becomes part of a path but a fingerprint that was looked
at. They are put together from pieces on this machine, proved, and only then given their place, whole or not at all.
"""

import base64
import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from sqlalchemy import select

from inspector_app.models.register import new_ids
from inspector_app.server import store
from inspector_app.server.store import NoServer, Store, settings

Kind = Literal["blobs", "thumbs"]
KEEP_FREE_MB = 512
"""So much of the disk is never given to files: the database beside them must go on."""

_BLOCK = 2**18
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NoRoom(Exception):
    """The disk, or what is allowed of it, is full."""


class NotThere(Exception):
    """The bytes are not where they should be."""


class OutOfReach(Exception):
    """The store of the bytes does not answer."""


def name_of(kind: Kind, sha256: str) -> str:
    """Where bytes lie below the root of a place. Raises ValueError for what is no fingerprint."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(sha256)
    return f"{kind}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Place(Protocol):
    """A store of whole, unchanging bytes by name. Raises NoRoom, NotThere, OutOfReach."""

    def put(self, name: str, source: Path, *, sha256: str, mime: str) -> None:
        """Take a proved file in; the source is gone then, or left to be thrown away."""

    def size(self, name: str) -> int | None:
        """Bytes there; nothing when there are none."""

    def digest(self, name: str) -> str:
        """The SHA-256 of what is there, by whoever keeps it."""

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """Bytes from `start`; it is known that they are there before the first is asked for."""


class Folder:
    """A folder on a disk of the server."""

    def __init__(self, root: Path) -> None:
        """Make it where it is missing."""
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, source: Path, *, sha256: str, mime: str) -> None:  # noqa: ARG002 - the store that speaks S3 asks
        """Rename into place; then the name outlives a loss of power as well."""
        target = self.root / name
        with explained():
            new = [each for each in target.parents if not each.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            for folder in (target.parent, *(each.parent for each in new)):
                _sync(folder)

    def size(self, name: str) -> int | None:
        """Bytes on the disk."""
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            return None

    def digest(self, name: str) -> str:
        """Read and hash them."""
        with explained(), (self.root / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """From the disk."""
        with explained():
            file = (self.root / name).open("rb")
            file.seek(start)

        def blocks() -> Iterator[bytes]:
            left = length
            with file:
                while left and (block := file.read(min(left, _BLOCK))):
                    left -= len(block)
                    yield block

        return blocks()


class Bucket:
    """A bucket that is reached by S3. Access keys come from where boto3 looks for them, never from our settings."""

    def __init__(self, bucket: str, prefix: str, endpoint: str | None) -> None:
        """Connect lazily; `endpoint` is the URL of a store that is not Amazon's."""
        import boto3  # noqa: PLC0415 - a third of a second, which a server with a folder need not pay
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        self._errors = (BotoCoreError, ClientError)
        self._bucket, self._prefix = bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        config = Config(
            connect_timeout=10,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        self._s3 = boto3.session.Session().client("s3", endpoint_url=endpoint, config=config)

    def put(self, name: str, source: Path, *, sha256: str, mime: str) -> None:
        """Send the whole file in one request with its SHA-256, which the store proves before it shows anything."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with self._explained(), source.open("rb") as file:
            self._s3.put_object(
                Bucket=self._bucket, Key=self._prefix + name, Body=file, ContentType=mime, ChecksumSHA256=checksum
            )

    def size(self, name: str) -> int | None:
        """Bytes, as the store says."""
        try:
            with self._explained():
                return int(self._s3.head_object(Bucket=self._bucket, Key=self._prefix + name)["ContentLength"])
        except NotThere:
            return None

    def digest(self, name: str) -> str:
        """The SHA-256 that the store keeps with the bytes."""
        with self._explained():
            head = self._s3.head_object(Bucket=self._bucket, Key=self._prefix + name, ChecksumMode="ENABLED")
        if kept := head.get("ChecksumSHA256"):
            return base64.b64decode(kept).hex()
        whole = hashlib.sha256()
        for block in self.read(name, 0, int(head["ContentLength"])):
            whole.update(block)
        return whole.hexdigest()

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """As a stream from the store."""
        with self._explained():
            asked = f"bytes={start}-{start + length - 1}"
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + name, Range=asked)
        return iter(answer["Body"].iter_chunks(_BLOCK))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            answer: Mapping[str, Any] = getattr(error, "response", {})
            code = str(answer.get("Error", {}).get("Code", type(error).__name__))
            if code in {"404", "NoSuchKey"}:
                raise NotThere(code) from error
            raise OutOfReach(code) from error


class Files:
    """The bytes of one server: what is whole and proved in its place, and what is still coming in pieces."""

    def __init__(self, place: Place, uploads: Path, *, keep_free_mb: int = KEEP_FREE_MB) -> None:
        """`uploads` is a folder on the same disk as a place that is a folder; server processes beside each other share it."""
        self.place = place
        self._uploads = uploads
        self._keep_free = keep_free_mb * 2**20
        uploads.mkdir(parents=True, exist_ok=True)

    # -- what comes in pieces ---------------------------------------------------------------------------------------------

    def check_room(self, size: int) -> None:
        """Raises NoRoom where so many bytes more would take what the database needs."""
        if shutil.disk_usage(self._uploads).free - size < self._keep_free:
            raise NoRoom

    def part(self, upload_id: str) -> Path:
        """Where the pieces of an upload lie; its id is one that this server made. Raises ValueError."""
        if not _ID.fullmatch(upload_id):
            raise ValueError(upload_id)
        return self._uploads / upload_id

    def write(self, upload_id: str, position: int, piece: bytes) -> None:
        """Put a piece at its position, and on the disk. Raises NotThere when what came before it is not there, NoRoom."""
        with explained():
            how = os.O_RDWR | os.O_NOFOLLOW | (os.O_CREAT if position == 0 else 0)
            handle = os.open(self.part(upload_id), how, 0o600)
            try:
                if os.fstat(handle).st_size < position:
                    raise NotThere(upload_id)
                if os.pwrite(handle, piece, position) != len(piece):
                    raise NoRoom
                os.fsync(handle)
            finally:
                os.close(handle)

    def part_digest(self, upload_id: str, size: int) -> str:
        """The SHA-256 of an upload that is all there. Raises NotThere."""
        with explained(), self.part(upload_id).open("rb") as file:
            if os.fstat(file.fileno()).st_size > size:  # of a piece that was never acknowledged
                os.truncate(self.part(upload_id), size)
            return hashlib.file_digest(file, "sha256").hexdigest()

    def drop(self, upload_id: str) -> None:
        """Throw the pieces of an upload away."""
        self.part(upload_id).unlink(missing_ok=True)

    def parts(self) -> Iterable[Path]:
        """Every upload that lies here, with or without an entry in the database."""
        return [each for each in self._uploads.iterdir() if _ID.fullmatch(each.name)]

    # -- what is whole ------------------------------------------------------------------------------------------------------

    def keep(self, sha256: str, upload_id: str, *, mime: str) -> None:
        """Give a proved upload its place."""
        self.place.put(name_of("blobs", sha256), self.part(upload_id), sha256=sha256, mime=mime)

    def keep_thumbnail(self, jpeg: bytes) -> str:
        """Keep a small picture under its own SHA-256, which is returned."""
        digest, upload_id = hashlib.sha256(jpeg).hexdigest(), new_ids()
        try:
            self.write(upload_id, 0, jpeg)
            self.place.put(name_of("thumbs", digest), self.part(upload_id), sha256=digest, mime="image/jpeg")
        finally:
            self.drop(upload_id)
        return digest

    def is_whole(self, kind: Kind, sha256: str, size: int) -> bool:
        """Whether the bytes are in their place, and still those that were proved."""
        name = name_of(kind, sha256)
        try:
            return self.place.size(name) == size and self.place.digest(name) == sha256
        except NotThere:
            return False

    # -- for who looks after the server -------------------------------------------------------------------------------------

    def problems(self, served: Store) -> list[str]:
        """Files and thumbnails that the database has and the place has not, or not as they were; nothing when all is well."""
        found = []
        for kind, sha256, size in _listed(served):
            name = name_of(kind, sha256)
            if self.place.size(name) is None:
                found.append(f"{name} is missing")
            elif not self.is_whole(kind, sha256, size):
                found.append(f"{name} is not what it was")
        return found

    def forget_lost(self, served: Store) -> int:
        """Strike from the database what is missing or damaged, so that laptops send it again. Returns how many.

        For after a restore, or after `problems` found some: a laptop that still has an original sends it at its next sync.
        """
        lost = [(kind, sha256) for kind, sha256, size in _listed(served) if not self.is_whole(kind, sha256, size)]
        with served.writing() as connection:
            for kind, sha256 in lost:
                if kind == "blobs":
                    connection.execute(store.blob.delete().where(store.blob.c.sha256 == sha256))
                else:
                    connection.execute(store.thumbnail.delete().where(store.thumbnail.c.digest == sha256))
        return len(lost)

    def copy_to(self, served: Store, folder: Path) -> int:
        """Copy every whole file into a folder, for a backup; what is there already is not copied again. Returns how many.

        Raises NotThere, NoRoom, OutOfReach; ValueError where a file is not what it was.
        """
        return _copied(self, Files(Folder(folder), folder / "uploads", keep_free_mb=0), served)

    def take_from(self, served: Store, folder: Path) -> int:
        """Bring back from a folder that `copy_to` made what is missing here. Returns how many came."""
        return _copied(Files(Folder(folder), folder / "uploads", keep_free_mb=0), self, served, skip_missing=True)


def _listed(served: Store) -> list[tuple[Kind, str, int]]:
    """Kind, fingerprint and size of everything that should be in its place."""
    with served.reading() as connection:
        blobs = connection.execute(select(store.blob.c.sha256, store.blob.c.size).order_by("sha256")).all()
        asked = select(store.thumbnail.c.digest, store.thumbnail.c.size).distinct().order_by("digest")
        thumbnails = connection.execute(asked).all()
    return [("blobs", *each) for each in blobs] + [("thumbs", *each) for each in thumbnails]


def _copied(source: Files, target: Files, served: Store, *, skip_missing: bool = False) -> int:
    count = 0
    for kind, sha256, size in _listed(served):
        name = name_of(kind, sha256)
        if target.place.size(name) == size or (skip_missing and source.place.size(name) is None):
            continue
        part = target.part(new_ids())
        try:
            whole = hashlib.sha256()
            with explained(), part.open("xb") as out:
                for block in source.place.read(name, 0, size):
                    whole.update(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            if whole.hexdigest() != sha256:
                raise ValueError(f"{name} is not what it was")
            target.place.put(name, part, sha256=sha256, mime="application/octet-stream")
        finally:
            part.unlink(missing_ok=True)
        count += 1
    return count


def chosen(where: str | None, endpoint: str | None, keep_free_mb: int) -> dict[str, Any]:
    """What is kept of where files shall lie: a folder, or s3://bucket/prefix. Raises ValueError."""
    if where and "://" in where:
        parts = urlsplit(where)
        if parts.scheme != "s3" or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError(where)
    elif endpoint:
        raise ValueError(endpoint)
    return {"where": where, "endpoint": endpoint, "keep_free_mb": keep_free_mb}


def open_files(data: Path) -> Files:
    """The bytes of the server in a folder. Raises NoServer."""
    said = settings(data).get("files", {})
    where, keep_free_mb = said.get("where"), int(said.get("keep_free_mb", KEEP_FREE_MB))
    if where and where.startswith("s3://"):
        parts = urlsplit(where)
        place = Bucket(str(parts.hostname), parts.path, said.get("endpoint") or os.environ.get("INSPECTOR_SERVER_S3_ENDPOINT"))
        return Files(place, data / "uploads", keep_free_mb=keep_free_mb)
    root = Path(where) if where else data
    try:
        return Files(Folder(root), root / "uploads", keep_free_mb=keep_free_mb)
    except OSError as error:
        raise NoServer(f"{root} cannot hold files ({error.strerror})") from error


@contextmanager
def explained() -> Iterator[None]:
    """Errors of the disk as what they mean for bytes."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotThere(str(error.filename)) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise NoRoom from error
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
