"""What a push is made of on its way through the server: operations with their hashes, rows with their place."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic_core import to_json

from inspector_app.domain.merge import RowState
from inspector_app.domain.people import Role
from inspector_app.models import changes
from inspector_app.sync import wire


class Given(NamedTuple):
    """An operation with its number, its body as canonical JSON, and the hash that the chain gives it."""

    seq: int
    op_id: str
    said: wire.WireOperation
    body: str
    hash: str


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_EXACT = 2**53 - 1
_DEEPEST = 16
"""Levels of lists and objects in the body of an operation; a boundary of several parts needs eight."""


def canonical(body: dict[str, Any]) -> str:
    """The same as `models.changes.canonical`, for bodies that mostly are canonical already: these are only written out.

    Raises ValueError for one that is nested too deep or has a number that JSON cannot carry.
    """
    return to_json(body).decode() if _is_plain(body) else changes.canonical(body).decode()


def _is_plain(value: Any, levels: int = _DEEPEST) -> bool:
    """Whether keys stand in canonical order and every number is one that all encoders write alike. Raises ValueError."""
    if levels == 0:
        raise ValueError("nested too deep")
    is_plain = True
    if type(value) is dict:
        is_plain = _in_order(tuple(value))
        value = value.values()
    # one loop, and a call only for what holds more: a call for every value costs twice as much
    for each in value:
        kind = type(each)
        if kind is str or each is None or kind is bool:
            continue
        if kind is float:
            is_plain &= 1e-3 <= abs(each) < 1e9 and not each.is_integer()
        elif kind is int:
            is_plain &= -_EXACT <= each <= _EXACT
        else:  # to the bottom, plain or not: what is nested too deep is found
            is_plain &= _is_plain(each, levels - 1)
    return is_plain


@lru_cache(1000)
def _in_order(keys: tuple[str, ...]) -> bool:
    """Whether keys, of which most rows have the same, stand in canonical order."""
    return all(key.isascii() for key in keys) and list(keys) == sorted(keys)


@lru_cache(1000)
def _quoted(value: str) -> str:
    return encode(value)


def digest(before: str, each: wire.WireOperation, body: str) -> str:
    """The same as `models.changes.chain` over what the operation says, without encoding the body a second time."""
    quoted = _quoted(each.author)
    said = (
        f'{before}{{"author":{quoted},"body":{body},"entity":"{each.entity}","id":"{each.id}","kind":"{each.kind}",'
        f'"occurred_at":"{each.occurred_at}","op_id":"{each.op_id}","txn_id":"{each.txn_id}"}}'
    )
    return hashlib.sha256(said.encode()).hexdigest()


def conflict_id(op_id: str, name: str) -> str:
    """The same conflict has the same id, however often it is found; short enough to be typed."""
    return hashlib.sha256(f"{op_id}.{name}".encode()).hexdigest()[:16]


def known_as(author: str, person: str) -> str:
    """Who did something: the author that the laptop named, and the person whose key signed for it, where these differ."""
    return author if author == person else f"{author} ({person})"


@dataclass(slots=True)
class Kept:
    """A row with its place. `text` is its data as JSON, where that is known already."""

    state: RowState
    site_id: str | None
    region: str | None
    rev: int
    is_new: bool = False
    text: str = ""

    def record(self) -> tuple[Any, ...]:
        """The row as a page carries it."""
        state = self.state
        return state.entity, state.id, self.rev, int(state.deleted), state.data, state.sources


class Waits(Exception):
    """An operation needs a row that is not here yet."""

    def __init__(self, row_id: str) -> None:
        super().__init__(row_id)
        self.row_id = row_id


@dataclass(slots=True)
class Entry:
    """A line of the log in the making."""

    given: Given
    stream_id: str
    person: str
    role: Role
    regions: tuple[str, ...] = ()
    again: bool = False
    received_at: str = ""
    schema: int | None = None
    clock_offset_ms: int | None = None
    status: str = "applied"
    rev: int | None = None
    site_id: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
