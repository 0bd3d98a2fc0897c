"""Routes of documents and photos: HTTP in, `Uploads` asked, JSON or bytes out."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from inspector_app.server import files_described
from inspector_app.server.blobs import Files, NoRoom, OutOfReach
from inspector_app.server.description import Call
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.store import Store
from inspector_app.server.uploads import Blob, Uploads, Who
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
_SOON_S = 5
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "private, no-store"}


class BlobRoutes:
    """The routes of files of one process."""

    def __init__(
        self,
        served: Store,
        files: Files,
        *,
        actor: Callable[[Connection, Request], Actor],
        body: Callable[[Request], Awaitable[bytes]],
        admitted: Callable[[Request], Awaitable[None]],
        answer: Callable[[Request, Callable[[], Any]], Awaitable[Response]],
    ) -> None:
        """`actor` says who speaks, `body` reads a packed body, `answer` runs work beside the loop.

        `admitted` lets a request without a packed body in, before anything of it is read.
        """
        self._uploads = Uploads(served, files)
        self._actor, self._body, self._admitted, self._answer = actor, body, admitted, answer

    def calls(self) -> tuple[tuple[Call, Callable[[Request], Awaitable[Response]]], ...]:
        """Every call with its description and what answers it."""
        return (
            (files_described.ANNOUNCE, self.announce),
            (files_described.HERE, self.here),
            (files_described.FETCH, self.fetch),
            (files_described.POSITION, self.position),
            (files_described.PIECE, self.piece),
            (files_described.KEEP_THUMBNAILS, self.keep_thumbnails),
            (files_described.THUMBNAILS, self.thumbnails),
        )

    async def announce(self, request: Request) -> Response:
        """Begin an upload, or hear how far it is."""
        return await self._message(request, wire.Announced, self._uploads.announce)

    async def here(self, request: Request) -> Response:
        """Which of many files are here."""
        return await self._message(request, wire.FilesAsked, self._uploads.here)

    async def keep_thumbnails(self, request: Request) -> Response:
        """Keep small pictures."""
        return await self._message(request, wire.Thumbnails, self._uploads.keep_thumbnails)

    async def thumbnails(self, request: Request) -> Response:
        """Hand out small pictures."""
        return await self._message(request, wire.ThumbnailsWanted, self._uploads.thumbnails)

    async def position(self, request: Request) -> Response:
        """How much of an upload is here: Upload-Offset of Upload-Length."""

        def work() -> Response:
            position, size = self._uploads.position(self._who(request), request.path_params["name"])
            headers = {"Upload-Offset": str(position), "Upload-Length": str(size), "Cache-Control": "no-store"}
            return Response(status_code=200, headers=headers)

        await self._admitted(request)
        return await self._run(request, work)

    async def piece(self, request: Request) -> Response:
        """Take a piece of an upload: Upload-Offset says where it begins, Upload-Checksum that it is whole."""
        await self._admitted(request)
        try:
            piece = await _piece(request)
        except ClientDisconnect:  # nobody waits for an answer; the laptop sends the piece again
            return Response(status_code=400)

        def work() -> BaseModel:
            said = request.headers.get("upload-offset", "")
            if piece is None:
                raise wire.TooLarge
            if not re.fullmatch(r"[0-9]{1,15}", said):
                raise wire.Malformed("Upload-Offset")
            checksum = request.headers.get("upload-checksum", "")
            if not checksum:
                raise wire.Malformed("Upload-Checksum")
            return self._uploads.piece(
                self._who(request),
                request.path_params["name"],
                position=int(said),
                checksum=checksum,
                piece=piece,
            )

        return await self._run(request, work)

    async def fetch(self, request: Request) -> Response:
        """The bytes of a file, or a range of them; never shown, always saved."""

        def work() -> Response:
            name = request.path_params["name"]
            if not re.fullmatch(r"[0-9a-f]{64}", name):
                raise Refused(404, Refusal.NOT_NAMED)
            found = self._uploads.blob(self._who(request), name)
            return _bytes(found, request.headers.get("range", ""))

        await self._admitted(request)
        return await self._run(request, work)

    # -- common -----------------------------------------------------------------------------------------------------------

    def _who(self, request: Request) -> Who:
        return lambda connection: self._actor(connection, request)

    async def _message(self, request: Request, kind: type[M], work: Callable[[Who, M], BaseModel]) -> Response:
        text = await self._body(request)
        return await self._run(request, lambda: work(self._who(request), wire.request(kind, wire.unpacked(text))))

    async def _run(self, request: Request, work: Callable[[], Any]) -> Response:
        def run() -> Any:
            try:
                return work()
            except NoRoom as error:
                raise Refused(507, Refusal.NO_ROOM) from error
            except OutOfReach as error:
                raise Refused(503, Refusal.BUSY, str(error), retry_after_s=_SOON_S) from error

        return await self._answer(request, run)


async def _piece(request: Request) -> bytes | None:
    """The body as it came; nothing when it is more than a piece may be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > wire.LARGEST_PIECE:
            return None
        parts.append(part)
    return b"".join(parts)


def _bytes(found: Blob, asked: str) -> Response:
    """A whole file, or the one range that was asked for (RFC 9110, 14); several ranges, or what is none, ask for all of it."""
    headers = _SAFE | {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{found.sha256}"',
        "ETag": f'"{found.sha256}"',
    }
    start, end, status = 0, found.size - 1, 200
    match = _RANGE.fullmatch(asked)
    if match and match.group(0) != "bytes=-":
        first, last = match.groups()
        start = int(first) if first else max(0, found.size - int(last))
        end = min(int(last), end) if first and last else end
        if start > end or (first and last and int(last) < int(first)):
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{found.size}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end}/{found.size}"
    length = end - start + 1
    headers["Content-Length"] = str(length)
    return StreamingResponse(found.read(start, length), status, headers, media_type="application/octet-stream")
