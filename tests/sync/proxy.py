"""A bad line: a proxy on loopback that cuts every connection after so many bytes towards the server, and counts them."""

import contextlib
import socket
import threading

from tests.sync.conftest import free_port


class Proxy:
    """Passes bytes on to a port of this machine; `cut_after` bytes sent, a connection is broken off, both ways at once."""

    def __init__(self, target: int, *, cut_after: int | None) -> None:
        self.port, self.target, self.cut_after = free_port(), target, cut_after
        self.passed = self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        sent = 0
        with contextlib.suppress(OSError):
            while block := source.recv(4096):
                if is_up and self.cut_after is not None:
                    block = block[: self.cut_after - sent]
                target.sendall(block)
                if is_up:
                    sent += len(block)
                    self.passed += len(block)
                    if sent == self.cut_after:
                        self.cuts += 1
                        break
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
