"""The filter in words: chips above the table and the map, both speaking of the one filter of the desk."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from inspector_app.domain.marks import DISPUTED
from inspector_app.domain.ownership import STATE_OWNED, Status
from inspector_app.domain.waste import Hazard, show_code
from inspector_app.models.queries.sites import SiteFilter, programmes
from inspector_app.models.reference import regions
from inspector_app.ui.desk import Desk
from inspector_app.ui.flow import Flow
from inspector_app.ui.marks import mark_icon, mark_of
from inspector_app.ui.parts import Chip, link

_TYPING_MS = 120
_CROSS = "  \N{MULTIPLICATION X}"


class StayingMenu(QMenu):
    """A menu in which several things are ticked: it stays until a person looks elsewhere."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tick without closing."""
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space ticks without closing."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


class FilterChip(Chip):
    """A chip that opens its choices, and whose cross (or Delete) takes them away.

    Signals:
        emptied: a person wants it to hold nothing.
    """

    emptied = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The cross is the last 28 pixels."""
        if self.isChecked() and event.position().x() > self.width() - 28:
            self.setDown(False)
            self.emptied.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete empties."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.emptied.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Status, region, hazard, PCB, programme and text; what else a link asked for stands behind them as a chip of its own."""

    def __init__(self, desk: Desk, *, with_text: bool = True) -> None:
        """Show the filter of the desk and change it."""
        super().__init__()
        self.desk = desk
        self.say = desk.words.say
        self._programmes: dict[str, str] = {}
        self.chips: dict[str, FilterChip] = {}
        box = Flow(self)
        for name, fill in (
            ("status", self._status_menu),
            ("region", self._region_menu),
            ("hazard", self._hazard_menu),
            ("pcb", self._pcb_menu),
            ("programme", self._programme_menu),
            ("more", None),
        ):
            box.addWidget(self._chip(name, fill))
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.say("Filter by text"))
        self.text.setAccessibleName(self.say("Filter by text"))
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(desk.theme.px(180))
        box.addWidget(self.text)
        self.text.setVisible(with_text)
        self.clear = link(self.say("Clear filters"), lambda: self._set(SiteFilter()), quiet=True)
        box.addWidget(self.clear)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._on_typed)
        self.text.textEdited.connect(lambda _text: self._typing.start())
        desk.selection.filter_changed.connect(self.show_filter)
        desk.work.glance(self, programmes, self._know_programmes)
        self.show_filter(desk.selection.filter)

    def _chip(self, name: str, fill: Callable[[QMenu], None] | None) -> FilterChip:
        chip = self.chips[name] = FilterChip("")
        if fill is not None:
            chip.clicked.connect(lambda _checked=False: self._open(chip, fill))
        chip.emptied.connect(lambda: self._empty(name))
        return chip

    def _open(self, chip: FilterChip, fill: Callable[[QMenu], None]) -> None:
        menu = StayingMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill(menu)
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height() + 2)))

    @property
    def chosen(self) -> SiteFilter:
        """The filter of the desk."""
        return self.desk.selection.filter

    def _set(self, chosen: SiteFilter) -> None:
        self.desk.selection.set_filter(chosen)

    def _empty(self, name: str) -> None:
        now = self.chosen
        match name:
            case "status":
                self._set(now.having(statuses=frozenset(), state_owned=False, disputed=False))
            case "region":
                self._set(now.having(regions=frozenset()))
            case "hazard":
                self._set(now.having(hazards=frozenset()))
            case "pcb":
                self._set(now.having(pcb=None))
            case "programme":
                self._set(now.having(programmes=frozenset()))
            case _:
                self._set(now.having(remaining=None, removed_in=None, waste=""))

    # -- menus --------------------------------------------------------------------------------------------------------

    def _status_menu(self, menu: QMenu) -> None:
        self._tick(
            menu, self.say("State-owned"), self.chosen.state_owned, lambda on: self._set(self.chosen.having(state_owned=on))
        )
        self._tick(
            menu,
            self.say("Disputed"),
            self.chosen.disputed,
            lambda on: self._set(self.chosen.having(disputed=on)),
            mark_icon(DISPUTED),
        )
        menu.addSeparator()
        for status in (
            *(each for each in Status if each in STATE_OWNED),
            *(each for each in Status if each not in STATE_OWNED),
        ):
            self._member(menu, "statuses", status, self.say(status.label), mark_icon(mark_of(status)))

    def _region_menu(self, menu: QMenu) -> None:
        for region in sorted(regions().values(), key=lambda each: each.name(self.desk.words)):
            self._member(menu, "regions", region.kato, region.name(self.desk.words))

    def _hazard_menu(self, menu: QMenu) -> None:
        for hazard in Hazard:
            self._member(menu, "hazards", str(hazard), f"{hazard}  {self.say(hazard.label)}")

    def _pcb_menu(self, menu: QMenu) -> None:
        for value, text in ((True, self.say("with PCB equipment")), (False, self.say("without PCB equipment"))):
            self._tick(menu, text, self.chosen.pcb is value, self._pcb_setter(value=value))

    def _pcb_setter(self, *, value: bool) -> Callable[[bool], None]:
        return lambda on: self._set(self.chosen.having(pcb=value if on else None))

    def _programme_menu(self, menu: QMenu) -> None:
        for identity, name in self._programmes.items():
            self._member(menu, "programmes", identity, name)

    def _member(self, menu: QMenu, part: str, value: Any, text: str, icon: QIcon | None = None) -> None:
        def change(on: bool) -> None:  # noqa: FBT001 - Qt's signal
            now = getattr(self.chosen, part)
            self._set(self.chosen.having(**{part: now | {value} if on else now - {value}}))

        self._tick(menu, text, value in getattr(self.chosen, part), change, icon)

    def _tick(
        self,
        menu: QMenu,
        text: str,
        on: bool,  # noqa: FBT001 - the state of the line
        change: Callable[[bool], None],
        icon: QIcon | None = None,
    ) -> None:
        action = QAction(text, menu)
        if icon is not None:
            action.setIcon(icon)
        action.setCheckable(True)
        action.setChecked(on)
        action.toggled.connect(change)
        menu.addAction(action)

    # -- words --------------------------------------------------------------------------------------------------------

    def show_filter(self, chosen: SiteFilter) -> None:
        """Say in words what is asked for."""
        if chosen.text != self.text.text().strip():
            self.text.setText(chosen.text)
        any_ = self.say("any")
        statuses = [self.say("state-owned")] if chosen.state_owned else []
        statuses += [self.say("disputed")] if chosen.disputed else []
        statuses += [self.say(each.label) for each in Status if each in chosen.statuses]
        names = [each.name(self.desk.words) for kato, each in regions().items() if kato in chosen.regions]
        with_pcb = {True: [self.say("yes")], False: [self.say("no")], None: []}[chosen.pcb]
        for name, head, values in (
            ("status", self.say("Status"), statuses),
            ("region", self.say("Region"), names),
            ("hazard", self.say("Hazard"), sorted(chosen.hazards)),
            ("pcb", self.say("PCB"), with_pcb),
            ("programme", self.say("Programme"), [self._programmes.get(each, any_) for each in sorted(chosen.programmes)]),
        ):
            self.chips[name].show_state(
                f"{head}: {self._listed(values)}{_CROSS}" if values else f"{head}: {any_}", active=bool(values)
            )
        self.chips["programme"].setVisible(bool(self._programmes))
        more = self._more(chosen)
        self.chips["more"].setVisible(bool(more))
        self.chips["more"].show_state(f"{', '.join(more)}{_CROSS}", active=True)
        self.clear.setVisible(not chosen.is_empty)

    def _more(self, chosen: SiteFilter) -> list[str]:
        more = []
        if chosen.remaining is not None:
            more.append(self.say("waste remains") if chosen.remaining else self.say("nothing remains"))
        if chosen.removed_in is not None:
            more.append(self.say("removed in {year}", year=chosen.removed_in))
        if chosen.waste:
            whole = len(chosen.waste) == 6
            more.append(self.say("waste {code}", code=show_code(chosen.waste, hazardous=False) if whole else chosen.waste))
        return more

    def _listed(self, values: Sequence[str]) -> str:
        return ", ".join(values) if len(values) <= 2 else self.say("{first} and {n} more", first=values[0], n=len(values) - 1)

    def _know_programmes(self, found: Iterable[tuple[str, str, str, str]]) -> None:
        place = {"en": 1, "ru": 2, "kk": 3}[self.desk.words.language]
        self._programmes = {each[0]: each[place] for each in found}
        self.show_filter(self.chosen)

    def _on_typed(self) -> None:
        self._set(self.chosen.having(text=self.text.text().strip()))
