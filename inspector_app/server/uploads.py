"""Which bytes may come and go, and how they come: announced, in pieces, proved, and only then to be seen (sync.md b.5, b.11).

A file may be sent and fetched only where a record names its fingerprint, and only by who may see that record: rows travel
first. A subset of tus: no client chooses an id, nothing is concatenated, a piece that is not whole is not taken.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from inspector_app.domain.people import Role, outranks
from inspector_app.models.base import moment_text
from inspector_app.models.register import new_ids
from inspector_app.server import store
from inspector_app.server.blobs import Files, NotThere, name_of
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.store import Store
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

UPLOAD_LIFE = timedelta(days=30)
"""An upload of which no piece came for so long is thrown away."""
MOST_UPLOADS = 100
"""Unfinished uploads of one person."""
DAILY_BYTES = 50 * 2**30
"""So much one person may send in a day, finished or not."""

_DAY = timedelta(days=1)
_SWEEP_S = 3600.0
_JPEG = b"\xff\xd8\xff"
Who = Callable[[Connection], Actor]


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that may be fetched."""

    sha256: str
    size: int
    read: Callable[[int, int], Iterator[bytes]]


class Uploads:
    """Documents and photos of one server. Safe to use from any thread; several processes may work on one database."""

    def __init__(self, served: Store, files: Files) -> None:
        """Over a database and a place for bytes."""
        self._store, self._files = served, files
        self._swept = 0.0

    # -- asking -----------------------------------------------------------------------------------------------------------

    def here(self, who: Who, message: wire.FilesAsked) -> wire.FilesHere:
        """Whose bytes and thumbnails are here, of what the person may see."""
        with self._store.reading() as connection:
            named = _named(connection, who(connection), message.hashes)
            blobs = {each.sha256: each.size for each in store.among(connection, store.blob, named)}
            thumbnails = [each.sha256 for each in store.among(connection, store.thumbnail, named)]
        if message.prove:
            blobs = {each: size for each, size in blobs.items() if self._files.is_whole("blobs", each, size)}
        return wire.FilesHere(here=tuple(sorted(blobs)), thumbnails=tuple(sorted(thumbnails)), server_time=self._time())

    def blob(self, who: Who, sha256: str) -> Blob:
        """A file to be fetched. Raises Refused: what may not be seen is not named."""
        with self._store.reading() as connection:
            if sha256 not in _named(connection, who(connection), [sha256]):
                raise Refused(404, Refusal.NOT_NAMED)
            found = connection.execute(select(store.blob.c.size).where(store.blob.c.sha256 == sha256)).scalar_one_or_none()
        name = name_of("blobs", sha256)
        if found is None or self._files.place.size(name) != found:
            raise Refused(404, Refusal.NOT_HERE)
        return Blob(sha256, found, lambda start, length: self._files.place.read(name, start, length))

    # -- sending ----------------------------------------------------------------------------------------------------------

    def announce(self, who: Who, message: wire.Announced) -> wire.Upload:
        """Begin an upload, or say how far it is; said again, it is answered again. Raises Refused, NoRoom."""
        sha256 = message.sha256
        with self._store.reading() as connection:
            actor = who(connection)
            _check_sender(actor)
            sizes = _named(connection, actor, [sha256]).get(sha256)
            if sizes is None:
                raise Refused(404, Refusal.NOT_NAMED)
            if sizes and message.size not in sizes:
                raise Refused(409, Refusal.WRONG_SIZE, "the record says another size")
            is_here = self._is_here(connection, sha256)
        if is_here:
            return self._upload(None, message.size, complete=True)
        if self._files.is_whole("blobs", sha256, message.size):
            # put there before a crash or by a copy that was brought back: it need not travel again
            self._note(message, actor)
            return self._upload(None, message.size, complete=True)
        self._sweep()
        self._files.check_room(message.size)
        now = self._store.now()
        with self._store.writing() as connection:
            mine = select(store.upload).where(store.upload.c.device_id == actor.device_id, store.upload.c.sha256 == sha256)
            old = connection.execute(mine).one_or_none()
            if old is not None and (old.size != message.size or old.expires_at <= moment_text(now)):
                connection.execute(delete(store.upload).where(store.upload.c.upload_id == old.upload_id))
            elif old is not None:
                return self._upload(old.upload_id, old.position)
            self._check_quota(connection, actor, message.size, now)
            values = {
                "upload_id": new_ids(),
                "sha256": sha256,
                "size": message.size,
                "mime": message.mime,
                "person": actor.person,
                "device_id": actor.device_id,
                "expires_at": moment_text(now + UPLOAD_LIFE),
            }
            connection.execute(_BEGIN, values)
            made = connection.execute(mine).one()
        if old is not None:
            self._files.drop(old.upload_id)
        return self._upload(made.upload_id, made.position)

    def position(self, who: Who, upload_id: str) -> tuple[int, int]:
        """How many bytes of an upload are here, of how many. Raises Refused."""
        with self._store.reading() as connection:
            found = self._mine(connection, who(connection), upload_id, locked=False)
            return found.position, found.size

    def piece(self, who: Who, upload_id: str, *, position: int, checksum: str, piece: bytes) -> wire.Upload:
        """Take a piece at exactly the place where the upload ends; with the last one the whole is proved.

        The transaction is the lock of the upload, between processes too: of two that write, one is refused. A piece that
        was not acknowledged is written over by the next. Raises Refused, NoRoom.
        """
        if checksum != f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}":
            raise Refused(409, Refusal.WRONG_HASH, "the piece is not what was sent")
        try:
            with self._store.writing() as connection:
                actor = who(connection)
                _check_sender(actor)
                found = self._mine(connection, actor, upload_id, locked=True)
                if self._is_here(connection, found.sha256):
                    whole = found.size
                elif position != found.position:
                    raise Refused(409, Refusal.WRONG_OFFSET, f"expected {found.position}")
                elif position + len(piece) > found.size:
                    raise Refused(409, Refusal.WRONG_SIZE, "more than was announced")
                else:
                    whole = position + len(piece)
                    if piece:
                        self._files.write(upload_id, position, piece)
                    life = moment_text(self._store.now() + UPLOAD_LIFE)
                    connection.execute(
                        update(store.upload)
                        .where(store.upload.c.upload_id == upload_id)
                        .values(position=whole, expires_at=life)
                    )
        except NotThere as error:
            self._forget(upload_id)
            raise Refused(404, Refusal.UPLOAD_GONE) from error
        if whole < found.size:
            return self._upload(upload_id, whole)
        self._finish(found, actor)
        return self._upload(None, found.size, complete=True)

    def _finish(self, found: Any, actor: Actor) -> None:
        """Prove an upload and give it its place. What another process did meanwhile is as good."""
        with self._store.reading() as connection:
            is_here = self._is_here(connection, found.sha256)
        try:
            if not is_here:
                if self._files.part_digest(found.upload_id, found.size) != found.sha256:
                    self._forget(found.upload_id)
                    raise Refused(409, Refusal.WRONG_HASH, "the file is not what was announced")
                self._files.keep(found.sha256, found.upload_id, mime=found.mime)
        except NotThere as error:
            if not self._files.is_whole("blobs", found.sha256, found.size):
                self._forget(found.upload_id)
                raise Refused(404, Refusal.UPLOAD_GONE) from error
        self._note(found, actor, found.upload_id)
        self._files.drop(found.upload_id)

    def _note(self, found: Any, actor: Actor, upload_id: str = "") -> None:
        """From here on the file can be seen; its upload, if it came by one, is done."""
        values = {
            "sha256": found.sha256,
            "size": found.size,
            "mime": found.mime,
            "person": actor.person,
            "device_id": actor.device_id,
            "verified_at": self._time(),
        }
        with self._store.writing() as connection:
            connection.execute(_NOTE_BLOB, values)
            connection.execute(delete(store.upload).where(store.upload.c.upload_id == upload_id))

    # -- thumbnails -------------------------------------------------------------------------------------------------------

    def keep_thumbnails(self, who: Who, message: wire.Thumbnails) -> wire.ThumbnailsKept:
        """Keep small pictures of photos that records name; the first one stays. Raises Refused, NoRoom."""
        asked = [each.sha256 for each in message.thumbnails]
        with self._store.reading() as connection:
            actor = who(connection)
            _check_sender(actor)
            named = _named(connection, actor, asked)
            known = {each.sha256 for each in store.among(connection, store.thumbnail, named)}
        made: dict[str, dict[str, Any]] = {}
        for each in message.thumbnails:
            if each.sha256 not in named or each.sha256 in known or each.sha256 in made:
                continue
            jpeg = _jpeg(each.jpeg)
            self._files.check_room(len(jpeg))
            made[each.sha256] = {
                "sha256": each.sha256,
                "digest": self._files.keep_thumbnail(jpeg),
                "size": len(jpeg),
                "person": actor.person,
                "device_id": actor.device_id,
                "kept_at": self._time(),
            }
        if made:
            with self._store.writing() as connection:
                connection.execute(_NOTE_THUMBNAIL, list(made.values()))
        return wire.ThumbnailsKept(kept=tuple(sorted(known | made.keys())), server_time=self._time())

    def thumbnails(self, who: Who, message: wire.ThumbnailsWanted) -> wire.Thumbnails:
        """Small pictures of photos that the person may see; what is not here is left out."""
        with self._store.reading() as connection:
            named = _named(connection, who(connection), message.hashes)
            there = store.among(connection, store.thumbnail, named)
        found = []
        for each in there:
            try:
                jpeg = b"".join(self._files.place.read(name_of("thumbs", each.digest), 0, each.size))
            except NotThere:
                continue  # `inspector-server check` names it; the photo itself may still come
            found.append(wire.Thumbnail(sha256=each.sha256, jpeg=base64.b64encode(jpeg).decode()))
        return wire.Thumbnails(thumbnails=tuple(found), server_time=self._time())

    # -- common -----------------------------------------------------------------------------------------------------------

    def _time(self) -> str:
        return moment_text(self._store.now())

    def _upload(self, upload_id: str | None, position: int, *, complete: bool = False) -> wire.Upload:
        return wire.Upload(upload_id=upload_id, offset=position, complete=complete, server_time=self._time())

    @staticmethod
    def _is_here(connection: Connection, sha256: str) -> bool:
        return connection.execute(select(store.blob.c.size).where(store.blob.c.sha256 == sha256)).first() is not None

    def _mine(self, connection: Connection, actor: Actor, upload_id: str, *, locked: bool) -> Any:
        """An upload of this laptop that has not expired, nobody else's until the transaction ends. Raises Refused."""
        asked = select(store.upload).where(
            store.upload.c.upload_id == upload_id,
            store.upload.c.device_id == actor.device_id,
            store.upload.c.expires_at > self._time(),
        )
        found = connection.execute(asked.with_for_update() if locked else asked).one_or_none()
        if found is None:
            raise Refused(404, Refusal.UPLOAD_GONE)
        return found

    def _check_quota(self, connection: Connection, actor: Actor, size: int, now: datetime) -> None:
        asked = select(func.count(), func.coalesce(func.sum(store.upload.c.size), 0))
        count, coming = connection.execute(asked.where(store.upload.c.person == actor.person)).one()
        sent = connection.execute(
            select(func.coalesce(func.sum(store.blob.c.size), 0)).where(
                store.blob.c.person == actor.person, store.blob.c.verified_at > moment_text(now - _DAY)
            )
        ).scalar_one()
        if count >= MOST_UPLOADS or coming + sent + size > DAILY_BYTES:
            raise Refused(429, Refusal.ENOUGH, "files of a person in a day", retry_after_s=3600)

    def _forget(self, upload_id: str) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(store.upload).where(store.upload.c.upload_id == upload_id))
        self._files.drop(upload_id)

    def _sweep(self) -> None:
        """Throw away what expired, and pieces that no upload knows; at most once an hour."""
        if time.monotonic() - self._swept < _SWEEP_S and self._swept:
            return
        self._swept = time.monotonic()
        with self._store.writing() as connection:
            connection.execute(delete(store.upload).where(store.upload.c.expires_at <= self._time()))
            known = set(connection.execute(select(store.upload.c.upload_id)).scalars())
        for each in self._files.parts():
            try:
                is_old = self._store.now().timestamp() - each.stat().st_mtime > _DAY.total_seconds()
            except FileNotFoundError:  # another process was faster
                continue
            if is_old and each.name not in known:
                each.unlink(missing_ok=True)


def _check_sender(actor: Actor) -> None:
    """Who may record something may send its files. Raises Refused."""
    if not outranks(actor.role, Role.INSPECTOR):
        raise Refused(403, Refusal.MAY_NOT_SEND)


def _jpeg(text_: str) -> bytes:
    try:
        jpeg = base64.b64decode(text_, validate=True)
    except ValueError as error:
        raise wire.Malformed("jpeg") from error
    if not jpeg.startswith(_JPEG) or len(jpeg) > wire.LARGEST_THUMBNAIL:
        raise wire.Malformed("jpeg")
    return jpeg


def _named(connection: Connection, actor: Actor, hashes: Collection[str]) -> dict[str, set[int]]:
    """Of these fingerprints those that records in the person's regions name, with the sizes that the records say.

    A deleted record still names its file: it can be brought back. The region is that of the site as it is now.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    listed: Any = json.dumps(list(hashes)) if is_sqlite else list(hashes)
    found: dict[str, set[int]] = {}
    for row in connection.execute(_NAMED_SQLITE if is_sqlite else _NAMED_POSTGRESQL, {"hashes": listed}):
        if actor.regions and row.region is not None and row.region not in actor.regions:
            continue
        sizes = found.setdefault(row.sha256, set())
        if row.size is not None:
            sizes.add(int(row.size))
    return found


_NAMED = (
    "SELECT {sha256} AS sha256, {size} AS size, coalesce(s.region, r.region) AS region"
    " FROM sync_row r LEFT JOIN sync_row s ON s.id = r.site_id"
    " WHERE r.entity IN ('document', 'photo') AND {sha256} {among}"
)
_NAMED_SQLITE = text(
    _NAMED.format(
        sha256="json_extract(r.data, '$.sha256')",
        size="json_extract(r.data, '$.size')",
        among="IN (SELECT value FROM json_each(:hashes))",
    )
)
_NAMED_POSTGRESQL = text(
    _NAMED.format(
        sha256="(CAST(r.data AS json) ->> 'sha256')", size="(CAST(r.data AS json) ->> 'size')", among="= ANY(:hashes)"
    )
)
# of two processes that do the same at once the first one's word stands
_BEGIN = text(
    "INSERT INTO blob_upload (upload_id, sha256, size, mime, position, person, device_id, expires_at)"
    " VALUES (:upload_id, :sha256, :size, :mime, 0, :person, :device_id, :expires_at)"
    " ON CONFLICT (device_id, sha256) DO NOTHING"
)
_NOTE_BLOB = text(
    "INSERT INTO blob (sha256, size, mime, person, device_id, verified_at)"
    " VALUES (:sha256, :size, :mime, :person, :device_id, :verified_at) ON CONFLICT (sha256) DO NOTHING"
)
_NOTE_THUMBNAIL = text(
    "INSERT INTO thumbnail (sha256, digest, size, person, device_id, kept_at)"
    " VALUES (:sha256, :digest, :size, :person, :device_id, :kept_at) ON CONFLICT (sha256) DO NOTHING"
)
