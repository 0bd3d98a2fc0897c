"""The map in the window: real clicks on a real page, shared with the table, deaf to the network and to hostile names."""

import datetime as dt
import json
import os
import signal

import pytest
from PySide6.QtCore import QBuffer, QCoreApplication, QEvent, QIODevice, QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QPushButton

from inspector_app.domain.ownership import EventState, Status
from inspector_app.domain.people import Role
from inspector_app.i18n import words
from inspector_app.models import changes
from inspector_app.models.queries.points import KINDS
from inspector_app.models.queries.sites import SiteFilter
from inspector_app.models.register import Register
from inspector_app.models.sites import Site, StatusEvent
from inspector_app.settings import Settings
from inspector_app.ui.desk import Desk
from inspector_app.ui.pages.map import MapPage
from inspector_app.ui.theme import Theme
from inspector_app.ui.work import Work
from tests.maps.test_tiles import make

HOSTILE = (
    "</script><script>window.HACKED=1</script>",
    "${window.HACKED=1}`'\"\\",
    "<img src=x onerror='window.HACKED=1'>",
    "{{7*7}} {% raw %} \u202e \u0000 &lt;b&gt;",
)


def put(session, code, status, lat, lon, name):
    site = changes.add(session, Site, code=code, name_en=name, region="47", lat=lat, lon=lon)
    changes.add(
        session, StatusEvent, site_id=site.id, to_status=status, effective_on=dt.date(2024, 1, 1),
        recorded_at=changes.now(session), actor="x", role=Role.REGISTRAR, state=EventState.ACCEPTED, position=1,
    )  # fmt: skip
    return site.id


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """A register with one site of every status, the first ones with hostile names; ids by code."""
    register = Register.create(tmp_path_factory.mktemp("map") / "map.register", person="A. Registrar")
    with register.writing("Register sites") as session:
        ids = {
            f"S{at:02}": put(
                session,
                f"S{at:02}",
                status,
                44 + at % 4 * 2.5,
                55 + at // 4 * 6.0,
                HOSTILE[at] if at < len(HOSTILE) else "Plain",
            )
            for at, status in enumerate(Status)
        }
    yield register, ids
    register.close()


@pytest.fixture(scope="module")
def shown(qapp, sites):
    """One page for all tests of this file: starting the web engine takes a second."""
    register, _ids = sites
    work = Work(register)
    went = []
    desk = Desk(work, words("en"), Theme(), Settings(), go=lambda *where: went.append(where))
    page = MapPage(desk)
    page.resize(1200, 800)
    page.show()
    yield page, desk, went
    work.stop()
    page.close()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(qtbot, shown):
    """The page, at rest and as at first: nothing chosen, hidden or drawn, the whole country in view."""
    page, desk, went = shown
    if page.tools.kind or page.tools.field:
        page.tools.end()
    page.legend.show_all()
    desk.selection.set_filter(SiteFilter())
    desk.selection.select("")
    qtbot.waitUntil(lambda: page.view.listens, timeout=20_000)
    qtbot.waitUntil(lambda: len(items(qtbot, page)) > 0, timeout=20_000)
    page.view.tell("card", once=True, card=None)
    page.view.tell("go", once=True, box=[46.2, 40.2, 87.6, 55.7])
    went.clear()
    qtbot.waitUntil(lambda: len(items(qtbot, page)) == len(Status), timeout=20_000)
    return page


def js(qtbot, page, code):
    """The value of an expression in the page; objects come as JSON (map.md 1)."""
    got = []
    page.view.page().runJavaScript(f"JSON.stringify({code})", 0, got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=10_000)
    return json.loads(got[0]) if got[0] else None


def items(qtbot, page):
    return js(qtbot, page, "window.inspector && inspector.page ? inspector.page.sites.items : []") or []


def where(qtbot, page, lat, lon):
    at = js(qtbot, page, f"inspector.page.map.latLngToContainerPoint([{lat}, {lon}])")
    return QPoint(round(at["x"]), round(at["y"]))


def click(page, at):
    QTest.mouseClick(page.view.focusProxy(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def card_text(qtbot, page):
    return js(qtbot, page, "(document.querySelector('.card') || {textContent: ''}).textContent")


def place(register, site_id):
    with register.reading() as session:
        site = session.get(Site, site_id)
        return site.lat, site.lon, site.n


def test_every_status_stands_on_the_map_and_in_the_legend(qtbot, page):
    kinds = sorted(each["kind"] for each in items(qtbot, page))

    assert kinds == list(range(1, len(KINDS)))
    assert [box.isHidden() for box in page.legend.boxes.values()] == [True] + [False] * len(Status)
    assert page.context.text() == f"{len(Status)} of {len(Status)}"


def test_a_click_on_a_mark_chooses_the_site_for_the_table_too(qtbot, page, shown, sites):
    register, ids = sites
    lat, lon, _n = place(register, ids["S06"])

    with qtbot.waitSignal(shown[1].selection.site_selected, timeout=5000) as heard:
        click(page, where(qtbot, page, lat, lon))

    assert heard.args == [ids["S06"]]
    qtbot.waitUntil(lambda: "S06" in card_text(qtbot, page))
    assert page.open_button.isEnabled()
    page.open_button.click()
    assert shown[2] == [("site", ids["S06"])]


def test_a_site_chosen_in_the_table_comes_to_the_middle_of_the_map(qtbot, page, shown, sites):
    register, ids = sites
    lat, lon, n = place(register, ids["S09"])

    shown[1].selection.select(ids["S09"])

    qtbot.waitUntil(lambda: (js(qtbot, page, "inspector.page.map.getCenter()") or {}).get("lat") == pytest.approx(lat, abs=0.5))
    assert js(qtbot, page, "inspector.page.map.getCenter().lng") == pytest.approx(lon, abs=0.5)
    assert any(each.get("n") == n for each in items(qtbot, page))


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_a_hostile_name_is_shown_as_text_and_never_runs(qtbot, page, sites, at):
    register, ids = sites
    lat, lon, _n = place(register, ids[f"S{at:02}"])

    click(page, where(qtbot, page, lat, lon))

    qtbot.waitUntil(lambda: f"S{at:02}" in card_text(qtbot, page))
    assert HOSTILE[at] in card_text(qtbot, page)
    assert js(qtbot, page, "[typeof window.HACKED, document.querySelectorAll('.card img, .card script').length]") == [
        "undefined",
        0,
    ]


def test_what_the_legend_hides_leaves_the_map(qtbot, page):
    kind = KINDS.index(Status.REMOVED)

    page.legend.boxes[kind].click()
    qtbot.waitUntil(lambda: kind not in {each["kind"] for each in items(qtbot, page)})
    assert len(items(qtbot, page)) == len(Status) - 1

    page.legend.show_all()
    qtbot.waitUntil(lambda: len(items(qtbot, page)) == len(Status))


def test_the_filter_of_the_table_holds_on_the_map_and_can_be_put_away_here(qtbot, page, shown):
    shown[1].selection.set_filter(SiteFilter(statuses=frozenset({Status.SOLD})))
    qtbot.waitUntil(lambda: len(items(qtbot, page)) == 1)
    assert page.context.text() == f"1 of {len(Status)}"

    page.filters.clear.click()
    qtbot.waitUntil(lambda: len(items(qtbot, page)) == len(Status))
    assert shown[1].selection.filter.is_empty


def test_a_change_in_the_register_changes_the_mark_without_a_new_page(qtbot, page, shown, sites):
    register, ids = sites
    lat, _lon, n = place(register, ids["S07"])
    js(qtbot, page, "(window.SAME_PAGE = 1)")

    def move(session):
        session.get(Site, ids["S07"]).lat = lat + 0.5

    shown[1].work.write("Move a site", move)

    qtbot.waitUntil(lambda: any(each["n"] == n and each["lat"] == pytest.approx(lat + 0.5) for each in items(qtbot, page)))
    assert js(qtbot, page, "window.SAME_PAGE") == 1


def test_a_boundary_is_drawn_by_clicking_and_kept(qtbot, page, shown, sites):
    register, ids = sites
    shown[1].selection.select(ids["S10"])
    qtbot.waitUntil(page.draw_button.isEnabled)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.map.getZoom()") >= 10)
    page.draw_button.click()
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.tool.active"))
    assert not page.tools.save.isEnabled()

    for at in ((700, 250), (820, 300), (760, 420)):
        before = len(page.tools.points)
        click(page, QPoint(*at))
        qtbot.waitUntil(lambda before=before: len(page.tools.points) > before)

    assert "km²" in page.tools.result.text()
    page.tools.save.click()
    qtbot.waitUntil(page.tools.isHidden)
    with register.reading() as session:
        site = session.get(Site, ids["S10"])
        assert len(site.boundary["coordinates"][0]) == 4
        assert site.area_m2 > 1_000_000


def test_a_distance_is_measured_on_the_ellipsoid(qtbot, page):
    page.measure("distance")
    page.view.bridge.drawn("[[43.0, 51.0], [44.0, 51.0]]")

    assert page.tools.result.text() == "111 km"


def test_the_coordinates_under_the_pointer_are_told_in_the_chosen_system(qtbot, page, shown):
    page.view.bridge.hovered(43.65, 51.16)
    assert page.readout.text() == "43.650000, 51.160000"

    shown[1].settings = shown[1].settings.changed(coordinates="dms")
    page.view.bridge.hovered(43.65, 51.16)
    assert page.readout.text() == "43°39'00.0\"N 51°09'36.0\"E"
    shown[1].settings = shown[1].settings.changed(coordinates="decimal")


def test_a_typed_position_lists_the_nearest_sites(qtbot, page):
    page.near_button.click()
    page.tools.field.line.setText("nowhere")
    page.tools.place()
    assert page.tools.field.problem

    page.tools.field.line.setText("44.1, 55.1")
    page.tools.place()

    qtbot.waitUntil(lambda: "Nearest sites" in card_text(qtbot, page))
    assert "S00" in card_text(qtbot, page)
    seen = "inspector.page.map.getBounds().contains(L.latLngBounds([[44.0, 55.0], [44.1, 55.1]]))"
    qtbot.waitUntil(lambda: js(qtbot, page, seen))


def test_tab_goes_from_result_to_result_and_enter_chooses(qtbot, page, shown):
    page.view.setFocus()
    js(qtbot, page, "(document.getElementById('map_inspector').focus(), 1)")
    target = page.view.focusProxy()

    QTest.keyClick(target, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.sites.pointed") >= 0)
    first = js(qtbot, page, "inspector.page.sites.pointed")
    QTest.keyClick(target, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.sites.pointed") not in (first, -1))

    with qtbot.waitSignal(shown[1].selection.site_selected, timeout=5000):
        QTest.keyClick(target, Qt.Key.Key_Return)


def test_the_corner_says_whose_data_it_is_without_a_flag(qtbot, page):
    told = js(qtbot, page, "document.querySelector('.leaflet-control-attribution').innerHTML")

    assert "Natural Earth" in told
    assert "GeoNames (CC BY 4.0)" in told
    assert "<svg" not in told
    assert "href" not in told


def test_a_page_that_tries_to_leave_stays_and_a_foreign_request_is_refused(qtbot, page):
    js(qtbot, page, "(fetch('http://127.0.0.1:9/a').catch(() => { window.BLOCKED = 1; }), 1)")
    qtbot.waitUntil(lambda: js(qtbot, page, "window.BLOCKED") == 1)
    js(qtbot, page, "(location.href = 'http://127.0.0.1:9/b', 1)")
    qtbot.wait(200)
    assert page.view.url() == QUrl("app://map/")
    assert page.view.guard.refused == []  # the page's own policy was first

    loose = QWebEnginePage(page.view.page().profile())  # a page without the policy meets the guard
    with qtbot.waitSignal(loose.loadFinished, timeout=10_000):
        loose.setHtml("<img src='http://127.0.0.1:9/c.png'><link rel=stylesheet href='https://127.0.0.1:9/d.css'>")
    qtbot.waitUntil(lambda: len(page.view.guard.refused) == 2)
    page.view.guard.refused.clear()
    loose.deleteLater()


def test_the_legend_takes_no_more_room_than_its_lines_and_none_without_any(qtbot, page, shown):
    whole = page.legend.height()

    shown[1].selection.set_filter(SiteFilter(statuses=frozenset({Status.SOLD})))
    qtbot.waitUntil(lambda: page.legend.height() < whole / 3)
    shown[1].selection.set_filter(SiteFilter(text="nothing of the kind"))
    qtbot.waitUntil(page.legend.isHidden)
    shown[1].selection.set_filter(SiteFilter())
    qtbot.waitUntil(lambda: page.legend.height() == whole)


def test_a_legend_that_is_higher_than_the_map_is_scrolled(qtbot, page):
    page.resize(1200, 420)
    qtbot.waitUntil(lambda: page.frame.height() < 350)
    assert page.legend.geometry().bottom() < page.frame.height()

    page.resize(1200, 800)
    qtbot.waitUntil(lambda: page.frame.height() > 500)
    assert page.legend.height() > 350


def test_the_whole_country_is_seen_beside_the_legend(qtbot, page):
    js(qtbot, page, "(inspector.page.fitHome(), 1)")

    assert where(qtbot, page, 48.0, 46.5).x() >= page.legend.geometry().right()
    assert where(qtbot, page, 48.0, 87.3).x() <= page.view.width()
    assert where(qtbot, page, 40.6, 68.0).y() <= page.view.height()


def test_a_short_move_keeps_what_is_drawn_and_a_long_one_draws_what_is_missing(qtbot, page):
    # boundaries of sites have a canvas from the first boundary on
    canvases = "Object.entries(inspector.page.canvases).filter(([name]) => name !== 'boundaries').map(([, each]) => each)"
    renderers = f"[...{canvases}, inspector.page.sites]"
    drawn = f"{renderers}.map((each) => each._bounds.min.x)"
    page.view.tell("look", once=True, lat=48.0, lon=66.0, zoom=7)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.map.getZoom()") == 7)
    qtbot.waitUntil(lambda: js(qtbot, page, f"{renderers}.every((each) => each._map && each._covers())"))
    before = js(qtbot, page, drawn)

    js(qtbot, page, "(inspector.page.map.panBy([60, 0], {animate: false}), 1)")
    qtbot.wait(100)
    assert js(qtbot, page, drawn) == before

    js(qtbot, page, "(inspector.page.map.panBy([500, 0], {animate: false}), 1)")
    qtbot.waitUntil(lambda: js(qtbot, page, f"{renderers}.every((each) => each._map && each._covers())"))
    assert js(qtbot, page, drawn) != before


def test_the_scale_speaks_with_the_words_of_the_window(qtbot, page):
    scale = "document.querySelector('.leaflet-control-scale-line').textContent"
    assert js(qtbot, page, scale).endswith(" km")
    told = js(qtbot, page, "[inspector.page.scale._update(), inspector.page.look.words.kilometres]")[1]

    js(qtbot, page, "(inspector.page.look.words.kilometres = '{number} км', inspector.page.scale._update(), 1)")
    assert js(qtbot, page, scale).endswith(" км")
    js(qtbot, page, f"(inspector.page.look.words.kilometres = {json.dumps(told)}, inspector.page.scale._update(), 1)")


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_page_whose_process_dies_comes_back_as_it_was(qtbot, page):
    page.view.tell("look", once=True, lat=50.0, lon=66.0, zoom=7)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.map.getZoom()") == 7)
    with qtbot.waitSignal(page.view.page().renderProcessTerminated, timeout=10_000):
        os.kill(page.view.page().renderProcessPid(), signal.SIGKILL)

    assert not page.view.listens
    qtbot.waitUntil(lambda: page.view.listens, timeout=20_000)
    qtbot.waitUntil(lambda: js(qtbot, page, "inspector.page.map.getZoom()") == 7, timeout=20_000)
    qtbot.waitUntil(lambda: len(items(qtbot, page)) > 0, timeout=20_000)
    qtbot.waitUntil(lambda: js(qtbot, page, "Object.keys(inspector.page.shapes).length") >= 5, timeout=20_000)


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_page_that_dies_again_and_again_is_left_to_the_person(qtbot, page):
    def kill():
        with qtbot.waitSignal(page.view.page().renderProcessTerminated, timeout=10_000):
            os.kill(page.view.page().renderProcessPid(), signal.SIGKILL)

    while page.strips.count() == 0:
        qtbot.waitUntil(lambda: page.view.listens, timeout=20_000)
        kill()
    strip = page.strips.itemAt(0).widget()
    assert "The map stopped working." in strip.sentences

    next(each for each in strip.findChildren(QPushButton) if each.text() == "Show the map again").click()
    qtbot.waitUntil(lambda: page.view.listens, timeout=20_000)
    qtbot.waitUntil(lambda: page.strips.count() == 0)
    qtbot.waitUntil(lambda: len(items(qtbot, page)) > 0, timeout=20_000)


def test_an_offline_map_of_the_user_lies_under_the_sites_and_a_bad_one_is_explained(qtbot, page, tmp_path):
    picture = QImage(256, 256, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.green)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    path = make(tmp_path / "green.mbtiles", tiles=[(1, x, y, bytes(buffer.data().data())) for x in (0, 1) for y in (0, 1)])

    assert page.show_tiles(path)
    qtbot.waitUntil(lambda: js(qtbot, page, "document.querySelectorAll('.leaflet-tile-loaded').length") > 0)
    assert len(items(qtbot, page)) == len(Status)

    broken = tmp_path / "broken.mbtiles"
    broken.write_text("no map")
    assert not page.show_tiles(broken)
    assert page.strips.count() == 1
    page.forget_tiles()
    qtbot.waitUntil(lambda: js(qtbot, page, "document.querySelectorAll('.leaflet-tile').length") == 0)


def test_nothing_was_ever_asked_of_the_network(qtbot, page):
    assert page.view.guard.refused == []
