"""Photos as small pictures with captions; dropped in, pasted or chosen; read and scaled beside the window's thread."""

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QImageReader, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.actions.documents import attach_photo, change_photo, remove_photo
from inspector_app.domain import places
from inspector_app.domain.errors import BadValue, InspectorError, PlaceOutside
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models import files
from inspector_app.models.queries.inspections import Picture
from inspector_app.models.queries.transfers import Whereabouts, whereabouts
from inspector_app.sync import files as travel
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import one_line
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Empty, Strip, button, clear, column, label, row
from inspector_app.ui.theme import SPACE

_SIDE = 200
_NAMED = 5
_AT_ONCE = 6
_FORMATS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
_EXIF_GPS, _EXIF_DETAILS, _TAKEN_AT = 0x8825, 0x8769, 0x9003


@dataclass(frozen=True, slots=True)
class Shot:
    """What a camera wrote into a photo: when and where it was taken, as far as it is there."""

    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


def shot(path: Path) -> Shot:
    """Time and position as the camera wrote them.

    Its clock is taken as the clock of Kazakhstan; a position outside the country, where its last fix may lie, is left out.
    """
    from PIL import Image  # noqa: PLC0415 - first needed when a photo comes in

    try:
        with Image.open(path) as image:
            exif = image.getexif()
            taken = str(exif.get_ifd(_EXIF_DETAILS).get(_TAKEN_AT, ""))
            gps = exif.get_ifd(_EXIF_GPS)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, struct.error):
        return Shot()  # a photo without what its camera should have written is a photo all the same
    return Shot(_moment(taken), *_place(gps))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=KAZAKHSTAN)
    except ValueError:
        return None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    try:
        lat, lon = (sum(float(part) / 60**place for place, part in enumerate(gps[tag])) for tag in (2, 4))
        lat, lon = (lat if gps.get(1, "N") == "N" else -lat), (lon if gps.get(3, "E") == "E" else -lon)
        places.check_inside(lat, lon)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, PlaceOutside):
        return None, None
    return round(lat, 7), round(lon, 7)


@dataclass(frozen=True, slots=True)
class Taken:
    """Ids of the photos that were taken in, and the names of the files that were not, each with the reason."""

    made: tuple[str, ...]
    left_out: tuple[tuple[str, InspectorError], ...]


def attach(
    session: Any, site_id: str, paths: Sequence[Path], *, inspection_id: str | None = None, here: Collection[str] = ()
) -> Taken:
    """Take photos into the register with what their camera wrote; a file that is none, or is `here` already, is left out.

    `here` are fingerprints. Raises Immutable with a signed inspection, CannotWrite or DiskFull.
    """
    made, left_out, there = [], [], set(here)
    for path in paths:
        try:
            sha256 = files.keep_photo(session.info["path"], path).sha256
            if sha256 in there:
                raise BadValue(field=N_("Photo"), reason=N_("it is here already."))
        except BadValue as error:
            left_out.append((path.name, error))
            continue
        there.add(sha256)
        known = shot(path)
        taken_at = known.taken_at if known.taken_at is not None and known.taken_at <= session.info["at"] else None
        made.append(
            attach_photo(
                session, site_id, path, inspection_id=inspection_id, taken_at=taken_at, lat=known.lat, lon=known.lon
            ).id
        )
    return Taken(tuple(made), tuple(left_out))


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that was read: out of the original, or only out of its thumbnail."""

    image: QImage
    is_original: bool


def _scaled(_session: Any, *, register: Path, wanted: Sequence[str], side: int) -> dict[str, Seen]:
    """Small pictures by fingerprint, of the thumbnail where the original is not here; what cannot be read is left out."""
    found = {}
    for sha256 in wanted:
        try:
            path = files.path_of(register, sha256)
        except ValueError:  # a record of somebody else may say anything
            continue
        is_original = path.is_file()
        reader = QImageReader(str(path if is_original else files.thumbnail_path(register, sha256)))
        reader.setAutoTransform(True)
        size = reader.size()
        if size.isValid():
            reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
        image = reader.read()
        if not image.isNull():
            found[sha256] = Seen(image, is_original)
    return found


class _Opening(QLabel):
    """A small picture that is opened with a click, Enter or the space bar."""

    clicked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("part", "opening")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class PhotoCard(QFrame):
    """One photo with its caption, written in place.

    Signals:
        opened: a person wants to see it large.
        captioned: the caption was changed; carries the text.
        removed: a person takes it out.
    """

    opened = Signal()
    captioned = Signal(str)
    removed = Signal()

    def __init__(self, desk: Desk, photo: Picture, *, read_only: bool) -> None:
        """A grey place until the picture is read."""
        super().__init__()
        self.desk, self.photo = desk, photo
        say, words = desk.words.say, desk.words
        self.setProperty("part", "choice")
        side = desk.theme.px(_SIDE)
        self.setFixedWidth(side + 2 * SPACE[1])
        self.picture = _Opening(photo.caption or photo.name or say("Photo"))
        self.picture.clicked.connect(self.opened)
        self.picture.setFixedSize(side, side * 3 // 4)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.away = label("", "badge")
        self.away.setParent(self.picture)
        self.away.setPixmap(desk.theme.icon("cloud-outline", "text").pixmap(desk.theme.px(16)))
        self.away.setToolTip(say("The original is not on this laptop."))
        self.away.setAccessibleName(say("The original is not on this laptop."))
        self.away.move(SPACE[0], SPACE[0])
        self.away.hide()
        self.caption = QLineEdit(photo.caption or "")
        self.caption.setPlaceholderText(say("Caption"))
        self.caption.setAccessibleName(say("Caption"))
        self.caption.setReadOnly(read_only)
        self.caption.setToolTip(photo.caption or "")
        self.caption.setCursorPosition(0)
        self.caption.editingFinished.connect(self._on_caption)
        where = "" if photo.lat is None or photo.lon is None else places.show(photo.lat, photo.lon)
        facts = " \N{MIDDLE DOT} ".join(
            part for part in (words.moment(photo.taken_at) if photo.taken_at else "", where) if part
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        box.setSpacing(SPACE[0])
        box.addWidget(self.picture)
        box.addWidget(self.caption)
        foot = row(label(facts or say("time and place not known"), "secondary", wrap=True), None)
        if not read_only:
            taking = button("", self.removed.emit, "link", tip=say("Take out"))
            taking.setIcon(desk.theme.icon("close", "secondary"))
            taking.setAccessibleName(say("Take out"))
            foot.addWidget(taking)
        box.addLayout(foot)
        box.addStretch(1)  # cards side by side have their captions in one line
        if read_only and not photo.caption:
            self.caption.hide()

    def show_picture(self, seen: Seen) -> None:
        """Fill the place, cut to its shape; a small mark says that it is only a thumbnail."""
        image = seen.image
        self.away.setVisible(not seen.is_original)
        ratio = self.devicePixelRatio()
        size = self.picture.size() * ratio
        scaled = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
        left, top = (scaled.width() - size.width()) // 2, (scaled.height() - size.height()) // 2
        pixmap = QPixmap.fromImage(scaled.copy(left, top, size.width(), size.height()))
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)

    def show_caption(self, photo: Picture) -> None:
        """The caption as the register has it now, unless it is being written."""
        self.photo = photo
        if not self.caption.hasFocus():
            self.caption.setText(photo.caption or "")
            self.caption.setCursorPosition(0)
        self.caption.setToolTip(photo.caption or "")

    def _on_caption(self) -> None:
        text = one_line(self.caption.text())
        if text != (self.photo.caption or ""):
            self.captioned.emit(text)


class PhotoGrid(QWidget):
    """Photos of an inspection. Files are dropped on it or chosen; originals are kept as they are."""

    def __init__(self, desk: Desk) -> None:
        """Without photos until `show_photos`."""
        super().__init__()
        self.desk = desk
        say = desk.words.say
        self.setAcceptDrops(True)
        self.cards: list[PhotoCard] = []
        self._site_id, self._inspection_id = "", ""
        self._read_only = True
        self._shown: tuple[tuple[Picture, ...], bool] | None = None
        self.strips = column()
        self.add = button(say("Add photos…"), self.choose, theme=desk.theme, icon="camera-plus-outline")
        self.hint = label(say("or drop files here"), "secondary")
        self.grid = QGridLayout()
        self.grid.setSpacing(SPACE[2])
        self.grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.empty = Empty(desk.theme, say("No photos yet."), icon="image-outline")
        self.empty.setMinimumHeight(desk.theme.px(160))
        self.setLayout(column(self.strips, row(self.add, self.hint, None), self.empty, self.grid, None, gap=SPACE[2]))

    def show_photos(self, site_id: str, inspection_id: str, photos: tuple[Picture, ...], *, read_only: bool) -> None:
        """Show these photos; pictures come when they are read."""
        self._site_id, self._inspection_id, self._read_only = site_id, inspection_id, read_only
        self.add.setVisible(not read_only)
        self.hint.setVisible(not read_only)
        self.empty.setVisible(not photos)
        if (photos, read_only) == self._shown:
            return
        before, self._shown = self._shown, (photos, read_only)
        if before is not None and before[1] == read_only and [each.id for each in before[0]] == [each.id for each in photos]:
            # captions alone changed: whoever goes from one to the next with the keyboard stays where he is
            for card, photo in zip(self.cards, photos, strict=True):
                card.show_caption(photo)
            return
        clear(self.grid)
        self.cards = []
        for photo in photos:
            card = PhotoCard(self.desk, photo, read_only=read_only)
            card.opened.connect(lambda photo=photo: self.open_photo(photo))
            card.captioned.connect(lambda text, photo=photo: self._caption(photo, text))
            card.removed.connect(lambda photo=photo: self.desk.work.write(N_("Take out a photo"), remove_photo, photo.id))
            self.cards.append(card)
        self._place_cards()
        self._read_pictures([each.sha256 for each in photos])

    def take(self, paths: Sequence[Path]) -> None:
        """Attach files to the inspection; what is no photo is named, and the others are taken."""
        clear(self.strips)
        words = self.desk.words
        self._busy(words.plural("taking {n} file in…", "taking {n} files in…", len(paths)))
        self.desk.work.write(
            N_("Attach photos"),
            attach,
            self._site_id,
            list(paths),
            inspection_id=self._inspection_id,
            here={each.sha256 for each in self._shown[0]} if self._shown else (),
            then=self._on_taken,
            refused=self._refused,
            broke=self._busy,
        )

    def choose(self) -> None:
        """Choose files; does not block."""
        say = self.desk.words.say
        patterns = " ".join(f"*{each}" for each in _FORMATS)
        dialog = QFileDialog(self, say("Choose photos"), "", f"{say('Photos')} ({patterns})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.take([Path(name) for name in names]))
        dialog.open()

    def open_photo(self, photo: Picture) -> "PhotoDialog":
        """Show a photo large."""
        dialog = PhotoDialog(self.desk, photo, self.window())  # outlives this grid, which a sync makes anew
        dialog.fetched.connect(lambda: self._read_pictures([each.photo.sha256 for each in self.cards]))
        dialog.open()
        return dialog

    # -- Qt -----------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files are welcome while photos may be added; what is no photo is told when it is dropped."""
        if not self._read_only and self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Take the files."""
        event.acceptProposedAction()
        self.take(self._dropped(event))

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """As many in a row as fit."""
        super().resizeEvent(event)
        self._place_cards()

    @staticmethod
    def _dropped(event: QDropEvent) -> list[Path]:
        return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]

    def _place_cards(self) -> None:
        if not self.cards:
            return
        wide = max(1, (self.width() + SPACE[2]) // (self.cards[0].width() + SPACE[2]))
        for place, card in enumerate(self.cards):
            self.grid.addWidget(card, place // wide, place % wide)

    def _read_pictures(self, wanted: Sequence[str]) -> None:
        """A few at a time, so that the first are seen while the others are read."""
        now, later = wanted[:_AT_ONCE], wanted[_AT_ONCE:]

        def show(images: dict[str, Seen]) -> None:
            self._show_pictures(images, set(now))
            self._read_pictures(later)

        if now:
            register, side = self.desk.work.register.path, self.desk.theme.px(_SIDE) * 2
            self.desk.work.read(self, _scaled, show, register=register, wanted=now, side=side)

    def _show_pictures(self, images: dict[str, Seen], asked: set[str]) -> None:
        for card in self.cards:
            if card.photo.sha256 in images:
                card.show_picture(images[card.photo.sha256])
            elif card.photo.sha256 in asked:
                card.picture.setText(self.desk.words.say("not on this laptop"))

    def _caption(self, photo: Picture, text: str) -> None:
        self.desk.work.write(N_("Caption a photo"), change_photo, photo.id, caption=text or None, refused=self._refused)

    def _busy(self, text: str = "") -> None:
        if isValid(self):
            self.hint.setText(text or self.desk.words.say("or drop files here"))
            self.add.setEnabled(not text)

    def _on_taken(self, taken: Taken) -> None:
        if not isValid(self):
            return
        self._busy()
        if not taken.left_out:
            return
        words = self.desk.words
        count = words.plural("{n} file was left out.", "{n} files were left out.", len(taken.left_out))
        named = [
            words.say("{file}: {reason}", file=name, reason=words.say(str(error.facts["reason"])))
            for name, error in taken.left_out[:_NAMED]
        ]
        if (more := len(taken.left_out) - _NAMED) > 0:
            named.append(words.plural("and {n} more", "and {n} more", more))
        self.strips.addWidget(Strip(self.desk.theme, (count, *named), "warning", close_tip=words.say("Close")))

    def _refused(self, error: InspectorError) -> None:
        if not isValid(self):
            return
        self._busy()
        clear(self.strips)
        words = self.desk.words
        strip = Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close"))
        self.strips.addWidget(strip)


class PhotoDialog(QDialog):
    """One photo, large. Where only its thumbnail is here, it says where the original is and offers to fetch it.

    Signals:
        fetched: the original came.
    """

    fetched = Signal()

    def __init__(self, desk: Desk, photo: Picture, parent: QWidget) -> None:
        """The picture comes when it is read."""
        super().__init__(parent)
        say = desk.words.say
        self.desk, self.photo = desk, photo
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(photo.caption or photo.name or say("Photo"))
        self.resize(desk.theme.px(960), desk.theme.px(700))
        self.shown = label("", wrap=True, align=Qt.AlignmentFlag.AlignCenter)
        self.where = label("", "secondary", wrap=True)
        self.fetch = button(say("Fetch the original"), self.fetch_now, theme=desk.theme, icon="cloud-download-outline")
        self.fetch.hide()
        self.foot = row(self.where, self.fetch, gap=SPACE[2])
        self.foot.setStretch(0, 1)
        whole = column(self.shown, self.foot)
        whole.setContentsMargins(SPACE[2], SPACE[2], SPACE[2], SPACE[2])
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self._read()

    def fetch_now(self) -> None:
        """Fetch the original; the window goes on meanwhile."""
        self.fetch.setEnabled(False)
        self.where.setText(self.desk.words.say("The original is on its way…"))
        register = self.desk.work.register
        self.desk.work.long(
            travel.fetch, register, self.photo.sha256, then=self._on_fetched, refused=self._on_refused, cancelled=self._read
        )

    def _read(self) -> None:
        register = self.desk.work.register.path
        self.desk.work.read(self, _scaled, self._show, register=register, wanted=[self.photo.sha256], side=1600)

    def _show(self, found: dict[str, Seen]) -> None:
        seen = found.get(self.photo.sha256)
        if seen is not None:
            room = self.size().shrunkBy(QMargins(SPACE[4], SPACE[4], SPACE[4], self.desk.theme.px(60)))
            image = seen.image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            self.shown.setPixmap(QPixmap.fromImage(image))
        if seen is not None and seen.is_original:
            self.where.setText("")
            self.fetch.hide()
        else:
            self.desk.work.read(self, whereabouts, self._show_where, sha256=self.photo.sha256)

    def _show_where(self, found: Whereabouts) -> None:
        say = self.desk.words.say
        self.fetch.setVisible(found.on_server)
        self.fetch.setEnabled(True)
        if found.on_server:
            self.where.setText(say("The original is on the server, not on this laptop."))
        elif found.author:
            self.where.setText(say("The original is on the laptop of {person} and was not sent yet.", person=found.author))
        else:
            self.where.setText(say("The original is on another laptop and was not sent yet."))

    def _on_fetched(self, _nothing: None) -> None:
        self.fetched.emit()
        if isValid(self):
            self._read()

    def _on_refused(self, error: InspectorError) -> None:
        if isValid(self):
            self.fetch.setEnabled(True)
            self.where.setText(" ".join(sentences(self.desk.words, error)))
