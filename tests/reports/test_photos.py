"""Photos on paper: whatever a camera, a phone or a scanner leaves, is shown upright, in its colours, or not at all."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from inspector_app.reports.photos import Unreadable, small

RED, GREY = (200, 30, 30), 128


def shown(file: Path) -> Image.Image:
    """The picture as it goes to the page."""
    data, wide, tall = small(file, file.name)
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (wide, tall))
    return picture


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tiff", "bmp", "gif"])
def test_every_usual_format_keeps_its_colours(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"photo.{kind}"
    Image.new("RGB", (1632, 1224), RED).save(file)
    assert near(shown(file).getpixel((10, 10)), RED)


def test_a_photo_of_a_printer_is_shown_in_colours_of_a_screen(tmp_path: Path) -> None:
    file = tmp_path / "cmyk.jpg"
    Image.new("RGB", (400, 300), RED).convert("CMYK").save(file)
    assert near(shown(file).getpixel((10, 10)), RED)


def test_sixteen_bits_of_grey_are_grey_and_not_white(tmp_path: Path) -> None:
    file = tmp_path / "grey.png"
    Image.new("I;16", (400, 300), GREY * 257).save(file)
    assert near(shown(file).getpixel((10, 10)), (GREY, GREY, GREY))


def test_what_is_transparent_is_white_as_the_paper(tmp_path: Path) -> None:
    file = tmp_path / "clear.png"
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(file)
    assert near(shown(file).getpixel((10, 10)), (255, 255, 255))


def test_a_photo_taken_upright_stands_upright(tmp_path: Path) -> None:
    file, turned = tmp_path / "turned.jpg", Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (1632, 1224), RED).save(file, exif=turned)
    assert shown(file).size == (612, 816)
    assert b"Exif" not in small(file, file.name)[0]


def test_broken_notes_of_the_camera_do_not_matter(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    file = tmp_path / "odd.jpg"
    Image.new("RGB", (400, 300), RED).save(file)
    plain = file.read_bytes()
    file.write_bytes(plain[:2] + b"\xff\xe1\x00\x14Exif\0\0MM\0*\xff\xff\xff\xff\0\0\0\0" + plain[2:])
    assert near(shown(file).getpixel((10, 10)), RED)
    assert not recwarn.list


def test_a_photo_that_was_cut_off_or_claims_endless_size_is_not_read(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((1632, 1224), 60).convert("RGB").save(whole, "JPEG")
    data = bytearray(whole.getvalue())
    start = data.find(b"\xff\xc0") + 5
    endless = bytes(data[:start]) + struct.pack(">HH", 65_000, 65_000) + bytes(data[start + 4 :])
    for name, content in {"cut": data[: len(data) // 2], "head": data[:200], "none": b"", "endless": endless}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unreadable):
            small(tmp_path / name, name)
    with pytest.raises(Unreadable):
        small(tmp_path, "folder")
