"""The photo table: pictures made small for paper, two beside each other, with time, place, words and the original's hash."""

import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps
from reportlab.lib.utils import ImageReader

from inspector_app.reports.blocks import Photos, Shot
from inspector_app.reports.fonts import wrapped
from inspector_app.reports.sheet import BODY, LINE, PALE, SECOND, SMALL, Sheet

_LONG_SIDE: Final = 800
"""Pixels; 82 mm on paper at 250 to the inch; half of what a camera of 2 megapixels gives, which JPEG decodes at once."""
_GAP: Final = 14.0
_HIGH: Final = 179.0


class _Jpeg(ImageReader):
    """A JPEG that goes to the page as it is; ReportLab would decode it once more, only to tell it from the others."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self._told_by, self._dataA = data, None

    def getRGBData(self) -> bytes:  # noqa: N802 - ReportLab's name
        return self._told_by


class Unreadable(ValueError):
    """The file is no picture that can be shown."""


@lru_cache(maxsize=64)
def small(file: Path, _sha256: str) -> tuple[bytes, int, int]:
    """The picture as a JPEG for paper, without what the camera wrote into it, and its size in pixels. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about the camera's notes is nothing to say on paper
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as original:
                share = _LONG_SIDE / max(original.size)
                original.draft("RGB", (int(original.width * share), int(original.height * share)))
                picture = ImageOps.exif_transpose(original)
                if max(picture.size) > 1.25 * _LONG_SIDE:
                    picture.thumbnail((_LONG_SIDE, _LONG_SIDE), Image.Resampling.BILINEAR, reducing_gap=1.5)
                kept = io.BytesIO()
                _coloured(picture).save(kept, "JPEG", quality=78)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(str(error)) from error
    return kept.getvalue(), picture.width, picture.height


def _coloured(picture: Image.Image) -> Image.Image:
    """The picture in red, green and blue of eight bits each; what is transparent is white, as the paper."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda level: level * (1 / 256)).convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture)
    return paper


def draw(sheet: Sheet, block: Photos) -> None:
    """Draw the photos in pairs; a pair is never torn."""
    half = (sheet.width - _GAP) / 2
    for number in range(0, len(block.shots), 2):
        pair = block.shots[number : number + 2]
        captions = [_caption(shot, half) for shot in pair]
        high = _HIGH + max(map(len, captions)) * 10.4 + 12
        sheet.need(min(high, sheet.top - sheet.bottom))
        top = sheet.y
        for place, (shot, caption) in enumerate(zip(pair, captions, strict=True)):
            x = sheet.left + place * (half + _GAP)
            _picture(sheet, shot, x, top - _HIGH, half)
            y = top - _HIGH
            for line, (text, bold) in enumerate(caption):
                y -= 10.4
                colour = SECOND if line and not bold else "#1B2127"
                sheet.text(x, y, text, style="bold" if bold else "regular", size=SMALL, colour=colour)
        sheet.y = top - high


def _caption(shot: Shot, width: float) -> list[tuple[str, bool]]:
    title = [(line, True) for line in wrapped(shot.title, "bold", SMALL, width, 12)]
    return title + [(line, False) for text in shot.lines for line in wrapped(text, "regular", SMALL, width, 4)]


def _picture(sheet: Sheet, shot: Shot, x: float, y: float, width: float) -> None:
    missing = shot.missing
    if shot.file is not None:
        try:
            data, across, down = small(shot.file, shot.sha256)
        except Unreadable:
            missing = missing or shot.title
        else:
            scale = min(width / across, (_HIGH - 4) / down)
            wide, tall = across * scale, down * scale
            left, low = x + (width - wide) / 2, y + 4 + (_HIGH - 4 - tall) / 2
            sheet.canvas.drawImage(_Jpeg(data), left, low, wide, tall)
            return
    sheet.box(x, y + 4, width, _HIGH - 4, PALE)
    sheet.rule(x, x + width, y + 4, colour=LINE)
    for line, text in enumerate(wrapped(missing, "regular", BODY, width - 20, 6)):
        sheet.text(x + width / 2, y + _HIGH / 2 - line * 12, text, size=BODY, colour=SECOND, align=1)
