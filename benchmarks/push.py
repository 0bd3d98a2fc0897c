"""Changed rows pushed to a server on loopback, applied and acknowledged; the bytes they take; a sync with little or nothing."""

import gzip
import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx
from pydantic import BaseModel

from benchmarks import central, peers
from benchmarks.data import Data, raw
from benchmarks.figures import Figure, ms, race, seconds
from inspector_app.models import changes
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds_
from inspector_app.sync import wire
from inspector_app.sync.client import Client

_NAMES = itertools.count()
_BESIDE_POUCH, _BESIDE_GEODIFF = (1000, 10_000), 10_000
_FIELDS = ("id", "code", "name_ru", "region", "lat", "lon")


class _Counted:
    """A connection that keeps what went through it, so that its size on the wire is found out when no clock runs."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.texts: list[str | bytes | BaseModel] = []

    @property
    def size(self) -> int:
        """The size of everything, packed."""
        texts = (each.model_dump_json() if isinstance(each, BaseModel) else each for each in self.texts)
        return sum(len(wire.pack(each)) for each in texts)

    def hello(self, message: wire.Hello) -> wire.Welcome:
        answer = self._client.hello(message)
        self.texts += [message, answer]
        return answer

    def push(self, body: str) -> wire.Judged:
        answer = self._client.push(body)
        self.texts += [body, answer]
        return answer

    def pull(self, *, cursor: int, first: bool) -> bytes:
        body = self._client.pull(cursor=cursor, first=first)
        self.texts.append(body)
        return body


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Every size in rows; the floor reads, packs, posts, upserts and commits bare rows with a server of fifty lines."""
    for size in sizes:
        with central.central(data) as server, central.bare(data) as url, httpx.Client(trust_env=False, timeout=120) as http:
            register = Register.create(data.scratch("push"), kind="demo", person="Bench")
            server.enrol(register)
            client = rounds_.connect(register)
            ours, floor, count = [], [], _Counted(client)
            for _ in range(1 if size >= 100_000 else rounds if size <= 1000 else max(2, rounds // 3)):
                _make(register, size)
                ours.append(seconds(lambda register=register, count=count: rounds_.sync(register, link=count)))
                floor.append(seconds(lambda register=register, http=http, url=url, size=size: _bare(register, http, url, size)))
            pouch = peers.pouch(data, size) if size in _BESIDE_POUCH else None
            yield Figure(
                "rows pushed",
                min(ours),
                "s",
                size=size,
                floor=min(floor),
                floor_name="read, gzip JSON, POST, upsert, commit",
                peer=pouch and pouch["push"]["ms"] / 1000,
                peer_name=peers.POUCH if pouch else "",
                ratio_at_most=4,
            )
            yield Figure(
                "bytes of the push",
                count.size / len(ours) / 1000,
                "kB",
                size=size,
                floor=_packed(register, size) / 1000,
                floor_name="gzip JSON of the bare values",
                peer=pouch and pouch["push"]["bytes"] / 1000,
                peer_name=peers.POUCH if pouch else "",
                ratio_at_most=2,
            )
            client.close()
            if size == min(sizes):
                yield from _little(register, http, url, rounds, pouch)
            register.close()
            data.scratch("push")
        if size == _BESIDE_GEODIFF:
            yield Figure(
                f"{size:,} changed rows in {20 * size:,}",
                min(ours),
                "s",
                size=size,
                peer=peers.geodiff(data, changed=size, rows=20 * size),
                peer_name=peers.GEODIFF,
            )


def _little(register: Register, http: httpx.Client, url: str, rounds: int, pouch: dict[str, Any] | None) -> Iterator[Figure]:
    with rounds_.connect(register) as client:
        count = _Counted(client)
        rounds_.sync(register, link=count)

        def hundred() -> float:
            _make(register, 100)
            count.texts.clear()
            return seconds(lambda: rounds_.sync(register, link=count))

        took = sorted(hundred() for _ in range(rounds))[rounds // 2]
        sent = count.size
        floor = race(lambda: _bare(register, http, url, 100), rounds=rounds)[0]
        yield Figure(
            "a sync with 100 changed rows",
            ms(took),
            "ms",
            size=100,
            floor=ms(floor),
            floor_name="the same by hand",
            peer=pouch and pouch["hundred"]["ms"],
            peer_name=peers.POUCH if pouch else "",
            at_most=20,
        )
        yield Figure(
            "bytes of a sync with 100 changed rows",
            sent / 1000,
            "kB",
            size=100,
            peer=pouch and pouch["hundred"]["bytes"] / 1000,
            peer_name=peers.POUCH if pouch else "",
            at_most=6,
        )
        nothing, empty = race(lambda: rounds_.sync(register, link=count), lambda: http.get(url), rounds=rounds)
        yield Figure(
            "a sync with nothing to do",
            ms(nothing),
            "ms",
            floor=ms(empty),
            floor_name="empty round trip",
            peer=pouch and pouch["nothing"]["ms"],
            peer_name=peers.POUCH if pouch else "",
            at_most=8,
        )


def _make(register: Register, count: int) -> None:
    """So many new sites, as one transaction."""
    batch = next(_NAMES)
    rows = (
        {
            "id": register._new_id(),  # noqa: SLF001 - the register makes identities
            "code": f"P{batch}-{n:06}",
            "name_ru": f"Учебный объект {n}",
            "region": "47",
            "lat": 43.6 + n % 100 / 1000,
            "lon": 51.1,
        }
        for n in range(count)
    )
    with register.writing("Register sites", bulk=True) as session:
        changes.bulk_create(session, "site", rows)


def _newest(register: Register, count: int) -> list[tuple[object, ...]]:
    with raw(register.path) as db:
        found: list[tuple[object, ...]] = db.execute(
            f"SELECT {', '.join(_FIELDS)} FROM site ORDER BY n DESC LIMIT ?", (count,)
        ).fetchall()
    return found


def _bare(register: Register, http: httpx.Client, url: str, count: int) -> None:
    rows = _newest(register, count)
    for first in range(0, len(rows), wire.OPERATIONS_PER_PUSH):
        body = gzip.compress(json.dumps(rows[first : first + wire.OPERATIONS_PER_PUSH]).encode(), 3)
        http.post(url, content=body).raise_for_status()


def _packed(register: Register, count: int) -> int:
    return len(gzip.compress(json.dumps(_newest(register, count), ensure_ascii=False).encode(), 3))
