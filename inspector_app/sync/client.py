"""Requests to the central server: enrolment, tokens, hello, push, pull; time limits; errors that a person understands."""

import base64
import hashlib
import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import jwt
import truststore
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from inspector_app.domain.errors import (
    AccessEnded,
    DemoMismatch,
    EnrolmentRefused,
    InsecureAddress,
    LaptopShutOut,
    LaptopUnknown,
    NotTrusted,
    PersonRemoved,
    ServerBusy,
    ServerError,
    ServerNonsense,
    ServerOff,
    ServerSlow,
    ServerTooOld,
    TooOften,
    UpgradeRequired,
)
from inspector_app.i18n import N_
from inspector_app.sync import wire
from inspector_app.sync.waiting import beside
from inspector_app.sync.wire import Refusal

M = TypeVar("M", bound=BaseModel)

_REASONS = {
    Refusal.BAD_CODE: N_("the one-time code is wrong, used or expired."),
    Refusal.OTHER_PERSON: N_("the one-time code was made for another person."),
    Refusal.BAD_PASSWORD: N_("the password is wrong or missing."),
}
_WAITS, _LONGEST_WAIT_S = 3, 10
_PREFER = {"Prefer": wire.PREFERS_KEY}
_ENDED = {
    Refusal.DEVICE_REVOKED: LaptopShutOut,
    Refusal.PERSON_REMOVED: PersonRemoved,
    Refusal.NOT_KNOWN: LaptopUnknown,
    Refusal.BAD_TOKEN: AccessEnded,
}
_SET_BACK = frozenset({Refusal.EPOCH_CHANGED, Refusal.STREAM_FORKED, Refusal.GAP})


class SetBack(Exception):
    """The server's history is not what this laptop took it for; the round begins again. `code` says how."""

    def __init__(self, code: Refusal) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


_OF_FILES = frozenset(
    {
        Refusal.NOT_NAMED, Refusal.NOT_HERE, Refusal.MAY_NOT_SEND, Refusal.WRONG_SIZE, Refusal.WRONG_HASH,
        Refusal.WRONG_OFFSET, Refusal.UPLOAD_GONE, Refusal.NO_ROOM, Refusal.ENOUGH,
        Refusal.NOT_SEALED, Refusal.OTHER_SERVER, Refusal.ALTERED, Refusal.AUTHOR_UNKNOWN, Refusal.AUTHOR_SHUT_OUT,
    }
)  # fmt: skip


class FileRefused(Exception):
    """The server does not take or give a file, or a piece of one. `code` says why."""

    def __init__(self, code: Refusal) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


class Link(Protocol):
    """What a round needs of the other side; the simulation puts its own in the place of `Client`."""

    def hello(self, message: wire.Hello) -> wire.Welcome:
        """Where the server stands."""

    def push(self, body: str) -> wire.Judged:
        """Send operations, as the JSON of `wire.Push`. Raises SetBack."""

    def pull(self, *, cursor: int, first: bool, only: Sequence[str] = ()) -> bytes:
        """A page, as JSON; of some regions alone where these are named."""

    def receipt(self, message: wire.Claim) -> wire.Confirmed:
        """The server's receipt of the same sync."""

    def compare(self, message: wire.Digests) -> wire.Compared:
        """Where rows differ. Raises SetBack."""

    def rows(self, message: wire.Buckets) -> bytes:
        """A page with the rows of some buckets, as JSON. Raises SetBack."""

    def proof(self, *, after: int) -> wire.Proof:
        """What leads from an entry of the server's audit log to its newest."""


class Client:
    """A connection to one server, as one device. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        *,
        device_id: str = "",
        key: bytes = b"",
        clock: Callable[[], datetime],
        clock_offset_s: float = 0,
        timeout_s: float = 60,
        wait: Callable[[float], None] = time.sleep,
        alive: Callable[[int], None] | None = None,
    ) -> None:
        """Connect lazily. `clock_offset_s` is by how much this laptop's clock was ahead. Raises InsecureAddress.

        `wait` lets seconds pass where the server asks for a few. `alive` is called ten times a second while an answer is
        waited for, with the bytes of it that are here, and may raise: the request is then left alone, as if its answer
        were lost.
        """
        self.url = checked(url)
        self._wait = wait
        self._device_id, self._key = device_id, key
        self._clock, self._offset_s = clock, clock_offset_s
        self._token = ""
        self._alive, self._here = alive, 0
        secure = self.url.startswith("https:")
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.Client(
            base_url=self.url,
            verify=context,
            timeout=httpx.Timeout(timeout_s, connect=min(10, timeout_s)),
            headers={"Accept-Encoding": "gzip"},
            follow_redirects=False,
            trust_env=secure,
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    # -- what can be asked -----------------------------------------------------------------------------------------------

    def enrol(self, message: wire.Enrol) -> wire.Enrolled:
        """Become a device. Raises EnrolmentRefused, DemoMismatch, or what `_send` raises."""
        return self._read(
            wire.Enrolled, self._send("POST", "/v1/devices/enrol", body=message.model_dump_json(), headers=_PREFER)
        )

    def hello(self, message: wire.Hello) -> wire.Welcome:
        """Where the server stands."""
        body = message.model_dump_json(by_alias=True)
        return self._read(wire.Welcome, self._as_device("POST", "/v1/sync/hello", body=body, headers=_PREFER))

    def push(self, body: str) -> wire.Judged:
        """Send operations. Raises SetBack."""
        return self._read(wire.Judged, self._as_device("POST", "/v1/sync/push", body=body))

    def pull(self, *, cursor: int, first: bool, only: Sequence[str] = ()) -> bytes:
        """A page, as JSON; of some regions alone where these are named."""
        asked: dict[str, Any] = {"cursor": cursor, "limit": wire.ROWS_PER_PAGE, "first": int(first)}
        if only:
            asked["only"] = ",".join(only)
        return self._as_device("GET", "/v1/sync/pull", params=asked)

    def health(self) -> None:
        """Whether a central server answers at all; nobody says who he is. Raises ServerOff and its like."""
        try:
            is_well = json.loads(self._send("GET", "/healthz")).get("ok") is True
        except (ValueError, AttributeError) as error:
            raise ServerNonsense(url=self.url, detail="healthz") from error
        if not is_well:
            raise ServerBusy(url=self.url)

    def receipt(self, message: wire.Claim) -> wire.Confirmed:
        """The server's receipt of the same sync."""
        return self._read(wire.Confirmed, self._as_device("POST", "/v1/sync/receipt", body=message.model_dump_json()))

    def compare(self, message: wire.Digests) -> wire.Compared:
        """Where rows differ. Raises SetBack."""
        return self._read(wire.Compared, self._as_device("POST", "/v1/sync/digest", body=message.model_dump_json()))

    def rows(self, message: wire.Buckets) -> bytes:
        """A page with the rows of some buckets, as JSON. Raises SetBack."""
        return self._as_device("POST", "/v1/sync/rows", body=message.model_dump_json())

    def proof(self, *, after: int) -> wire.Proof:
        """What leads from an entry of the server's audit log to its newest."""
        return self._read(wire.Proof, self._as_device("GET", "/v1/audit/proof", params={"after": after}))

    def hand_in(self, piece: bytes) -> wire.HandedIn:
        """Give a piece of a colleague's unsent work. Raises FileRefused or SetBack, which are about its author."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._read(wire.HandedIn, self._as_device("POST", "/v1/sync/sealed", raw=piece, headers=headers))

    # -- documents and photos --------------------------------------------------------------------------------------------

    def files_here(self, message: wire.FilesAsked) -> wire.FilesHere:
        """Which of many files are on the server."""
        return self._read(wire.FilesHere, self._as_device("POST", "/v1/files/here", body=message.model_dump_json()))

    def announce(self, message: wire.Announced) -> wire.Upload:
        """Begin an upload, or hear how far it is. Raises FileRefused."""
        return self._read(wire.Upload, self._as_device("POST", "/v1/blobs", body=message.model_dump_json()))

    def piece(self, upload_id: str, *, position: int, piece: bytes) -> wire.Upload:
        """Send a piece of an upload. Raises FileRefused."""
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {"Upload-Offset": str(position), "Upload-Checksum": f"sha256 {checksum}"}
        return self._read(wire.Upload, self._as_device("PATCH", f"/v1/blobs/{upload_id}", raw=piece, headers=headers))

    def file(self, sha256: str, *, start: int, length: int) -> bytes:
        """Some bytes of a file; none beyond its end. Raises FileRefused."""
        headers = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        return self._as_device("GET", f"/v1/blobs/{sha256}", headers=headers, part_of=sha256)

    def keep_thumbnails(self, message: wire.Thumbnails) -> wire.ThumbnailsKept:
        """Send small pictures. Raises FileRefused."""
        return self._read(wire.ThumbnailsKept, self._as_device("POST", "/v1/thumbnails", body=message.model_dump_json()))

    def thumbnails(self, message: wire.ThumbnailsWanted) -> wire.Thumbnails:
        """Fetch small pictures."""
        return self._read(wire.Thumbnails, self._as_device("POST", "/v1/thumbnails/fetch", body=message.model_dump_json()))

    # -- how it is asked -------------------------------------------------------------------------------------------------

    def _as_device(self, method: str, path: str, **given: Any) -> bytes:
        """A request with an access token; a token that ran out is renewed once."""
        if self._token:
            try:
                return self._send(method, path, **given)
            except AccessEnded:
                self._token = ""
        self._token = self._new_token()
        return self._send(method, path, **given)

    def _new_token(self) -> str:
        try:
            return self._exchange()
        except _ClockDiffers as differs:
            self._offset_s = (self._clock() - differs.server_time).total_seconds()
            try:
                return self._exchange()
            except _ClockDiffers as again:
                raise AccessEnded from again

    def _exchange(self) -> str:
        seconds = int(self._clock().timestamp() - self._offset_s)
        claims = {"iss": self._device_id, "aud": "assertion", "iat": seconds, "exp": seconds + 60, "jti": secrets.token_hex(16)}
        signed = jwt.encode(claims, Ed25519PrivateKey.from_private_bytes(self._key), algorithm="EdDSA")
        answer = self._send("POST", "/v1/token", body=wire.Assertion(assertion=signed).model_dump_json())
        return self._read(wire.Token, answer).access_token

    def _send(self, method: str, path: str, **given: Any) -> bytes:
        """A request; where the server asks for a few seconds, it gets them. Raises what `_sent` raises."""
        for _time in range(_WAITS):
            try:
                return self._sent(method, path, **given)
            except TooOften as often:
                seconds = int(str(often.facts["seconds"]))
                if seconds > _LONGEST_WAIT_S:
                    raise
                self._wait(seconds)
        return self._sent(method, path, **given)

    def _sent(
        self,
        method: str,
        path: str,
        *,
        body: str | None = None,
        params: Any = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        part_of: str = "",
    ) -> bytes:
        """One request. Raises ServerOff, ServerSlow, ServerNonsense, NotTrusted, or what the server's refusal means.

        `raw` is a body that is sent as it is; `part_of` asks for bytes of this file instead of JSON.
        """
        headers = dict(headers or {}) | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        content = raw
        if body is not None:
            content = wire.pack(body)
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        try:
            request = self._http.build_request(method, path, content=content, params=params, headers=headers)
            answer, whole = self._fetched(request)
        except httpx.TimeoutException as error:
            raise ServerSlow(url=self.url) from error
        except httpx.ConnectError as error:
            if (reason := _mistrust(error)) is not None:
                raise NotTrusted(url=self.url, detail=reason) from error
            raise ServerOff(url=self.url) from error
        except (httpx.DecodingError, httpx.RemoteProtocolError) as error:
            if "disconnected" in str(error) or "incomplete" in str(error):
                raise ServerOff(url=self.url) from error
            raise ServerNonsense(url=self.url, detail=str(error)) from error
        except httpx.TransportError as error:
            raise ServerOff(url=self.url) from error
        if part_of and answer.status_code == 416:
            return b""
        if part_of and answer.status_code == 206 and answer.headers.get("etag") == f'"{part_of}"':
            return whole
        if not part_of and answer.status_code == 200 and answer.headers.get("content-type", "").startswith("application/json"):
            return whole
        raise self._explained(answer, whole)

    def _fetched(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """The answer and its body; while it is on its way, `alive` may raise."""
        self._here = 0
        if self._alive is None:
            return self._fetch(request)
        alive = self._alive
        return beside(lambda: self._fetch(request), lambda: alive(self._here))

    def _fetch(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        answer = self._http.send(request, stream=True)
        return answer, self._whole(answer)

    def _whole(self, answer: httpx.Response) -> bytes:
        """The body of an answer. Raises ServerNonsense when it does not end where every body has ended.

        It is unpacked here, not by httpx, which takes a body that ends before its checksum.
        """
        parts, size = [], 0
        try:
            for part in answer.iter_raw():
                size += len(part)
                self._here = size
                if size > wire.ANSWER_LIMIT:
                    raise ServerNonsense(url=self.url, detail=f"> {wire.ANSWER_LIMIT >> 20} MiB")
                parts.append(part)
        finally:
            answer.close()
        body = b"".join(parts)
        if answer.headers.get("content-encoding") != "gzip":
            return body
        try:
            return wire.unpacked(body, limit=wire.ANSWER_LIMIT)
        except (wire.Malformed, wire.TooLarge) as error:
            raise ServerNonsense(url=self.url, detail=str(error)) from error

    def _explained(self, answer: httpx.Response, body: bytes) -> Exception:
        """What a refusal means for the person in front of the laptop."""
        if not answer.headers.get("content-type", "").startswith("application/problem+json"):
            return ServerNonsense(url=self.url, detail=f"HTTP {answer.status_code}")
        problem = self._read(wire.Problem, body)
        try:
            code = Refusal(problem.code)
        except ValueError:
            return ServerNonsense(url=self.url, detail=problem.code)
        seconds = _seconds(answer.headers.get("retry-after", ""))
        often = TooOften(url=self.url, seconds=seconds or _MINUTE_S)
        error = often if code is Refusal.TOO_OFTEN else self._meaning(code, problem)
        if isinstance(error, ServerError):
            error.retry_after_s = seconds
        return error

    def _meaning(self, code: Refusal, problem: wire.Problem) -> Exception:
        plain: dict[Refusal, ServerError] = {
            Refusal.DEMO_MISMATCH: DemoMismatch(),
            Refusal.UPGRADE_REQUIRED: UpgradeRequired(),
            Refusal.SERVER_TOO_OLD: ServerTooOld(),
            Refusal.BUSY: ServerBusy(url=self.url),
            Refusal.SLOW: ServerSlow(url=self.url),
        }
        if code in plain:
            return plain[code]
        if code is Refusal.CLOCK:
            try:
                server_time = datetime.fromisoformat(problem.server_time)
            except ValueError:
                return ServerNonsense(url=self.url, detail="server_time")
            return _ClockDiffers(server_time) if server_time.tzinfo else ServerNonsense(url=self.url, detail="server_time")
        if code in _SET_BACK:
            return SetBack(code)
        if code in _OF_FILES:
            return FileRefused(code)
        if code in _ENDED:
            return _ENDED[code]()
        if code in _REASONS:
            return EnrolmentRefused(reason=_REASONS[code])
        return ServerNonsense(url=self.url, detail=f"{code}: {problem.reason}")

    def _read(self, kind: type[M], text: bytes) -> M:
        try:
            return wire.read(kind, text)
        except wire.Malformed as error:
            raise ServerNonsense(url=self.url, detail=str(error)) from error


_MINUTE_S, _DAY_S = 60, 86_400


def _seconds(said: str) -> int | None:
    """How long a server asks to be left alone; only whole seconds are understood, and never more than a day."""
    return min(int(said), _DAY_S) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _mistrust(error: BaseException) -> str | None:
    """Why a certificate was not taken, in words where OpenSSL's code is known; nothing where it was not about one."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return str(error) if "CERTIFICATE" in str(error) else None
    return _MISTRUST.get(getattr(cause, "verify_code", 0), str(cause))


_UNKNOWN_ISSUER = N_("it comes from an authority that this computer does not know")
_OTHER_NAME = N_("it is made out to another name")
_MISTRUST = {
    9: N_("it is not valid yet, or the clock of this computer is slow"),
    10: N_("it has expired, or the clock of this computer is fast"),
    18: N_("it is signed by nobody but itself"),
    19: _UNKNOWN_ISSUER,
    20: _UNKNOWN_ISSUER,
    21: _UNKNOWN_ISSUER,
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
"""X509_V_ERR codes of OpenSSL."""


class _ClockDiffers(Exception):
    """The server takes no assertion of this time, and says what time it is."""

    def __init__(self, server_time: datetime) -> None:
        super().__init__(server_time)
        self.server_time = server_time


def checked(url: str) -> str:
    """The address of a server as it is kept. Raises InsecureAddress, or ServerNonsense when it is none."""
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ServerNonsense(url=url, detail=str(error)) from error
    if parts.scheme not in {"http", "https"} or not host or "%" in host or parts.username or parts.query or parts.fragment:
        raise ServerNonsense(url=url, detail=N_("not an address of a server"))
    if parts.scheme == "http" and not _is_loopback(host):
        raise InsecureAddress(url=url)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{port}{parts.path}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
