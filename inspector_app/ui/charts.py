"""Charts painted with Qt: bars, the burn-down to the goal, shares, meters. Few lines, direct labels, no legend."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector_app.domain.goal import Way
from inspector_app.domain.marks import Mark
from inspector_app.ui.desk import Desk
from inspector_app.ui.marks import draw_mark
from inspector_app.ui.theme import SPACE

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


def ticks(highest: float, most: int = 4) -> list[float]:
    """Round numbers from nought to about the highest value: 0, 50, 100 for 121."""
    if highest <= 0:
        return [0.0, 1.0]
    raw = highest / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= raw)
    if highest >= 3:
        step = max(step, 1)
    return [step * each for each in range(math.floor(highest / step) + 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands below it, its height, what stands above it."""

    name: str
    value: float
    shown: str


class Bars(QWidget):
    """Vertical bars, each with its value above it. A bar is chosen by click, or by arrows and Enter.

    Signals:
        chosen: a bar was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, desk: Desk, bars: Sequence[Bar], show: Callable[[float], str]) -> None:
        """`show` writes the numbers of the axis."""
        super().__init__()
        self.desk, self.bars, self._show = desk, tuple(bars), show
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(f"{each.name}: {each.shown}" for each in bars))
        self.setMinimumHeight(desk.theme.px(180))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the bars."""
        return QSize(260, self.minimumHeight())

    def _frame(self) -> QRectF:
        theme = self.desk.theme
        return QRectF(self.rect()).adjusted(theme.px(44), theme.px(24), -2, -theme.px(24))

    def _slot(self, place: int) -> QRectF:
        frame = self._frame()
        width = frame.width() / max(1, len(self.bars))
        return QRectF(frame.left() + place * width, frame.top(), width, frame.height())

    def bar_box(self, place: int) -> QRectF:
        """Where a bar is painted."""
        slot, highest = self._slot(place), max((each.value for each in self.bars), default=0) or 1
        width = min(slot.width() * 0.44, self.desk.theme.px(56))
        height = max(2.0, slot.height() * self.bars[place].value / highest)
        return QRectF(slot.center().x() - width / 2, slot.bottom() - height, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Grid, bars, words."""
        theme = self.desk.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._frame()
        highest = max((each.value for each in self.bars), default=0) or 1
        painter.setFont(theme.font("secondary"))
        for value in ticks(highest):
            at = frame.bottom() - frame.height() * value / highest
            painter.setPen(QPen(theme.colour("line"), 1, Qt.PenStyle.DotLine if theme.name == "sun" else Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(frame.left(), at), QPointF(frame.right(), at))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(QRectF(0, at - 10, frame.left() - SPACE[1], 20), _RIGHT, self._show(value))
        for place, bar in enumerate(self.bars):
            box, slot = self.bar_box(place), self._slot(place)
            path = QPainterPath()
            path.addRoundedRect(box, min(3.0, box.height() / 2), min(3.0, box.height() / 2))
            painter.fillPath(path, theme.colour("accent"))
            if place == self._current and self.hasFocus():
                painter.setPen(QPen(theme.colour("text"), 2))
                painter.drawPath(path)
            painter.setPen(theme.colour("text"))
            painter.drawText(QRectF(slot.left(), box.top() - theme.px(22), slot.width(), theme.px(20)), _CENTRE, bar.shown)
            painter.setPen(theme.colour("secondary"))
            painter.drawText(QRectF(slot.left(), frame.bottom() + 4, slot.width(), theme.px(20)), _CENTRE, bar.name)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on or above a bar chooses it."""
        for place in range(len(self.bars)):
            if self._slot(place).adjusted(0, -40, 0, 40).contains(event.position()):
                self.chosen.emit(place)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows go along the bars, Enter chooses."""
        match event.key():
            case Qt.Key.Key_Right | Qt.Key.Key_Left:
                step = 1 if event.key() == Qt.Key.Key_Right else -1
                self._current = max(0, min(len(self.bars) - 1, self._current + step))
                self.update()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if 0 <= self._current < len(self.bars):
                self.chosen.emit(self._current)
            case _:
                super().keyPressEvent(event)


class BurnDown(QWidget):
    """Sites still to be closed: what was, the band of the forecast, what the goal needs (dashed), the day of the goal (red)."""

    def __init__(self, desk: Desk, way: Way, today: date) -> None:
        """The months of the register and the forecast from `today`."""
        super().__init__()
        self.desk, self.way, self.today = desk, way, today
        self.setMinimumHeight(desk.theme.px(180))
        self.setAccessibleName(self.pace_text())

    def pace_text(self) -> str:
        """The pace needed and the pace so far, in words."""
        words, way = self.desk.words, self.way
        if way.is_reached:
            return words.say("every site is closed")
        so_far = words.number(way.pace, 1) if way.pace is not None else "\N{EN DASH}"
        if way.needed is None:
            return words.say("so far {pace} a year", pace=so_far)
        return words.say("needed {needed} a year, so far {pace}", needed=words.number(way.needed, 1), pace=so_far)

    def _span(self) -> tuple[date, date]:
        first = self.way.steps[0][0] if self.way.steps else self.today
        last = max(self.way.goal, self.today)
        return date(first.year, 1, 1), date(last.year + (last > date(last.year, 1, 1)), 7, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Grid, band, lines, words."""
        theme, way = self.desk.theme, self.way
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("secondary"))
        frame = QRectF(self.rect()).adjusted(theme.px(34), theme.px(16), -theme.px(4), -theme.px(24))
        start, end = self._span()
        highest = max((count for _day, count in way.steps), default=1) or 1

        def x(day: date) -> float:
            return frame.left() + frame.width() * (day - start).days / max(1, (end - start).days)

        def y(count: float) -> float:
            return frame.bottom() - frame.height() * max(0.0, min(count, highest)) / highest

        for value in ticks(highest):
            painter.setPen(QPen(theme.colour("line"), 1, Qt.PenStyle.DotLine if theme.name == "sun" else Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(frame.left(), y(value)), QPointF(frame.right(), y(value)))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(QRectF(0, y(value) - 10, frame.left() - SPACE[1], 20), _RIGHT, self.desk.words.number(value))
        step = max(1, math.ceil((end.year - start.year + 1) * theme.px(52) / max(1.0, frame.width())))
        for year in range(start.year, end.year + 1, step):
            at = x(date(year, 1, 1))
            painter.drawText(QRectF(at - 30, frame.bottom() + 4, 60, theme.px(20)), _CENTRE, str(year))
        if way.band:
            band = [(day, low, high) for day, low, high in way.band if day <= end]
            colour = theme.colour("accent")
            colour.setAlpha(46)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x(d), y(low)) for d, low, _ in band] + [QPointF(x(d), y(high)) for d, _, high in reversed(band)]
                )
            )
        self._draw_lines(painter, frame, x, y)

    def _draw_lines(self, painter: QPainter, frame: QRectF, x: Callable[[date], float], y: Callable[[float], float]) -> None:
        theme, way = self.desk.theme, self.way
        path = QPainterPath()
        count = 0
        for place, (day, open_now) in enumerate(way.steps):
            if place == 0:
                path.moveTo(x(day), y(open_now))
            else:
                path.lineTo(x(day), y(count))
                path.lineTo(x(day), y(open_now))
            count = open_now
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if way.steps:
            path.lineTo(x(self.today), y(count))
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawPath(path)
        if way.needed is not None and not way.is_reached:
            painter.setPen(QPen(theme.colour("secondary"), 1.4, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x(self.today), y(way.still_open)), QPointF(x(way.goal), y(0)))
        goal = x(way.goal)
        painter.setPen(QPen(theme.colour("danger"), 1.4))
        painter.drawLine(QPointF(goal, frame.top() - 4), QPointF(goal, frame.bottom()))
        said = self.desk.words.say("goal {year}", year=way.goal.year)
        width = painter.fontMetrics().horizontalAdvance(said)
        painter.drawText(QRectF(goal - width - 8, frame.top() - 4, width + 2, theme.px(20)), _RIGHT, said)
        painter.setPen(theme.colour("secondary"))
        text = self.pace_text()
        wide = painter.fontMetrics().horizontalAdvance(text) + 4
        left, top = min(x(self.today) + theme.px(16), goal - wide - 8), y(way.still_open) - theme.px(28)
        if left < x(self.today):
            # no room before the goal: under the line, which is high by then, instead of across it
            left, top = x(self.today) - wide, frame.bottom() - theme.px(24)
        painter.drawText(QRectF(left, top, wide, theme.px(20)), Qt.AlignmentFlag.AlignLeft, text)


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: its mark, its size, what its tip says."""

    mark: Mark
    count: int
    tip: str


class ShareBar(QWidget):
    """A bar in the proportions of its parts, each in the colour of its mark and with its shape where it fits.

    Signals:
        chosen: a part was clicked; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, desk: Desk, shares: Sequence[Share]) -> None:
        """Parts of nothing are left out."""
        super().__init__()
        self.desk, self.shares = desk, tuple(shares)
        self.setFixedHeight(desk.theme.px(16))
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(each.tip for each in shares))

    def boxes(self) -> list[tuple[int, QRectF]]:
        """Place and rectangle of every part that is not empty."""
        whole = sum(each.count for each in self.shares)
        left, found = 0.0, []
        for place, share in enumerate(self.shares):
            if share.count:
                width = self.width() * share.count / whole
                found.append((place, QRectF(left, 0, max(2.0, width - 2), self.height())))
                left += width
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The parts, rounded at both ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(clip)
        for place, box in self.boxes():
            mark = self.shares[place].mark
            painter.fillRect(box, mark.colour)
            if self.desk.theme.name == "sun":
                # shapes carry the meaning alone where colours are washed out
                side = self.height() - 4
                draw_mark(painter, Mark(mark.shape, "#000000", mark.quarters), QRectF(box.left() + 4, 2, side, side))

    def _at(self, event: QMouseEvent) -> int:
        return next((place for place, box in self.boxes() if box.contains(event.position())), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click leads to the rows of the part."""
        if (place := self._at(event)) >= 0:
            self.chosen.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Say what the part is."""
        place = self._at(event)
        QToolTip.showText(event.globalPosition().toPoint(), self.shares[place].tip if place >= 0 else "", self)


class Meter(QWidget):
    """A thin bar filled to a share; more than the whole is shown in the colour of danger."""

    def __init__(self, desk: Desk, share: float) -> None:
        """`share` is 0 to 1, or more."""
        super().__init__()
        self.desk, self.share = desk, share
        self.setFixedHeight(desk.theme.px(6))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(desk.words.percent(share))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The trough and what fills it."""
        theme = self.desk.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1) if theme.name == "sun" else QPen(Qt.PenStyle.NoPen))
        painter.setBrush(theme.colour("surface" if theme.name == "sun" else "line"))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        filled = QRectF(self.rect())
        filled.setWidth(filled.width() * max(0.0, min(1.0, self.share)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("danger" if self.share > 1 else "accent"))
        if filled.width() >= 1:
            painter.drawRoundedRect(filled, 3, 3)
