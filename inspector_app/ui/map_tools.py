"""The bar above the map while something is measured, drawn, or a position is asked for."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from inspector_app.domain import places
from inspector_app.i18n import N_, Words
from inspector_app.ui.desk import Desk
from inspector_app.ui.lookups import CoordinateField
from inspector_app.ui.parts import button, clear, label
from inspector_app.ui.theme import SPACE

Kind = Literal["distance", "area", "boundary"]
Points = Sequence[tuple[float, float]]

_TITLES: dict[Kind, str] = {
    "distance": N_("Distance"),
    "area": N_("Area"),
    "boundary": N_("Boundary of {site}"),
}
_HELP: dict[Kind, str] = {
    "distance": N_("Click on the map, point after point."),
    "area": N_("Click on the map, corner after corner."),
    "boundary": N_("Click on the map, corner after corner; drag a corner to move it, right-click takes it away."),
}


def length(words: Words, metres: float) -> str:
    """A length: metres below one kilometre, then kilometres."""
    if metres < 1000:
        return words.say("{number} m", number=words.number(metres))
    return words.say("{number} km", number=words.number(metres / 1000, 2 if metres < 100_000 else 0))


def area(words: Words, square_m: float) -> str:
    """An area: square metres below one hectare, then hectares, then square kilometres."""
    if square_m < 10_000:
        return words.say("{number} m²", number=words.number(square_m))
    if square_m < 1_000_000:
        return words.say("{number} ha", number=words.number(square_m / 10_000, 2))
    return words.say("{number} km²", number=words.number(square_m / 1_000_000, 2))


def corners(geometry: Any) -> list[tuple[float, float]] | None:
    """Corners (lat, lon) of a GeoJSON polygon without holes, each once; nothing for what this tool cannot move."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Polygon" or len(geometry["coordinates"]) != 1:
        return None
    return [(lat, lon) for lon, lat, *_height in geometry["coordinates"][0][:-1]]


def polygon(points: Points) -> dict[str, Any]:
    """The GeoJSON polygon of corners (lat, lon)."""
    ring = [[lon, lat] for lat, lon in points]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


class ToolBar(QFrame):
    """One tool at a time; hidden when there is none.

    Signals:
        ended: the tool is put away.
        take_back: the last point shall go.
        saved: the corners of a boundary to keep, pairs of latitude and longitude; an empty list takes the boundary away.
        placed: latitude and longitude of one's own position.
    """

    ended = Signal()
    take_back = Signal()
    saved = Signal(list)
    placed = Signal(float, float)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        """No tool."""
        super().__init__(parent)
        self.setProperty("part", "strip")
        self._desk = desk
        self.kind: Kind | None = None
        self.points: list[tuple[float, float]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE[2], SPACE[1], SPACE[2], SPACE[1])
        self._row.setSpacing(SPACE[2])
        self.result = label("")
        self.save = QPushButton()
        self.field: CoordinateField | None = None
        self.hide()

    def begin(self, kind: Kind, *, site: str = "", points: Points = (), has_boundary: bool = False) -> None:
        """Measure, or draw the boundary of the site with this code, beginning with the corners it has."""
        words = self._desk.words
        self._empty()
        self.kind = kind
        self.result = label("", wrap=True)
        self._row.addWidget(label(words.say(_TITLES[kind], site=site), "card-title"))
        self._row.addWidget(self.result, 1)
        self._add_button(words.say("Take back a point"), self.take_back.emit)
        if kind == "boundary":
            if has_boundary:
                self._add_button(words.say("Remove boundary"), lambda: self.saved.emit([]), "danger")
            self._add_button(words.say("Cancel"), self.end)
            self.save = self._add_button(words.say("Save boundary"), self.finish, "primary")
        else:
            self._add_button(words.say("Close"), self.end)
        self.show_points(points)
        self.show()

    def ask_position(self) -> None:
        """Ask where one is: the position is not known by itself."""
        words = self._desk.words
        self._empty()
        self.field = CoordinateField(
            self._desk,
            words.say("Your position"),
            help_=words.say("No position fix: type the coordinates from your receiver, for example 43.65, 51.16"),
        )
        self._row.addWidget(self.field, 1)
        self._add_button(words.say("Cancel"), self.end)
        self._add_button(words.say("Show"), self.place, "primary")
        self.show()
        self.field.setFocus()

    def place(self) -> None:
        """Take the position that was typed; what is wrong with it stands under the field."""
        if self.field is not None and self.field.check() and (found := self.field.value()) is not None:
            self.placed.emit(*found)
            self.end()

    def show_points(self, points: Points) -> None:
        """What the points measure."""
        self.points = [(lat, lon) for lat, lon in points]
        words, closed = self._desk.words, self.kind != "distance"
        enough = len(self.points) > (2 if closed else 1)
        self.save.setEnabled(enough)
        if not enough:
            self.result.setText(words.say(_HELP[self.kind]) if self.kind else "")
            return
        around = places.length_m([*self.points, self.points[0]] if closed else self.points)
        if closed:
            square_m = places.area_m2(self.points)
            text = words.say("{area}, {length} around", area=area(words, square_m), length=length(words, around))
        else:
            text = length(words, around)
        self.result.setText(text)

    def finish(self) -> None:
        """Keep what was drawn, where the tool draws; a measurement simply stays."""
        if self.kind == "boundary" and len(self.points) > 2:
            self.saved.emit(self.points)

    def end(self) -> None:
        """Put the tool away."""
        self._empty()
        self.hide()
        self.ended.emit()

    def _empty(self) -> None:
        self.kind, self.points, self.field = None, [], None
        self.save = QPushButton()
        clear(self._row)

    def _add_button(self, text: str, clicked: Callable[[], object], part: str = "") -> QPushButton:
        made = button(text, clicked, part)
        self._row.addWidget(made)
        return made
