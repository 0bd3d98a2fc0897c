"""The floor of a push: an HTTP server that unpacks JSON, upserts rows into SQLite with synchronous=FULL, and answers."""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from sqlcipher3 import dbapi2


class Take(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    db: dbapi2.Connection

    def do_GET(self) -> None:
        """It is there."""
        self._answer(b"{}")

    def do_POST(self) -> None:
        """Rows of [id, text]."""
        rows = json.loads(gzip.decompress(self.rfile.read(int(self.headers["Content-Length"]))))
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            "INSERT INTO row (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            [(row[0], json.dumps(row[1:])) for row in rows],
        )
        self.db.execute("COMMIT")
        self._answer(json.dumps({"taken": len(rows)}).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve the database of the first argument on the port of the second."""
    Take.db = dbapi2.connect(sys.argv[1], isolation_level=None)
    Take.db.execute("PRAGMA journal_mode = WAL")
    Take.db.execute("PRAGMA synchronous = FULL")
    Take.db.execute("CREATE TABLE row (id TEXT PRIMARY KEY, data TEXT) STRICT")
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Take).serve_forever()


if __name__ == "__main__":
    main()
