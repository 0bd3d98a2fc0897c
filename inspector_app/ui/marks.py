"""Marks of statuses drawn with Qt: one shape and one colour each, the same in table, legend, chart and timeline."""

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from inspector_app.domain.marks import BUCKET_MARKS, DISPUTED, Mark, status_mark
from inspector_app.domain.ownership import Bucket, Status


def mark_of(status: Status | Bucket, *, disputed: bool = False) -> Mark:
    """The mark of a status or of a published group; a dispute comes before everything."""
    if disputed:
        return DISPUTED
    return BUCKET_MARKS[status] if isinstance(status, Bucket) else status_mark(status)


def draw_mark(painter: QPainter, mark: Mark, box: QRectF, *, proposed: bool = False) -> None:
    """Draw a mark into the middle of a box. A proposed status is an outline, dashed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    area = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    colour = QColor(mark.colour)
    pen = QPen(colour, max(1.2, side / 9))
    if proposed:
        pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_outline(mark, area.adjusted(1, 1, -1, -1)))
    elif mark.shape == "cross":
        painter.setPen(QPen(colour, side / 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        inner = area.adjusted(side / 7, side / 7, -side / 7, -side / 7)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif mark.shape == "ring":
        ring = area.adjusted(side / 9, side / 9, -side / 9, -side / 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPie(ring, 90 * 16, -mark.quarters * 90 * 16)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawEllipse(ring)
    elif mark.shape == "half-triangle":
        shape = _outline(mark, area.adjusted(side / 16, side / 16, -side / 16, -side / 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setClipRect(QRectF(area.left(), area.top() + side * 0.55, side, side))
        painter.fillPath(shape, colour)
        painter.setClipping(False)
        painter.setPen(pen)
        painter.drawPath(shape)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(_outline(mark, area))
    painter.restore()


def _outline(mark: Mark, area: QRectF) -> QPainterPath:
    path = QPainterPath()
    centre, radius = area.center(), area.width() / 2
    match mark.shape:
        case "diamond":
            path.addPolygon(_regular(centre, radius, 4, -90))
        case "square":
            inset = radius * 0.17
            path.addRect(area.adjusted(inset, inset, -inset, -inset))
        case "triangle" | "half-triangle":
            path.addPolygon(_regular(QPointF(centre.x(), centre.y() + radius * 0.18), radius * 1.06, 3, -90))
        case "pentagon":
            path.addPolygon(_regular(QPointF(centre.x(), centre.y() + radius * 0.05), radius, 5, -90))
        case "dot":
            path.addEllipse(centre, radius * 0.55, radius * 0.55)
        case _:
            path.addEllipse(centre, radius * 0.9, radius * 0.9)
    path.closeSubpath()
    return path


def _regular(centre: QPointF, radius: float, corners: int, start_deg: float) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(centre.x() + radius * math.cos(angle), centre.y() + radius * math.sin(angle))
            for angle in (math.radians(start_deg + 360 * corner / corners) for corner in range(corners))
        ]
    )


@cache
def mark_pixmap(mark: Mark, size: int, *, proposed: bool = False, scale: int = 2) -> QPixmap:
    """A mark as a picture of `size` logical pixels, sharp on screens of twice the density."""
    picture = QPixmap(QSize(size, size) * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_mark(painter, mark, QRectF(0, 0, size, size), proposed=proposed)
    painter.end()
    return picture


def mark_icon(mark: Mark, size: int = 12) -> QIcon:
    """A mark as an icon for menus and chips."""
    return QIcon(mark_pixmap(mark, size))
