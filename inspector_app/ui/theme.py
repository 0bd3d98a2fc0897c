"""Light, dark, sun; spacing, sizes and type. The one place that knows a colour, a pixel or a font (look.md)."""

import importlib.util
import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from inspector_app.ui import fonts
from inspector_app.ui.style import sheet

Weight = Literal["text", "secondary", "card", "brand", "title", "figure"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The tokens of one theme as #RRGGBB."""

    background: str
    surface: str
    line: str
    text: str
    secondary: str
    accent: str
    accent_weak: str
    on_accent: str
    danger: str
    danger_weak: str
    warning: str
    warning_weak: str
    ok: str
    rail: str
    rail_text: str
    rail_current: str
    hover: str
    selected: str
    selected_text: str


COLOURS: dict[str, Colours] = {
    "light": Colours(
        background="#F4F6F8",
        surface="#FFFFFF",
        line="#DCE1E7",
        text="#1B2127",
        secondary="#5C6672",
        accent="#0B6E69",
        accent_weak="#E2F0EF",
        on_accent="#FFFFFF",
        danger="#B3261E",
        danger_weak="#FDECEA",
        warning="#8A5A00",
        warning_weak="#FFF4DB",
        ok="#1A7F37",
        rail="#12312F",
        rail_text="#CFE3E1",
        rail_current="#2F4B49",
        hover="#F0F3F5",
        selected="#E2F0EF",
        selected_text="#1B2127",
    ),
    "dark": Colours(
        background="#14181C",
        surface="#1D2329",
        line="#323A43",
        text="#E7ECF1",
        secondary="#9AA6B2",
        accent="#4FB3AC",
        accent_weak="#203634",
        on_accent="#0E1F1E",
        danger="#FF8A80",
        danger_weak="#3A1F1E",
        warning="#FFCC66",
        warning_weak="#332A14",
        ok="#6BCB8B",
        rail="#0E1F1E",
        rail_text="#B9D3D0",
        rail_current="#233A38",
        hover="#262D34",
        selected="#203634",
        selected_text="#E7ECF1",
    ),
    "sun": Colours(
        background="#FFFFFF",
        surface="#FFFFFF",
        line="#000000",
        text="#000000",
        secondary="#000000",
        accent="#003F3C",
        accent_weak="#FFFFFF",
        on_accent="#FFFFFF",
        danger="#8B0000",
        danger_weak="#FFFFFF",
        warning="#000000",
        warning_weak="#FFE08A",
        ok="#004D1A",
        rail="#000000",
        rail_text="#FFFFFF",
        rail_current="#003F3C",
        hover="#EDEDED",
        selected="#003F3C",
        selected_text="#FFFFFF",
    ),
}
"""Tokens by the name of the theme."""

SPACE = (4, 8, 12, 16, 24, 32)
"""The steps of the 4-pixel grid."""

_SIZES: dict[Weight, int] = {"text": 13, "secondary": 12, "card": 13, "brand": 15, "title": 20, "figure": 28}
_BOLD: frozenset[Weight] = frozenset({"card", "brand", "title", "figure"})
FALLBACK_FAMILIES = ("Noto Sans", "DejaVu Sans", "Segoe UI", "Arial")


@dataclass(frozen=True, slots=True)
class Theme:
    """How the window looks: one of the named palettes, a text size in per cent, sizes for fingers or for a mouse."""

    name: str = "light"
    text_percent: int = 100
    touch: bool = False

    @property
    def colours(self) -> Colours:
        """The tokens; an unknown name falls back to light."""
        return COLOURS.get(self.name, COLOURS["light"])

    def colour(self, token: str) -> QColor:
        """A token such as 'accent' as Qt wants it."""
        return QColor(getattr(self.colours, token))

    def px(self, size: int) -> int:
        """A length of text and controls at this text size."""
        return round(size * max(100, min(self.text_percent, 175)) / 100)

    @property
    def border(self) -> int:
        """Thickness of lines around cards and controls."""
        return 2 if self.name == "sun" else 1

    @property
    def row(self) -> int:
        """Height of a row of a table."""
        return self.px(44 if self.touch else 34)

    @property
    def control(self) -> int:
        """Height of a button or an input."""
        return self.px(44 if self.touch else 32)

    def font(self, weight: Weight = "text") -> QFont:
        """Noto Sans in the size of its use; figures stand in columns of equal width, and every Kazakh і keeps its dot."""
        return QFont(_font(self.px(_SIZES[weight]), bold=weight in _BOLD))

    def icon(self, name: str, colour: str = "text") -> QIcon:
        """A Material Design icon such as 'magnify' in a colour of this theme, sharp at every scale of the screen."""
        return _icon(name, getattr(self.colours, colour), self.px(16))

    def palette(self) -> QPalette:
        """The palette of Fusion, for whatever the style sheet does not name."""
        palette = QPalette()
        roles = QPalette.ColorRole
        for role, token in (
            (roles.Window, "background"),
            (roles.WindowText, "text"),
            (roles.Base, "surface"),
            (roles.AlternateBase, "background"),
            (roles.Text, "text"),
            (roles.Button, "surface"),
            (roles.ButtonText, "text"),
            (roles.BrightText, "danger"),
            (roles.ToolTipBase, "surface"),
            (roles.ToolTipText, "text"),
            (roles.Highlight, "accent"),
            (roles.HighlightedText, "on_accent"),
            (roles.Link, "accent"),
            (roles.LinkVisited, "accent"),
            (roles.PlaceholderText, "secondary"),
            (roles.Mid, "line"),
            (roles.Light, "surface"),
            (roles.Dark, "line"),
        ):
            palette.setColor(role, self.colour(token))
        for role in (roles.Text, roles.WindowText, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("secondary"))
        return palette

    def stylesheet(self) -> str:
        """The one style sheet of the window."""
        tokens = {each.name: getattr(self.colours, each.name) for each in fields(Colours)}
        sizes: dict[str, int] = {name: self.px(size) for name, size in _SIZES.items()}
        return sheet(
            tokens,
            sizes,
            border=self.border,
            row=self.row,
            control=self.control,
            family=", ".join(f'"{each}"' for each in _families()),
            underline="underline" if self.name == "sun" else "none",
        )

    def apply(self, app: QApplication) -> None:
        """Dress the whole application."""
        app.setStyle("Fusion")
        app.setPalette(self.palette())
        app.setFont(self.font())
        app.setStyleSheet(self.stylesheet())


def contrast(one: str, other: str) -> float:
    """Contrast of two #RRGGBB colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _families() -> tuple[str, ...]:
    """Noto Sans, brought along where the system has none."""
    if "Noto Sans" not in QFontDatabase.families():
        fonts.install()
    return FALLBACK_FAMILIES


@cache
def _font(size: int, *, bold: bool) -> QFont:
    font = QFont(_families()[0])
    font.setFamilies(list(_families()))
    font.setPixelSize(size)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    # the font of the wheel takes the Cyrillic і apart into a stem and a dot that it then loses
    font.setFeature(QFont.Tag("ccmp"), 0)
    return font


@cache
def _icon_font() -> tuple[str, dict[str, str]]:
    """Family and characters of Material Design Icons 6, read from the wheel without importing its other eleven fonts."""
    spec = importlib.util.find_spec("qtawesome")
    folder = Path(spec.submodule_search_locations[0]) / "fonts" if spec and spec.submodule_search_locations else Path()
    (font,) = folder.glob("materialdesignicons6-webfont-[0-9]*.ttf")
    (charmap,) = folder.glob("materialdesignicons6-webfont-charmap-*.json")
    (family,) = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))
    return family, {name: chr(int(code, 16)) for name, code in json.loads(charmap.read_text("utf-8")).items()}


@cache
def _icon(name: str, colour: str, size: int) -> QIcon:
    family, characters = _icon_font()
    icon = QIcon()
    # drawn sharp for the sharpest screen there is, and once only where all screens are plain
    app = QGuiApplication.instance()
    for scale in (1, 2) if isinstance(app, QGuiApplication) and app.devicePixelRatio() > 1 else (1,):
        picture = QPixmap(QSize(size, size) * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        font = QFont(family)
        font.setPixelSize(size)
        painter = QPainter(picture)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(QPointF(0, 0), QSize(size, size)), Qt.AlignmentFlag.AlignCenter, characters[name])
        painter.end()
        icon.addPixmap(picture)
    return icon
