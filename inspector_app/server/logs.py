"""The server's log: one JSON object to a line, with nothing in it that a person typed, owns or is called.

Of a request it holds the time, which call it was, how it ended, how long it took and which laptop asked; of an error its
kind and where in the program it was, never its words, since those of a database quote what was to be written.
"""

import logging
import logging.handlers
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

Note = MutableMapping[str, Any]
_NOTE = "inspector.note"
_TRUSTED = ("inspector_app", "uvicorn")
"""Loggers whose words are written by people who know where they go."""
_FRAMES = 12
_QUIET = frozenset({"/healthz", "/readyz"})


class _Lines(JsonFormatter):
    """A record as one JSON object: ASCII only, so that no character can break a line."""

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{message}", style="{", rename_fields={"levelname": "level", "message": "event"}, timestamp="time"
        )

    def format(self, record: logging.LogRecord) -> str:
        if not record.name.startswith(_TRUSTED):
            record = logging.makeLogRecord({**record.__dict__, "msg": record.name, "args": ()})
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        kind, _words, frames = ei
        return f"{kind.__name__} at {_places(frames)}"


def _places(frames: TracebackType | None) -> str:
    found = traceback.extract_tb(frames)[-_FRAMES:]
    return " > ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in found)


def start(file: str) -> None:
    """Send what is logged to a file, or to standard output; several processes may write to one file, and it may be rotated."""
    handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("inspector_app").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def note(scope: MutableMapping[str, Any]) -> Note:
    """What the line of a request will say besides; the routes write the call, the laptop and the code of a refusal."""
    kept: Note = scope.setdefault(_NOTE, {})
    return kept


class Logged:
    """An application of which every request becomes a line, and of which no error passes on its words."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and write its line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told, began, status = note(scope), perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            if status == 0:
                raise
            told["error"] = f"{type(error).__name__} at {_places(error.__traceback__)}"
        finally:
            self._line(scope, told, status, perf_counter() - began)

    @staticmethod
    def _line(scope: Scope, told: Note, status: int, seconds: float) -> None:
        route = told.pop("route", "")
        if route in _QUIET and status == 200:
            return
        level = logging.INFO if status < 429 else logging.WARNING if status in {429, 503} else logging.ERROR
        said = {"method": scope["method"] if route else "", "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.log(level, "request", extra={**said, **told})
