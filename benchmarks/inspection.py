"""The inspection report: five pages with forty rows of waste and six photos of two megapixels; warm, and as a whole process."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from PIL import Image

from benchmarks.data import Data
from benchmarks.figures import Figure, ms, race
from inspector_app.actions import documents, inspections, sites, waste
from inspector_app.domain.waste import PackagingCondition, PhysicalState, QuantityMethod
from inspector_app.models.register import Register
from inspector_app.reports.build import build

FINDINGS, PHOTOS, SIZE = 40, 6, (1632, 1224)
_CODES = ("160506", "160507", "160508", "150110", "130205", "060101", "140603", "080111")
_PROGRAM = Path(sys.executable).with_name("inspector")


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """One register of one site, whatever `sizes` say; the floor reads the photos and writes them to the disk."""
    del sizes
    path = data.scratch("inspection")
    register = Register.create(path, kind="demo", person="Bench")
    no = _write(register, data)
    photos = sorted(file for file in path.with_name(path.name + ".files").rglob("*") if file.is_file())
    out, bare = path.with_suffix(".pdf"), path.with_suffix(".floor.pdf")
    ours, floor = race(
        lambda: build(register, "inspection", out, language="ru", inspection=no), lambda: _photos(photos, bare), rounds=rounds
    )
    yield Figure(
        "inspection report, warm", ms(ours), "ms", floor=ms(floor), floor_name="its photos read and written", at_most=100
    )
    asked = [_PROGRAM, "report", "inspection", "--register", path, "--inspection", no, "--language", "ru", "--out", out]
    ours, floor = race(
        lambda: subprocess.run(asked, check=True, capture_output=True),
        lambda: subprocess.run([sys.executable, "-c", "import reportlab.pdfgen.canvas, sqlalchemy"], check=True),
        rounds=rounds,
    )
    yield Figure(
        "inspection report, whole process",
        ours,
        "s",
        floor=floor,
        floor_name="Python that imports ReportLab, SQLAlchemy",
        at_most=0.6,
    )
    register.close()


def _write(register: Register, data: Data) -> str:
    """A site with an inventory and a draft of an inspection; the number of the act."""
    chance = random.Random(2026)
    with register.writing("Write an inspection") as session:
        site = sites.register_site(
            session, code="BENCH", lat=43.65, lon=51.16, region="47", discovered_on=date(2024, 3, 1), name_ru="Учебный объект"
        )
        items = [
            waste.add_item(
                session,
                site.id,
                code=_CODES[n % len(_CODES)],
                name=f"Реагенты лабораторные, партия {n}",
                state=PhysicalState.SOLID,
                hazards=["HP6", "HP14"],
            )
            for n in range(FINDINGS)
        ]
        act = inspections.start_inspection(session, site.id, visited_on=date(2025, 6, 3), inspector="С. Инспектор")
        inspections.change_inspection(session, act.id, facts="Осмотрены склад и площадка. " * 12, conclusions="Вывезти. " * 10)
        for n, item in enumerate(items):
            inspections.add_finding(
                session,
                act.id,
                code=item.code,
                item_id=item.id,
                mass_g=(n + 1) * 125_000,
                method=QuantityMethod.EXPERT,
                packaging="бочка стальная 200 л",
                packages=n + 1,
                condition=PackagingCondition.LEAKING,
            )
        for n in range(PHOTOS):
            file = data.scratch(f"photo-{n}").with_suffix(".jpg")
            small = Image.frombytes("RGB", (102, 77), chance.randbytes(102 * 77 * 3))
            small.resize(SIZE, Image.Resampling.BICUBIC).save(file, quality=90)
            documents.attach_photo(session, site.id, file, inspection_id=act.id, caption=f"Вид {n + 1}")
            file.unlink()
        return act.no


def _photos(photos: list[Path], out: Path) -> None:
    with out.open("wb") as file:
        for photo in photos:
            file.write(photo.read_bytes())
        file.flush()
        os.fsync(file.fileno())
