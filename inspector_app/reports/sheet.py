"""The page frame: a cursor that moves down A4, a header with number and day, a footer with page x of y, hash and version.

Measures are points from the lower left corner; millimetres stand here and in the pictures only.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFString
from reportlab.pdfgen.canvas import Canvas

from inspector_app.reports.fonts import Style, face, pdf_text, shortened

TEXT: Final = "#1B2127"
SECOND: Final = "#5C6672"
LINE: Final = "#C9D0D8"
HAIR: Final = "#DCE1E7"
PALE: Final = "#F4F6F8"
ACCENT: Final = "#0B6E69"
ACCENT_WEAK: Final = "#E2F0EF"
DANGER: Final = "#B3261E"
WARNING: Final = "#8A5A00"
WARNING_WEAK: Final = "#FFF4DB"

BODY: Final = 9.5
SMALL: Final = 8.0

_MARGIN_X, _MARGIN_Y = 20 * mm, 15 * mm
_HEADER, _FOOTER = 9 * mm, 8 * mm


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. All sentences are in the language of the paper."""

    title: str
    subject: str
    number: str
    organisation: str
    language: str
    page_of: str
    """A sentence with {page} and {pages}."""
    closing: str
    """Hash, version and instant, as the footer prints them."""
    program: str
    generated_at: datetime
    warning: str = ""
    """A line in the header of every page, for a demonstration."""
    watermark: str = ""
    keywords: str = ""
    landscape: bool = False


class _Stamp:
    """The instant of the paper where ReportLab would ask the clock."""

    def __init__(self, at: datetime) -> None:
        self.t = at.timestamp()
        self.lt = time.gmtime(self.t)
        self.YMDhms = tuple(self.lt)[:6]
        self.dhh = self.dmm = 0
        self.tzname = "UTC"
        self.datetime = at.astimezone(UTC)
        self.asctime = time.asctime(self.lt)


class _Pages(Canvas):
    """A canvas that keeps its pages until their number is known."""

    def __init__(self, file: BinaryIO, size: tuple[float, float]) -> None:
        name = face("regular").font.fontName  # the canvas would name Helvetica on every page, which no paper carries
        given: dict[str, Any] = {"pageCompression": 1, "invariant": 1, "initialFontName": name}
        super().__init__(file, pagesize=size, **given)
        self.kept: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        self.kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]


class Sheet:
    """The pages of one paper while they are drawn. `y` is where the next thing goes; `left` and `width` bound it."""

    def __init__(self, file: BinaryIO, frame: Frame) -> None:
        """Begin the first page."""
        self.frame = frame
        size = landscape(A4) if frame.landscape else A4
        self.page_width, self.page_height = size
        self.left, self.width = _MARGIN_X, size[0] - 2 * _MARGIN_X
        self.top = size[1] - _MARGIN_Y - _HEADER
        self.bottom = _MARGIN_Y + _FOOTER
        self.canvas = _Pages(file, size)
        self._document: Any = self.canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001 - faces keep their subsets by it
        self._document._timeStamp = _Stamp(frame.generated_at)  # noqa: SLF001 - the only way to hand the instant in
        self._encoded: dict[tuple[Style, str], tuple[int, str]] = {}
        self._first: dict[Style, dict[str, str]] = {"regular": {}, "bold": {}}
        self._prefix: dict[tuple[Style, float, str], str] = {}
        self.y = self.top
        self.pages = 1
        self._head_page()

    # -- the cursor ---------------------------------------------------------------------------------------------------

    def room(self) -> float:
        """Points left on this page."""
        return self.y - self.bottom

    def need(self, height: float) -> bool:
        """Turn the page when less than `height` is left on it; says whether it did."""
        if self.room() >= height or self.y >= self.top:
            return False
        self.turn()
        return True

    def turn(self) -> None:
        """Go on with a new page."""
        self.canvas.showPage()
        self.pages += 1
        self.y = self.top
        self._head_page()

    @contextmanager
    def column(self, left: float, width: float) -> Iterator[None]:
        """Draw between other bounds for a while."""
        kept = self.left, self.width
        self.left, self.width = left, width
        try:
            yield
        finally:
            self.left, self.width = kept

    # -- ink ----------------------------------------------------------------------------------------------------------

    def text(
        self, x: float, y: float, text: str, *, style: Style = "regular", size: float = BODY, colour: str = TEXT, align: int = 0
    ) -> None:
        """One line of text whose baseline starts (align 0), is centred (1) or ends (2) at `x`. Cleans what it is given."""
        text = pdf_text(text).replace("\n", " ")
        if not text:
            return
        if align:
            wide = face(style).width(text, size)
            x -= wide if align == 2 else wide / 2
        self.operators(self.tell(x, y, text, style, size, colour))

    def tell(self, x: float, y: float, text: str, style: Style, size: float, colour: str) -> str:
        """The operators that draw clean text; tables collect them row by row."""
        prefix = self._prefix.get((style, size, colour)) or self._begin(style, size, colour)
        known = self._first[style]
        try:
            shown = "".join([known[each] for each in text])
        except KeyError:
            return self._learn(x, y, text, style, size, colour)
        return f"{prefix}{x:.2f} {y:.2f} Tm ({shown}) Tj ET"

    def _begin(self, style: Style, size: float, colour: str) -> str:
        name = face(style).font.getSubsetInternalName(0, self._doc(style))
        prefix = f"BT {rgb(colour)} rg {name} {size:g} Tf 1 0 0 1 "
        self._prefix[style, size, colour] = prefix
        return prefix

    def _learn(self, x: float, y: float, text: str, style: Style, size: float, colour: str) -> str:
        """Encode characters that this paper has not had yet; beyond the first 256 glyphs the font changes inside the line."""
        font, doc, parts, current = face(style).font, self._doc(style), [], 0
        for each in text:
            if (style, each) not in self._encoded:
                ((subset, code),) = font.splitString(each, doc)
                self._encoded[style, each] = subset, _escaped(code[0])
                if subset == 0:
                    self._first[style][each] = _escaped(code[0])
            subset, shown = self._encoded[style, each]
            if subset != current:
                parts.append(f") Tj {font.getSubsetInternalName(subset, doc)} {size:g} Tf (")
                current = subset
            parts.append(shown)
        return f"{self._prefix[style, size, colour]}{x:.2f} {y:.2f} Tm ({''.join(parts)}) Tj ET"

    def _doc(self, style: Style) -> object:
        doc, font = self._document, face(style).font
        if doc not in font.state:
            font.splitString(" ", doc)
        return doc

    def rule(self, x1: float, x2: float, y: float, *, colour: str = HAIR, weight: float = 0.4) -> None:
        """A level line."""
        self.operators(f"{rgb(colour)} RG {weight:g} w {x1:.2f} {y:.2f} m {x2:.2f} {y:.2f} l S")

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle from its lower left corner."""
        self.operators(f"{rgb(colour)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f")

    def operators(self, code: str) -> None:
        """Put ready operators on the page."""
        self.canvas._code.append(code)  # type: ignore[attr-defined]  # noqa: SLF001 - four times faster than its methods

    # -- what surrounds the page --------------------------------------------------------------------------------------

    def _head_page(self) -> None:
        frame, edge = self.frame, self.page_height - _MARGIN_Y
        if frame.watermark:
            self._watermark(frame.watermark)
        x2 = self.page_width - _MARGIN_X
        shown = shortened(pdf_text(frame.number), "bold", SMALL, (x2 - _MARGIN_X) * 0.6)
        number = face("bold").width(shown, SMALL)
        self.text(x2, edge - 8, shown, style="bold", size=SMALL, align=2)
        room = x2 - _MARGIN_X - number - 12
        if frame.warning:
            warning = shortened(pdf_text(frame.warning), "bold", 7.5, room * 0.55)
            wide = face("bold").width(warning, 7.5)
            start = x2 - number - 14 - wide
            self.box(start - 5, edge - 11.5, wide + 10, 13, WARNING_WEAK)
            self.text(start, edge - 8, warning, style="bold", size=7.5, colour=WARNING)
            room = start - 14 - _MARGIN_X
        self.text(
            _MARGIN_X, edge - 8, shortened(pdf_text(frame.organisation), "regular", SMALL, room), size=SMALL, colour=SECOND
        )
        self.rule(_MARGIN_X, x2, edge - 15, colour=LINE, weight=0.6)

    def _watermark(self, word: str) -> None:
        word, size = pdf_text(word), 110.0
        size = min(size, size * 520 / face("bold").width(word, size))
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(self.page_width / 2, self.page_height / 2)
        canvas.rotate(52 if not self.frame.landscape else 32)
        self.text(0, -size / 3, word, style="bold", size=round(size, 1), colour="#EDF0F3", align=1)
        canvas.restoreState()

    def _foot(self, page: int, pages: int) -> None:
        frame, y = self.frame, _MARGIN_Y + 1 * mm
        x2 = self.page_width - _MARGIN_X
        self.rule(_MARGIN_X, x2, y + 11, colour=LINE, weight=0.6)
        paging = frame.page_of.format(page=page, pages=pages)
        self.text(x2, y, paging, style="bold", size=SMALL, align=2)
        room = x2 - _MARGIN_X - face("bold").width(pdf_text(paging), SMALL) - 12
        self.text(_MARGIN_X, y, shortened(pdf_text(frame.closing), "regular", 7, room), size=7, colour=SECOND)

    def finish(self) -> None:
        """Number the pages and write the file."""
        canvas, frame = self.canvas, self.frame
        canvas.showPage()
        kept, canvas.kept = canvas.kept, []
        for page, state in enumerate(kept, start=1):
            canvas.__dict__.update(state)
            state.clear()  # a long paper is not held twice
            self._foot(page, len(kept))
            Canvas.showPage(canvas)
        canvas.kept = []
        canvas.setTitle(pdf_text(f"{frame.title} {frame.number}".strip()))
        canvas.setAuthor(pdf_text(frame.organisation))
        canvas.setSubject(pdf_text(frame.subject))
        canvas.setKeywords(pdf_text(frame.keywords))
        canvas.setCreator(frame.program)
        canvas.setProducer(frame.program)
        canvas.setCatalogEntry("Lang", PDFString(frame.language))
        canvas.setCatalogEntry("ViewerPreferences", PDFDictionary({"DisplayDocTitle": "true"}))
        Canvas.save(canvas)


def rgb(colour: str) -> str:
    """'#0B6E69' as the three numbers of an operator."""
    return _RGB.get(colour) or _rgb(colour)


_RGB: dict[str, str] = {}


def _rgb(colour: str) -> str:
    shade = HexColor(colour)
    _RGB[colour] = f"{shade.red:.3g} {shade.green:.3g} {shade.blue:.3g}"
    return _RGB[colour]


def _escaped(code: int) -> str:
    """A byte inside a PDF string."""
    return chr(code) if 32 <= code < 127 and code not in b"()\\" else f"\\{code:03o}"
