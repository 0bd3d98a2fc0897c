"""Sheets of labels for equipment: two by five on A4, with a QR code, to be cut or stuck."""

from typing import Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm

from inspector_app.reports.blocks import Label, Labels
from inspector_app.reports.fonts import pdf_text, shortened
from inspector_app.reports.sheet import DANGER, LINE, SECOND, SMALL, Sheet

_ACROSS, _DOWN = 2, 5
_HIGH: Final = 46 * mm
_GAP: Final = 6 * mm
_CODE: Final = 38 * mm


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
    code = QrCodeWidget(label.code, barLevel="M")
    left, low, right, high = code.getBounds()
    drawing = Drawing(_CODE, _CODE, transform=[_CODE / (right - left), 0, 0, _CODE / (high - low), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, sheet.canvas, x + 2 * mm, y + (_HIGH - _CODE) / 2)
    text, room = x + 2 * mm + _CODE + 2 * mm, wide - _CODE - 7 * mm
    line = y + _HIGH - 17
    sheet.text(text, line, shortened(pdf_text(label.warning), "bold", SMALL, room), style="bold", size=SMALL, colour=DANGER)
    size = 12.0
    while size > 7 and shortened(pdf_text(label.title), "bold", size, room) != pdf_text(label.title):
        size -= 0.5
    line -= 17
    sheet.text(text, line, shortened(pdf_text(label.title), "bold", size, room), style="bold", size=size)
    line -= 4
    for each in label.lines:
        line -= 11
        sheet.text(text, line, shortened(pdf_text(each), "regular", SMALL, room), size=SMALL, colour=SECOND)
