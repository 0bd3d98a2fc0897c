"""What the page of the map may ask for, and the answers: its own files, geography, tiles, and what a viewport shows."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xstatic.pkg import leaflet

from inspector_app.maps import geography
from inspector_app.maps.layers import MAX_ZOOM, Box, Snapshot
from inspector_app.maps.page import SCRIPTS, page
from inspector_app.maps.tiles import Tiles
from inspector_app.settings import RESOURCES

_OURS = {"map.css": "text/css", **dict.fromkeys(SCRIPTS, "text/javascript")}
_LEAFLET = {"leaflet.js": "text/javascript", "leaflet.css": "text/css"}
_FONTS = {"regular": "NotoSans_Regular", "bold": "NotoSans_Bold", "italic": "NotoSans_Italic"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes and what they are."""

    kind: str
    body: bytes


class NotThere(LookupError):
    """The page asked for what does not exist, or in words that make no sense."""


class Answers:
    """Answers the page from memory and read-only files; never from the register, so that nothing makes the window wait."""

    def __init__(self) -> None:
        """No sites and no tiles yet."""
        self.snapshot: Snapshot | None = None
        self.tiles: Tiles | None = None

    def __call__(self, path: str, asked: Mapping[str, str]) -> Answer:
        """The answer to a path below the origin and its query; raises NotThere."""
        match path.strip("/").split("/"):
            case [""]:
                return _page()
            case ["view"]:
                return self._view(asked)
            case ["tile", zoom, column, row]:
                return self._tile(zoom, column, row)
            case ["geo", name] if name in geography.LAYERS:
                return Answer("application/geo+json", geography.layer(name))
            case ["font", name] if name in _FONTS:
                return _font(_FONTS[name])
            case [name] if name in _OURS:
                return _file(RESOURCES / "map" / name, _OURS[name])
            case [name] if name in _LEAFLET:
                return _file(Path(leaflet.BASE_DIR) / name, _LEAFLET[name])
            case _:
                raise NotThere(path)

    def _view(self, asked: Mapping[str, str]) -> Answer:
        if self.snapshot is None:
            raise NotThere("no sites yet")
        try:
            west, south, east, north = (float(each) for each in asked["box"].split(","))
            zoom, scale = int(asked["zoom"]), float(asked.get("scale", 1))
            hidden = frozenset(int(each) for each in asked.get("hidden", "").split(",") if each)
        except (KeyError, ValueError) as error:
            raise NotThere(str(asked)) from error
        if not (0 <= zoom <= MAX_ZOOM and 0.5 <= scale <= 2 and -360 <= west < east <= 360 and -90 <= south < north <= 90):
            raise NotThere(str(asked))
        view = self.snapshot.view(Box(west, south, east, north), zoom, scale=scale, hidden=hidden)
        return Answer("application/json", view.as_json())

    def _tile(self, *place: str) -> Answer:
        if self.tiles is None or not all(each.isdecimal() and len(each) < 9 for each in place):
            raise NotThere("/".join(place))
        zoom, column, row = (int(each) for each in place)
        found = self.tiles.tile(zoom, column, row) if zoom <= 22 else None
        if found is None:
            raise NotThere("/".join(place))
        return Answer(*found)


def prepare() -> None:
    """Have ready what every map asks for first; takes a tenth of a second and more, the libraries of this room included."""
    _page()
    for name in geography.LAYERS:
        geography.layer(name)
    for module in _FONTS.values():
        _font(module)


@cache
def _page() -> Answer:
    return Answer("text/html", page().encode())


@cache
def _file(path: Path, kind: str) -> Answer:
    return Answer(kind, path.read_bytes())


@cache
def _font(module: str) -> Answer:
    # the package imports every family at once; one font is one module
    return Answer("font/ttf", bytes(importlib.import_module(f"pymupdf_fonts.{module}").fontbuffer))
