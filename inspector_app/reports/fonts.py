"""The type of every paper: Noto Sans in two faces, what text may reach a page, and how wide it is there.

Text is drawn character by character and never parsed, so that no markup in a name or a note can do anything (sync.md F11).
"""

import io
import re
import unicodedata
from functools import cache
from typing import Final, Literal

import pymupdf_fonts
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

Style = Literal["regular", "bold"]

rl_config.useA85 = 0  # ASCII85 made papers with photos twenty times slower and a quarter larger
rl_config.invariant = 1  # the same content and instant give the same bytes

_SOURCES: Final[dict[Style, tuple[str, str]]] = {
    "regular": ("notos", "NotoSans-Regular"),
    "bold": ("notosbo", "NotoSans-Bold"),
}
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters, and those that turn the direction of text or hide in it."""

_INSTEAD = str.maketrans(
    {
        "\N{MINUS SIGN}": "\N{EN DASH}",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{ALMOST EQUAL TO}": "~",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{LEFTWARDS ARROW}": "<-",
        "\t": " ",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)
"""What the face has no glyph for and everybody reads in another spelling."""


class Face:
    """One face, loaded once. Widths are per point of size."""

    def __init__(self, style: Style) -> None:
        """Read the face out of the wheel that carries it and make it known to ReportLab."""
        source, name = _SOURCES[style]
        self.font = TTFont(name, io.BytesIO(pymupdf_fonts.fontbuffers[source]()))
        pdfmetrics.registerFont(self.font)
        widths, missing = self.font.face.charWidths, float(self.font.face.defaultWidth)
        self._widths: dict[str, float] = {chr(code): widths.get(code, missing) / 1000 for code in self.font.face.charToGlyph}
        self._missing = missing / 1000
        self.glyphs = frozenset(self._widths)

    def width(self, text: str, size: float) -> float:
        """How wide the text is in points."""
        widths = self._widths
        try:
            return sum([widths[each] for each in text]) * size
        except KeyError:
            return sum([widths.get(each, self._missing) for each in text]) * size


@cache
def face(style: Style) -> Face:
    """The face of a style."""
    return Face(style)


@cache
def _plain() -> frozenset[str]:
    """Characters that go to the page as they are."""
    seen = {
        each for each in face("regular").glyphs if each >= " " and not _UNSEEN.match(each) and not unicodedata.combining(each)
    }
    return frozenset(seen | {"\n"})


def pdf_text(text: str) -> str:
    """What of a user's text may stand on a page: no control or direction characters.

    A character without a glyph becomes U+FFFD. Line breaks stay. Nothing is escaped, for nothing is parsed.
    """
    if _plain().issuperset(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INSTEAD)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    glyphs = face("regular").glyphs
    return "".join(each if each == "\n" or each in glyphs else "\N{REPLACEMENT CHARACTER}" for each in text)


def wrap(text: str, style: Style, size: float, width: float) -> list[str]:
    """Lines of cleaned text no wider than `width` points; a word wider than that is broken inside."""
    measure = face(style).width
    lines: list[str] = []
    for paragraph in text.replace("№ ", "№\N{NO-BREAK SPACE}").split("\n"):
        if measure(paragraph, size) <= width:
            lines.append(paragraph)
            continue
        lines += _broken(paragraph, style, size, width)
    return lines


def wrapped(text: str, style: Style, size: float, width: float, most: int) -> list[str]:
    """At most so many lines of a user's text, cleaned; the last ends with an ellipsis where there is more."""
    lines = wrap(pdf_text(text), style, size, width)
    if len(lines) > most:
        lines[most - 1 :] = [shortened(f"{lines[most - 1]}\n{lines[most]}", style, size, width).removesuffix("…") + "…"]
    return lines


def _broken(paragraph: str, style: Style, size: float, width: float) -> list[str]:
    measure = face(style).width
    space = measure(" ", size)
    lines: list[str] = []
    line, used = "", 0.0
    for word in paragraph.split(" "):
        wide = measure(word, size)
        if line and used + space + wide <= width:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        line, used = word, wide
        while used > width and len(line) > 1:
            fits = _fitting(line, style, size, width)
            lines.append(line[:fits])
            line = line[fits:]
            used = measure(line, size)
    lines.append(line)
    return lines


def _fitting(word: str, style: Style, size: float, width: float) -> int:
    """How many characters of a word fit; at least one. A hyphen or a slash near the end is a better place than the middle."""
    measure, used, fits = face(style).width, 0.0, 0
    for each in word:
        used += measure(each, size)
        if used > width:
            break
        fits += 1
    better = max(word.rfind("-", 0, fits), word.rfind("/", 0, fits)) + 1
    return better if better > max(2, fits // 3) else max(fits, 1)


def shortened(text: str, style: Style, size: float, width: float) -> str:
    """The text on one line, cut with an ellipsis where it is too wide."""
    text = text.replace("\n", " ")
    if face(style).width(text, size) <= width:
        return text
    return text[: _fitting(text, style, size, width - face(style).width("…", size))].rstrip() + "…"
