"""Page 3: every site on a map that never asks the network, with the filter and the chosen site of the table."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from inspector_app.actions.sites import draw_boundary
from inspector_app.domain import places
from inspector_app.domain.errors import InspectorError, NotTiles
from inspector_app.i18n import N_
from inspector_app.maps import geography
from inspector_app.maps.layers import Box, Snapshot
from inspector_app.maps.palette import palette
from inspector_app.maps.tiles import Tiles
from inspector_app.models.queries.points import KINDS, PointCard, around, boundaries, cards, points
from inspector_app.models.queries.sites import SiteFilter, site_total
from inspector_app.ui.desk import Desk
from inspector_app.ui.filters import FilterBar
from inspector_app.ui.gate import gated
from inspector_app.ui.map_legend import MapFrame, kind_label, kind_mark
from inspector_app.ui.map_tools import ToolBar, corners, length, polygon
from inspector_app.ui.map_view import MapView
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Page, Strip, button
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed

BOUNDARIES_FROM_ZOOM = 9
SITE_ZOOM = 10
"""How near the map goes at least to show one place."""

NEAREST = 3
"""Sites that are in view with one's own place, at least."""

LISTED = 8
"""Sites that a card lists at most, where one place has several."""

_SHOWS = ("site", "status_event", "waste_item", "quantity_estimate", "ledger_entry", "batch_line", "removal_batch")


def take_snapshot(session: Any, *, chosen: SiteFilter, revision: int) -> tuple[Snapshot, int]:
    """The sites that pass the filter, ready to be drawn, and how many the register has; made beside the window."""
    return Snapshot(points(session, chosen=chosen), revision=revision), site_total(session)


class MapPage(Page):
    """The map with its legend, tools and the coordinates under the pointer."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        """Ask for the sites and show the country meanwhile."""
        super().__init__(desk.words.say("Map"), parent)
        self._desk = desk
        self._revision = 0
        self._chosen: PointCard | None = None
        self._shown = {"regions": True, "towns": True, "boundaries": True}
        self._numbers: list[int] = []
        self._tiles_loaded = 0
        self._reload()  # first, so that the sites are read while the page is made
        self._build()
        self._connect()
        self._greet()
        if desk.settings.tiles:
            self.show_tiles(Path(desk.settings.tiles))
        if desk.selection.site:
            self._on_site_selected(desk.selection.site)

    # -- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        desk, say = self._desk, self._desk.words.say
        self.layers_button = button(say("Layers"), lambda: None, theme=desk.theme, icon="layers-outline")
        self.layers_button.setMenu(self._layers_menu())
        self.measure_button = button(say("Measure"), lambda: None, theme=desk.theme, icon="ruler")
        self.measure_button.setMenu(self._measure_menu())
        self.near_button = button(say("Near me"), self.ask_position, theme=desk.theme, icon="crosshairs-gps")
        drawing = button(say("Draw boundary"), self.draw_boundary, theme=desk.theme, icon="vector-polygon")
        self.draw_button = gated(desk, drawing, "site", "patch")
        self.open_button = button(say("Open site"), self._open_chosen, "primary")
        self.add_actions(self.layers_button, self.measure_button, self.near_button, self.draw_button, self.open_button)
        self.filters = FilterBar(desk)
        self.tools = ToolBar(desk)
        self.view = MapView(background=palette(desk.theme.name)["abroad"])
        self.view.setAccessibleName(say("Map of the sites"))
        self.frame = MapFrame(self.view, desk)
        self.legend = self.frame.legend
        self.readout = self.frame.readout
        self.body.setSpacing(SPACE[1])
        self.body.addWidget(self.filters)
        self.body.addWidget(self.tools)
        self.body.addWidget(self.frame, 1)
        self._show_choice()

    def _layers_menu(self) -> QMenu:
        say = self._desk.words.say
        menu = QMenu(self)
        for name, text in (
            ("regions", N_("Regions")),
            ("towns", N_("Towns")),
            ("boundaries", N_("Site boundaries")),
        ):
            action = menu.addAction(say(text))
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(lambda on, name=name: self.show_layer(name, on=on))
        menu.addSeparator()
        menu.addAction(say("Choose an offline map (MBTiles)…")).triggered.connect(self._choose_tiles)
        self.built_in: QAction = menu.addAction(say("Back to the built-in map"))
        self.built_in.triggered.connect(self.forget_tiles)
        self.built_in.setEnabled(False)
        return menu

    def _measure_menu(self) -> QMenu:
        say = self._desk.words.say
        menu = QMenu(self)
        menu.addAction(say("Distance")).triggered.connect(lambda: self.measure("distance"))
        menu.addAction(say("Area")).triggered.connect(lambda: self.measure("area"))
        return menu

    def _connect(self) -> None:
        bridge, desk = self.view.bridge, self._desk
        bridge.clicked.connect(self._on_clicked)
        bridge.spread.connect(self._on_spread)
        bridge.opened.connect(lambda site_id: desk.go("site", site_id))
        bridge.listed.connect(self.open_row)
        bridge.pointed.connect(self._on_pointed)
        bridge.departed.connect(lambda: self.frame.read_out(""))
        bridge.shown.connect(self._on_shown)
        bridge.changed_points.connect(self.tools.show_points)
        bridge.enter.connect(self.tools.finish)
        bridge.escape.connect(self._on_escape)
        self.view.gave_up.connect(self._on_gave_up)
        self.legend.hidden_changed.connect(self._tell_sites)
        self.legend.folded.connect(self._on_folded)
        self.tools.ended.connect(self._on_tool_ended)
        self.tools.take_back.connect(lambda: self.view.tell("take_back", once=True))
        self.tools.saved.connect(self._save_boundary)
        self.tools.placed.connect(self.show_position)
        desk.selection.filter_changed.connect(self._on_filter_changed)
        desk.selection.site_selected.connect(self._on_site_selected)
        desk.work.register_changed.connect(self._on_register_changed)

    def _greet(self) -> None:
        """Tell the page once how things look and what they are called."""
        desk, say = self._desk, self._desk.words.say
        self.view.setZoomFactor(desk.theme.px(100) / 100)  # names and marks on the map grow with the text of the window
        control = f"{round(desk.theme.control / self.view.zoomFactor())}px"
        self.view.tell("theme", colours={**asdict(desk.theme.colours), **palette(desk.theme.name), "control": control})
        marks = [{**asdict(kind_mark(kind)), "label": kind_label(desk.words, kind)} for kind in range(len(KINDS))]
        words = {
            "zoom_in": say("Zoom in"),
            "zoom_out": say("Zoom out"),
            "map": say("Map of the sites"),
            "open": say("Open site"),
            "remaining": say("Remaining"),
            "kilometres": say("{number} km", number="{number}"),
            "metres": say("{number} m", number="{number}"),
        }
        self.view.tell("words", language=desk.words.language, marks=marks, words=words, credits=list(geography.thanks()))

    # -- sites --------------------------------------------------------------------------------------------------------

    def _reload(self) -> None:
        self._revision += 1
        self._desk.work.read(
            self, take_snapshot, self._show_snapshot, chosen=self._desk.selection.filter, revision=self._revision
        )

    def _show_snapshot(self, answer: tuple[Snapshot, int]) -> None:
        snapshot, total = answer
        self.view.answers.snapshot = snapshot
        words = self._desk.words
        self.context.setText(words.say("{n} of {m}", n=words.number(len(snapshot)), m=words.number(total)))
        self.legend.show_counts(snapshot.counts)
        self.frame.arrange()
        self._tell_covered()
        self._tell_sites()

    def _tell_sites(self) -> None:
        if self.view.answers.snapshot is not None:
            self.view.tell("sites", revision=self.view.answers.snapshot.revision, hidden=sorted(self.legend.hidden))

    def _on_folded(self) -> None:
        self.frame.arrange()
        self._tell_covered()

    def _tell_covered(self) -> None:
        is_away = self.legend.is_folded or self.legend.isHidden()
        self.view.tell("covered", left=0 if is_away else round(self.legend.geometry().right() / self.view.zoomFactor()))

    @Slot(object)
    def _on_filter_changed(self, _chosen: SiteFilter) -> None:
        self._reload()

    @Slot(Changed)
    def _on_register_changed(self, changed: Changed) -> None:
        if changed.concerns(*_SHOWS):
            self._reload()
            self._ask_boundaries()
            if self._chosen is not None:
                self._desk.work.read(self, cards, self._refresh_chosen, site_id=self._chosen.id)

    # -- the chosen site ----------------------------------------------------------------------------------------------

    def open_row(self, site_id: str) -> None:
        """Choose a site and bring it to the middle."""
        self._desk.selection.select(site_id)
        self._desk.work.read(self, cards, self._choose_selected, site_id=site_id)

    def _on_clicked(self, n: int) -> None:
        if n == 0:
            self.view.tell("card", once=True, card=None)
        else:
            self._desk.work.read(self, cards, self._choose_clicked, n=[n])

    def _choose_clicked(self, found: list[PointCard]) -> None:
        if found:
            self._show_chosen(found[0], centre=False)
            self._desk.selection.select(found[0].id)

    @Slot(str)
    def _on_site_selected(self, site_id: str) -> None:
        if not site_id:
            self._chosen = None
            self.view.tell("select", site=None)
            self._show_choice()
        elif self._chosen is None or self._chosen.id != site_id:
            self._desk.work.read(self, cards, self._choose_selected, site_id=site_id)

    def _choose_selected(self, found: list[PointCard]) -> None:
        if found:
            self._show_chosen(found[0], centre=True)

    def _refresh_chosen(self, found: list[PointCard]) -> None:
        if found:
            self._chosen = found[0]
            self.view.tell("select", site=_single(found[0]))

    def _show_chosen(self, card: PointCard, *, centre: bool) -> None:
        self._chosen = card
        self.view.tell("select", site=_single(card))
        if centre:
            self.view.tell("look", once=True, lat=card.lat, lon=card.lon, least=SITE_ZOOM)
        self.view.tell("card", once=True, card=self._card([card], title=card.code, lat=card.lat, lon=card.lon))
        self._show_choice()

    def _show_choice(self) -> None:
        for each in (self.open_button, self.draw_button):
            each.setEnabled(self._chosen is not None)

    def _open_chosen(self) -> None:
        if self._chosen is not None:
            self._desk.go("site", self._chosen.id)

    def _on_spread(self, west: float, south: float, east: float, north: float) -> None:
        snapshot = self.view.answers.snapshot
        if snapshot is None:
            return
        grain = 1e-6  # the page's degrees are rounded
        box = Box(west - grain, south - grain, east + grain, north + grain)
        inside = snapshot.within(box, hidden=self.legend.hidden, limit=500)
        numbers = [each.n for each in inside[:LISTED]]
        middle = ((south + north) / 2, (west + east) / 2)
        self._desk.work.read(self, cards, lambda found: self._show_list(found, len(inside), *middle), n=numbers)

    def _show_list(self, found: list[PointCard], count: int, lat: float, lon: float) -> None:
        words = self._desk.words
        card = self._card(found, title=words.plural("{n} site", "{n} sites", count), lat=lat, lon=lon)
        card["more"] = words.say("… and {n} more", n=words.number(count - len(found))) if count > len(found) else ""
        self.view.tell("card", once=True, card=card)

    def _card(self, sites: list[PointCard], *, title: str, lat: float, lon: float) -> dict[str, Any]:
        """What the page shows beside a place; all of it is text."""
        words = self._desk.words
        listed = [
            {
                "id": each.id,
                "code": each.code,
                "name": words.pick(each.name_en, each.name_ru, each.name_kk),
                "kind": _kind(each),
                "status": kind_label(words, _kind(each)),
                "remaining": words.mass(each.remaining_g),
            }
            for each in sites
        ]
        return {"title": title, "lat": lat, "lon": lon, "sites": listed, "more": ""}

    # -- boundaries ---------------------------------------------------------------------------------------------------

    def _on_shown(self, _count: int, numbers: list[int], zoom: int) -> None:
        self._numbers = numbers if zoom >= BOUNDARIES_FROM_ZOOM else []
        self._ask_boundaries()

    def _ask_boundaries(self) -> None:
        if self._numbers:
            self._desk.work.read(self, boundaries, self._show_boundaries, n=list(self._numbers))
        else:
            self._show_boundaries([])

    def _show_boundaries(self, found: list[tuple[int, Any]]) -> None:
        self.view.tell("boundaries", boundaries=found)

    def draw_boundary(self) -> None:
        """Draw the boundary of the chosen site, or move the corners it has."""
        card = self._chosen
        if card is None:
            return
        known = corners(card.boundary) or []
        self.tools.begin("boundary", site=card.code, points=known, has_boundary=card.boundary is not None)
        self.view.tell("tool", once=True, kind="boundary", points=known)
        self.view.setFocus()

    def _save_boundary(self, drawn: list[tuple[float, float]]) -> None:
        if self._chosen is not None:
            self._desk.work.write(
                N_("Draw the boundary of a site"),
                draw_boundary,
                self._chosen.id,
                polygon(drawn) if drawn else None,
                then=self._on_boundary_saved,
                refused=self._on_refused,
            )

    def _on_boundary_saved(self, _site: object) -> None:
        self.tools.end()
        self._desk.tell(self._desk.words.say("The boundary is saved."))

    def _on_refused(self, error: InspectorError) -> None:
        words = self._desk.words
        self.show_strip(Strip(self._desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    # -- tools --------------------------------------------------------------------------------------------------------

    def measure(self, kind: str) -> None:
        """Measure a 'distance' or an 'area' by clicking."""
        self.tools.begin("area" if kind == "area" else "distance")
        self.view.tell("tool", once=True, kind=kind, points=[])
        self.view.setFocus()

    def ask_position(self) -> None:
        """Ask for one's own coordinates, then show what is near."""
        self.view.tell("tool", once=True, kind=None)
        self.tools.ask_position()

    @Slot(float, float)
    def show_position(self, lat: float, lon: float) -> None:
        """One's own place and the sites nearest to it."""
        self.view.tell("here", place={"lat": lat, "lon": lon})
        self._desk.work.read(self, around, lambda found: self._show_around(found, lat, lon), lat=lat, lon=lon, limit=LISTED)

    def _show_around(self, found: list[tuple[PointCard, float]], lat: float, lon: float) -> None:
        words = self._desk.words
        lats, lons = (
            [here, *(getattr(each, name) for each, _metres in found[:NEAREST])] for here, name in ((lat, "lat"), (lon, "lon"))
        )
        self.view.tell("go", once=True, box=[min(lons), min(lats), max(lons), max(lats)])
        card = self._card([each for each, _metres in found], title=words.say("Nearest sites"), lat=lat, lon=lon)
        for line, (_each, metres) in zip(card["sites"], found, strict=True):
            line["far"] = length(words, metres)
        self.view.tell("card", once=True, card=card)

    def _on_tool_ended(self) -> None:
        self.view.tell("tool", once=True, kind=None)
        self.view.setFocus()

    def _on_escape(self) -> None:
        if self.tools.kind is not None:
            self.tools.end()

    def _on_gave_up(self) -> None:
        say = self._desk.words.say
        said = (say("The map stopped working."), say("Sites, filters and everything else work as before."))
        strip = Strip(
            self._desk.theme, said, "danger", action=(say("Show the map again"), self.view.revive), close_tip=say("Close")
        )
        self.view.bridge.is_ready.connect(strip.closed)
        self.show_strip(strip)

    def _on_pointed(self, lat: float, lon: float) -> None:
        system = places.System(self._desk.settings.coordinates) if places.is_inside(lat, lon) else places.System.DECIMAL
        self.frame.read_out(places.show(lat, lon, system))

    # -- layers -------------------------------------------------------------------------------------------------------

    def show_layer(self, name: str, *, on: bool) -> None:
        """Show or hide 'regions', 'towns' or 'boundaries'."""
        self._shown[name] = on
        self.view.tell("layers", shown=self._shown)

    def _choose_tiles(self) -> None:
        say = self._desk.words.say
        path, _kind = QFileDialog.getOpenFileName(self, say("Choose an offline map"), "", say("Offline maps (*.mbtiles)"))
        if path and self.show_tiles(Path(path)):
            self._desk.prefer(tiles=path)

    def show_tiles(self, path: Path) -> bool:
        """Put the pictures of an MBTiles file under everything; what cannot be shown is explained."""
        try:
            tiles = Tiles(path)
        except NotTiles as error:
            self._on_refused(error)
            return False
        self._drop_tiles()
        self.view.answers.tiles = tiles
        self._tiles_loaded += 1
        sheet = asdict(tiles.sheet)
        self.view.tell("tiles", tiles={**sheet, "number": self._tiles_loaded})
        self.built_in.setEnabled(True)
        return True

    def forget_tiles(self) -> None:
        """Back to the built-in geography."""
        self._drop_tiles()
        self.view.tell("tiles", tiles=None)
        self.built_in.setEnabled(False)
        self._desk.prefer(tiles="")

    def _drop_tiles(self) -> None:
        if self.view.answers.tiles is not None:
            self.view.answers.tiles.close()
            self.view.answers.tiles = None


def _kind(card: PointCard) -> int:
    return 0 if card.disputed else KINDS.index(card.status)


def _single(card: PointCard) -> dict[str, Any]:
    return {"n": card.n, "lat": card.lat, "lon": card.lon, "kind": _kind(card), "code": card.code}
