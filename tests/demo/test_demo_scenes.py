"""The drawn photos: every scene a JPEG that says DEMO in its metadata, the same bytes for a seed."""

import io

import pytest
from PIL import Image

from inspector_app.demo.scenes import SCENES, picture


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_a_jpeg_of_1200_by_900_with_something_in_it(scene: str) -> None:
    image = Image.open(io.BytesIO(picture(scene, seed=3, title="Учебный объект 3 — Ә Ғ Қ Ң Ө Ұ Ү Һ І ₸")))
    assert (image.format, image.size) == ("JPEG", (1200, 900))
    assert image.info["comment"].startswith(b"DEMO")
    assert len(image.resize((60, 45)).getcolors(2700)) > 300


def test_the_same_seed_draws_the_same_bytes_and_another_seed_another_picture() -> None:
    first = picture("drum-yard", seed=5, title="A")
    assert picture("drum-yard", seed=5, title="A") == first
    assert picture("drum-yard", seed=6, title="A") != first


def test_the_scenes_are_told_apart() -> None:
    small = {scene: Image.open(io.BytesIO(picture(scene, seed=1, title=""))).resize((8, 6)).tobytes() for scene in SCENES}
    assert len(set(small.values())) == len(SCENES)
