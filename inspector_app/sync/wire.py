"""The messages of the protocol and its version; the one file of this room that the server shares.

JSON, gzip both ways. Unknown fields are refused, so that a typing error is not a silent loss. Errors travel as
problem+json with a `code` of `Refusal`. Pages of a pull are not parsed here: the server splices them from stored text
and the laptop keeps them as they came (`Page`).
"""

import gzip
import json
import zlib
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from inspector_app.domain.people import Role

PROTOCOL = 1
"""Number of the wire itself; another one is refused by name."""

VOCABULARY = 2
"""Number of the entities and fields that travel; tables and indexes of one file may change without it."""

OPERATIONS_PER_PUSH = 2000
BODY_LIMIT = 8 * 2**20
UNPACKED_LIMIT = 32 * 2**20
ANSWER_LIMIT = 128 * 2**20
"""No answer is larger, unpacked."""
ROWS_PER_PAGE = 10_000
PAGE_BYTES = 8 * 2**20
"""About so much text of rows makes a page full, however few these are; operations come on top."""

Id = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
Hash = Field(pattern=r"^[0-9a-f]{64}$")
Text = Field(max_length=400, pattern=r"^[^\x00]*$")

HIGHEST = 2**53
Number = Annotated[int, Field(ge=0, le=HIGHEST)]


def _whole(value: Any) -> Any:
    """A number as JSON means it: 1.0 is 1."""
    return int(value) if type(value) is float and value.is_integer() else value


AnyNumber = Annotated[Number, BeforeValidator(_whole)]
"""A number in a request: whatever encoder wrote it."""


def _known_role(name: str) -> str:
    return str(Role(name))  # type: ignore[call-arg]


RoleName = Annotated[str, AfterValidator(_known_role)]


class Refusal(StrEnum):
    """Why the server does not take a request; the `code` of its problem+json."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_OFTEN = "too_often"
    NOT_KNOWN = "not_known"
    BAD_CODE = "bad_code"
    BAD_PASSWORD = "bad_password"  # noqa: S105 - a word of the protocol
    OTHER_PERSON = "other_person"
    DEMO_MISMATCH = "demo_mismatch"
    DEVICE_REVOKED = "device_revoked"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a word of the protocol
    CLOCK = "clock"
    UPGRADE_REQUIRED = "upgrade_required"
    EPOCH_CHANGED = "epoch_changed"
    STREAM_FORKED = "stream_forked"
    GAP = "gap"
    SLOW = "slow"
    BUSY = "busy"


class Message(BaseModel):
    """Immutable; nothing is guessed and nothing unknown is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Enrol(Message):
    """A laptop asks to become a device of the server. `public_key` is an Ed25519 key, raw, as hex."""

    code: str = Text
    public_key: str = Hash
    name: str = Text
    kind: Literal["real", "demo"]
    person: str | None = Field(default=None, max_length=400)
    password: str | None = Field(default=None, max_length=400)


class Enrolled(Message):
    """Who the laptop now is."""

    device_id: str = Id
    person: str
    role: RoleName
    demo: bool
    server_time: str


class Assertion(Message):
    """A short JWT signed by the device's own key, in exchange for an access token."""

    assertion: str = Field(max_length=4000)


class Token(Message):
    """An access token for ten minutes."""

    access_token: str = Field(pattern=r"^[!-~]{1,4000}$")
    expires_in: int
    server_time: str


class Hello(Message):
    """The first word of a sync."""

    protocol: AnyNumber = Field(json_schema_extra={"const": PROTOCOL})
    schema_: AnyNumber = Field(alias="schema")
    app: str = Text
    kind: Literal["real", "demo"]
    stream_id: str = Id
    client_time: str = Field(max_length=400, json_schema_extra={"format": "date-time"})

    model_config = ConfigDict(populate_by_name=True)


class Welcome(Message):
    """Where the server stands. `last_seq` is nothing when it does not know the stream; `head` is its highest revision."""

    epoch: str = Id
    last_seq: Number | None
    last_hash: str | None
    head: Number
    person: str
    role: RoleName
    clock_offset_ms: int = Field(ge=-HIGHEST, le=HIGHEST)
    server_time: str


class WireOperation(Message):
    """One operation, in the words of `models.changes.said` and the name of the command it belongs to."""

    op_id: str = Id
    txn_id: str = Id
    command: str = Text
    entity: str = Field(pattern=r"^[a-z_]{1,40}$")
    id: str = Id
    kind: Literal["create", "patch", "delete", "restore", "settle"]
    body: dict[str, Any]
    occurred_at: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z$")
    author: str = Text


class Push(Message):
    """Operations of one stream in their order, numbered from `first_seq` without gaps.

    The hash of the last one, over the whole chain from `prev_hash`, proves every one before it. `ask` are operations sent
    earlier that the server held back: has it made up its mind?
    """

    epoch: str = Id
    stream_id: str = Id
    first_seq: Annotated[int, Field(ge=1, le=HIGHEST), BeforeValidator(_whole)]
    prev_hash: str = Hash
    last_hash: str = Hash
    operations: tuple[WireOperation, ...] = Field(max_length=OPERATIONS_PER_PUSH)
    ask: tuple[str, ...] = Field(default=(), max_length=OPERATIONS_PER_PUSH)


class Verdict(Message):
    """The server's word on one operation. `reason` is the code of an error, `facts` fill its sentence.

    `event` is the state that a status event was given. `row` is the server's row where the laptop's must change, as in a
    page; a row that does not exist there is [entity, id].
    """

    op_id: str = Id
    status: Literal["applied", "held", "conflict", "rejected"]
    reason: str | None = None
    facts: dict[str, str] = {}
    event: str | None = None
    rows: tuple[tuple[Any, ...], ...] = ()


class Judged(Message):
    """The answer to a push. What has no verdict was applied as it was sent.

    `was` and `head` are the highest revision before and after. Where `was` is what the laptop has already, and `alone`
    says that nothing changed but what it sent or is told in a verdict, there is nothing to pull.
    """

    last_seq: Number
    was: Number
    head: Number
    alone: bool
    verdicts: tuple[Verdict, ...]
    server_time: str


class Page(BaseModel):
    """What a pull answers, after parsing.

    A row is [entity, id, rev, deleted, data, sources]; the entity "conflict" carries conflicts. An operation is
    [op_id, txn_id, command, entity, id, site_id, kind, body, occurred_at, author, rev].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: str
    cursor: int
    more: bool
    rows: list[list[Any]]
    operations: list[list[Any]]


class Problem(BaseModel):
    """An error as problem+json (RFC 9457)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: int
    code: str
    title: str = ""
    reason: str = ""
    server_time: str = ""


class Malformed(ValueError):
    """A body that is not what the protocol says."""


class TooLarge(ValueError):
    """A body beyond the limits."""


M = TypeVar("M", bound=BaseModel)


def pack(text: str | bytes, *, level: int = 4) -> bytes:
    """A body as it travels."""
    return gzip.compress(text if isinstance(text, bytes) else text.encode(), level, mtime=0)


def unpacked(body: bytes, *, limit: int = UNPACKED_LIMIT) -> bytes:
    """A body as it was; never more than `limit` bytes come out. Raises Malformed or TooLarge."""
    reader = zlib.decompressobj(wbits=31)
    try:
        text = reader.decompress(body, limit)
    except zlib.error as error:
        raise Malformed(str(error)) from error
    if reader.unconsumed_tail:
        raise TooLarge
    if not reader.eof:
        raise Malformed("the body ends before its end")
    return text


def read(kind: type[M], text: bytes | str) -> M:
    """A message from its JSON. Raises Malformed."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Malformed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def request(kind: type[M], text: bytes | str) -> M:
    """What a laptop sends: a message in which no key is said twice and every number is one. Raises Malformed."""
    found = read(kind, text)
    try:
        json.loads(text, object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    return found


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Nothing is built, which would take twice as long: only the keys are looked at."""
    if len(dict(pairs)) != len(pairs):
        raise Malformed("a key is said twice")


def _never(word: str) -> None:
    raise Malformed(f"{word} is no number")
