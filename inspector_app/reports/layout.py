"""How each block of a paper is drawn: headings, facts in a grid, prose, signatures, and everything side by side."""

from collections.abc import Callable
from typing import Any, Final

from inspector_app.reports import charts, labels_sheet, locator, photos, shapes, tables
from inspector_app.reports.blocks import (
    Bars,
    Beside,
    Block,
    Decline,
    Fact,
    Facts,
    Gauges,
    Heading,
    Labels,
    Paper,
    Photos,
    Place,
    Prose,
    Signature,
    Signatures,
    Stack,
    Table,
    Whole,
)
from inspector_app.reports.fonts import Style, face, pdf_text, wrap, wrapped
from inspector_app.reports.sheet import ACCENT, BODY, SECOND, SMALL, TEXT, WARNING, WARNING_WEAK, Sheet

_LABEL_SIZE: Final = 7.5
_GAP: Final = 12.0
_LEADING: Final = 12.4
_HEADING: Final = 30.0


def title(sheet: Sheet, paper: Paper) -> None:
    """The name of the paper, once, at the top of its first page."""
    sheet.y -= 8
    for line in wrapped(paper.title, "bold", 17, sheet.width, 3):
        sheet.y -= 18
        sheet.text(sheet.left, sheet.y, line, style="bold", size=17)
        sheet.y -= 3
    if paper.subtitle:
        for line in wrapped(paper.subtitle, "regular", 10, sheet.width, 4):
            sheet.y -= 14
            sheet.text(sheet.left, sheet.y, line, size=10, colour=SECOND)
    sheet.y -= 8


def draw(sheet: Sheet, blocks: tuple[Block, ...]) -> None:
    """Draw blocks one below another."""
    for number, block in enumerate(blocks):
        if isinstance(block, Heading):
            after = blocks[number + 1] if number + 1 < len(blocks) else None
            sheet.need(_HEADING + min(_least(sheet, after), 200) + _signed(sheet, blocks[number + 1 : number + 4]))
        _DRAWERS[type(block)](sheet, block)


def _signed(sheet: Sheet, blocks: tuple[Block, ...]) -> float:
    """Points of the signatures after a section of one line, which goes with them: they never stand alone on a page."""
    match blocks:
        case (Table(rows=()) | Table(rows=[]), Heading(), Signatures() as last):
            return _HEADING + sum(_pair_height(sheet, last.people[at : at + 2]) for at in range(0, len(last.people), 2))
        case _:
            return 0


def _least(sheet: Sheet, block: Block | None) -> float:
    """What must stand on the same page as the heading before it."""
    match block:
        case Facts():
            return facts_height(block, sheet.width)
        case Place() | Bars() | Decline() | Gauges() | Whole() | Beside() | Stack():
            return _height(sheet, block, sheet.width)
        case Table():
            return tables.least(sheet, block)
        case _:
            return 40


def _heading(sheet: Sheet, block: Heading) -> None:
    if sheet.y < sheet.top:
        sheet.y -= 9
    sheet.need(40)
    x = sheet.left
    if block.number:
        sheet.text(x, sheet.y - 11, block.number, style="bold", size=11, colour=ACCENT)
        x += face("bold").width(block.number, 11) + 6
    lines = wrap(pdf_text(block.text), "bold", 11, sheet.width - (x - sheet.left))
    for line in lines:
        sheet.text(x, sheet.y - 11, line, style="bold", size=11)
        sheet.y -= 14
    sheet.y -= 5


def _prose(sheet: Sheet, block: Prose) -> None:
    quiet = block.manner == "quiet"
    style: Style = "bold" if block.manner in {"bold", "warning"} else "regular"
    size, leading = (SMALL, 10.6) if quiet else (BODY, _LEADING)
    colour = SECOND if quiet else WARNING if block.manner == "warning" else TEXT
    inset = 6 if block.manner == "warning" else 0
    if sheet.y < sheet.top:
        sheet.y -= 3
    for line in wrap(pdf_text(block.text), style, size, sheet.width - 2 * inset):
        sheet.need(leading)
        if inset:
            sheet.box(sheet.left, sheet.y - leading - 1, sheet.width, leading + 1, WARNING_WEAK)
        sheet.text(sheet.left + inset, sheet.y - size - 0.5, line, style=style, size=size, colour=colour)
        sheet.y -= leading
    sheet.y -= 4


# -- facts ------------------------------------------------------------------------------------------------------------


def _lines_of_facts(block: Facts, width: float) -> list[list[tuple[Fact, float, float, list[str], list[str]]]]:
    """Facts arranged in lines: (fact, shift from the left, width, lines of the label, lines of the value)."""
    step = (width + _GAP) / block.columns
    arranged: list[list[tuple[Fact, float, float, list[str], list[str]]]] = []
    place = block.columns
    for fact in block.facts:
        wide = fact.wide or _too_long(fact, step - _GAP)
        if wide or place >= block.columns:
            arranged.append([])
            place = 0
        room = width if wide else step - _GAP
        label = wrap(pdf_text(fact.label), "regular", _LABEL_SIZE, room)
        value = wrap(pdf_text(fact.value), "regular", BODY, room - (12 if fact.mark else 0))
        arranged[-1].append((fact, place * step, room, label, value))
        place = block.columns if wide else place + 1
    return arranged


def _too_long(fact: Fact, room: float) -> bool:
    return "\n" in fact.value or face("regular").width(pdf_text(fact.value), BODY) > 3 * room


def _line_height(line: list[tuple[Fact, float, float, list[str], list[str]]]) -> float:
    return max(len(label) for *_rest, label, _value in line) * 9 + max(len(value) for *_rest, value in line) * 11.8 + 6.5


def facts_height(block: Facts, width: float) -> float:
    """How high the grid is, in points."""
    return sum(map(_line_height, _lines_of_facts(block, width)))


def _facts(sheet: Sheet, block: Facts) -> None:
    for line in _lines_of_facts(block, sheet.width):
        height = _line_height(line)
        if height <= (sheet.top - sheet.bottom) / 2:
            sheet.need(height)
        labels = max(len(label) for *_rest, label, _value in line)
        start = sheet.y
        for fact, shift, _room, label, value in line:
            sheet.y = start
            x = sheet.left + shift
            for each in label:
                sheet.text(x, sheet.y - 8, each, size=_LABEL_SIZE, colour=SECOND)
                sheet.y -= 9
            sheet.y = start - labels * 9
            if fact.mark:
                shapes.mark(sheet, x + 4.2, sheet.y - 6.6, 8.4, fact.mark)
                x += 12
            for each in value:
                if sheet.need(12):
                    start, height = sheet.top, 0
                sheet.text(x, sheet.y - 10, each)
                sheet.y -= 11.8
        sheet.y = start - height if height else sheet.y - 6.5


# -- signatures -------------------------------------------------------------------------------------------------------


def _signatures(sheet: Sheet, block: Signatures) -> None:
    half = (sheet.width - 24) / 2
    for number in range(0, len(block.people), 2):
        pair = block.people[number : number + 2]
        height = _pair_height(sheet, pair)
        sheet.need(height)
        for place, each in enumerate(pair):
            _signature(sheet, each, sheet.left + place * (half + 24), sheet.y, half)
        sheet.y -= height


def _pair_height(sheet: Sheet, pair: tuple[Signature, ...]) -> float:
    return max(_signature(sheet, each, 0, 0, (sheet.width - 24) / 2, measure=True) for each in pair)


def _signature(sheet: Sheet, person: Signature, x: float, y: float, width: float, *, measure: bool = False) -> float:
    role = wrapped(person.role, "regular", SMALL, width, 6)
    name = wrapped(person.name, "bold", BODY, width, 4)
    said = wrapped(person.said, "regular", SMALL, width, 20) if person.said else []
    height = len(role) * 10 + len(name) * 12.5 + len(said) * 10 + 40
    if measure:
        return height
    for line in role:
        y -= 10
        sheet.text(x, y, line, size=SMALL, colour=SECOND)
    for line in name:
        y -= 12.5
        sheet.text(x, y, line, style="bold")
    for line in said:
        y -= 10
        sheet.text(x, y, line, size=SMALL)
    y -= 20
    sheet.rule(x, x + width, y, colour=TEXT, weight=0.5)
    sheet.text(x, y - 8, person.hint, size=6.5, colour=SECOND)
    return height


# -- side by side -----------------------------------------------------------------------------------------------------


def _height(sheet: Sheet, block: Block, width: float) -> float:
    match block:
        case Facts():
            return facts_height(block, width)
        case Place():
            return locator.height(width)
        case Bars() | Decline() | Gauges() | Whole():
            return charts.height(block, width)
        case Table():
            with sheet.column(sheet.left, width):
                return tables.height(sheet, block)
        case Stack():
            return sum(_height(sheet, each, width) for each in block.blocks)
        case Beside():
            left = (width - _GAP) * block.share
            return max(_height(sheet, block.left, left), _height(sheet, block.right, width - _GAP - left))
        case _:
            raise TypeError(type(block))


def _beside(sheet: Sheet, block: Beside) -> None:
    height = _height(sheet, block, sheet.width)
    sheet.need(height)
    start, lowest = sheet.y, sheet.y
    left = (sheet.width - _GAP) * block.share
    for part, x, width in (
        (block.left, sheet.left, left),
        (block.right, sheet.left + left + _GAP, sheet.width - left - _GAP),
    ):
        sheet.y = start
        with sheet.column(x, width):
            _DRAWERS[type(part)](sheet, part)
        lowest = min(lowest, sheet.y)
    sheet.y = lowest


def _stack(sheet: Sheet, block: Stack) -> None:
    for each in block.blocks:
        _DRAWERS[type(each)](sheet, each)


_DRAWERS: dict[type, Callable[[Sheet, Any], None]] = {
    Heading: _heading,
    Prose: _prose,
    Facts: _facts,
    Table: tables.draw,
    Photos: photos.draw,
    Signatures: _signatures,
    Place: locator.draw,
    Whole: charts.whole,
    Bars: charts.bars,
    Gauges: charts.gauges,
    Decline: charts.decline,
    Beside: _beside,
    Stack: _stack,
    Labels: labels_sheet.draw,
}
