"""Marks of statuses drawn on paper as on the screen, told apart by shape in black and white too; and check boxes."""

import math

from inspector_app.domain.marks import Mark
from inspector_app.reports.sheet import SECOND, TEXT, Sheet, rgb

_KAPPA = 0.5522847498


def mark(sheet: Sheet, x: float, y: float, size: float, shape: Mark) -> None:
    """Draw a mark whose centre is (x, y) and that is `size` points high."""
    sheet.operators(f"q {rgb(shape.colour)} rg {rgb(shape.colour)} RG {_path(shape, x, y, size / 2)} Q")


def _path(shape: Mark, x: float, y: float, r: float) -> str:
    match shape.shape:
        case "circle":
            return _circle(x, y, r) + " f"
        case "dot":
            return _circle(x, y, r * 0.6) + " f"
        case "diamond":
            return _closed([(x, y + r), (x + r, y), (x, y - r), (x - r, y)]) + " f"
        case "square":
            side = r * 0.88
            return f"{x - side:.2f} {y - side:.2f} {2 * side:.2f} {2 * side:.2f} re f"
        case "triangle":
            return _closed(_triangle(x, y, r)) + " f"
        case "half-triangle":
            top, right, left = _triangle(x, y, r * 0.94)
            half = _closed([top, (x, left[1]), left])
            return f"{half} f {r * 0.24:.2f} w 1 j {_closed([top, right, left])} S"
        case "pentagon":
            return _closed([_on(x, y, r, 90 + 72 * corner) for corner in range(5)]) + " f"
        case "cross":
            arm = r * 0.82
            return (
                f"{r * 0.5:.2f} w {x - arm:.2f} {y - arm:.2f} m {x + arm:.2f} {y + arm:.2f} l"
                f" {x - arm:.2f} {y + arm:.2f} m {x + arm:.2f} {y - arm:.2f} l S"
            )
        case "ring":
            ring = f"{r * 0.24:.2f} w {_circle(x, y, r * 0.88)} S "
            return ring + (_circle(x, y, r * 0.6) + " f" if shape.quarters == 4 else _slice(x, y, r * 0.6, shape.quarters))


def _triangle(x: float, y: float, r: float) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    return (x, y + r * 0.95), (x + r, y - r * 0.8), (x - r, y - r * 0.8)


def _on(x: float, y: float, r: float, degrees: float) -> tuple[float, float]:
    return x + r * math.cos(math.radians(degrees)), y + r * math.sin(math.radians(degrees))


def _closed(points: "list[tuple[float, float]] | tuple[tuple[float, float], ...]") -> str:
    (x, y), *others = points
    return f"{x:.2f} {y:.2f} m " + " ".join(f"{a:.2f} {b:.2f} l" for a, b in others) + " h"


def _quarter(x: float, y: float, r: float, start: int) -> str:
    """A quarter of a circle, clockwise from `start` degrees."""
    ax, ay = _on(0, 0, 1, start)
    bx, by = _on(0, 0, 1, start - 90)
    k = _KAPPA
    points = [(ax + k * bx, ay + k * by), (bx + k * ax, by + k * ay), (bx, by)]
    return " ".join(f"{x + r * px:.2f} {y + r * py:.2f}" for px, py in points) + " c"


def _circle(x: float, y: float, r: float) -> str:
    return f"{x:.2f} {y + r:.2f} m " + " ".join(_quarter(x, y, r, start) for start in (90, 0, -90, -180)) + " h"


def _slice(x: float, y: float, r: float, quarters: int) -> str:
    arcs = " ".join(_quarter(x, y, r, 90 - 90 * turn) for turn in range(quarters))
    return f"{x:.2f} {y:.2f} m {x:.2f} {y + r:.2f} l {arcs} h f"


def check_box(sheet: Sheet, x: float, y: float, size: float, *, ticked: bool) -> None:
    """A box from its lower left corner, ticked or empty; the type family has no such signs."""
    tick = f"1 w {x + size * 0.2:.2f} {y + size * 0.5:.2f} m {x + size * 0.42:.2f} {y + size * 0.25:.2f} l"
    tick += f" {x + size * 0.82:.2f} {y + size * 0.8:.2f} l S"
    frame = f"q {rgb(SECOND)} RG 0.6 w {x:.2f} {y:.2f} {size:.2f} {size:.2f} re S "
    sheet.operators(frame + (f"{rgb(TEXT)} RG {tick} Q" if ticked else "Q"))
