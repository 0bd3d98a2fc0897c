"""Charts on paper: few lines, labels beside what they name, dashes for the plan, a band for the forecast."""

import math
from itertools import pairwise
from typing import Final

from inspector_app.reports import shapes
from inspector_app.reports.blocks import Bars, Decline, Gauges, Whole
from inspector_app.reports.fonts import face, pdf_text, shortened, wrap
from inspector_app.reports.sheet import ACCENT, DANGER, HAIR, LINE, SECOND, SMALL, TEXT, Sheet, rgb

_CHART: Final = 138.0
_TITLE: Final = 17.0
_WHOLE: Final = 65.0
_GAUGE: Final = 31.0
_FIRST: Final = 1.2
"""Room of a whole beside that of its parts."""


def height(block: Whole | Bars | Gauges | Decline, width: float) -> float:
    """How high the picture is, in points; none of them depends on its width but by wrapping of labels."""
    match block:
        case Whole():
            step = _part_width(block, width)
            labels = [_label_lines(block.label, step * _FIRST), *(_label_lines(each.label, step) for each in block.parts)]
            return _WHOLE + max(map(len, labels)) * 9
        case Gauges():
            return _TITLE + len(block.gauges) * _GAUGE + 4
        case Bars() | Decline():
            return _CHART


def _title(sheet: Sheet, title: str, note: str) -> None:
    """A title with its note at the right, or below where both do not fit: a note is a figure, which is never cut."""
    sheet.y -= 10
    sheet.text(sheet.left, sheet.y, shortened(pdf_text(title), "bold", 9, sheet.width), style="bold", size=9)
    if face("bold").width(pdf_text(title), 9) + 10 + face("regular").width(pdf_text(note), 7.5) <= sheet.width:
        sheet.text(sheet.left + sheet.width, sheet.y, note, size=7.5, colour=SECOND, align=2)
    else:
        sheet.y -= 10
        sheet.text(sheet.left, sheet.y, shortened(pdf_text(note), "regular", 7.5, sheet.width), size=7.5, colour=SECOND)
    sheet.y -= 7


# -- a whole and its parts --------------------------------------------------------------------------------------------


def _part_width(block: Whole, width: float) -> float:
    return width / (len(block.parts) + _FIRST)


def _label_lines(label: str, width: float) -> list[str]:
    return wrap(pdf_text(label), "regular", 7.5, width - 8)


def whole(sheet: Sheet, block: Whole) -> None:
    """The large figure, its parts, and the bar in proportion."""
    need = height(block, sheet.width)
    sheet.need(need)
    top, step = sheet.y, _part_width(block, sheet.width)
    sheet.text(sheet.left, top - 27, block.shown, style="bold", size=27)
    for line, text in enumerate(_label_lines(block.label, step * _FIRST)):
        sheet.text(sheet.left, top - 39 - line * 9, text, size=7.5, colour=SECOND)
    x = sheet.left + step * _FIRST
    for part in block.parts:
        shapes.mark(sheet, x + 5, top - 20, 10, part.mark)
        sheet.text(x + 13, top - 27, part.shown, style="bold", size=22)
        for line, text in enumerate(_label_lines(part.label, step)):
            sheet.text(x, top - 39 - line * 9, text, size=7.5, colour=SECOND)
        x += step
    bar = top - need + 14
    x, gaps = sheet.left, max(0, sum(1 for part in block.parts if part.n) - 1)
    for part in block.parts:
        if part.n:
            wide = (sheet.width - 1.5 * gaps) * part.n / block.n
            sheet.box(x, bar, wide, 11, part.mark.colour)
            x += wide + 1.5
    if not block.n:
        sheet.box(sheet.left, bar, sheet.width, 11, HAIR)
    sheet.y = top - need


# -- bars -------------------------------------------------------------------------------------------------------------


def bars(sheet: Sheet, block: Bars) -> None:
    """Upright bars; the figure stands on its bar, so there is no axis of numbers."""
    sheet.need(_CHART)
    end = sheet.y - _CHART
    _title(sheet, block.title, block.note)
    base, top = end + 24, sheet.y - 14
    most = max((bar.value for bar in block.bars), default=0) or 1
    count = max(len(block.bars), 3)
    step = sheet.width / count
    wide = min(step * 0.56, 46)
    for number, bar in enumerate(block.bars):
        centre = sheet.left + step * (number + 0.5)
        tall = (top - base) * bar.value / most
        sheet.box(centre - wide / 2, base, wide, max(tall, 0.8 if bar.value else 0), ACCENT)
        sheet.text(centre, base + tall + 3.5, bar.shown, style="bold", size=SMALL, align=1)
        sheet.text(centre, base - 11, shortened(pdf_text(bar.label), "regular", SMALL, step - 4), size=SMALL, align=1)
    sheet.rule(sheet.left, sheet.left + sheet.width, base, colour=LINE, weight=0.8)
    sheet.y = end


# -- gauges -----------------------------------------------------------------------------------------------------------


def gauges(sheet: Sheet, block: Gauges) -> None:
    """A line of words over a bar that is filled as far as the plan is done."""
    sheet.need(height(block, sheet.width))
    if block.title:
        _title(sheet, block.title, block.note)
    for gauge in block.gauges:
        right = sheet.left + sheet.width
        shown = pdf_text(gauge.shown)
        room = sheet.width - face("regular").width(shown, SMALL) - 8
        sheet.text(sheet.left, sheet.y - 10, shortened(pdf_text(gauge.label), "regular", 9, room), size=9)
        sheet.text(right, sheet.y - 10, shown, size=SMALL, colour=SECOND, align=2)
        sheet.box(sheet.left, sheet.y - 20, sheet.width, 5, HAIR)
        share = min(max(gauge.share, 0.0), 1.0)
        if share:
            sheet.box(sheet.left, sheet.y - 20, max(sheet.width * share, 1), 5, ACCENT)
        sheet.y -= _GAUGE
    sheet.y -= 4


# -- the way to the goal ----------------------------------------------------------------------------------------------


def decline(sheet: Sheet, block: Decline) -> None:
    """Steps so far, a dashed line as needed, a band as it may go, and a red line for the date of law."""
    sheet.need(_CHART)
    end = sheet.y - _CHART
    _title(sheet, block.title, block.note)
    _needed(sheet, block.needed_label)
    base, top, left, right = end + 24, sheet.y - 10, sheet.left + 16, sheet.left + sheet.width - 6
    first = math.floor(block.steps[0][0]) if block.steps else math.floor(block.goal) - 8
    last = math.ceil(max([block.goal, *(year for year, _least, _most in block.band)]))
    most = max((n for _year, n in block.steps), default=0) or 1
    wide = max(last - first, 1)

    def at(year: float, n: float) -> tuple[float, float]:
        return left + (right - left) * (year - first) / wide, base + (top - base) * min(n, most) / most

    for n in _ticks(most):
        _x, y = at(first, n)
        sheet.rule(left, right, y, colour=HAIR)
        sheet.text(left - 4, y - 2.5, str(n), size=7, colour=SECOND, align=2)
    for year in range(first, last + 1, 2 if wide > 5 else 1):
        sheet.text(at(year, 0)[0], base - 11, str(year), size=7, colour=SECOND, align=1)
    if block.band:
        low = [at(year, least) for year, least, _most in block.band]
        high = [at(year, most_) for year, _least, most_ in reversed(block.band)]
        sheet.operators(f"{rgb('#CFE3E1')} rg {_line([*low, *high])} h f")
    if block.needed:
        sheet.operators(f"q [3 2] 0 d {rgb(SECOND)} RG 0.9 w {_line([at(*each) for each in block.needed])} S Q")
    if block.steps:
        sheet.operators(f"{rgb(ACCENT)} RG 1.5 w {_line(_stairs([at(*each) for each in block.steps]))} S")
    goal = at(block.goal, 0)[0]
    sheet.operators(f"{rgb(DANGER)} RG 1 w {goal:.2f} {base:.2f} m {goal:.2f} {top + 4:.2f} l S")
    sheet.text(goal - 4, top - 4, block.goal_label, size=7.5, colour=DANGER, align=2)
    sheet.y = end


def _needed(sheet: Sheet, label: str) -> None:
    """What the dashed line says, above the picture, where no curve can run through it."""
    sheet.y -= 5
    x, y = sheet.left, sheet.y + 2.5
    sheet.operators(f"q [3 2] 0 d {rgb(SECOND)} RG 0.9 w {x:.2f} {y:.2f} m {x + 15:.2f} {y:.2f} l S Q")
    sheet.text(x + 20, sheet.y, shortened(pdf_text(label), "regular", 7.5, sheet.width - 20), size=7.5, colour=TEXT)


def _ticks(most: int) -> range:
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**9) if most / each <= 4)
    return range(0, most + 1, step)


def _stairs(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    stairs = points[:1]
    for (_x1, y1), (x2, y2) in pairwise(points):
        stairs += [(x2, y1), (x2, y2)]
    return stairs


def _line(points: list[tuple[float, float]]) -> str:
    (x, y), *others = points
    return f"{x:.2f} {y:.2f} m " + " ".join(f"{a:.2f} {b:.2f} l" for a, b in others)
