"""Routes and nothing else: HTTP in, the journal and access asked, JSON out; errors as problem+json."""

import asyncio
import gc
import json
import logging
import os
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inspector_app.models.base import moment_text
from inspector_app.server import access, audit, compare, description, engines, journal, limits, logs, receipts, sealing
from inspector_app.server.blob_routes import BlobRoutes
from inspector_app.server.blobs import Files, open_files
from inspector_app.server.description import Call
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.limits import Counted, Limits
from inspector_app.server.scale import Scale
from inspector_app.server.store import NoServer, OtherSchema, Store, facts, open_data, settings
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

DATA = "INSPECTOR_SERVER_DATA"
"""Environment variable that names the data folder to the worker processes."""

LOG = "INSPECTOR_SERVER_LOG"
"""Environment variable that names the log file to the worker processes; nothing for standard output."""

_HISTORY = timedelta(days=366)
_SMALL_BODY = 64 * 2**10
_IDLE_S = 30
_PATIENCE_S = 20
_SOON_S = 5
_BODIES = 256 * 2**20
"""Bytes of bodies that one process holds at most, whoever sends them and however slowly."""
_TRIES = 3
_STALE = timedelta(seconds=5)
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]
log = logging.getLogger(__name__)


def create(store: Store | None = None, files: Files | None = None, *, per_minute: int = limits.PER_MINUTE) -> logs.Logged:
    """The application over a store and, if given, bytes of files; without a store, over the folder of the environment."""
    if store is None:
        logs.start(os.environ.get(LOG, ""))
        folder = Path(os.environ[DATA])
        store, files = open_data(folder), open_files(folder)
        per_minute = settings(folder).get("requests_per_minute", per_minute)
        gc.freeze()  # what was imported stays: a collection need not look through it again and again
    app = FastAPI(title="Waste register: central server", openapi_url=None, docs_url=None, redoc_url=None)
    routes = _Routes(store, Limits(per_minute))
    routes.into(app, files)
    for kind in _KINDS:
        app.add_exception_handler(kind, routes.refused)
    return logs.Logged(app)


class _Routes:
    """The routes of one process over one store.

    Threads are few, and each kind of call has its own: waiting pushes never keep a pull from being answered, hashes of
    passwords never take all of the memory, and health is answered without a thread.
    """

    def __init__(self, store: Store, counters: Limits) -> None:
        self.store, self.scale, self.limits = store, Scale(), counters
        self._pushing, self._asking, self._guessing = asyncio.Semaphore(2), asyncio.Semaphore(6), asyncio.Semaphore(4)
        self._known: dict[str, str] = {}
        self._looked_at = store.now()
        self._held = 0
        self._calls: list[Call] = []
        self._handlers: dict[str, dict[str, Handler]] = {}

    def into(self, app: FastAPI, files: Files | None) -> None:
        """Add every call with its description."""
        for call, handler in (
            (description.HEALTH, self.health),
            (description.READY, self.ready),
            (description.DESCRIPTION, self.described),
            (description.ENROL, self.enrol),
            (description.TOKEN, self.token),
            (description.HELLO, self.hello),
            (description.PUSH, self.push),
            (description.HAND_IN, self.hand_in),
            (description.PULL, self.pull),
            (description.RECEIPT, self.receipt),
            (description.DIGEST, self.digest),
            (description.ROWS, self.rows),
            (description.AUDIT, self.proof),
        ):
            self.add(app, call, handler)
        if files is not None:
            routes = BlobRoutes(
                self.store, files, actor=self.speaker, body=self.body, admitted=self._admitted, answer=self.answer
            )
            for call, answered in routes.calls():
                self.add(app, call, answered)

    def add(self, app: FastAPI, call: Call, handler: Handler) -> None:
        """Add one call; its line in the log names it by its path."""

        async def noted(request: Request) -> Response:
            logs.note(request.scope)["route"] = call.path
            try:
                return await handler(request)
            finally:
                self._held -= request.scope.get(_HELD, 0)

        same = self._handlers.setdefault(call.path, {})
        same[call.method] = noted

        async def by_method(request: Request) -> Response:
            return await same.get(request.method, noted)(request)

        # one route for all methods of a path: who asks with another one is told all that there are
        app.router.routes[:] = [each for each in app.router.routes if getattr(each, "path", "") != call.path]
        app.add_route(call.path, by_method, methods=list(same))
        self._calls.append(call)

    async def health(self, request: Request) -> Response:
        """Whether this process answers; asks nobody."""
        return _reply(request, {"ok": True, "server_time": self._time()})

    async def ready(self, request: Request) -> Response:
        """Whether the database answers and has the right schema."""

        def work() -> dict[str, Any]:
            try:
                return {"ok": bool(self.store.facts()), "server_time": self._time()}
            except (NoServer, OtherSchema) as error:
                raise Refused(503, Refusal.BUSY, "schema", retry_after_s=_SOON_S) from error

        return await self.answer(request, work)

    async def described(self, request: Request) -> Response:
        """The description of all calls."""
        return await self.answer(request, lambda: description.document(self._calls))

    async def enrol(self, request: Request) -> Response:
        """Make a laptop a device, for a one-time code."""

        def work(connection: Connection, message: wire.Enrol) -> BaseModel:
            known = facts(connection)
            found = access.enrol(connection, message, demo=known["demo"] == "1", now=self.store.now())
            logs.note(request.scope)["device"] = found.device_id
            told = {"sealing_key": sealing.public(known), "epoch": known["epoch"]}
            return found.model_copy(update=told) if _prefers_key(request) else found

        def counted(message: wire.Enrol, address: str) -> Counted:
            return (limits.ENROLMENTS, address), (limits.PASSWORDS, message.code)

        return await self._guess(request, wire.Enrol, work, counted)

    async def token(self, request: Request) -> Response:
        """Exchange a signed assertion for an access token."""

        def work(connection: Connection, message: wire.Assertion) -> BaseModel:
            logs.note(request.scope)["device"] = _device(access.claimant(message.assertion))
            return access.token(connection, message, facts=facts(connection), now=self.store.now())

        def counted(message: wire.Assertion, address: str) -> Counted:
            claimed = _device(access.claimant(message.assertion))
            return (limits.STRANGERS, address), (limits.ASSERTIONS, f"{address} {claimed}")

        return await self._guess(request, wire.Assertion, work, counted)

    async def hello(self, request: Request) -> Response:
        """Say where a stream and the server stand."""
        text = await self.body(request, most=_SMALL_BODY)

        def work() -> BaseModel:
            message, now = wire.request(wire.Hello, wire.unpacked(text, limit=_SMALL_BODY)), self.store.now()
            with self.store.reading() as connection:
                known = facts(connection)
                found = journal.hello(connection, self._actor(connection, request, known), message, facts=known, now=now)
            return found.model_copy(update={"sealing_key": sealing.public(known)}) if _prefers_key(request) else found

        return await self.answer(request, work)

    async def push(self, request: Request) -> Response:
        """Judge operations."""
        text = await self.body(request)

        def work() -> BaseModel:
            # no second look at its keys: the hash over all it says is the laptop's, and is compared with what was read
            message = wire.read(wire.Push, wire.unpacked(text))
            with self.store.writing() as connection:
                actor = self.speaker(connection, request)
                return journal.push(connection, actor, message, scale=self.scale, now=self.store.now())

        return await self.answer(request, work, turn=self._pushing)

    async def hand_in(self, request: Request) -> Response:
        """Judge operations that a colleague brings."""
        text = await self.body(request)

        def work() -> BaseModel:
            with self.store.reading() as connection:
                known = facts(connection)
                self._actor(connection, request, known)
            found = sealing.opened(wire.unpacked(text, limit=wire.BODY_LIMIT), facts=known)
            with self.store.writing() as connection:
                self.speaker(connection, request)
                return sealing.hand_in(connection, found, scale=self.scale, now=self.store.now())

        return await self.answer(request, work, turn=self._pushing)

    async def pull(self, request: Request) -> Response:
        """What changed since a revision."""

        def work() -> str:
            cursor, limit, first, only = _asked(request)
            with self.store.reading() as connection:
                known = facts(connection)
                actor = self._actor(connection, request, known)
                since = moment_text(self.store.now() - _HISTORY)
                return journal.pull(
                    connection, epoch=known["epoch"], cursor=cursor, limit=limit, first=first, since=since,
                    regions=actor.regions, only=only,
                )  # fmt: skip

        await self._admitted(request)
        return await self.answer(request, work)

    async def receipt(self, request: Request) -> Response:
        """Keep the receipt of a sync beside what the server itself counted."""
        text = await self.body(request, most=_SMALL_BODY)

        def work() -> BaseModel:
            message = wire.request(wire.Claim, wire.unpacked(text, limit=_SMALL_BODY))
            with self.store.writing() as connection:
                actor = self.speaker(connection, request)
                return receipts.close(connection, message, device_id=actor.device_id, person=actor.person, now=self.store.now())

        return await self.answer(request, work)

    async def digest(self, request: Request) -> Response:
        """Say in which buckets a laptop's rows are not the server's."""
        text = await self.body(request)

        def work() -> BaseModel:
            message = wire.request(wire.Digests, wire.unpacked(text))
            with self.store.reading() as connection:
                known = facts(connection)
                regions = self._actor(connection, request, known).regions
                return compare.compare(connection, message, epoch=known["epoch"], now=self.store.now(), regions=regions)

        return await self.answer(request, work)

    async def rows(self, request: Request) -> Response:
        """Hand out the rows of some buckets once more."""
        text = await self.body(request, most=_SMALL_BODY)

        def work() -> str:
            message = wire.request(wire.Buckets, wire.unpacked(text, limit=_SMALL_BODY))
            with self.store.reading() as connection:
                known = facts(connection)
                regions = self._actor(connection, request, known).regions
                return compare.rows(connection, message, epoch=known["epoch"], regions=regions)

        return await self.answer(request, work)

    async def proof(self, request: Request) -> Response:
        """Hand out what proves that the audit log goes on from a link that a laptop was shown."""

        def work() -> BaseModel:
            after = _after(request)
            with self.store.reading() as connection:
                self.speaker(connection, request)
                return audit.proof(connection, after=after, most=wire.DIGESTS_PER_PROOF)

        await self._admitted(request)
        return await self.answer(request, work)

    # -- common ----------------------------------------------------------------------------------------------------------

    def _time(self) -> str:
        return moment_text(self.store.now())

    def speaker(self, connection: Connection, request: Request) -> Actor:
        """Who speaks. Raises Refused."""
        return self._actor(connection, request, facts(connection))

    def _actor(self, connection: Connection, request: Request, known: dict[str, str]) -> Actor:
        """Who speaks, asked of the database at every request. Raises Refused."""
        return access.actor(connection, _bearer(request), facts=known, now=self.store.now())

    async def _admitted(self, request: Request) -> None:
        """That the token is one of ours and its laptop does not ask too often; nothing was read yet. Raises Refused."""
        bearer, now = _bearer(request), self.store.now()
        try:
            claims = access.genuine(bearer, facts=self._known or await run_in_threadpool(self._look), now=now)
        except Refused:
            if now - self._looked_at < _STALE:
                raise
            # the server may have been set back to a copy with another key
            claims = access.genuine(bearer, facts=await run_in_threadpool(self._look), now=now)
        logs.note(request.scope)["device"] = claims["sub"]
        self.limits.request(claims["sub"], now=now)

    def _look(self) -> dict[str, str]:
        with self.store.reading() as connection:
            self._known, self._looked_at = facts(connection), self.store.now()
        return self._known

    async def body(self, request: Request, *, most: int = wire.BODY_LIMIT, is_signed: bool = True) -> bytes:
        """The body as it travels. Raises Refused; what a stranger sends is read and forgotten, so that he hears the answer."""
        refused: Refused | None = None
        try:
            if is_signed:
                await self._admitted(request)
        except Refused as error:
            refused = error
        parts, size = [], 0
        try:
            async with asyncio.timeout(_IDLE_S) as patience:
                async for part in request.stream():
                    patience.reschedule(asyncio.get_running_loop().time() + _IDLE_S)
                    size += len(part)
                    if size > most:
                        raise Refused(413, Refusal.TOO_LARGE)
                    if refused is None:
                        self._hold(request, len(part))
                        parts.append(part)
        except (TimeoutError, ClientDisconnect) as error:
            raise Refused(408, Refusal.SLOW) from error
        if refused is not None:
            raise refused
        body = b"".join(parts)
        match request.headers.get("content-encoding", "identity").lower():
            case "gzip":
                return body
            case "identity":
                return wire.pack(body, level=0)
            case _:
                raise Refused(422, Refusal.MALFORMED, "content-encoding")

    def _hold(self, request: Request, size: int) -> None:
        request.scope[_HELD] = request.scope.get(_HELD, 0) + size
        self._held += size
        if self._held > _BODIES:
            raise Refused(503, Refusal.BUSY, retry_after_s=_SOON_S)

    async def _guess(
        self,
        request: Request,
        kind: type[M],
        work: Callable[[Connection, M], BaseModel],
        counted: Callable[[M, str], Counted],
    ) -> Response:
        """A request by somebody not known yet: who fails too often has to wait."""
        address = limits.neighbourhood(request.client.host if request.client else "")
        text = await self.body(request, most=_SMALL_BODY, is_signed=False)

        def run() -> BaseModel:
            message = wire.request(kind, wire.unpacked(text, limit=_SMALL_BODY))
            counters = counted(message, address)
            self.limits.may_try(counters, now=self.store.now())
            try:
                with self.store.writing() as connection:
                    return work(connection, message)
            except Refused as refused:
                if refused.code is not Refusal.CLOCK:
                    self.limits.failed(counters)
                if refused.account is not None:
                    with self.store.writing() as connection:
                        access.note_failure(connection, refused.account, now=self.store.now())
                raise

        return await self.answer(request, run, turn=self._guessing)

    async def answer(self, request: Request, work: Callable[[], Any], *, turn: asyncio.Semaphore | None = None) -> Response:
        """What a piece of work on a thread comes to; a transaction that had to give way to another is done again."""

        def run() -> Response:
            for _try in range(_TRIES):
                try:
                    return _reply(request, work())
                except DBAPIError as error:
                    if not engines.may_try_again(error):
                        raise
            raise Refused(503, Refusal.BUSY, retry_after_s=_SOON_S)

        turns = turn or self._asking
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await turns.acquire()
        except TimeoutError as error:
            raise Refused(503, Refusal.BUSY, retry_after_s=_SOON_S) from error
        try:
            return await run_in_threadpool(run)
        finally:
            turns.release()

    # -- refusals --------------------------------------------------------------------------------------------------------

    async def refused(self, request: Request, error: Exception) -> Response:
        """The problem that an error is, for the laptop and for the log."""
        match error:
            case Refused():
                found = error
            case wire.TooLarge():
                found = Refused(413, Refusal.TOO_LARGE)
            case wire.Malformed():
                found = Refused(422, Refusal.MALFORMED, str(error))
            case DataError():  # a text that the database cannot hold, such as one with a zero byte
                found = Refused(422, Refusal.MALFORMED, type(error.orig).__name__)
            case SQLAlchemyError():
                log.warning("the database does not answer", exc_info=error)
                found = Refused(503, Refusal.BUSY, retry_after_s=_SOON_S)
            case HTTPException():
                logs.note(request.scope)["code"] = str(Refusal.MALFORMED)
                return _problem(error.status_code, Refusal.MALFORMED, "", self._time(), dict(error.headers or {}))
            case _:
                found = Refused(500, Refusal.BUSY)
        headers = {"Retry-After": str(found.retry_after_s)} if found.retry_after_s else {}
        if found.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        logs.note(request.scope)["code"] = str(found.code)
        return _problem(found.status, found.code, found.reason, self._time(), headers)


_KINDS = (Refused, wire.TooLarge, wire.Malformed, SQLAlchemyError, HTTPException, Exception)
"""Errors that become problems; the last is whatever nobody foresaw."""
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_HELD = "inspector.held"


def _bearer(request: Request) -> str:
    scheme, _blank, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401, Refusal.BAD_TOKEN, "missing")
    return bearer


def _prefers_key(request: Request) -> bool:
    return wire.PREFERS_KEY in {each.strip().lower() for each in request.headers.get("prefer", "").split(",")}


def _asked(request: Request) -> tuple[int, int, bool, tuple[str, ...]]:
    """Cursor, limit, whether it is the first pull, and the regions that alone are asked for. Raises Malformed."""
    given = request.query_params.multi_items()
    asked = dict(given)
    cursor, limit, first = asked.get("cursor", ""), asked.get("limit", str(wire.ROWS_PER_PAGE)), asked.get("first", "0")
    if len(given) != len(asked) or asked.keys() - {"cursor", "limit", "first", "only"} or first not in {"0", "1"}:
        raise wire.Malformed("cursor, limit, first, only")
    if not _REGIONS.fullmatch(only := asked.get("only", "")):
        raise wire.Malformed("only")
    if not (_NUMBER.fullmatch(cursor) and int(cursor) <= wire.HIGHEST):
        raise wire.Malformed("cursor")
    if not (_NUMBER.fullmatch(limit) and 1 <= int(limit) <= 2 * wire.ROWS_PER_PAGE):
        raise wire.Malformed("limit")
    return int(cursor), int(limit), first == "1", tuple(only.split(",")) if only else ()


def _after(request: Request) -> int:
    """The number of an entry that is asked for, and nothing else. Raises Malformed."""
    given = request.query_params.multi_items()
    if len(given) != 1 or given[0][0] != "after" or not _NUMBER.fullmatch(given[0][1]) or int(given[0][1]) > wire.HIGHEST:
        raise wire.Malformed("after")
    return int(given[0][1])


_NUMBER = re.compile(r"[0-9]{1,16}")
_REGIONS = re.compile(r"([0-9]{2}(,[0-9]{2}){0,99})?")


def _device(claimed: str) -> str:
    """An id as the log may hold it: what a stranger says to be his is written down only where it could be one."""
    return claimed if _ID.fullmatch(claimed) else ""


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _reply(request: Request, found: Any) -> Response:
    if isinstance(found, Response):
        return found
    if isinstance(found, BaseModel):
        found = found.model_dump_json(by_alias=True)
    text = found if isinstance(found, str) else json.dumps(found)
    body = text.encode()
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, headers=_HEADERS, media_type="application/json")
    # however small: its checksum tells a body that came damaged from one that came whole
    return Response(wire.pack(body), headers=_HEADERS | {"Content-Encoding": "gzip"}, media_type="application/json")


def _problem(status: int, code: Refusal, reason: str, time: str, headers: dict[str, str] | None = None) -> Response:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": str(code), "reason": reason}
    body = json.dumps(problem | {"server_time": time})
    return Response(body, status, _HEADERS | (headers or {}), media_type="application/problem+json")
