"""Papers as files: read back as text and looked at as pictures."""

import errno
import hashlib
import os
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import paper_scene
import pypdf
import pytest
from conftest import pages
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from sqlalchemy import update

from inspector_app.domain.errors import CannotWrite
from inspector_app.domain.marks import MARKS
from inspector_app.domain.ownership import Status
from inspector_app.i18n import words
from inspector_app.models import changes
from inspector_app.models.register import Register
from inspector_app.models.sites import Site
from inspector_app.reports.blocks import (
    Column,
    Fact,
    Facts,
    Heading,
    Label,
    Labels,
    Paper,
    Photos,
    Place,
    Prose,
    Row,
    Shot,
    Signature,
    Signatures,
    Table,
)
from inspector_app.reports.build import Job, build, build_many, tell, write
from inspector_app.reports.fonts import pdf_text
from inspector_app.reports.kinds import KINDS

SUBJECTS = {
    "inspection": {"inspection": "ОБС-55-2026-001"},
    "removal-batch": {"batch": "2026-041"},
    "site-removal": {"site": "AZPM"},
}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def paper(*blocks: object, demo: bool = False, draft: bool = False, **given: object) -> Paper:
    told = {"kind": "summary", "title": "Title", "subtitle": "", "number": "No. 1", "subject": "Subject", "language": "en"}
    return Paper(**{**told, **given}, blocks=tuple(blocks), demo=demo, draft=draft)


# -- text ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_page_can_be_searched_is_numbered_and_says_demo(
    office: Register, tmp_path: Path, kind: str, language: str
) -> None:
    out = build(office, kind, tmp_path / "paper.pdf", language=language, **SUBJECTS.get(kind, {}))
    said, told = words(language), tell(office, kind, language=language, **SUBJECTS.get(kind, {}))
    found = [plain(page) for page in pages(out)]
    for number, page in enumerate(found, start=1):
        assert plain(said.say("Page {page} of {pages}", page=number, pages=len(found))) in page
        assert plain(said.say("Demonstration register, not a real record")) in page
        assert plain(told.number) in page
        assert told.fingerprint()[:32] in page
        assert "02.05.2026 13:11" in page
    for block in told.blocks:
        if isinstance(block, Heading):
            assert any(plain(block.text) in page for page in found)
    details = pypdf.PdfReader(out)
    assert "DEMO" in details.metadata["/Keywords"]
    assert told.fingerprint() in details.metadata["/Keywords"]
    assert plain(said.say("Demonstration: {subject}", subject=told.subject)) == details.metadata["/Subject"]
    assert details.metadata["/Author"] == said.say("JSC «Zhasyl Damu»")
    assert details.trailer["/Root"]["/Lang"] == language


def test_kazakh_letters_and_the_tenge_sign_can_be_found_in_a_paper(tmp_path: Path) -> None:
    letters = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і ₸ № « » – … µ ³ ° ±"
    out = write(paper(Prose(letters), Prose(letters, "bold"), language="kk"), tmp_path / "kk.pdf", at=paper_scene.NOW)
    (page,) = pages(out)
    assert plain(page).count(letters) == 2


def test_a_paper_carries_every_face_it_uses(office: Register, tmp_path: Path) -> None:
    out = build(office, "inspection", tmp_path / "a.pdf", language="ru", **SUBJECTS["inspection"])
    faces = {}
    for page in pypdf.PdfReader(out).pages:
        for font in page["/Resources"]["/Font"].values():
            faces[font["/BaseFont"]] = "/FontFile2" in font.get("/FontDescriptor", {})
    assert faces
    assert all(faces.values())
    assert all("NotoSans" in name for name in faces)


def test_the_head_of_a_long_table_is_repeated_on_every_page(office: Register, tmp_path: Path) -> None:
    out = build(office, "site-removal", tmp_path / "azpm.pdf", site="AZPM")
    found = [plain(page) for page in pages(out)]
    assert len(found) > 5
    first = next(n for n, page in enumerate(found) if "2023: 121 waste types" in page)
    last = next(n for n, page in enumerate(found) if "Total of all years: 206 waste types" in page)
    for page in found[first : last + 1]:
        assert "Code, hazards" in page
    whole = " ".join(found)
    for year, count in ((2023, 121), (2024, 2), (2025, 83)):
        assert f"Total of {year}: {count} waste types" in whole


def test_a_draft_and_a_real_paper_are_told_apart(tmp_path: Path) -> None:
    for demo, draft, seen in ((False, False, set()), (True, False, {"DEMO"}), (False, True, {"DRAFT"})):
        out = write(paper(Prose("text"), demo=demo, draft=draft), tmp_path / "x.pdf", at=paper_scene.NOW)
        (page,) = pages(out)
        assert {word for word in ("DEMO", "DRAFT") if word in page} == seen


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_summary_is_one_page_even_with_sites_in_every_status(
    new_register: Callable[..., Register], tmp_path: Path, language: str
) -> None:
    register = new_register()
    with register.writing("Fill") as session:
        paper_scene.chain(session)
        for number, status in enumerate(Status):
            site = changes.add(session, Site, code=f"S{number}", name_en=f"Site {number}", region="47", lat=43.6, lon=51.1)
            paper_scene.event(session, site, 1, status, date(2020 + number // 3, 1, 1))
    assert len(pages(build(register, "summary", tmp_path / "x.pdf", language=language))) == 1


# -- bytes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_facts_at_the_same_instant_give_the_same_bytes(office: Register, tmp_path: Path, kind: str) -> None:
    one = build(office, kind, tmp_path / "one.pdf", language="ru", **SUBJECTS.get(kind, {}))
    other = build(office, kind, tmp_path / "other.pdf", language="ru", **SUBJECTS.get(kind, {}))
    assert one.read_bytes() == other.read_bytes()


def test_a_paper_knows_when_it_was_made(tmp_path: Path) -> None:
    later = paper_scene.NOW + timedelta(days=1)
    one = write(paper(Prose("text")), tmp_path / "one.pdf", at=paper_scene.NOW)
    other = write(paper(Prose("text")), tmp_path / "other.pdf", at=later)
    assert pypdf.PdfReader(one).metadata.creation_date == paper_scene.NOW.replace(microsecond=0)
    assert pypdf.PdfReader(other).metadata.creation_date == later.replace(microsecond=0)


# -- hostile text -------------------------------------------------------------------------------------------------------

HOSTILE = (
    '<img src="/etc/passwd"/>',
    '<a href="javascript:alert(1)">x</a>',
    "A < B & C > D </para> <b>unclosed",
    "(brackets) \\ and ) one ( more",
    "tab\there",
    "🧪 emoji, 中文, العربية",
    "e\u0301 composed, \u202eturned\u202c, zero\u200bwidth, bell\x07",
    "\ud800 lone",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_text_in_every_kind_of_block(tmp_path: Path, text: str) -> None:
    columns = (Column("Head", 1), Column(text, 1))
    blocks = (Heading(text), Prose(text), Table(columns, [Row((text, text), "group"), Row((text, text))]))
    out = write(paper(*blocks, title=text, number=text, subject=text), tmp_path / "x.pdf", at=paper_scene.NOW)
    found = plain(" ".join(pages(out)))
    assert found.count(plain(pdf_text(text))) >= 5
    assert "root:" not in found
    assert not any(page.images for page in pypdf.PdfReader(out).pages)


def test_ten_thousand_letters_in_one_cell_are_all_printed(tmp_path: Path) -> None:
    words_ = " ".join(f"word{n:04}" for n in range(1_100))
    unbroken = "ж" * 10_000
    rows = [Row(("1", words_)), Row(("2", unbroken)), Row(("3", "last"))]
    out = write(paper(Table((Column("No.", points=20), Column("Text", 1)), rows)), tmp_path / "x.pdf", at=paper_scene.NOW)
    found = pages(out)
    whole = " ".join(found)
    assert len(found) > 3
    assert all(f"word{n:04}" in whole for n in range(1_100))
    assert whole.count("ж") == 10_000
    assert "last" in whole
    assert all("No." in page for page in found)


def test_a_hostile_register_still_prints(tmp_path: Path) -> None:
    with paper_scene.make(tmp_path / "hostile.register").writing("Spoil", bulk=True) as session:
        spoilt = '<img src="/etc/passwd"/> & <b>' + "x" * 120
        from inspector_app.models.entities import table

        for entity in ("site", "waste_item", "removal_batch", "pcb_item"):
            columns = table(entity).columns
            named = [name for name in ("name_en", "name", "carrier", "seals", "storage", "former_owner") if name in columns]
            session.execute(update(table(entity)).values(**dict.fromkeys(named, spoilt)))
        # the log does not know of this: only what is printed matters here
    register = Register.open(tmp_path / "hostile.register", clock=lambda: paper_scene.NOW)
    try:
        for kind in KINDS:
            out = build(register, kind, tmp_path / "x.pdf", **SUBJECTS.get(kind, {}))
            assert "root:" not in " ".join(pages(out))
    finally:
        register.close()


def test_a_photo_that_is_gone_or_broken_leaves_a_note_in_its_place(tmp_path: Path) -> None:
    register = paper_scene.make(tmp_path / "photos.register")
    try:
        stored = sorted(path for path in (tmp_path / "photos.register.files").rglob("*") if path.is_file())
        stored[0].unlink()
        stored[1].write_bytes(b"\xff\xd8\xff no picture")
        out = build(register, "inspection", tmp_path / "x.pdf", **SUBJECTS["inspection"])
    finally:
        register.close()
    found = plain(" ".join(pages(out)))
    assert "The photo is not on this laptop." in found
    assert "The photo cannot be read." in found
    assert sum(len(page.images) for page in pypdf.PdfReader(out).pages) == len(stored) - 2


LONG = {"words": "Очень длинное название & <b>имя " * 320, "one word": "ж" * 10_000, "lines": "строка\n" * 1_500}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_ten_thousand_letters_stay_on_the_page_wherever_a_person_can_write_them(tmp_path: Path, text: str) -> None:
    mark = MARKS[Status.DISCOVERED]
    shots = (Shot(None, "", text, (text, text), "missing"), Shot(None, "", "2", (), "missing"))
    blocks = (
        Facts((Fact("Fact", text), Fact("Short", "value"))),
        Signatures((Signature(text, text, text, "hint"), Signature("Role", "Name", "", "hint"))),
        Photos(shots),
        Place(43.6, 51.1, text, mark, None, "N", "km", "credit", "ru"),
        Table((Column("A", 1), Column("B", 1)), [Row((text,), "group"), Row((text, text), mark=mark)]),
        Labels((Label(text, text, (text, text), text),)),
    )
    out = write(paper(*blocks, subtitle=text, number=text, language="ru", demo=True), tmp_path / "x.pdf", at=paper_scene.NOW)
    places: list[tuple[float, float]] = []
    for page in pypdf.PdfReader(out).pages:
        page.extract_text(visitor_text=lambda text, _cm, tm, _font, _size: text.strip() and places.append((tm[4], tm[5])))
    upright = [(x, y) for x, y in places if (x, y) != (0, 0)]
    assert len(upright) > 100
    assert all(45 < x < 560 and 40 < y < 810 for x, y in upright if x > 0)


def test_a_heading_and_signatures_never_stand_alone_on_a_page(tmp_path: Path) -> None:
    table = Table((Column("Question\nof three\nlines", 1),), [Row(("row\n" * 4,)) for _ in range(3)])
    empty = Table((Column("A", 1),), (), "nothing here")
    people = Signatures((Signature("Role", "", "", "hint"),))
    for lines in range(35, 56):
        blocks = (Prose("line\n" * lines), Heading("First"), table, Prose("line\n" * (lines - 20)))
        out = write(paper(*blocks, Heading("Rest"), empty, Heading("Signed"), people), tmp_path / "x.pdf", at=paper_scene.NOW)
        found = pages(out)
        assert all("Question" in page for page in found if "First" in page)
        assert all("nothing here" in page for page in found if "Signed" in page)


def test_words_are_not_broken_while_another_column_has_room(tmp_path: Path) -> None:
    columns = (Column("Эксплуатация, состояние", points=30), Column("Text", 8), Column("Хранение", 1))
    row = Row(("Хроматография", "text", "Трихлордифенил"))
    total = Row(("Total of everything that left the site", "", "1"), "total")
    (page,) = pages(write(paper(Table(columns, [row, total])), tmp_path / "x.pdf", at=paper_scene.NOW))
    for word in ("Эксплуатация,", "Хроматография", "Трихлордифенил", "Total of everything that left the site"):
        assert word in page


# -- whole or not at all ------------------------------------------------------------------------------------------------


@contextmanager
def _full_disk() -> Iterator[None]:
    """Files cannot grow beyond 8 KiB, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_paper_that_does_not_fit_on_the_disk_leaves_nothing(office: Register, tmp_path: Path) -> None:
    told = tell(office, "site-removal", site="AZPM")
    with _full_disk(), pytest.raises(CannotWrite) as refused:
        write(told, tmp_path / "x.pdf", at=paper_scene.NOW)
    assert refused.value.facts["file"] == tmp_path / "x.pdf"
    assert list(tmp_path.iterdir()) == []


def test_a_paper_that_was_there_before_survives_a_failure(office: Register, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"before")
    told = tell(office, "site-removal", site="AZPM")
    with _full_disk(), pytest.raises(CannotWrite):
        write(told, tmp_path / "x.pdf", at=paper_scene.NOW)
    assert (tmp_path / "x.pdf").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["x.pdf"]


def test_a_place_where_no_file_can_be_is_refused_with_a_sentence(office: Register, tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "device.pdf")
    for out, why in (
        (tmp_path / "no" / "x.pdf", "there is no such folder"),
        (tmp_path / "file" / "x.pdf", "there is no such folder"),
        (tmp_path / "folder.pdf", "a folder or a device has this name"),
        (tmp_path / "device.pdf", "a folder or a device has this name"),
        (tmp_path / f"{'long' * 70}.pdf", "the name is too long"),
        (Path("/proc/x.pdf"), "there is no such folder"),
    ):
        with pytest.raises(CannotWrite) as refused:
            build(office, "summary", out)
        assert refused.value.facts["detail"] == why
    assert sorted(path.name for path in tmp_path.iterdir()) == ["device.pdf", "file", "folder.pdf"]
    assert (tmp_path / "device.pdf").is_fifo()


def test_many_papers_are_counted_and_a_stop_leaves_whole_papers_alone(office: Register, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    told: list[tuple[float, str]] = []

    def progress(share: float, sentence: str = "", /) -> None:
        told.append((share, sentence))
        if len(told) == 3:
            raise Stopped

    jobs = [Job("summary", tmp_path / f"{n}.pdf", language="ru") for n in range(5)]
    with pytest.raises(Stopped):
        build_many(office, jobs, progress=progress)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pdf", "1.pdf"]
    assert told[1][0] == 0.2
    assert build_many(office, jobs) == [job.out for job in jobs]
    assert len({hashlib.sha256(job.out.read_bytes()).digest() for job in jobs}) == 1


def test_errors_of_the_disk_keep_their_words(office: Register, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite) as refused:
        build(office, "summary", tmp_path / "no" / "x.pdf")
    assert refused.value.__cause__.errno == errno.ENOENT
    assert refused.value.facts["detail"]


# -- pictures -----------------------------------------------------------------------------------------------------------


def _dark(image: QImage, x: range, y: range) -> int:
    return sum(image.pixelColor(a, b).lightness() < 200 for a in x for b in y)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_blank_and_nothing_is_drawn_into_the_margins(
    office: Register, tmp_path: Path, qapp: object, kind: str
) -> None:
    out = build(office, kind, tmp_path / "paper.pdf", language="ru", **SUBJECTS.get(kind, {}))
    document = QPdfDocument()
    document.load(str(out))
    assert document.status() is QPdfDocument.Status.Ready
    for number in range(min(document.pageCount(), 4)):
        size = document.pagePointSize(number)
        wide, tall = 260, round(260 * size.height() / size.width())
        page = document.render(number, QSize(wide, tall)).convertToFormat(QImage.Format.Format_ARGB32)
        white = QImage(page.size(), QImage.Format.Format_RGB32)
        white.fill(0xFFFFFFFF)
        painter = QPainter(white)
        painter.drawImage(0, 0, page)
        painter.end()
        side, edge = int(17 / 25.4 * 72 * wide / size.width()), int(11 / 25.4 * 72 * wide / size.width())
        assert _dark(white, range(side), range(tall)) == 0
        assert _dark(white, range(wide - side, wide), range(tall)) == 0
        assert _dark(white, range(wide), range(edge)) == 0
        assert _dark(white, range(wide), range(tall - edge, tall)) == 0
        assert _dark(white, range(wide), range(tall)) > 250
    document.close()
