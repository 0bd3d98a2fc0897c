"""The window has its letters, whatever became of the folder where they are kept."""

import pytest

from inspector_app.ui import fonts


@pytest.fixture
def cache(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "waste-inspector"


def test_the_font_is_unpacked_once_and_taken_from_the_folder_then(cache):
    fonts.install()
    kept = {each: each.stat().st_mtime_ns for each in cache.iterdir()}

    families = fonts.install()

    assert len(kept) == 2
    assert {each: each.stat().st_mtime_ns for each in cache.iterdir()} == kept
    assert families == ["Noto Sans", "Noto Sans"]


def test_a_damaged_font_is_unpacked_anew(cache):
    fonts.install()
    for each in cache.iterdir():
        each.write_bytes(b"no font")

    families = fonts.install()

    assert families == ["Noto Sans", "Noto Sans"]
    assert all(each.stat().st_size > 100_000 for each in cache.iterdir())


def test_where_nothing_can_be_kept_the_font_is_there_all_the_same(cache):
    cache.write_text("a file where the folder should be")

    families = fonts.install()

    assert families == ["Noto Sans", "Noto Sans"]
