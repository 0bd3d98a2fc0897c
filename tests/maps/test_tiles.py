"""The user's own offline map is read from an MBTiles file; whatever is none is explained."""

import os

import pytest
from sqlcipher3 import dbapi2

from inspector_app.domain.errors import NotTiles
from inspector_app.maps.answers import Answers, NotThere
from inspector_app.maps.tiles import Tiles

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def make(path, *, tiles=((2, 2, 2, PNG),), **metadata):
    db = dbapi2.connect(str(path))
    db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    db.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
    db.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
    db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
    db.commit()
    db.close()
    return path


def test_rows_of_the_file_count_from_the_south_and_those_of_the_page_from_the_north(tmp_path):
    tiles = Tiles(make(tmp_path / "a.mbtiles"))

    assert tiles.tile(2, 2, 1) == ("image/png", PNG)
    assert tiles.tile(2, 2, 2) is None


def test_the_sheet_tells_zooms_bounds_and_a_credit_without_markup(tmp_path):
    told = {
        "name": "Steppe",
        "minzoom": "2",
        "maxzoom": "9",
        "bounds": "46,40,88,56",
        "attribution": "<a href='x'>A &amp; B</a>",
    }
    sheet = Tiles(make(tmp_path / "a.mbtiles", **told)).sheet

    assert (sheet.name, sheet.min_zoom, sheet.max_zoom) == ("Steppe", 2, 9)
    assert sheet.bounds == (46, 40, 88, 56)
    assert sheet.credit == "A & B"


def test_zooms_told_the_wrong_way_round_are_taken_the_right_way(tmp_path):
    sheet = Tiles(make(tmp_path / "a.mbtiles", minzoom="9", maxzoom="2")).sheet

    assert (sheet.min_zoom, sheet.max_zoom) == (2, 9)


def test_a_file_that_tells_nothing_of_itself_is_read_from_its_tiles(tmp_path):
    sheet = Tiles(make(tmp_path / "plain.mbtiles", tiles=((3, 0, 0, PNG), (7, 0, 0, PNG)), bounds="nonsense")).sheet

    assert (sheet.name, sheet.min_zoom, sheet.max_zoom, sheet.bounds) == ("plain", 3, 7, None)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of Unix")
def test_the_file_is_never_written(tmp_path):
    path = make(tmp_path / "a.mbtiles")
    before = path.read_bytes()
    tiles = Tiles(path)
    tiles.tile(2, 2, 1)
    tiles.close()

    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.mbtiles"]


def test_what_is_no_map_of_pictures_is_explained(tmp_path):
    text = tmp_path / "text.mbtiles"
    text.write_text("no database at all " * 100)
    empty = make(tmp_path / "empty.mbtiles", tiles=())
    vectors = make(tmp_path / "vectors.mbtiles", tiles=((1, 0, 0, b"\x1f\x8b"),), format="pbf")
    other = tmp_path / "other.mbtiles"
    dbapi2.connect(str(other)).execute("CREATE TABLE x (y)")

    words = tmp_path / "words.mbtiles"
    db = dbapi2.connect(str(words))
    db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    db.execute("CREATE TABLE tiles (zoom_level TEXT, tile_column, tile_row, tile_data BLOB)")
    db.execute("INSERT INTO tiles VALUES ('near', 'x', 'y', ?)", (PNG,))
    db.commit()
    db.close()

    for path in (text, empty, vectors, other, words, tmp_path / "missing.mbtiles"):
        with pytest.raises(NotTiles) as caught:
            Tiles(path)
        assert str(path) in str(caught.value)


def test_a_hostile_view_that_never_ends_is_given_up(tmp_path):
    path = tmp_path / "endless.mbtiles"
    db = dbapi2.connect(str(path))
    db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    db.execute(
        "CREATE VIEW tiles AS WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t)"
        " SELECT i AS zoom_level, i AS tile_column, i AS tile_row, NULL AS tile_data FROM t WHERE i < 0"
    )
    db.commit()
    db.close()

    with pytest.raises(NotTiles):
        Tiles(path)


def test_the_page_gets_the_pictures_and_nothing_where_there_is_none(tmp_path):
    answers = Answers()
    answers.tiles = Tiles(make(tmp_path / "a.mbtiles"))

    assert answers("/tile/2/2/1", {}).body == PNG
    for wrong in ("/tile/2/2/2", "/tile/23/1/1", "/tile/2/2/-1", "/tile/2/2/99999999999"):
        with pytest.raises(NotThere):
            answers(wrong, {})
