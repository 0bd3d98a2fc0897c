"""The calls about documents and photos, described."""

from collections.abc import Mapping
from typing import Any

from inspector_app.server.description import Call
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal


def _parameter(where: str, name: str, pattern: str, text: str, *, required: bool = True) -> Mapping[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": where, "required": required, "schema": schema, "description": text}


_NAME = _parameter(
    "path", "name", "^[0-9a-f-]{1,64}$", "An upload by the id that the server gave it, or a file by its SHA-256."
)
_BYTES, _FILE = "application/octet-stream", {"type": "string", "format": "binary"}
_NO_ROOM = {507: [Refusal.NO_ROOM]}
_UNNAMED = {403: [Refusal.MAY_NOT_SEND], 404: [Refusal.NOT_NAMED, Refusal.NOT_HERE]}

ANNOUNCE = Call(
    "POST", "/v1/blobs", "Begin an upload, or hear how far it is.", wire.Upload, wire.Announced,
    refusals=_UNNAMED | _NO_ROOM | {409: [Refusal.WRONG_SIZE], 429: [Refusal.ENOUGH]},
)  # fmt: skip
HERE = Call("POST", "/v1/files/here", "Which of many files are here.", wire.FilesHere, wire.FilesAsked)
FETCH = Call(
    "GET", "/v1/blobs/{name}", "The bytes of a file, or one range of them.", _FILE, gives=_BYTES,
    parameters=(_NAME, _parameter("header", "Range", "^bytes=[0-9]*-[0-9]*$", "One range of bytes.", required=False)),
    refusals=_UNNAMED,
    also={
        "206": {
            "description": "The bytes that were asked for.",
            "content": {_BYTES: {"schema": _FILE}},
        },
        "416": {"description": "The file has no such bytes."},
    },
)  # fmt: skip
POSITION = Call(
    "HEAD", "/v1/blobs/{name}", "How much of an upload is here: Upload-Offset of Upload-Length.", {}, parameters=(_NAME,),
    refusals={404: [Refusal.UPLOAD_GONE]},
)  # fmt: skip
PIECE = Call(
    "PATCH", "/v1/blobs/{name}", "Take a piece of an upload.", wire.Upload, _FILE, takes=_BYTES,
    parameters=(
        _NAME,
        _parameter("header", "Upload-Offset", "^[0-9]{1,15}$", "Where the piece begins."),
        _parameter("header", "Upload-Checksum", "^sha256 [A-Za-z0-9+/]{43}=$", "SHA-256 of the piece, base64."),
    ),
    refusals=_NO_ROOM
    | {404: [Refusal.UPLOAD_GONE], 409: [Refusal.WRONG_OFFSET, Refusal.WRONG_HASH, Refusal.WRONG_SIZE]},
)  # fmt: skip
KEEP_THUMBNAILS = Call(
    "POST", "/v1/thumbnails", "Keep small pictures.", wire.ThumbnailsKept, wire.Thumbnails,
    refusals=_UNNAMED | _NO_ROOM | {409: [Refusal.WRONG_HASH]},
)  # fmt: skip
THUMBNAILS = Call("POST", "/v1/thumbnails/fetch", "Hand out small pictures.", wire.Thumbnails, wire.ThumbnailsWanted)
