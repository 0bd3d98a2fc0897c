"""A small painter for the pictures of the demo register: light, ground, weathering and the DEMO mark, the same for a seed."""

import io
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
import pymupdf_fonts
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1200, 900
"""Pixels of a finished picture."""

Colour = tuple[int, int, int]
Point = tuple[float, float]

_SCALE = 2  # drawn twice as large and brought down, which smooths every edge


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(pymupdf_fonts.fontbuffers[name]()), size)


@cache
def _rim() -> NDArray[np.uint16]:
    """How many 256ths of its light each point keeps: all in the middle, less towards the corners."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    rim: NDArray[np.uint16] = (256 * (1 - 0.20 * np.clip(x**2 + y**2 - 0.35, 0, 2))).astype(np.uint16)
    return rim[:, :, None]


@cache
def _grain() -> NDArray[np.int16]:
    """By a byte of chance, what it adds to a point: a bell about 5 wide."""
    bell = NormalDist(0, 5)
    return np.array([round(bell.inv_cdf((byte + 0.5) / 256)) for byte in range(256)], np.int16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; share 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    """One picture in the making. Coordinates are pixels of the finished picture; `random` is its own seeded source."""

    def __init__(self, seed: int) -> None:
        """Start with an empty picture."""
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE))
        self.draw = ImageDraw.Draw(self.image)

    # -- shapes -------------------------------------------------------------------------------------------------------

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Colour, *, radius: float = 0) -> None:
        """A rectangle."""
        if radius:
            self.draw.rounded_rectangle(self._at((x0, y0), (x1, y1)), radius * _SCALE, fill=fill)
        else:
            self.draw.rectangle((x0 * _SCALE, y0 * _SCALE, x1 * _SCALE, y1 * _SCALE), fill=fill)

    def shape(self, *points: Point, fill: Colour) -> None:
        """A polygon."""
        self.draw.polygon(self._at(*points), fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """An ellipse around (x, y)."""
        self.draw.ellipse(((x - rx) * _SCALE, (y - ry) * _SCALE, (x + rx) * _SCALE, (y + ry) * _SCALE), fill=fill)

    def line(self, *points: Point, fill: Colour, width: float) -> None:
        """A line through points."""
        self.draw.line(self._at(*points), fill=fill, width=max(1, round(width * _SCALE)), joint="curve")

    def text(self, x: float, y: float, words: str, *, size: int, fill: Colour, bold: bool = False, anchor: str = "lm") -> None:
        """A line of text."""
        font = _font("notosbo" if bold else "notos", size * _SCALE)
        self.draw.text((x * _SCALE, y * _SCALE), words, font=font, fill=fill, anchor=anchor)

    @staticmethod
    def _at(*points: Point) -> Any:
        return [(x * _SCALE, y * _SCALE) for x, y in points]

    # -- light and surfaces -------------------------------------------------------------------------------------------

    def fade(self, y0: float, y1: float, top: Colour, bottom: Colour) -> None:
        """A band over the whole width that goes from one colour to another."""
        rows = round((y1 - y0) * _SCALE)
        share = np.linspace(0, 1, rows)[:, None, None]
        band = (np.array(top) * (1 - share) + np.array(bottom) * share).astype(np.uint8)
        wide = Image.fromarray(band).resize((WIDTH * _SCALE, rows), Image.Resampling.NEAREST)
        self.image.paste(wide, (0, round(y0 * _SCALE)))

    def speckle(self, x0: float, y0: float, x1: float, y1: float, *, colour: Colour, count: int, size: float) -> None:
        """Stones, tufts and dirt, small in the distance and larger near."""
        chance = self.random.random((count, 4))
        depth, share = chance[:, 0], chance[:, 3, None] * 0.28 - 0.12
        xs, ys = x0 + (x1 - x0) * chance[:, 1], y0 + (y1 - y0) * depth
        radii = size * (0.3 + depth) * (0.4 + 0.8 * chance[:, 2])
        tones = np.clip(np.array(colour) * (1 - share) + 255 * share, 0, 255).astype(int)
        for x, y, r, tone in zip(xs.tolist(), ys.tolist(), radii.tolist(), tones.tolist(), strict=True):
            self.oval(x, y, r * 1.7, r * 0.7, tuple(tone))

    def shadow(self, x: float, y: float, rx: float, ry: float, *, strength: float = 0.45) -> None:
        """A soft dark patch on the ground."""
        soft = 10 * _SCALE
        left, top = round((x - rx) * _SCALE) - 2 * soft, round((y - ry) * _SCALE) - 2 * soft
        size = (round(2 * rx * _SCALE) + 4 * soft, round(2 * ry * _SCALE) + 4 * soft)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((2 * soft, 2 * soft, size[0] - 2 * soft, size[1] - 2 * soft), fill=round(255 * strength))
        self.image.paste((18, 16, 14), (left, top), mask.filter(ImageFilter.BoxBlur(soft)))

    def stain(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A ragged patch of liquid with a glint."""
        turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        rough = 1 + 0.16 * self.random.standard_normal(40)
        rough = (rough + np.roll(rough, 1) + np.roll(rough, -1)) / 3
        edge = [
            (x + rx * float(r) * float(np.cos(t)), y + ry * float(r) * float(np.sin(t)))
            for t, r in zip(turns, rough, strict=True)
        ]
        self.shape(*edge, fill=colour)
        self.oval(x - rx * 0.25, y - ry * 0.2, rx * 0.3, ry * 0.14, mix(colour, (255, 255, 255), 0.18))

    # -- things -------------------------------------------------------------------------------------------------------

    def drum(self, x: float, y: float, height: float, colour: Colour, *, rust: float = 0.3, label: str = "") -> None:
        """A steel drum that stands on (x, y), with ribs, rust and perhaps a label."""
        half, lid = height * 0.33, height * 0.09
        self.shadow(x + half * 0.5, y, half * 1.4, lid * 1.6)
        steps = 26
        for step in range(steps):
            left = x - half + 2 * half * step / steps
            light = 1 - abs(step / steps - 0.36) * 1.5
            tone = mix(mix(colour, (0, 0, 0), 0.55), mix(colour, (255, 255, 255), 0.18), max(0.0, light))
            sag = lid * (1 - ((step + 0.5) / steps * 2 - 1) ** 2) ** 0.5
            self.box(left, y - height, left + 2 * half / steps + 0.8, y + sag, tone)
        for share in (0.34, 0.67):
            self.draw.arc(
                self._at((x - half, y - height * share - lid), (x + half, y - height * share + lid)), 0, 180,
                fill=mix(colour, (0, 0, 0), 0.5), width=round(height * 0.018 * _SCALE) + 1,
            )  # fmt: skip
        for _ in range(round(rust * 26)):
            rx, ry = float(self.random.uniform(-0.9, 0.85)) * half, float(self.random.uniform(0.04, 0.95)) * height
            drop = height * float(self.random.uniform(0.02, 0.14))
            self.box(x + rx, y - ry, x + rx + height * 0.022, y - ry + drop, mix((112, 62, 34), colour, 0.3), radius=2)
        self.oval(x, y - height, half, lid, mix(colour, (255, 255, 255), 0.22))
        self.oval(x, y - height, half * 0.88, lid * 0.82, mix(colour, (0, 0, 0), 0.22))
        self.oval(x + half * 0.4, y - height, half * 0.12, lid * 0.2, mix(colour, (0, 0, 0), 0.6))
        if label:
            self.box(x - half * 0.5, y - height * 0.6, x + half * 0.42, y - height * 0.36, (232, 226, 208), radius=1)
            size = max(7, round(height * 0.085))
            self.text(x - half * 0.04, y - height * 0.48, label, size=size, fill=(60, 50, 40), anchor="mm")

    def fence(self, y: float, height: float, *, gap: float = 84) -> None:
        """Posts with wire along the width."""
        x = -20.0
        while x < WIDTH + 20:
            self.box(x, y - height, x + 5, y, (96, 92, 86))
            x += gap
        for share in (0.15, 0.5, 0.85):
            self.line((0, y - height * share), (WIDTH, y - height * share), fill=(110, 106, 100), width=1.2)

    def sign(self, x: float, y: float, width: float, words: tuple[str, ...], *, colour: Colour = (242, 196, 40)) -> None:
        """A warning board on a post."""
        height = width * 0.62
        self.box(x - 4, y - height * 2.1, x + 4, y, (86, 82, 78))
        self.box(x - width / 2, y - height * 2.1, x + width / 2, y - height * 1.1, (40, 38, 34), radius=5)
        self.box(x - width / 2 + 4, y - height * 2.1 + 4, x + width / 2 - 4, y - height * 1.1 - 4, colour, radius=4)
        for row, line in enumerate(words):
            middle = y - height * 2.1 + height * (row + 1) / (len(words) + 1)
            self.text(x, middle, line, size=round(width * 0.12), fill=(30, 28, 24), bold=True, anchor="mm")

    # -- the end ------------------------------------------------------------------------------------------------------

    def finished(self, title: str) -> bytes:
        """The picture as JPEG with grain, a darker rim, the title and the mark that says it was drawn."""
        light = np.asarray(self.image.reduce(_SCALE)).astype(np.uint16)
        light *= _rim()
        light >>= 8
        grain = _grain()[np.frombuffer(self.random.bytes(HEIGHT * WIDTH), np.uint8)].reshape(HEIGHT, WIDTH, 1)
        picture = Image.fromarray(np.clip(light.view(np.int16) + grain, 0, 255).astype(np.uint8))
        strip = Image.new("RGBA", (WIDTH, 46), (10, 14, 16, 170))
        draw = ImageDraw.Draw(strip)
        draw.text((20, 23), title, font=_font("notos", 21), fill=(255, 255, 255, 235), anchor="lm")
        draw.rounded_rectangle((WIDTH - 132, 8, WIDTH - 16, 38), 5, fill=(242, 196, 40, 255))
        draw.text((WIDTH - 74, 23), "DEMO", font=_font("notosbo", 21), fill=(24, 22, 18, 255), anchor="mm")
        below = picture.crop((0, HEIGHT - 46, WIDTH, HEIGHT)).convert("RGBA")
        picture.paste(Image.alpha_composite(below, strip).convert("RGB"), (0, HEIGHT - 46))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=84, comment="DEMO: drawn by a program, shows no real place")
        return out.getvalue()
