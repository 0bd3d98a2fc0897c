"""Settings of one person on one laptop: language, look, coordinates, tiles, goal; and the register with its backups."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.places import System
from inspector_app.i18n import LANGUAGES, N_
from inspector_app.models.backup import backup, restore
from inspector_app.models.copies import Copy, kept
from inspector_app.models.register import Register
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import CheckField, ChoiceField, Field, TextField, YearField
from inspector_app.ui.long import LongLine
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Combo, Page, Strip, button, clear, column, label, row
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Progress

_THEMES = (("light", N_("Light")), ("dark", N_("Dark")), ("sun", N_("High contrast for the sun")))
_SYSTEMS = (
    (System.DECIMAL, N_("Decimal degrees, WGS 84")),
    (System.DMS, N_("Degrees, minutes, seconds, WGS 84")),
    (System.GK, N_("Gauss-Krüger, Pulkovo 1942")),
    (System.UTM, N_("UTM, WGS 84")),
)
_SIZES = (100, 110, 125, 150, 175)


def make_backup(register: Register, target: Path, passphrase: str | None, *, progress: Progress) -> Path:
    """A proven copy of the register, as a long work. Raises what `models.backup.backup` raises."""
    progress(0.1, N_("Copying the register"))
    return backup(register, target, passphrase=passphrase)


def put_back(source: Path, target: Path, passphrase: str | None, *, progress: Progress) -> Path:
    """A backup as a register of its own, as a long work. Raises what `models.backup.restore` raises."""
    progress(0.1, N_("Proving the backup"))
    restore(source, target, passphrase=passphrase)
    return target


class SettingsPage(Page):
    """Every preference works at once; there is nothing to confirm."""

    def __init__(self, desk: Desk) -> None:
        """Show what is preferred now."""
        say = desk.words.say
        super().__init__(say("Settings"))
        self.desk, self.words = desk, desk.words
        self.long = LongLine(desk)
        self.fields: dict[str, Field] = {}
        inside = QWidget()
        cards = column(self._look(), self._work(), self._register(), None, gap=SPACE[3])
        inside.setLayout(cards)
        inside.setMaximumWidth(desk.theme.px(820))
        self.body.addWidget(self.long)
        self.fill_scrolled(inside)

    # -- building -----------------------------------------------------------------------------------------------------

    def _look(self) -> Card:
        say, desk, now = self.words.say, self.desk, self.desk.settings
        card = Card(say("Language and look"))
        card.body.addLayout(
            self._line(
                self._field("language", ChoiceField(desk, say("Language"), list(LANGUAGES.items())), now.language),
                self._field("theme", ChoiceField(desk, say("Theme"), _said(desk, _THEMES)), now.theme),
                self._field(
                    "text_percent",
                    ChoiceField(desk, say("Size of text and controls"), [(each, f"{each} %") for each in _SIZES]),
                    now.text_percent,
                ),
            )
        )
        touch = CheckField(desk, say("Large controls for fingers and gloves"))
        card.body.addWidget(self._field("touch", touch, now.touch))
        return card

    def _work(self) -> Card:
        say, desk, now = self.words.say, self.desk, self.desk.settings
        card = Card(say("Map and goal"))
        card.body.addLayout(
            self._line(
                self._field(
                    "coordinates",
                    ChoiceField(desk, say("Coordinates are shown as"), _said(desk, _SYSTEMS)),
                    System(now.coordinates),
                ),
                self._field(
                    "goal_year",
                    YearField(
                        desk,
                        say("All waste is to be removed by"),
                        minimum=2025,
                        maximum=2100,
                        help_=say("The year of the goal in the overview and the summary."),
                    ),
                    now.goal_year,
                ),
            )
        )
        self.tiles = label(now.tiles or say("none: the built-in map is shown"), wrap=True)
        self.no_tiles = button(say("Without tiles"), lambda: self._take_tiles(""), "link")
        self.no_tiles.setVisible(bool(now.tiles))
        line = row(self.tiles, self.no_tiles, button(say("Choose a file…"), self.choose_tiles))
        line.setStretch(0, 1)
        card.body.addWidget(label(say("Offline map tiles (MBTiles)"), "label"))
        card.body.addLayout(line)
        return card

    def _register(self) -> Card:
        say, desk = self.words.say, self.desk
        card = Card(say("Register"))
        path = label(str(desk.work.register.path), wrap=True)
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.passphrase = TextField(desk, say("Passphrase"), help_=say("Only for an encrypted register; it is not kept."))
        self.passphrase.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaximumWidth(desk.theme.px(320))
        note = say(
            "A backup is one file with a folder of photos and scans beside it. It is opened and proven before it gets its name."
        )
        card.body.addWidget(path)
        card.body.addWidget(label(note, "secondary", wrap=True))
        card.body.addWidget(self.passphrase)
        card.body.addLayout(
            row(
                button(say("Back up…"), self.choose_backup, theme=desk.theme, icon="content-save-outline"),
                button(say("Restore a backup…"), self.choose_restore, theme=desk.theme, icon="backup-restore"),
                None,
            )
        )
        card.body.addWidget(label(say("Copies that were kept before syncs"), "label"))
        self.copies = Combo(desk.theme)
        self.copies.setAccessibleName(say("Copies that were kept before syncs"))
        self.copies.setMinimumWidth(desk.theme.px(360))
        self.put_back = button(say("Put back…"), self.warn_of_copy, theme=desk.theme, icon="backup-restore")
        self.no_copies = label(say("No copy was kept yet: the first sync makes one."), "secondary", wrap=True)
        card.body.addWidget(self.no_copies)
        card.body.addLayout(row(self.copies, self.put_back, None))
        self._kept: tuple[Copy, ...] = ()
        self._show_copies(())
        return card

    def _field(self, name: str, field: Field, value: Any) -> Field:
        field.set_value(value)
        self.fields[name] = field
        field.changed.connect(lambda: self._prefer(name))
        return field

    @staticmethod
    def _line(*fields: Field) -> Any:
        line = row(gap=SPACE[3])
        for field in fields:
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        return line

    def _prefer(self, name: str) -> None:
        field = self.fields[name]
        if not field.check():
            return
        value = field.value()
        if value is not None:
            self.desk.prefer(**{name: str(value) if isinstance(value, System) else value})

    # -- tiles --------------------------------------------------------------------------------------------------------

    def choose_tiles(self) -> QFileDialog:
        """Ask for a file of tiles; does not block."""
        say = self.words.say
        return self._ask_file(say("Offline map tiles"), say("MBTiles") + " (*.mbtiles)", self._take_tiles)

    def _take_tiles(self, name: str) -> None:
        self.desk.prefer(tiles=name)
        self.tiles.setText(name or self.words.say("none: the built-in map is shown"))
        self.no_tiles.setVisible(bool(name))

    # -- the register -------------------------------------------------------------------------------------------------

    def choose_backup(self) -> QFileDialog:
        """Ask where the backup goes; does not block."""
        say = self.words.say
        register = self.desk.work.register
        name = f"{register.path.stem}-{register.today().isoformat()}.register"
        return self._ask_file(say("Back up the register"), say("Registers") + " (*.register)", self._back_up, save_as=name)

    def choose_restore(self) -> QFileDialog:
        """Ask for the backup, then for the place of the register made of it; does not block."""
        say = self.words.say

        def chosen(source: str) -> None:
            name = f"{Path(source).stem}-restored.register"
            filters = say("Registers") + " (*.register)"
            self._ask_file(
                say("Where the restored register goes"), filters, lambda target: self.restore(source, target), save_as=name
            )

        return self._ask_file(say("Restore a backup"), say("Registers") + " (*.register *)", chosen)

    def _back_up(self, name: str) -> None:
        self.back_up(Path(name))

    def back_up(self, target: Path) -> None:
        """Copy the register and prove the copy."""
        said = self.words.say("The backup is {file}.", file=target)
        self._run(self.words.say("Making the backup…"), make_backup, self.desk.work.register, target, said=(said,))

    def restore(self, source: str, target: str) -> None:
        """Make a register of a backup; it opens at the next start. The register that is open now stays as it is."""
        say = self.words.say
        said = (
            say("The backup is restored as {file}.", file=target),
            say("The register that is open now was not touched."),
            say("The restored one opens when the program is started the next time."),
        )
        self._run(say("Restoring the backup…"), put_back, Path(source), Path(target), said=said, opens=target)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """See which copies there are by now."""
        super().showEvent(event)
        self.desk.work.read(self, _copies_of, self._show_copies, register=self.desk.work.register)

    def _show_copies(self, kept: tuple[Copy, ...]) -> None:
        if kept != self._kept or not kept:
            self._kept = kept
            self.copies.clear()
            for each in kept:
                later = self.words.plural("{n} later change beside it", "{n} later changes beside it", each.later)
                said = (self.words.date(each.day), self.words.size(each.size), later if each.later else "")
                self.copies.addItem(", ".join(part for part in said if part))
        self.no_copies.setVisible(not kept)
        self.copies.setVisible(bool(kept))
        self.put_back.setVisible(bool(kept))

    def warn_of_copy(self) -> None:
        """Say what putting a copy back means, before anybody does it."""
        copy, say = self._kept[self.copies.currentIndex()], self.words.say
        said = (
            say("Put back the copy of {day}?", day=self.words.date(copy.day)),
            say("It becomes a register of its own; the one that is open now stays as it is."),
            say("What was recorded after the last sync of that day is not in it."),
            say("What the server has comes back with the next sync."),
        )
        action = (say("Put back…"), lambda: self.choose_place_of(copy))
        self.show_strip(Strip(self.desk.theme, said, "warning", action=action, close_tip=say("Close")))

    def choose_place_of(self, copy: Copy) -> QFileDialog:
        """Ask where the register made of a copy goes; does not block."""
        say = self.words.say
        name = f"{self.desk.work.register.path.stem}-{copy.day.isoformat()}.register"
        filters = say("Registers") + " (*.register)"
        return self._ask_file(
            say("Where the restored register goes"), filters, lambda target: self.restore(str(copy.path), target), save_as=name
        )

    def _run(self, sentence: str, work: Any, one: Any, target: Path, *, said: tuple[str, ...], opens: str = "") -> None:
        clear(self.strips)

        def done(_path: object) -> None:
            if opens:
                self.desk.prefer(register=opens)
            self.show_strip(Strip(self.desk.theme, said, "ok", close_tip=self.words.say("Close")))

        self.long.run(sentence, work, one, target, self.passphrase.value(), then=done, refused=self._refused)

    def _refused(self, error: InspectorError) -> None:
        words = self.words
        self.show_strip(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    def _ask_file(self, title: str, filters: str, then: Any, *, save_as: str = "") -> QFileDialog:
        dialog = QFileDialog(self, title, "", filters)
        if save_as:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("register")
            dialog.selectFile(save_as)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(then)
        dialog.open()
        return dialog


def _copies_of(_session: object, *, register: Register) -> tuple[Copy, ...]:
    """The copies of a register, asked beside the window's thread."""
    return tuple(kept(register))


def _said(desk: Desk, pairs: Any) -> list[tuple[Any, str]]:
    return [(value, desk.words.say(text)) for value, text in pairs]
