"""A paper goes to a printer or to a folder as it is; both beside the window's thread."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from inspector_app.domain.errors import CannotWrite
from inspector_app.i18n import N_
from inspector_app.ui.work import Progress

_DPI_MOST = 300


def keep_copy(source: Path, target: Path, *, progress: Progress) -> Path:
    """Copy a paper to where a person wants it, whole or not at all. Raises CannotWrite."""
    progress(0.1, N_("Saving"))
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-", suffix=".part")
        part = Path(name)
        with os.fdopen(handle, "wb") as out, source.open("rb") as paper:
            shutil.copyfileobj(paper, out)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
        part.replace(target)
    except OSError as error:
        raise CannotWrite(file=target, detail=error.strerror or str(error)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    progress(1.0, "")
    return target


def print_paper(source: Path, printer: Any, *, progress: Progress) -> int:
    """Draw every page of a paper on a QPrinter, which was set up before; the number of pages. Raises CannotWrite."""
    from PySide6.QtPdf import QPdfDocument  # noqa: PLC0415 - first needed when a paper is printed

    document = QPdfDocument()
    document.load(str(source))
    pages: int = document.pageCount()
    if pages <= 0:
        raise CannotWrite(file=printer.printerName() or source, detail=N_("the paper cannot be read"))
    painter = QPainter()
    if not painter.begin(printer):
        raise CannotWrite(file=printer.printerName() or source, detail=N_("the printer does not take the job"))
    try:
        for page in range(pages):
            progress(page / pages, N_("Printing"))
            if page:
                printer.newPage()
            size = document.pagePointSize(page)
            scale = min(printer.resolution(), _DPI_MOST) / 72
            image = document.render(page, QSize(round(size.width() * scale), round(size.height() * scale)))
            room = QRectF(painter.viewport())
            fit = min(room.width() / image.width(), room.height() / image.height())
            painter.drawImage(QRectF(0, 0, image.width() * fit, image.height() * fit), image)
    finally:
        painter.end()
    progress(1.0, "")
    return pages
