"""The user's own offline map: raster tiles out of an MBTiles file, read only."""

import html
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlcipher3 import dbapi2

from inspector_app.domain.errors import NotTiles
from inspector_app.i18n import N_

_STEPS = 2_000_000
"""Steps of SQLite's machine after which a question is given up; an index answers within a few hundred."""

_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file says of itself: its name, zooms, and the rectangle west, south, east, north in degrees where given.

    `credit` is plain text, without the markup that such files may carry.
    """

    name: str
    credit: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float] | None


class Tiles:
    """One open MBTiles file. Tiles are asked in the rows that map pages count, north to south."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises NotTiles when it is no map of raster tiles."""
        self.path = path
        if not path.is_file():
            raise NotTiles(file=path, reason=N_("there is no such file."))
        # immutable: the file may lie on a read-only stick, and nobody writes it while it is shown
        self._db = dbapi2.connect(
            f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
        )
        try:
            self._db.execute("PRAGMA trusted_schema = OFF")
            self.sheet = self._read_sheet()
        except (dbapi2.DatabaseError, TypeError, ValueError) as error:
            self.close()
            raise NotTiles(file=path, reason=N_("it is not an MBTiles file, or it is damaged.")) from error
        except NotTiles:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def tile(self, zoom: int, column: int, row: int) -> tuple[str, bytes] | None:
        """Type and bytes of the picture at a place, rows counted from the north; nothing where the file has none."""
        with suppress(dbapi2.DatabaseError):  # a damaged page of the file is a hole in the picture, not a stop
            # MBTiles counts rows from the south (TMS)
            found = self._one(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                zoom, column, 2**zoom - 1 - row,
            )  # fmt: skip
            picture = found[0] if found else None
            kind = _kind(picture)
            if kind and picture:
                return kind, bytes(picture)
        return None

    def _read_sheet(self) -> Sheet:
        told = {str(name): str(value) for name, value in self._all("SELECT name, value FROM metadata LIMIT 200")}
        if told.get("format") in {"pbf", "mvt"}:
            raise NotTiles(file=self.path, reason=N_("its tiles are vectors; only pictures (PNG, JPEG, WebP) can be shown."))
        first = self._one("SELECT tile_data FROM tiles LIMIT 1")
        if first is None or _kind(first[0]) is None:
            raise NotTiles(file=self.path, reason=N_("it has no pictures (PNG, JPEG, WebP)."))
        zooms = sorted((self._zoom(told.get("minzoom"), "MIN"), self._zoom(told.get("maxzoom"), "MAX")))
        return Sheet(
            name=told.get("name", "")[:80] or self.path.stem,
            credit=_plain(told.get("attribution", ""))[:200],
            min_zoom=zooms[0],
            max_zoom=zooms[1],
            bounds=_bounds(told.get("bounds", "")),
        )

    def _zoom(self, told: str | None, end: Literal["MIN", "MAX"]) -> int:
        if told and told.isdecimal():
            return min(int(told), 22)
        # one end at a time: SQLite then reads one entry of the index
        return min(int(self._one(f"SELECT {end}(zoom_level) FROM tiles")[0]), 22)  # noqa: S608 - one of two words

    def _one(self, question: str, *values: int) -> Any:
        rows = self._all(question, *values)
        return rows[0] if rows else None

    def _all(self, question: str, *values: int) -> list[Any]:
        left = [_STEPS // 10_000]

        def tired() -> int:
            left[0] -= 1
            return left[0] < 0

        self._db.set_progress_handler(tired, 10_000)
        return list(self._db.execute(question, values))


def _kind(picture: Any) -> str | None:
    if not isinstance(picture, bytes):
        return None
    return next((kind for head, kind in _PICTURES if picture.startswith(head)), None)


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    with suppress(ValueError):
        west, south, east, north = (float(each) for each in json.loads(f"[{text}]"))
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    return None
