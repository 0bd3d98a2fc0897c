"""The calls of the server and their description as OpenAPI, made from the messages themselves (sync/wire.py).

A call is described where its route is made, so that there is no route without a description. Bodies are read by pydantic
from bytes on a worker thread, which costs a fraction of what FastAPI's own reading would; so the description is put
together here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal


class Health(BaseModel):
    """That the server, or what it needs, answers."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    server_time: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what it takes and gives, and the refusals that are its own by status.

    Those that every call may meet are added: a body that is none, too many requests, a database that does not answer. A
    `body` or an `answer` that is no message is its JSON schema, and `takes` and `gives` are their kinds; `also` are answers
    beside the usual one, as OpenAPI writes them.
    """

    method: str
    path: str
    summary: str
    answer: type[BaseModel] | Mapping[str, Any]
    body: type[BaseModel] | Mapping[str, Any] | None = None
    is_signed: bool = True
    parameters: Sequence[Mapping[str, Any]] = ()
    refusals: Mapping[int, Sequence[Refusal]] = field(default_factory=dict)
    is_limited: bool = True
    takes: str = "application/json"
    gives: str = "application/json"
    also: Mapping[str, Any] = field(default_factory=dict)


def _query(name: str, schema: Mapping[str, Any], text: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": text}


_PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": f"{wire.PREFERS_KEY}: the laptop knows the field sealing_key, which is left out otherwise.",
}


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


HEALTH = Call("GET", "/healthz", "Whether this process answers.", Health, is_signed=False, is_limited=False)
READY = Call(
    "GET", "/readyz", "Whether the database answers and has the schema of this program.", Health, is_signed=False,
    is_limited=False, refusals={503: [Refusal.BUSY]},
)  # fmt: skip
DESCRIPTION = Call(
    "GET", "/openapi.json", "This description.", {"type": "object"}, is_signed=False, is_limited=False
)  # fmt: skip
ENROL = Call(
    "POST", "/v1/devices/enrol", "Make a laptop a device, for a one-time code.", wire.Enrolled, wire.Enrol, is_signed=False,
    parameters=(_PREFER,),
    refusals={
        403: [Refusal.BAD_CODE, Refusal.BAD_PASSWORD, Refusal.OTHER_PERSON],
        409: [Refusal.DEMO_MISMATCH],
    },
)  # fmt: skip
TOKEN = Call(
    "POST", "/v1/token", "Exchange an assertion signed by the laptop's key for an access token.", wire.Token, wire.Assertion,
    is_signed=False,
    refusals={401: [Refusal.NOT_KNOWN, Refusal.DEVICE_REVOKED, Refusal.PERSON_REMOVED, Refusal.BAD_TOKEN, Refusal.CLOCK]},
)  # fmt: skip
HELLO = Call(
    "POST", "/v1/sync/hello", "Say where a stream and the server stand.", wire.Welcome, wire.Hello, parameters=(_PREFER,),
    refusals={409: [Refusal.UPGRADE_REQUIRED, Refusal.SERVER_TOO_OLD, Refusal.DEMO_MISMATCH, Refusal.STREAM_FORKED]},
)  # fmt: skip
PUSH = Call(
    "POST", "/v1/sync/push", "Judge operations of one stream in their order.", wire.Judged, wire.Push,
    refusals={409: [Refusal.EPOCH_CHANGED, Refusal.GAP, Refusal.STREAM_FORKED, Refusal.MALFORMED]},
)  # fmt: skip
HAND_IN = Call(
    "POST", "/v1/sync/sealed", "Hand in a piece of a colleague's unsent work, which is judged as a push of his laptop.",
    wire.HandedIn, {"type": "string", "format": "binary"}, takes="application/octet-stream",
    refusals={
        403: [Refusal.AUTHOR_SHUT_OUT],
        409: [
            Refusal.NOT_SEALED, Refusal.OTHER_SERVER, Refusal.ALTERED, Refusal.AUTHOR_UNKNOWN, Refusal.UPGRADE_REQUIRED,
            Refusal.SERVER_TOO_OLD, Refusal.EPOCH_CHANGED, Refusal.GAP, Refusal.STREAM_FORKED, Refusal.MALFORMED,
        ],
    },
)  # fmt: skip
PULL = Call(
    "GET", "/v1/sync/pull", "What changed since a revision, as a page.", wire.Page,
    parameters=(
        _query("cursor", _whole(0, wire.HIGHEST), "The last revision that is here.", required=True),
        _query("limit", _whole(1, 2 * wire.ROWS_PER_PAGE), "Rows of a page at most."),
        _query("first", {"type": "string", "enum": ["0", "1"]}, "1: leave out the operations that made rows."),
        _query("only", {"type": "string", "pattern": "^([0-9]{2}(,[0-9]{2}){0,99})?$"}, "Of these regions alone."),
    ),
)  # fmt: skip

RECEIPT = Call(
    "POST", "/v1/sync/receipt", "Hand in the receipt of a sync, and hear what the server counted.", wire.Confirmed, wire.Claim
)  # fmt: skip
DIGEST = Call(
    "POST", "/v1/sync/digest", "Say in which buckets the laptop's rows are not the server's.", wire.Compared, wire.Digests,
    refusals={409: [Refusal.EPOCH_CHANGED]},
)  # fmt: skip
ROWS = Call(
    "POST", "/v1/sync/rows", "The rows of some buckets once more, as a page.", wire.Page, wire.Buckets,
    refusals={409: [Refusal.EPOCH_CHANGED]},
)  # fmt: skip

AUDIT = Call(
    "GET", "/v1/audit/proof", "Digests of the audit log after an entry, which lead to its newest link.", wire.Proof,
    parameters=(_query("after", _whole(0, wire.HIGHEST), "The number of an entry; 0 for all.", required=True),),
)  # fmt: skip

_PROBLEM = "application/problem+json"
_EVERY: Mapping[int, Sequence[Refusal]] = {
    408: [Refusal.SLOW],
    413: [Refusal.TOO_LARGE],
    422: [Refusal.MALFORMED],
    429: [Refusal.TOO_OFTEN],
    503: [Refusal.BUSY],
}
_SIGNED: Mapping[int, Sequence[Refusal]] = {
    401: [Refusal.BAD_TOKEN, Refusal.NOT_KNOWN, Refusal.DEVICE_REVOKED, Refusal.PERSON_REMOVED]
}
_ABOUT = (
    "Laptops exchange operations and rows with the central server. A body may be compressed: Content-Encoding: gzip; an "
    "answer is, where the request accepts it. Unknown fields (but of hello, which programs of all versions understand), keys "
    "said twice and numbers beyond 2^53 are refused. Every "
    "refusal is application/problem+json (RFC 9457) with a code."
)


def document(calls: Iterable[Call]) -> dict[str, Any]:
    """The description of some calls as OpenAPI 3.1."""
    listed = list(calls)
    messages = {what for each in listed for what in (each.body, each.answer) if isinstance(what, type)}
    ordered = sorted(messages | {wire.Problem}, key=lambda each: each.__name__)
    _names, schemas = models_json_schema(
        [(each, "validation") for each in ordered], by_alias=True, ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Waste register: central server", "version": str(wire.PROTOCOL), "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    refusals: dict[int, list[Refusal]] = {}
    for some in (call.refusals, _SIGNED if call.is_signed else {}, _EVERY if call.is_limited else {}):
        for status, codes in some.items():
            refusals[status] = refusals.get(status, []) + [each for each in codes if each not in refusals.get(status, [])]
    said: dict[str, Any] = {
        "operationId": f"{call.method.lower()} {call.path}",
        "summary": call.summary,
        "security": [{"token": []}] if call.is_signed else [],
        "responses": {"200": _good(call)}
        | dict(call.also)
        | {str(status): _problem(status, codes) for status, codes in sorted(refusals.items())},
    }
    if call.parameters:
        said["parameters"] = list(call.parameters)
    if call.body is not None:
        said["requestBody"] = {"required": True, "content": {call.takes: {"schema": _schema(call.body)}}}
    return said


def _good(call: Call) -> dict[str, Any]:
    if call.method == "HEAD":
        return {"description": call.summary}
    return {"description": call.summary, "content": {call.gives: {"schema": _schema(call.answer)}}}


def _schema(what: type[BaseModel] | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"$ref": f"#/components/schemas/{what.__name__}"} if isinstance(what, type) else what


def _problem(status: int, codes: Sequence[Refusal]) -> dict[str, Any]:
    said = {"allOf": [_schema(wire.Problem), {"properties": {"status": {"const": status}, "code": {"enum": list(codes)}}}]}
    told: dict[str, Any] = {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
        "content": {_PROBLEM: {"schema": said}},
    }
    if status in {429, 503}:
        told["headers"] = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return told
