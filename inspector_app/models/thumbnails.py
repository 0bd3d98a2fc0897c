"""Small pictures of photos, which travel before their originals: made here, and looked at before one from elsewhere is kept."""

import io
from pathlib import Path

from inspector_app.models.files import MOST_PIXELS

LARGEST = 60_000
"""Bytes of a thumbnail (sync.md b.11)."""

_SIDE = 480
_WIDEST = 1024
_QUALITIES = (82, 70, 55, 40, 25)


def made(photo: Path) -> bytes | None:
    """A JPEG of at most `LARGEST` bytes, upright and without what the camera wrote beside the picture.

    Nothing where the photo cannot be read: the original then travels all the same.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - only needed when photos travel

    try:
        with Image.open(photo) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", (2 * _SIDE, 2 * _SIDE))
            upright = ImageOps.exif_transpose(image)
            small = upright.convert("RGB")
            small.thumbnail((_SIDE, _SIDE))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    for quality in _QUALITIES:
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    return None


def is_one(jpeg: bytes) -> bool:
    """Whether these bytes, which came from elsewhere, are a small JPEG; its header is read and nothing decoded."""
    from PIL import Image  # noqa: PLC0415 - only needed when photos travel

    if not 0 < len(jpeg) <= LARGEST:
        return False
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            return 0 < image.width <= _WIDEST and 0 < image.height <= _WIDEST
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return False
