"""Documents and photos: bytes kept whole by fingerprint, bad files refused with a sentence."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from office import D, Office, a_picture, noon

from inspector_app.actions import documents
from inspector_app.domain.errors import BadValue, CannotWrite, InputError, NotFound
from inspector_app.domain.ownership import DocumentType as T
from inspector_app.models import files


@pytest.fixture
def site(office: Office) -> str:
    return office.site()


def attach(office: Office, site: str, file: Path, **given: Any) -> str:
    return office.do(documents.attach_photo, site, file, **given)


def kept(office: Office) -> list[Path]:
    return sorted(path for path in files.folder(office.register.path).rglob("*") if path.is_file())


def test_a_photo_is_kept_byte_for_byte_under_its_fingerprint(office: Office, site: str, tmp_path: Path) -> None:
    picture = a_picture(tmp_path / "gate of the site.jpg")
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    attach(office, site, picture, caption="Gate", lat=43.65, lon=51.16, direction_deg=270, taken_at=noon(D(2024, 5, 1)))
    attach(office, site, picture)

    assert office.ask("SELECT DISTINCT sha256, mime, size, name FROM photo") == [
        (sha256, "image/jpeg", picture.stat().st_size, "gate of the site.jpg")
    ]
    (path,) = kept(office)  # the same bytes are kept once
    assert path == office.register.path.with_name("test.register.files") / sha256[:2] / sha256[2:4] / sha256
    assert path.read_bytes() == picture.read_bytes()
    assert files.is_whole(office.register.path, sha256)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_are_known_by_their_header_not_by_their_name(office: Office, site: str, tmp_path: Path, kind: str) -> None:
    attach(office, site, a_picture(tmp_path / "photo.txt", kind=kind))
    assert office.ask("SELECT mime FROM photo") == [(f"image/{kind.lower()}",)]


def bad_files(folder: Path) -> dict[str, Path]:
    whole = a_picture(folder / "whole.jpg").read_bytes()
    cases = {
        "empty": b"",
        "text": b"not a picture",
        "markup": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "pdf": b"%PDF-1.7\n",
        "truncated header": whole[:20],
        "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    }
    found = {}
    for name, content in cases.items():
        found[name] = folder / f"{name}.jpg"
        found[name].write_bytes(content)
    found["missing"] = folder / "missing.jpg"
    found["folder"] = folder
    found["too many points"] = a_picture(folder / "huge.png", size=(50_001, 1_000), kind="PNG")
    return found


@pytest.mark.parametrize(
    "name", ["empty", "text", "markup", "pdf", "truncated header", "gif", "missing", "folder", "too many points"]
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(office: Office, site: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadValue):
        attach(office, site, bad_files(tmp_path)[name])
    assert kept(office) == []
    assert office.ask("SELECT count(*) FROM photo") == [(0,)]


@pytest.mark.parametrize(
    "given",
    [
        {"lat": 43.65},
        {"lat": 10.0, "lon": 20.0},
        {"direction_deg": 361},
        {"taken_at": noon(D(2030, 1, 1))},
        {"caption": "\x00"},
    ],
)
def test_an_impossible_photo_is_refused(office: Office, site: str, tmp_path: Path, given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        attach(office, site, a_picture(tmp_path / "a.jpg"), **given)


def test_a_photo_belongs_to_one_site(office: Office, site: str, tmp_path: Path) -> None:
    other = office.site("B-1")
    from inspector_app.actions import inspections

    act = office.do(inspections.start_inspection, other)
    with pytest.raises(BadValue):
        attach(office, site, a_picture(tmp_path / "a.jpg"), inspection_id=act)
    with pytest.raises(NotFound):
        attach(office, "none", a_picture(tmp_path / "a.jpg"))


def test_a_folder_that_cannot_be_made_is_explained(office: Office, site: str, tmp_path: Path) -> None:
    files.folder(office.register.path).write_bytes(b"a file is in the way")
    with pytest.raises(CannotWrite):
        attach(office, site, a_picture(tmp_path / "a.jpg"))
    assert office.ask("SELECT count(*) FROM photo") == [(0,)]


def test_damaged_bytes_in_the_store_are_written_anew(office: Office, site: str, tmp_path: Path) -> None:
    picture = a_picture(tmp_path / "a.jpg")
    attach(office, site, picture)
    (path,) = kept(office)
    path.write_bytes(b"\x00" * picture.stat().st_size)
    attach(office, site, picture)
    assert path.read_bytes() == picture.read_bytes()


def test_a_document_may_have_its_scan_at_once_or_later(office: Office, site: str, tmp_path: Path) -> None:
    scan = tmp_path / "decision.pdf"
    scan.write_bytes(b"%PDF-1.7\nscan")
    office.paper(site, T.COURT_DECISION, D(2020, 1, 1), file=scan)
    later = office.paper(site, T.CLAIM, D(2020, 1, 2))
    office.do(documents.change_document, later, file=scan, no="7")
    assert office.ask("SELECT type, no, mime, size, title FROM document ORDER BY n") == [
        ("COURT_DECISION", "1", "application/pdf", 13, "decision.pdf"),
        ("CLAIM", "7", "application/pdf", 13, None),
    ]
    assert len(kept(office)) == 1


@pytest.mark.parametrize("values", [{"no": " "}, {"on": D(2030, 1, 1)}])
def test_an_impossible_document_is_refused(office: Office, site: str, values: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        office.paper(**{"site": site, "kind": T.CLAIM, "on": D(2020, 1, 1), **values})


def test_a_fingerprint_is_never_a_way_out_of_the_store(tmp_path: Path) -> None:
    for wrong in ("", "../" * 20 + "x", "a" * 63, "A" * 64, "/" * 64, "g" * 64):
        with pytest.raises(ValueError, match=r".*"):
            files.path_of(tmp_path / "x.register", wrong)


def test_a_half_written_file_of_a_crash_is_no_photo(office: Office, site: str, tmp_path: Path) -> None:
    picture = a_picture(tmp_path / "a.jpg")
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    target = files.path_of(office.register.path, sha256)
    target.parent.mkdir(parents=True)
    target.write_bytes(picture.read_bytes()[:10])
    attach(office, site, picture)
    assert files.is_whole(office.register.path, sha256)
    assert [path.name for path in target.parent.iterdir()] == [sha256]
