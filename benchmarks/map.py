"""The map page: from the data to the first view, dragging, settling and zooming, beside an empty Leaflet page."""

import json
import statistics
import time
from collections.abc import Iterator, Mapping

import numpy as np
from PySide6.QtCore import QByteArray, QEventLoop, QTimer, QUrl, SignalInstance
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView

from benchmarks import screen
from benchmarks.data import Data
from benchmarks.figures import Figure, told_race
from benchmarks.viewport import made_up
from inspector_app.maps.answers import Answer, Answers
from inspector_app.maps.layers import Snapshot
from inspector_app.maps.page import ORIGIN
from inspector_app.ui.map_view import SCHEME, Handler, register_scheme
from inspector_app.ui.pages.map import MapPage
from inspector_app.ui.window import MainWindow

SIZE = (1100, 740)
_EMPTY = f"""<!DOCTYPE html><html><head><link rel="stylesheet" href="{ORIGIN}/leaflet.css"/><script src="{ORIGIN}/leaflet.js">
</script></head><body style="margin:0"><div id="m" style="position:absolute;inset:0"></div><script>
window.map = L.map("m", {{center: [48.2, 67], zoom: 5, preferCanvas: true, zoomControl: false, attributionControl: false}});
map.whenReady(() => requestAnimationFrame(() => {{ document.title = "drawn"; }}));</script></body></html>"""

_DRAG = """(() => {
  const map = MAP, box = map.getContainer(), frames = [], after = [];
  const send = (to, kind, x, y) => to.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true, clientX: x,
    clientY: y,
    button: 0, buttons: kind === "mouseup" ? 0 : 1, view: window}));
  let at = 0, last = performance.now();
  send(box, "mousedown", 500, 350);
  const move = (now) => {
    if (at > 0) frames.push(now - last);
    last = now;
    at += 1;
    if (at <= 60) { send(box, "mousemove", 500 - 4 * at, 350 + at); requestAnimationFrame(move); }
    else { send(box, "mouseup", 500 - 240, 410); at = 0; requestAnimationFrame(settle); }
  };
  const settle = (now) => {
    after.push(now - last);
    last = now;
    at += 1;
    if (at < 30) requestAnimationFrame(settle);
    else window.measured = JSON.stringify({frames, after});
  };
  requestAnimationFrame(move);
})()"""

_ZOOM = """(() => {
  const map = MAP, took = [];
  const sites = window.inspector && inspector.page ? inspector.page.sites : null;
  const steps = [6, 7, 8, 9, 8, 7, 6, 5];
  const step = () => {
    if (!steps.length) { window.measured = JSON.stringify({took}); return; }
    const begun = performance.now();
    const done = () => requestAnimationFrame(() => { took.push(performance.now() - begun); setTimeout(step, 150); });
    if (sites) sites.once("shown", done); else map.once("moveend", done);
    map.setView(map.getCenter(), steps.shift(), {animate: false});
  };
  step();
})()"""


class _Empty(Answers):
    """A page with Leaflet and nothing on it."""

    def __call__(self, path: str, asked: Mapping[str, str]) -> Answer:
        """The empty page, else Leaflet's own files."""
        return Answer("text/html", _EMPTY.encode()) if path.strip("/") == "" else super().__call__(path, asked)


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Every size through the map page of the window; beyond a register's sizes made-up places through the same page."""
    register_scheme()
    for size in sizes:
        with screen.window(data.register(size)) as window:
            cold = _until(lambda window=window: window.go("map"), lambda w=window: w.pages["map"].view.bridge.shown)
            yield Figure("first view of the session, engine started", cold, "s", size=size)
            yield from _first_view(window, size, rounds, at_most=0.25)
            page = window.pages["map"]
            if isinstance(page, MapPage):
                yield from _moving(page, size, rounds)
    if max(sizes) >= 100_000:
        with screen.window(data.register(min(sizes))) as window:
            _until(lambda: window.go("map"), lambda: window.pages["map"].view.bridge.shown)
            screen.settle()
            for size, at_most in ((500_000, 0.35), (1_000_000, 0.6)):
                yield _beyond(window, size, at_most)


def _first_view(window: MainWindow, size: int, rounds: int, *, at_most: float) -> Iterator[Figure]:
    made: list[MapPage] = []

    def ours() -> float:
        while made:
            made.pop().deleteLater()
        screen.settle()

        def begin() -> None:
            page = MapPage(window.desk)
            made.append(page)
            page.resize(*SIZE)
            page.show()

        return _until(begin, lambda: made[0].view.bridge.shown)

    found, floor = told_race(ours, _empty_view, rounds=rounds)
    made.pop().deleteLater()
    yield Figure("data to first view", found, "s", size=size, floor=floor, floor_name="empty Leaflet page", at_most=at_most)


def _beyond(window: MainWindow, size: int, at_most: float) -> Figure:
    """The first view of so many places; reading them from a register is not part of it."""
    page = window.pages["map"]
    if not isinstance(page, MapPage):
        raise TypeError(type(page).__name__)
    places = made_up(size)
    took = []
    for revision in range(1000, 1005):

        def begin(revision: int = revision) -> None:
            snapshot = Snapshot(places, revision=revision)
            page.view.answers.snapshot = snapshot
            page.view.tell("sites", revision=snapshot.revision, hidden=[])

        took.append(_until(begin, lambda: page.view.bridge.shown, wanted=lambda count, *_rest: count > size * 0.9))
    return Figure("places to first view, page open", statistics.median(took), "s", size=size, at_most=at_most)


def _moving(page: MapPage, size: int, rounds: int) -> Iterator[Figure]:
    empty, _profile = _empty_page()
    empty.resize(*SIZE)
    empty.show()
    _until(lambda: empty.load(QUrl(f"{ORIGIN}/")), lambda: empty.titleChanged)
    drag: dict[str, list[float]] = {
        "ours": [],
        "floor": [],
        "ours after": [],
        "floor after": [],
        "ours zoom": [],
        "floor zoom": [],
    }
    for _ in range(max(2, rounds // 3)):
        for name, view, its_map in (("ours", page.view, "inspector.page.map"), ("floor", empty, "window.map")):
            found = _script(view.page(), _DRAG.replace("MAP", its_map))
            drag[name].append(statistics.median(found["frames"]))
            drag[f"{name} after"].append(max(found["after"]))
            drag[f"{name} zoom"] += _script(view.page(), _ZOOM.replace("MAP", its_map))["took"]
    empty.deleteLater()
    for work, name, bound in (
        ("a frame while dragged", "", {"ratio_at_most": 1.1}),
        ("longest frame while it settles", " after", {"ratio_at_most": 1.2}),
        ("a zoom step", " zoom", {"at_most": 90}),
    ):
        ours, floor = (float(np.median(drag[f"{who}{name}"])) for who in ("ours", "floor"))
        yield Figure(work, ours, "ms", size=size, floor=floor, floor_name="empty Leaflet page", constant=True, **bound)


def _empty_page() -> tuple[QWebEngineView, QWebEngineProfile]:
    view = QWebEngineView()
    profile = QWebEngineProfile()
    profile.installUrlSchemeHandler(QByteArray(SCHEME), Handler(_Empty(), profile))
    view.setPage(QWebEnginePage(profile, view))
    profile.setParent(view)
    return view, profile


def _empty_view() -> float:
    view, _profile = _empty_page()
    screen.settle()

    def begin() -> None:
        view.resize(*SIZE)
        view.show()
        view.load(QUrl(f"{ORIGIN}/"))

    took = _until(begin, lambda: view.titleChanged, wanted=lambda *told: told == ("drawn",))
    view.deleteLater()
    return took


def _until(do: object, signal: object, *, wanted: object = lambda *_told: True) -> float:
    """Seconds from `do` until a signal of what `do` has made says what is wanted."""
    loop, stop = QEventLoop(), QTimer()
    heard: list[bool] = []

    def hear(*told: object) -> None:
        if wanted(*told):  # type: ignore[operator]
            heard.append(True)
            loop.quit()

    stop.setSingleShot(True)
    stop.timeout.connect(loop.quit)
    stop.start(screen.PATIENCE_MS)
    begun = time.perf_counter()
    do()  # type: ignore[operator]
    emits: SignalInstance = signal()  # type: ignore[operator]
    emits.connect(hear)
    loop.exec()
    took = time.perf_counter() - begun
    emits.disconnect(hear)
    if not heard:
        raise TimeoutError("the map page said nothing")
    return took


def _script(page: QWebEnginePage, code: str) -> dict[str, list[float]]:
    """Run a script that leaves its figures in `window.measured`, and wait for them."""
    page.runJavaScript("window.measured = null")
    page.runJavaScript(code)
    until = time.perf_counter() + screen.PATIENCE_MS / 1000
    while time.perf_counter() < until:
        loop, told = QEventLoop(), []
        QTimer.singleShot(200, loop.quit)
        loop.exec()
        answer = QEventLoop()
        page.runJavaScript(
            "window.measured || ''", 0, lambda text, told=told, answer=answer: (told.append(text), answer.quit())
        )
        answer.exec()
        if told and told[0]:
            found: dict[str, list[float]] = json.loads(told[0])
            return found
    raise TimeoutError("the script of the map did not end")
