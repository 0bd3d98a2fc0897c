"""Routes and nothing else: HTTP in, the journal and access asked, JSON out; errors as problem+json."""

import gc
import json
import logging
import os
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError
from starlette.exceptions import HTTPException

from inspector_app.models.base import moment_text
from inspector_app.server import access, compare, journal, receipts
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.scale import Scale
from inspector_app.server.store import Store, facts, open_data
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

DATA = "INSPECTOR_SERVER_DATA"
"""Environment variable that names the data folder to the worker processes."""

_HISTORY = timedelta(days=366)
_FAILURES = RateLimitItemPerHour(30)
_SMALL = 300
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
log = logging.getLogger(__name__)


def create(store: Store | None = None) -> FastAPI:
    """The application over a store; without one, over the folder that the environment names."""
    served = store or open_data(Path(os.environ[DATA]))
    app = FastAPI(title="Waste register: central server", version=str(wire.PROTOCOL), docs_url=None, redoc_url=None)
    _Routes(served).into(app)
    if store is None:
        gc.freeze()  # what was imported stays: a collection need not look through it again and again
    app.add_exception_handler(Exception, _unexpected)
    app.add_exception_handler(HTTPException, _http)
    return app


class _Routes:
    """The routes of one process over one store."""

    def __init__(self, store: Store) -> None:
        self.store, self.scale = store, Scale()
        self.failures = MovingWindowRateLimiter(MemoryStorage())

    def into(self, app: FastAPI) -> None:
        app.add_route("/healthz", self.health, methods=["GET"])
        app.add_route("/v1/devices/enrol", self.enrol, methods=["POST"])
        app.add_route("/v1/token", self.token, methods=["POST"])
        app.add_route("/v1/sync/hello", self.hello, methods=["POST"])
        app.add_route("/v1/sync/push", self.push, methods=["POST"])
        app.add_route("/v1/sync/pull", self.pull, methods=["GET"])
        app.add_route("/v1/sync/receipt", self.receipt, methods=["POST"])
        app.add_route("/v1/sync/digest", self.digest, methods=["POST"])
        app.add_route("/v1/sync/rows", self.rows, methods=["POST"])

    async def health(self, request: Request) -> Response:
        """Whether the server and its database answer."""
        return await self._answer(request, lambda: {"ok": bool(self.store.facts()), "server_time": self._time()})

    async def enrol(self, request: Request) -> Response:
        """Make a laptop a device, for a one-time code."""
        return await self._guess(
            request, wire.Enrol, lambda c, m: access.enrol(c, m, demo=facts(c)["demo"] == "1", now=self.store.now())
        )

    async def token(self, request: Request) -> Response:
        """Exchange a signed assertion for an access token."""
        return await self._guess(request, wire.Assertion, lambda c, m: access.token(c, m, facts=facts(c), now=self.store.now()))

    async def hello(self, request: Request) -> Response:
        """Say where a stream and the server stand."""
        text = await _body(request)

        def work() -> BaseModel:
            message, now = wire.read(wire.Hello, wire.unpacked(text)), self.store.now()
            with self.store.reading() as connection:
                known = facts(connection)
                return journal.hello(connection, self._actor(connection, request, known), message, facts=known, now=now)

        return await self._answer(request, work)

    async def push(self, request: Request) -> Response:
        """Judge operations."""
        text = await _body(request)

        def work() -> BaseModel:
            message = wire.read(wire.Push, wire.unpacked(text))
            with self.store.writing() as connection:
                actor = self._actor(connection, request, facts(connection))
                return journal.push(connection, actor, message, scale=self.scale, now=self.store.now())

        return await self._answer(request, work)

    async def pull(self, request: Request) -> Response:
        """What changed since a revision."""

        def work() -> str:
            asked = request.query_params
            try:
                cursor, limit = int(asked["cursor"]), int(asked.get("limit", wire.ROWS_PER_PAGE))
            except (KeyError, ValueError) as error:
                raise wire.Malformed("cursor, limit") from error
            if not (0 <= cursor < 2**62 and 1 <= limit <= 2 * wire.ROWS_PER_PAGE):
                raise wire.Malformed("cursor, limit")
            with self.store.reading() as connection:
                known = facts(connection)
                self._actor(connection, request, known)
                since = moment_text(self.store.now() - _HISTORY)
                first = asked.get("first") == "1"
                return journal.pull(connection, epoch=known["epoch"], cursor=cursor, limit=limit, first=first, since=since)

        return await self._answer(request, work)

    async def receipt(self, request: Request) -> Response:
        """Keep the receipt of a sync beside what the server itself counted."""
        text = await _body(request)

        def work() -> BaseModel:
            message = wire.read(wire.Claim, wire.unpacked(text))
            with self.store.writing() as connection:
                actor = self._actor(connection, request, facts(connection))
                return receipts.close(connection, message, device_id=actor.device_id, person=actor.person, now=self.store.now())

        return await self._answer(request, work)

    async def digest(self, request: Request) -> Response:
        """Say in which buckets a laptop's rows are not the server's."""
        text = await _body(request)

        def work() -> BaseModel:
            message = wire.read(wire.Digests, wire.unpacked(text))
            with self.store.reading() as connection:
                known = facts(connection)
                actor = self._actor(connection, request, known)
                epoch, now = known["epoch"], self.store.now()
                return compare.compare(connection, message, epoch=epoch, now=now, regions=actor.regions)

        return await self._answer(request, work)

    async def rows(self, request: Request) -> Response:
        """Hand out the rows of some buckets once more."""
        text = await _body(request)

        def work() -> str:
            message = wire.read(wire.Buckets, wire.unpacked(text))
            with self.store.reading() as connection:
                known = facts(connection)
                actor = self._actor(connection, request, known)
                return compare.rows(connection, message, epoch=known["epoch"], regions=actor.regions)

        return await self._answer(request, work)

    # -- common ----------------------------------------------------------------------------------------------------------

    def _time(self) -> str:
        return moment_text(self.store.now())

    def _actor(self, connection: Connection, request: Request, known: dict[str, str]) -> Actor:
        scheme, _blank, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(401, Refusal.BAD_TOKEN, "missing")
        return access.actor(connection, bearer, facts=known, now=self.store.now())

    async def _guess(self, request: Request, kind: type[M], work: Callable[[Connection, M], BaseModel]) -> Response:
        """A request by somebody not known yet: an address that fails too often has to wait."""
        address = request.client.host if request.client else ""
        text = await _body(request)

        def run() -> BaseModel:
            if not self.failures.test(_FAILURES, address):
                raise Refused(429, Refusal.TOO_OFTEN)
            message = wire.read(kind, wire.unpacked(text))
            try:
                with self.store.writing() as connection:
                    return work(connection, message)
            except Refused as refused:
                if refused.code is not Refusal.CLOCK:
                    self.failures.hit(_FAILURES, address)
                raise

        return await self._answer(request, run)

    async def _answer(self, request: Request, work: Callable[[], Any]) -> Response:
        try:
            return await run_in_threadpool(lambda: _reply(request, work()))
        except Refused as refused:
            log.info("%s refused: %s", request.url.path, refused)
            return _problem(refused.status, refused.code, refused.reason, self._time())
        except wire.TooLarge:
            return _problem(413, Refusal.TOO_LARGE, "", self._time())
        except wire.Malformed as error:
            return _problem(422, Refusal.MALFORMED, str(error), self._time())
        except DataError as error:  # a text that the database cannot hold, such as one with a zero byte
            return _problem(422, Refusal.MALFORMED, type(error.orig).__name__, self._time())
        except DBAPIError as error:
            log.warning("the database does not answer", exc_info=error)
            return _problem(503, Refusal.BUSY, "", self._time(), {"Retry-After": "5"})


async def _body(request: Request) -> bytes:
    """The body as it came, never more than the limit."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > wire.BODY_LIMIT:
            raise HTTPException(413)
        parts.append(part)
    body = b"".join(parts)
    return body if request.headers.get("content-encoding") == "gzip" else wire.pack(body)


def _reply(request: Request, found: Any) -> Response:
    text = found if isinstance(found, str) else found.model_dump_json() if isinstance(found, BaseModel) else json.dumps(found)
    body = text.encode()
    if len(body) < _SMALL or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, media_type="application/json")
    return Response(wire.pack(body), media_type="application/json", headers={"Content-Encoding": "gzip"})


def _problem(status: int, code: Refusal, reason: str, time: str, headers: dict[str, str] | None = None) -> Response:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": str(code), "reason": reason}
    body = json.dumps(problem | {"server_time": time})
    return Response(body, status, headers, media_type="application/problem+json")


_CODES = {413: Refusal.TOO_LARGE, 429: Refusal.TOO_OFTEN}


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _problem(status, _CODES.get(status, Refusal.MALFORMED), "", "")


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s ended in an error that nobody foresaw", request.url.path, exc_info=error)
    return _problem(500, Refusal.BUSY, "", "")
