"""Tables of any length, drawn straight on the page: heads repeated, names wrapped, numbers right, rows never torn in vain."""

import re
from itertools import islice
from typing import Final

from inspector_app.reports import shapes
from inspector_app.reports.blocks import Column, Row, Table
from inspector_app.reports.fonts import Style, face, pdf_text, wrap
from inspector_app.reports.sheet import ACCENT_WEAK, HAIR, PALE, SECOND, SMALL, TEXT, Sheet, rgb

_PAD: Final = 3.6
_LEADING: Final = 10.2
_ROW_PAD: Final = 2.9
_HEAD_SIZE: Final = 7.5
_HEAD_LEADING: Final = 9.2
_MARK: Final = 11.0
_BETWEEN: Final = re.compile(r"[ \n]+|(?<=\w\w\w[-/])")
_USUAL: Final = 18
"""Letters; a longer word is broken rather than given room."""
_LOOKED_AT: Final = 300
"""Rows; those after them have the same kinds of words."""
_BREAKS_INSIDE: Final = 0.5
"""A row higher than this part of a page is torn rather than moved."""


def draw(sheet: Sheet, table: Table) -> None:
    """Draw the table from the cursor down, over as many pages as it takes."""
    if not table.rows:
        sheet.need(16)
        sheet.y -= 11
        sheet.text(sheet.left, sheet.y, table.empty, size=SMALL, colour=SECOND)
        sheet.y -= 6
        return
    _Drawing(sheet, table).run()


def height(sheet: Sheet, table: Table) -> float:
    """How high the table is between the bounds of the sheet, in points, when it is not torn."""
    if not table.rows:
        return 17
    drawing = _Drawing(sheet, table)
    return drawing.head_height + sum(drawing.measure(row)[1] for row in table.rows) + 4


class _Drawing:
    """One table on its way to the paper; collects operators and hands them over once per page."""

    def __init__(self, sheet: Sheet, table: Table) -> None:
        self.sheet, self.table = sheet, table
        self.edges = _edges(table, sheet.left, sheet.width)
        self.code: list[str] = []
        self.wrapped: dict[tuple[int, str, str], list[str]] = {}
        heads = [self._lines(index, column.title, "bold", _HEAD_SIZE) for index, column in enumerate(table.columns)]
        self.heads = heads
        self.head_height = max(len(lines) for lines in heads) * _HEAD_LEADING + 5
        self.page = sheet.top - sheet.bottom - self.head_height

    def run(self) -> None:
        sheet, rows = self.sheet, self.table.rows
        sheet.need(self.least())
        self._head()
        for number, row in enumerate(rows):
            cells, height = self.measure(row)
            wanted = height + self.kept(number)
            if wanted > sheet.room() and min(wanted, height) <= self.page * _BREAKS_INSIDE:
                self._turn()
            if height <= sheet.room():
                self._row(row, cells, height)
            else:
                self._torn(row, cells)
        self._flush()
        sheet.y -= 4

    def least(self) -> float:
        """Points of the head and of what never stands apart from it."""
        return self.head_height + min(self.measure(self.table.rows[0])[1] + self.kept(0), self.page * _BREAKS_INSIDE)

    def kept(self, number: int) -> float:
        """Points of the rows after this one that stay on its page: the first of a group, the sums below the last."""
        rows = self.table.rows
        after = number + 1
        if after >= len(rows):
            return 0
        if rows[number].manner == "group":
            return self.measure(rows[after])[1]
        kept = 0.0
        while after < len(rows) and rows[after].manner in {"subtotal", "total"}:
            kept += self.measure(rows[after])[1]
            after += 1
        return kept

    # -- measuring ----------------------------------------------------------------------------------------------------

    def _lines(self, index: int, text: str, style: Style, size: float) -> list[str]:
        left, right = self.edges[index]
        room = right - left - 2 * _PAD
        text = pdf_text(text)
        if "\n" not in text and face(style).width(text, size) <= room:
            return [text]
        key = (index, style, text)
        if key not in self.wrapped:
            self.wrapped[key] = wrap(text, style, size, room)
        return self.wrapped[key]

    def measure(self, row: Row) -> tuple[list[list[str]], float]:
        """The lines of every cell, and how high the row is."""
        if row.manner == "group":
            cells = [wrap(pdf_text(row.cells[0]), "bold", SMALL, self.sheet.width - 2 * _PAD - (_MARK if row.mark else 0))]
        else:
            style: Style = "regular" if row.manner == "row" else "bold"
            cells = [self._lines(index, text, style, SMALL) if text else [] for index, text in enumerate(row.cells)]
            if row.manner != "row":
                self._spread(row, cells)
        if row.mark and row.manner != "group" and cells[0]:
            left, right = self.edges[0]
            cells[0] = wrap(" ".join(cells[0]), "regular", SMALL, right - left - 2 * _PAD - _MARK)
        return cells, max(1, *map(len, cells), 1) * _LEADING + 2 * _ROW_PAD

    def _spread(self, row: Row, cells: list[list[str]]) -> None:
        """The words of a sum take the empty cells after them; a sum is short of columns, not of room."""
        index = next((place for place, text in enumerate(row.cells) if text), 0)
        if self.table.columns[index].right:
            return
        last = index
        while last + 1 < len(row.cells) and not row.cells[last + 1]:
            last += 1
        cells[index] = wrap(pdf_text(row.cells[index]), "bold", SMALL, self.edges[last][1] - self.edges[index][0] - 2 * _PAD)

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        sheet = self.sheet
        bottom = sheet.y - self.head_height
        for index, lines in enumerate(self.heads):
            for line, text in enumerate(lines):
                y = bottom + 5 + (len(lines) - 1 - line) * _HEAD_LEADING
                self._put(index, y, text, "bold", _HEAD_SIZE, SECOND)
        self._rule(bottom, TEXT, 0.6)
        sheet.y = bottom

    def _row(self, row: Row, cells: list[list[str]], height: float) -> None:
        sheet = self.sheet
        bottom = sheet.y - height
        if row.manner in {"group", "total"}:
            shade = PALE if row.manner == "group" else ACCENT_WEAK
            self.code.append(f"{rgb(shade)} rg {sheet.left:.2f} {bottom:.2f} {sheet.width:.2f} {height:.2f} re f")
        style: Style = "regular" if row.manner == "row" else "bold"
        first = sheet.y - _ROW_PAD - 7.8
        for index, lines in enumerate(cells):
            shift = _MARK if row.mark and index == 0 else 0
            for line, text in enumerate(lines):
                self._put(index, first - line * _LEADING, text, style, SMALL, TEXT, shift, across=row.manner == "group")
        if row.mark:
            self._flush()
            shapes.mark(sheet, sheet.left + _PAD + 4, first + 2.8, 7.6, row.mark)
        self._rule(bottom, HAIR, 0.4)
        sheet.y = bottom

    def _torn(self, row: Row, cells: list[list[str]]) -> None:
        """A row higher than the page: as many of its lines as fit, then on."""
        while any(cells):
            fits = max(1, int((self.sheet.room() - 2 * _ROW_PAD) // _LEADING))
            part, cells = [lines[:fits] for lines in cells], [lines[fits:] for lines in cells]
            self._row(row, part, max(map(len, part)) * _LEADING + 2 * _ROW_PAD)
            if any(cells):
                self._turn()

    def _put(
        self, index: int, y: float, text: str, style: Style, size: float, colour: str, shift: float = 0, *, across: bool = False
    ) -> None:
        if not text:
            return
        left, right = self.edges[index]
        x = left + _PAD + shift
        if self.table.columns[index].right and not across:
            x = right - _PAD - face(style).width(text, size)
        self.code.append(self.sheet.tell(x, y, text, style, size, colour))

    def _rule(self, y: float, colour: str, weight: float) -> None:
        x1, x2 = self.sheet.left, self.sheet.left + self.sheet.width
        self.code.append(f"{rgb(colour)} RG {weight:g} w {x1:.2f} {y:.2f} m {x2:.2f} {y:.2f} l S")

    def _turn(self) -> None:
        self._flush()
        self.sheet.turn()
        self._head()

    def _flush(self) -> None:
        if self.code:
            self.sheet.operators("\n".join(self.code))
            self.code.clear()


def least(sheet: Sheet, table: Table) -> float:
    """How much of the table must stand below its heading, in points: the head and the first row with what it keeps."""
    if not table.rows:
        return 17
    return _Drawing(sheet, table).least()


def _edges(table: Table, left: float, width: float) -> list[tuple[float, float]]:
    """Left and right edge of every column.

    A fixed one gives way to the longest word of its head and of its cells, whatever the language, and to its numbers,
    which never break. The others share what is left, and none of them breaks a word while another has room.
    """
    columns = table.columns
    words = [_widest(column, index, table) for index, column in enumerate(columns)]
    wide = [max(column.points, word) if column.points else 0.0 for column, word in zip(columns, words, strict=True)]
    sharing = {index for index, column in enumerate(columns) if not column.points}
    room = width - sum(wide)
    while sharing:
        shares = sum(columns[index].share for index in sharing) or 1
        narrow = [index for index in sharing if room * columns[index].share / shares < words[index]]
        needed = sum(words[index] for index in sharing)
        if not narrow or needed > room:
            for index in sharing:
                wide[index] = room * (words[index] / needed if needed > room else columns[index].share / shares)
            break
        for index in narrow:
            wide[index] = words[index]
            room -= words[index]
            sharing.discard(index)
    edges, x = [], left
    for each in wide:
        edges.append((x, x + each))
        x += each
    return edges


def _widest(column: Column, index: int, table: Table) -> float:
    """Points that the column needs so that no word of its head and no usual word of its cells is broken."""
    widest = max((face("bold").width(word, _HEAD_SIZE) for word in pdf_text(column.title).split()), default=0.0)
    if column.right:
        # the longest text is the widest number, or nearly: digits are of one width
        longest = max((row.cells[index] for row in table.rows if row.manner != "group"), key=len, default="")
        widest = max(widest, *(face("bold").width(line, SMALL) for line in pdf_text(longest[:40]).split("\n")))
    else:
        texts = {row.cells[index] for row in islice(table.rows, _LOOKED_AT) if row.manner == "row"}
        measure = face("regular").width
        usual = {word for text in texts for word in _BETWEEN.split(pdf_text(text)) if len(word) <= _USUAL}
        widest = max(widest, max((measure(word, SMALL) for word in usual), default=0.0))
    return widest + 2 * _PAD + 0.5
