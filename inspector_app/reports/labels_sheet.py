"""Sheets of labels for equipment: two by five on A4, with a QR code, to be cut or stuck."""

from itertools import groupby
from typing import Any, Final

from reportlab.lib.units import mm

from inspector_app.reports.blocks import Label, Labels
from inspector_app.reports.fonts import pdf_text, shortened, wrapped
from inspector_app.reports.sheet import DANGER, LINE, SECOND, SMALL, Sheet

_ACROSS, _DOWN = 2, 5
_HIGH: Final = 46 * mm
_GAP: Final = 6 * mm
_CODE: Final = 38 * mm
_LINES: Final = 8
_READABLE: Final = 300
"""Bytes; the modules of a longer code would be too small to read."""


def draw(sheet: Sheet, block: Labels) -> None:
    """Draw the labels left to right, top to bottom, ten to a page."""
    wide = (sheet.width - _GAP) / _ACROSS
    top = sheet.top
    for number, label in enumerate(block.labels):
        place = number % (_ACROSS * _DOWN)
        if number and place == 0:
            sheet.turn()
        x = sheet.left + (place % _ACROSS) * (wide + _GAP)
        y = top - (place // _ACROSS + 1) * _HIGH - (place // _ACROSS) * 1.5 * mm
        _label(sheet, label, x, y, wide)
    sheet.y = sheet.bottom


def _label(sheet: Sheet, label: Label, x: float, y: float, wide: float) -> None:
    sheet.canvas.saveState()
    sheet.canvas.setStrokeColor(LINE)
    sheet.canvas.setLineWidth(0.5)
    sheet.canvas.roundRect(x, y, wide, _HIGH, 6)
    sheet.canvas.restoreState()
    if len(label.code.encode("utf-8", "replace")) <= _READABLE:
        _code(sheet, label.code, x + 2 * mm, y + (_HIGH - _CODE) / 2)
    text, room = x + 2 * mm + _CODE + 2 * mm, wide - _CODE - 7 * mm
    line = y + _HIGH - 17
    sheet.text(text, line, shortened(pdf_text(label.warning), "bold", SMALL, room), style="bold", size=SMALL, colour=DANGER)
    size = 12.0
    while size > 7 and shortened(pdf_text(label.title), "bold", size, room) != pdf_text(label.title):
        size -= 0.5
    line -= 17
    sheet.text(text, line, shortened(pdf_text(label.title), "bold", size, room), style="bold", size=size)
    line -= 4
    for each in wrapped("\n".join(label.lines), "regular", SMALL, room, _LINES):
        line -= 10
        sheet.text(text, line, each, size=SMALL, colour=SECOND)


def _code(sheet: Sheet, text: str, x: float, y: float) -> None:
    """A QR code from its lower left corner, with the quiet edge of four modules that readers want."""
    from reportlab.graphics.barcode.qr import QrCodeWidget  # noqa: PLC0415 - slow to import, and only labels have codes

    widget: Any = QrCodeWidget(text, barLevel="M")
    code = widget.qr
    code.make()
    count = code.getModuleCount()
    size = _CODE / (count + 8)
    boxes = []
    sheet.box(x, y, _CODE, _CODE, "#FFFFFF")
    for row in range(count):
        dark = [code.isDark(row, column) for column in range(count)]
        for filled, run in groupby(range(count), key=dark.__getitem__):
            columns = list(run)
            if filled:
                left, low = x + (columns[0] + 4) * size, y + (count - row + 3) * size
                boxes.append(f"{left:.2f} {low:.2f} {len(columns) * size:.2f} {size:.2f} re")
    sheet.operators(f"0 0 0 rg {' '.join(boxes)} f")
