"""A bad line between a laptop and the server: a TCP proxy that cuts, stalls, trickles, corrupts and sends again."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "none", "cut", "end", "stall", "delay", "trickle", "flip", "junk", "drop", "double", "length", "strange", "refuse"
]
Way = Literal["up", "down"]
_CHUNK = 65536
_STALL_S, _DELAY_S = 30.0, 0.05


@dataclass(frozen=True)
class Fault:
    """What a connection suffers, once `at` bytes have gone `way`.

    cut (reset), end (closed in an orderly way, too early), stall (nothing more comes), delay (every piece late), trickle (one
    byte at a time), flip (one bit), junk (a few bytes are others), drop and double (bytes vanish, or come twice), length (a
    digit of Content-Length is another), strange (an answer of somebody else), refuse (no connection at all).
    """

    kind: Kind = "none"
    way: Way = "down"
    at: int = 0


NONE = Fault()
CUTS: tuple[Kind, ...] = ("cut", "end", "refuse")
SLOW: tuple[Kind, ...] = ("delay", "trickle")
LIES: tuple[Kind, ...] = ("flip", "junk", "drop", "double", "length", "strange")
_STRANGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>Pay to go on</html>\n"


def drawn(dice: random.Random, kinds: tuple[Kind, ...], *, most: int = 3000) -> Fault:
    """A fault of one of these kinds, somewhere in the first bytes."""
    return Fault(dice.choice(kinds), dice.choice(("up", "down")), dice.randrange(most))


class Proxy:
    """Listens on a port of its own, in a thread of its own. `fault` is asked once for each connection."""

    def __init__(self, port: int, *, fault: Callable[[], Fault] = lambda: NONE, seed: int = 0) -> None:
        self.port, self.fault = port, fault
        self.requests: list[bytes] = []
        self.carried = {"up": 0, "down": 0}
        self.address = ("", 0)
        self._dice = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def storm(self, times: int) -> None:
        """Send requests of before again, in any order, each on a connection of its own; nobody reads the answers."""
        # a repeated code or assertion counts as an attempt to guess, and too many of these shut an address out for an hour
        before = [each for each in self.requests if b" /v1/sync/" in each[:40]]
        chosen = [self._dice.choice(before) for _each in range(times)] if before else []
        asyncio.run_coroutine_threadsafe(self._send_all(chosen), self._loop).result(120)

    # -- in the thread -------------------------------------------------------------------------------------------------------

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_CHUNK))
        self.address = server.sockets[0].getsockname()
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        fault = self.fault()
        try:
            if fault.kind != "refuse":
                await self._carry_both(reader, writer, fault)
        except (OSError, asyncio.CancelledError):
            pass  # one of the two has gone, which is what this is for
        finally:
            writer.transport.abort()

    async def _carry_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port, limit=_CHUNK)
        seen = bytearray()
        ways = [
            asyncio.ensure_future(self._carry(reader, back, "up", fault, seen)),
            asyncio.ensure_future(self._carry(there, writer, "down", fault, None)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self.requests += split(bytes(seen))
            back.transport.abort()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Way, fault: Fault, seen: bytearray | None
    ) -> None:
        gone, done = 0, fault.way != way or fault.kind == "none"
        while piece := await source.read(_CHUNK):
            self.carried[way] += len(piece)
            if seen is not None:
                seen += piece
            if done or gone + len(piece) <= fault.at:
                sink.write(piece)
            else:
                before, after = piece[: fault.at - gone], piece[fault.at - gone :]
                sink.write(before)
                await sink.drain()
                after, done = await self._suffer(fault, after, sink)
                sink.write(after)
            gone += len(piece)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    async def _suffer(self, fault: Fault, rest: bytes, sink: asyncio.StreamWriter) -> tuple[bytes, bool]:
        """What goes on after the fault, and whether it is over."""
        match fault.kind:
            case "cut":
                sink.transport.abort()
                raise ConnectionResetError
            case "end":
                sink.close()
                raise ConnectionResetError
            case "strange":
                sink.write(_STRANGE)
                await sink.drain()
                sink.close()
                raise ConnectionResetError
            case "stall":
                await asyncio.sleep(_STALL_S)
            case "delay":
                await asyncio.sleep(_DELAY_S)
                return rest, False
            case "trickle":
                for at in range(len(rest)):
                    sink.write(rest[at : at + 1])
                    await sink.drain()
                return b"", False
            case "flip":
                return bytes([rest[0] ^ (1 << self._dice.randrange(8))]) + rest[1:], True
            case "junk":
                some = self._dice.randrange(1, 9)
                return self._dice.randbytes(len(rest[:some])) + rest[some:], True
            case "drop":
                return rest[self._dice.randrange(1, 9) :], True
            case "double":
                return rest[: self._dice.randrange(1, 40)] + rest, True
            case "length":
                return _other_length(rest, self._dice), True
        return rest, True

    async def _send_all(self, requests: list[bytes]) -> None:
        for request in requests:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(request)
                await writer.drain()
                if self._dice.random() < 0.5:
                    await asyncio.wait_for(reader.read(_CHUNK), 30)
                writer.transport.abort()


def _other_length(piece: bytes, dice: random.Random) -> bytes:
    """A head whose Content-Length is another one."""
    start = piece.lower().find(b"content-length: ")
    if start < 0:
        return piece
    at = start + len(b"content-length: ")
    return piece[:at] + bytes([dice.choice(b"123456789")]) + piece[at + 1 :]


def split(text: bytes) -> Iterator[bytes]:
    """The whole requests that went over a connection."""
    while (end := text.find(b"\r\n\r\n")) >= 0:
        head = text[:end].lower()
        start = head.find(b"content-length: ")
        length = int(head[start + 16 :].split(b"\r\n")[0]) if start >= 0 else 0
        whole = end + 4 + length
        if len(text) < whole:
            return
        yield text[:whole]
        text = text[whole:]
