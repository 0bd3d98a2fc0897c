"""Colours of the map by the name of the window's theme: quiet land and water, so that the marks speak."""

from collections.abc import Mapping

PALETTES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "land": "#FAFAF7",
        "abroad": "#ECEEF0",
        "water": "#CFE1EB",
        "river": "#B5D0DF",
        "border": "#8C98A4",
        "band": "rgba(11, 110, 105, 0.10)",
        "region": "#C3CAD2",
        "country_label": "#8C96A1",
        "region_label": "#7C8794",
        "town": "#56606B",
        "town_label": "#3C4650",
        "water_label": "#5F8AA3",
        "halo": "rgba(250, 250, 247, 0.92)",
        "mark_line": "#FFFFFF",
        "disc": "#FFFFFF",
        "disc_line": "rgba(27, 33, 39, 0.28)",
        "disc_label": "#1B2127",
        "site_label": "#1B2127",
    },
    "dark": {
        "land": "#20272E",
        "abroad": "#171C21",
        "water": "#122C3A",
        "river": "#1D4256",
        "border": "#66727E",
        "band": "rgba(79, 179, 172, 0.10)",
        "region": "#3B4550",
        "country_label": "#6B7681",
        "region_label": "#7B8793",
        "town": "#A5B0BB",
        "town_label": "#B9C3CD",
        "water_label": "#5E93AF",
        "halo": "rgba(26, 32, 38, 0.92)",
        "mark_line": "#14181C",
        "disc": "#1D2329",
        "disc_line": "rgba(0, 0, 0, 0.6)",
        "disc_label": "#E7ECF1",
        "site_label": "#E7ECF1",
    },
    "sun": {
        "land": "#FFFFFF",
        "abroad": "#E6E6E6",
        "water": "#B8DCF0",
        "river": "#5A9CC0",
        "border": "#000000",
        "band": "rgba(0, 0, 0, 0.12)",
        "region": "#555555",
        "country_label": "#333333",
        "region_label": "#333333",
        "town": "#000000",
        "town_label": "#000000",
        "water_label": "#00405F",
        "halo": "#FFFFFF",
        "mark_line": "#000000",
        "disc": "#FFFFFF",
        "disc_line": "#000000",
        "disc_label": "#000000",
        "site_label": "#000000",
    },
}
"""What each thing on the map is painted with; an unknown theme falls back to light."""


def palette(theme: str) -> Mapping[str, str]:
    """The colours of a theme of the window ('light', 'dark', 'sun')."""
    return PALETTES.get(theme, PALETTES["light"])
