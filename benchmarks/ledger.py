"""The removal report of a site with ten thousand waste types removed: the long table over some three hundred pages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, SimpleDocTemplate

from benchmarks.data import Data
from benchmarks.figures import Figure, race, seconds
from inspector_app.domain.removal import BatchState
from inspector_app.domain.waste import PhysicalState, QuantityMethod, Unit
from inspector_app.models import changes
from inspector_app.models.register import Register
from inspector_app.reports.build import build

ROWS = (1_000, 10_000)
PER_BATCH = 50
_CODES = ("160506", "160507", "160508", "150110", "130205", "060101", "140603", "080111")

_MEMORY = """
import json, sys
from pathlib import Path
from inspector_app.models.register import Register
from inspector_app.reports.build import build
import inspector_app.reports.site_removal, inspector_app.reports.layout
register = Register.open(Path(sys.argv[1]))
register.facts()
peak = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM:")).split()[1])
before = peak()
build(register, "site-removal", Path(sys.argv[2]), language="ru", site="BENCH")
print(json.dumps((peak() - before) / 1024))
"""


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """A thousand and ten thousand lines; the floor draws the same cells on a bare canvas, the peer is a platypus table."""
    for count in ROWS if max(sizes) >= ROWS[-1] else ROWS[:1]:
        path = data.scratch(f"ledger-{count}")
        register = Register.create(path, kind="demo", person="Bench")
        _write(register, count)
        out = path.with_suffix(".pdf")
        cells = _cells(count)
        ours, floor = race(
            lambda register=register, out=out: build(register, "site-removal", out, language="ru", site="BENCH"),
            lambda cells=cells, out=out: _canvas(cells, out.with_suffix(".floor.pdf")),
            rounds=max(1, rounds // 3),
            warm=1,
        )
        peer = seconds(lambda cells=cells, out=out: _platypus(cells, out.with_suffix(".peer.pdf")))
        yield Figure(
            "ledger as PDF",
            ours,
            "s",
            size=count,
            floor=floor,
            floor_name="the cells on a bare canvas",
            peer=peer,
            peer_name="ReportLab LongTable",
            at_most=2,
        )
        register.close()
        told = subprocess.run(
            [sys.executable, "-c", _MEMORY, path, out],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        yield Figure("memory for the ledger", json.loads(told.stdout), "MiB", size=count, at_most=100)
        data.scratch("ledger")


def _write(register: Register, count: int) -> None:
    """One site from which everything was taken away."""
    ids: dict[tuple[str, int], str] = {}

    def made(kind: str, n: int) -> str:
        return ids.setdefault((kind, n), register._new_id())  # noqa: SLF001 - the register makes identities

    site = {"site_id": made("site", 0)}
    item = [{"item_id": made("item", n), **site} for n in range(count)]
    begins = date(2023, 1, 10)
    tables: dict[str, list[dict[str, Any]]] = {
        "site": [
            {"id": site["site_id"], "code": "BENCH", "name_ru": "Учебный объект", "region": "47", "lat": 43.65, "lon": 51.16}
        ],
        "waste_item": [
            {
                "id": made("item", n),
                **site,
                "line_no": n + 1,
                "code": _CODES[n % len(_CODES)],
                "name": f"Реагенты лабораторные неидентифицированные, партия {n}" if n % 3 else None,
                "state": PhysicalState.SOLID,
                "hazards": ["HP6", "HP14"],
            }
            for n in range(count)
        ],
        "quantity_estimate": [
            {
                "id": register._new_id(),  # noqa: SLF001
                **item[n],
                "value": "125",
                "unit": Unit.KG,
                "mass_g": 125_000 + n,
                "method": QuantityMethod.WEIGHED,
                "estimated_on": begins,
                "accepted": True,
            }
            for n in range(count)
        ],
        "removal_batch": [
            {
                "id": made("batch", n),
                **site,
                "no": f"B-{n:04}",
                "state": BatchState.DESTROYED,
                "loaded_at": f"{begins + timedelta(n * 5)}T06:00:00.000Z",
                "received_on": begins + timedelta(n * 5 + 2),
                "received_g": 6_000_000,
                "net_g": 6_010_000,
                "certificate_no": f"СУ-{n}",
                "certificate_on": begins + timedelta(n * 5 + 9),
                "operation": "D10",
            }
            for n in range(count // PER_BATCH)
        ],
        "batch_line": [
            {"id": register._new_id(), **item[n], "batch_id": made("batch", n // PER_BATCH), "mass_g": 125_000 + n}  # noqa: SLF001
            for n in range(count)
        ],
    }
    with register.writing("Write a ledger", bulk=True) as session:
        for entity, rows in tables.items():
            changes.bulk_create(session, entity, rows)


def _cells(count: int) -> list[tuple[str, ...]]:
    return [
        (
            f"{n + 1}", f"{n + 1}", "16 05 06*", f"Реагенты лабораторные неидентифицированные, партия {n}", "HP6, HP14",
            "125,0", "4", "12.01.2023", f"B-{n // PER_BATCH:04}, D10",
        )
        for n in range(count)
    ]  # fmt: skip


def _canvas(cells: list[tuple[str, ...]], out: Path) -> None:
    """Text, measured for the right-hand columns, and a line under each row; one line per row, fifty rows per page."""
    canvas = Canvas(str(out), pagesize=A4, pageCompression=1)
    edges = (60, 90, 95, 145, 350, 440, 480, 490, 540)
    for first in range(0, len(cells), 50):
        canvas.setFont("NotoSans-Regular", 8)
        for line, row in enumerate(cells[first : first + 50]):
            y = 780 - line * 14.5
            for at, (edge, text) in enumerate(zip(edges, row, strict=True)):
                if at in {0, 1, 5, 6}:
                    canvas.drawRightString(edge, y, text)
                else:
                    canvas.drawString(edge, y, text)
            canvas.line(40, y - 4, 560, y - 4)
        canvas.showPage()
    canvas.save()


def _platypus(cells: list[tuple[str, ...]], out: Path) -> None:
    style = [("FONT", (0, 0), (-1, -1), "NotoSans-Regular", 8), ("LINEBELOW", (0, 0), (-1, -1), 0.4, (0.8, 0.8, 0.8))]
    table = LongTable([("",) * 9, *cells], repeatRows=1, style=style)
    SimpleDocTemplate(str(out), pagesize=A4).build([table])
