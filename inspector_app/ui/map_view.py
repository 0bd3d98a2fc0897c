"""The web view of the map: its own scheme, no network, one typed bridge to the page.

The page asks for everything at `app://map/...`; what is answered stands in maps/answers.py. Every other request is
refused and counted.
"""

import json
import logging
import time
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QObject, QTimer, QUrl, QUrlQuery, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from inspector_app.maps.answers import Answers, NotThere
from inspector_app.maps.page import ORIGIN

SCHEME = b"app"
RELOADS, WITHIN_S = 3, 60
"""How often a page that died is loaded anew within so many seconds before the view gives up."""

log = logging.getLogger(__name__)


def register_scheme() -> None:
    """Make `app://` known to the web engine; before its first profile is made, and once is enough."""
    if QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME)).name() == SCHEME:
        return
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


class Bridge(QObject):
    """What the page can say to the window, and the one signal by which the window speaks to the page.

    Signals:
        told: JSON for the page's script.
        is_ready: the page listens now.
        clicked: the number of a site that was clicked, or 0 for the empty map.
        spread: west, south, east, north of a cluster whose sites cannot be told apart.
        opened: the id of a site whose page a person wants; `listed`: of one picked from a list.
        pointed: latitude and longitude under the pointer; `departed`: the pointer has left.
        changed_points: the points set by a tool, pairs of latitude and longitude.
        enter, escape: these keys on the map.
        shown: how many sites are in view, the numbers of those drawn one by one, the zoom.
        moved: latitude and longitude of the middle, and the zoom, after a person or the window went elsewhere.
    """

    told = Signal(str)
    is_ready = Signal()
    clicked = Signal(int)
    spread = Signal(float, float, float, float)
    opened = Signal(str)
    listed = Signal(str)
    pointed = Signal(float, float)
    departed = Signal()
    changed_points = Signal(list)
    enter = Signal()
    escape = Signal()
    shown = Signal(int, list, int)
    moved = Signal(float, float, int)

    @Slot()
    def ready(self) -> None:
        """The script runs and its channel stands."""
        self.is_ready.emit()

    @Slot(int)
    def site_clicked(self, n: int) -> None:
        """A mark was clicked, or the empty map (0)."""
        self.clicked.emit(n)

    @Slot(float, float, float, float)
    def cluster_clicked(self, west: float, south: float, east: float, north: float) -> None:
        """A cluster that no zoom takes apart was clicked."""
        self.spread.emit(west, south, east, north)

    @Slot(str)
    def open_clicked(self, site_id: str) -> None:
        """'Open' on the card of a site."""
        self.opened.emit(site_id)

    @Slot(str)
    def site_listed(self, site_id: str) -> None:
        """A line of a list of sites was clicked."""
        self.listed.emit(site_id)

    @Slot(float, float)
    def hovered(self, lat: float, lon: float) -> None:
        """The pointer moved."""
        self.pointed.emit(lat, lon)

    @Slot()
    def left(self) -> None:
        """The pointer left the map."""
        self.departed.emit()

    @Slot(str)
    def drawn(self, points: str) -> None:
        """The points of the running tool, as JSON."""
        self.changed_points.emit(json.loads(points))

    @Slot()
    def finished(self) -> None:
        """Enter, with a tool running."""
        self.enter.emit()

    @Slot()
    def escaped(self) -> None:
        """Escape on the map."""
        self.escape.emit()

    @Slot(int, str, int)
    def view_shown(self, count: int, numbers: str, zoom: int) -> None:
        """What the viewport shows now."""
        self.shown.emit(count, json.loads(numbers), zoom)

    @Slot(float, float, int)
    def looked(self, lat: float, lon: float, zoom: int) -> None:
        """The map shows another place."""
        self.moved.emit(lat, lon, zoom)


class Handler(QWebEngineUrlSchemeHandler):
    """Answers `app://map/...`. An error inside it would leave the request open for ever: it refuses instead."""

    def __init__(self, answers: Answers, parent: QObject | None = None) -> None:
        """Answer from `answers`, and Qt's own channel script from Qt."""
        super().__init__(parent)
        self._answers = answers

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:  # noqa: N802 - Qt's name
        """Reply, or say that there is no such thing."""
        try:
            kind, body = self._answer(job.requestUrl())
        except NotThere:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        except Exception:
            log.exception("the map asked for %s", job.requestUrl().toString())
            job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)
        else:
            buffer = QBuffer(job)
            buffer.setData(QByteArray(body))
            buffer.open(QIODevice.OpenModeFlag.ReadOnly)
            job.reply(QByteArray(kind.encode()), buffer)

    def _answer(self, url: QUrl) -> tuple[str, bytes]:
        if url.host() != "map":
            raise NotThere(url.toString())
        if url.path() == "/qwebchannel.js":
            script = QFile(":/qtwebchannel/qwebchannel.js")
            script.open(QIODevice.OpenModeFlag.ReadOnly)
            return "text/javascript", bytes(script.readAll().data())
        asked = dict(QUrlQuery(url).queryItems(QUrl.ComponentFormattingOption.FullyDecoded))
        answer = self._answers(url.path(), asked)
        return answer.kind, answer.body


class Guard(QWebEngineUrlRequestInterceptor):
    """Lets the page ask nobody but this program; what it refused is kept in `refused`."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing refused yet."""
        super().__init__(parent)
        self.refused: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802 - Qt's name
        """Block whatever would leave."""
        url = info.requestUrl()
        if url.scheme() in {"data", "blob"} or (url.scheme() == SCHEME.decode() and url.host() == "map"):
            return
        info.block(True)
        self.refused.append(url.toString())
        log.warning("the map may not ask for %s", url.toString())


class _Page(QWebEnginePage):
    """Stays where it is, opens no window, and writes what its script complains of into the log."""

    def acceptNavigationRequest(self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, _main: bool) -> bool:  # noqa: FBT001, N802 - Qt's
        """Only the map itself."""
        return QUrl(url).scheme() == SCHEME.decode() and QUrl(url).host() == "map"

    def createWindow(self, _kind: QWebEnginePage.WebWindowType) -> QWebEnginePage | None:  # type: ignore[override]  # noqa: N802 - Qt's
        """No second window."""
        return None

    def javaScriptConsoleMessage(  # noqa: N802 - Qt's name
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Keep the script's words."""
        log.warning("map script, %s line %s, %s: %s", source, line, level.name, message)


class MapView(QWebEngineView):
    """The map as a widget. `tell` speaks to the page; what it was told and where it looked survives a reload.

    Signals:
        gave_up: the page died again and again; `revive` tries anew.
    """

    gave_up = Signal()

    def __init__(self, *, background: str, parent: QWidget | None = None) -> None:
        """Load the page at once; `background` is painted until it is there."""
        register_scheme()
        super().__init__(parent)
        self.answers = Answers()
        self.bridge = Bridge(self)
        self._told: dict[str, str] = {}
        self._waiting: list[str] = []
        self._look: tuple[float, float, int] | None = None
        self._listens = False
        self._deaths: list[float] = []
        register_scheme()  # the engine reads schemes when its first profile is made
        profile = QWebEngineProfile()  # without a name it keeps nothing on disk
        self.guard = Guard(profile)
        profile.setUrlRequestInterceptor(self.guard)
        profile.installUrlSchemeHandler(QByteArray(SCHEME), Handler(self.answers, profile))
        page = _Page(profile, self)
        profile.setParent(self)  # children go in the order in which they came: the page before its profile
        page.setBackgroundColor(QColor(background))
        channel = QWebChannel(page)
        channel.registerObject("window", self.bridge)
        page.setWebChannel(channel)
        page.renderProcessTerminated.connect(self._on_died)
        page.settings().setAttribute(QWebEngineSettings.WebAttribute.ErrorPageEnabled, False)
        self.setPage(page)
        self.bridge.is_ready.connect(self._on_ready)
        self.bridge.moved.connect(self._on_moved)
        self.load(QUrl(f"{ORIGIN}/"))

    @property
    def listens(self) -> bool:
        """Whether the page's script is there."""
        return self._listens

    def tell(self, what: str, /, *, once: bool = False, **facts: Any) -> None:
        """Speak to the page, now or as soon as it listens. `once` is for what makes no sense again after a reload."""
        said = json.dumps({"tell": what, **facts})
        if not once:
            self._told.pop(what, None)
            self._told[what] = said
        if self._listens:
            self.bridge.told.emit(said)
        elif once:
            self._waiting.append(said)

    @Slot()
    def _on_ready(self) -> None:
        self._listens = True
        for said in tuple(self._told.values()):
            self.bridge.told.emit(said)
        if self._look is not None:
            lat, lon, zoom = self._look
            self.tell("look", once=True, lat=lat, lon=lon, zoom=zoom)
        waiting, self._waiting = self._waiting, []
        for said in waiting:
            self.bridge.told.emit(said)

    @Slot(float, float, int)
    def _on_moved(self, lat: float, lon: float, zoom: int) -> None:
        self._look = (lat, lon, zoom)

    def _on_died(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        self._listens = False
        now = time.monotonic()
        self._deaths = [*(each for each in self._deaths if now - each < WITHIN_S), now]
        log.error("the map's process ended (%s, %s), for the %s. time of late", status.name, code, len(self._deaths))
        if len(self._deaths) <= RELOADS:
            QTimer.singleShot(0, self, lambda: self.load(QUrl(f"{ORIGIN}/")))
        else:
            self.gave_up.emit()

    def revive(self) -> None:
        """Load the page once more, however often it died."""
        self._deaths.clear()
        self.load(QUrl(f"{ORIGIN}/"))
