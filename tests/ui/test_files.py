"""Photos that lie elsewhere, in the window: counted, sent and fetched by a person, against a real server process."""

from pathlib import Path

import pytest
from office import Office
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionButton
from sync.conftest import CentralServer, free_port
from sync.photos import a_photo, bytes_of
from window import open_window, page, until

from inspector_app.models import exchange, files
from inspector_app.models.register import Register
from inspector_app.sync import files as travel
from inspector_app.sync import round as rounds
from inspector_app.ui.parts import Strip
from inspector_app.ui.photos import PhotoGrid

SLOW = 60_000


@pytest.fixture
def server(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")
    server = CentralServer(tmp_path / "server", free_port())
    server.command("init")
    server.start()
    yield server
    server.stop()


def enrolled(new_register, server, person: str) -> Register:
    register = new_register(f"{person}.register", person=person, clock=None)
    rounds.enrol(register, url=server.url, code=server.code(person))
    return register


def test_originals_are_sent_when_a_person_says_so_and_fetched_from_the_photo_itself(qtbot, new_register, server, tmp_path):
    ann, bob = (enrolled(new_register, server, name) for name in ("ann", "bob"))
    site = Office(ann).site()
    photo = a_photo(ann, site, tmp_path, side=900)
    own = open_window(qtbot, ann, auto_sync=False)
    card = page(qtbot, own, "sync").files
    until(qtbot, lambda: card.sending.isVisible() and card.sending.isChecked())
    card.sending.click()
    until(qtbot, lambda: ann.facts().get("send_originals") == "ask")
    travel.sync(ann)
    card.reload()
    until(qtbot, card.send.isVisible)

    card.send.click()

    until(qtbot, lambda: not card.exchange.is_running and not card.send.isVisible(), SLOW)
    travel.sync(bob)
    window = open_window(qtbot, bob, auto_sync=False)
    seen = page(qtbot, window, "site", site)
    until(qtbot, lambda: seen.seen)
    seen.tabs.setCurrentIndex(5)
    until(qtbot, lambda: any(grid.cards for grid in seen.findChildren(PhotoGrid)))
    (grid,) = seen.findChildren(PhotoGrid)
    until(qtbot, lambda: not grid.cards[0].picture.pixmap().isNull())
    assert not grid.cards[0].away.isHidden()
    dialog = grid.open_photo(grid.cards[0].photo)
    until(qtbot, dialog.fetch.isVisible)
    dialog.fetch.click()
    until(qtbot, lambda: files.path_of(bob.path, photo).is_file() and grid.cards[0].away.isHidden(), SLOW)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)
    dialog.close()


def test_the_status_bar_says_how_many_photos_of_what_size_are_not_at_the_server(qtbot, new_register, server, tmp_path):
    ann = enrolled(new_register, server, "ann")
    site = Office(ann).site()
    sizes = [len(bytes_of(ann, a_photo(ann, site, tmp_path, side=side))) for side in (300, 600)]
    travel.choose(ann, send="ask")
    window = open_window(qtbot, ann, auto_sync=False)
    bar, sync = window.status, page(qtbot, window, "sync")
    expected = f"Photos 2 waiting ({window.desk.words.size(sum(sizes))})"

    until(
        qtbot, lambda: sync.known is not None and bar.files.toolTip() == expected
    )  # none of them was ever named to the server
    sync.sync_now()
    until(qtbot, lambda: not sync.exchange.is_running and sync.known.syncs, SLOW)
    until(qtbot, lambda: bar.waiting.toolTip() == "Unsent 0")
    assert bar.files.isVisible()
    assert bar.files.toolTip() == expected  # their records are there, their bytes are not
    sync.files.send_now()

    until(qtbot, lambda: not sync.exchange.is_running and bar.files.isHidden(), SLOW)


def test_the_page_says_that_files_stopped_why_and_that_the_data_went_through(qtbot, tmp_path, new_register, monkeypatch):
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")
    full = CentralServer(tmp_path / "full", free_port())
    full.command("init", "--keep-free-mb", "1000000000")
    full.start()
    ann = enrolled(new_register, full, "ann")
    a_photo(ann, Office(ann).site(), tmp_path)
    window = open_window(qtbot, ann, auto_sync=False)

    window.desk.exchange.start()
    until(qtbot, lambda: window.desk.exchange.visit is not None, SLOW)
    sync = page(qtbot, window, "sync")  # first opened when all was over
    full.stop()

    until(qtbot, lambda: any(each.isVisible() for each in sync.findChildren(Strip)))
    (strip,) = [each for each in sync.findChildren(Strip) if each.isVisible()]
    assert strip.property("kind") == "warning"
    happened, kept, told, _advice = strip.sentences
    assert happened == "Not all documents and photos could travel (1 wait): the server has no room for files."
    assert kept == "All changes are exchanged. The files stay on this laptop and wait."
    assert told.startswith("3 changes sent, 3 accepted")


def test_the_link_that_frees_space_begins_where_the_text_of_its_card_begins(qtbot, register):
    with register.hearing() as session:
        exchange.put_facts(session, {"server": "https://example.kz", "device_id": "x"})
    card = page(qtbot, open_window(qtbot, register, auto_sync=False), "sync").files
    until(qtbot, lambda: card.sending.isVisible() and card.sending.isChecked())
    card.free.show()  # nothing is at a server that could be removed here
    until(qtbot, card.free.isVisible)
    option = QStyleOptionButton()
    card.free.initStyleOption(option)

    text = card.free.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, card.free)
    above = next(each for each in card.findChildren(QLabel) if each.text().startswith("On a metered link"))

    assert card.free.mapTo(card, text.topLeft()).x() == above.mapTo(card, above.contentsRect().topLeft()).x()
