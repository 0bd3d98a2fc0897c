"""The built-in geography: outlines, regions, water and towns that ship with the program, and whom they come from."""

import json
from functools import cache

from inspector_app.settings import RESOURCES

LAYERS = ("neighbours", "country", "water", "regions", "towns")
"""Files of resources/geo in the order they are painted; names are in name_en, name_ru and name_kk."""


@cache
def layer(name: str) -> bytes:
    """One of LAYERS as GeoJSON."""
    if name not in LAYERS:
        raise KeyError(name)
    return (RESOURCES / "geo" / f"{name}.geojson").read_bytes()


@cache
def thanks() -> tuple[str, ...]:
    """Whom the map thanks: each source once, with its licence where that asks for it."""
    thanked = dict.fromkeys(_credit(json.loads(layer(name))) for name in LAYERS)
    return tuple(thanked)


def _credit(head: dict[str, str]) -> str:
    source = head["source"].partition(" 1:")[0].partition(",")[0].partition(" (")[0]
    licence = head["licence"].partition(" (")[0]
    return source if licence == "Public domain" else f"{source} ({licence})"
