"""PCB: equipment by class, condition and storage; its duties by date; relocation; labels."""

from collections import Counter
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit

from inspector_app.domain import pcb
from inspector_app.domain.pcb import ConcentrationClass, EquipmentCondition, OperationalStatus
from inspector_app.models.queries.pcb import Equipment, equipment
from inspector_app.ui.desk import Desk
from inspector_app.ui.flow import Flow
from inspector_app.ui.forms.pcb import PcbForm, RelocationForm, equipment_columns
from inspector_app.ui.gate import gated, gated_inside
from inspector_app.ui.parts import Chip, Empty, Page, button, framed, label, row
from inspector_app.ui.tables import memory_table

_MOST = 2000
_LEAKS = frozenset({EquipmentCondition.WEEPING, EquipmentCondition.LEAKING, EquipmentCondition.DAMAGED})
_GONE = frozenset({OperationalStatus.REMOVED, OperationalStatus.DESTROYED})


class PcbPage(Page):
    """Every piece of PCB equipment."""

    def __init__(self, desk: Desk) -> None:
        """Ask for the equipment."""
        say = desk.words.say
        super().__init__(say("PCB"))
        self.desk, self.words = desk, desk.words
        self.all: tuple[Equipment, ...] = ()
        self.chosen: ConcentrationClass | None = None
        self.only_leaking = False
        self._wanted = ""
        self.moving = gated(desk, button(say("Relocate…"), self.relocate), "pcb_move")
        self.edit = button(say("Edit…"), self.open_current)
        self.labels = button(say("Labels"), lambda: desk.go("reports", "labels:"), theme=desk.theme, icon="qrcode")
        new = gated(desk, button(say("New equipment"), self.new, "primary"), "pcb_item")
        self.add_actions(self.edit, self.moving, self.labels, new)
        self.chips: dict[ConcentrationClass | None, Chip] = {}
        chips = Flow()
        for each in (None, *ConcentrationClass):
            chip = Chip(say("All") if each is None else say(each.label))
            chip.clicked.connect(partial(self._choose, each))
            self.chips[each] = chip
            chips.addWidget(chip)
        self.leaking = Chip(say("Leaking or damaged"))
        self.leaking.clicked.connect(self._toggle_leaking)
        chips.addWidget(self.leaking)
        self.text = QLineEdit()
        self.text.setPlaceholderText(say("Label, serial, storage, site"))
        self.text.setAccessibleName(say("Filter by text"))
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(desk.theme.px(220))
        self.text.textChanged.connect(lambda _text: self._show())
        self.table, self.rows = memory_table(desk, "pcb", equipment_columns(desk))
        action = (say("New equipment"), self.new)
        nothing = Empty(desk.theme, say("There is no PCB equipment here."), icon="lightning-bolt-outline", action=action)
        empty = gated_inside(desk, nothing, "pcb_item")
        self.table.set_empty(empty)
        self.table.opened.connect(self.open_item)
        self.duty = label("", "secondary", wrap=True)
        self.body.addLayout(chips)
        filters = row(self.duty, self.text)
        filters.setStretch(0, 1)
        self.body.addLayout(filters)
        self.body.addWidget(framed(self.table, desk.theme), 1)
        desk.work.register_changed.connect(self._on_register_changed)
        self.reload()

    def reload(self) -> None:
        """Ask anew."""
        self.table.set_busy(on=True)
        self.desk.work.read(self, equipment, self._take, limit=_MOST, concentration=self.chosen)

    def open_row(self, pcb_item_id: str) -> None:
        """Make a piece the current one."""
        self._wanted = pcb_item_id
        self.chosen, self.only_leaking = None, False
        self.text.clear()
        self.reload()

    def new(self) -> PcbForm:
        """A new piece; does not block."""
        form = PcbForm(self.desk, parent=self)
        form.setModal(True)
        form.open()
        return form

    def open_current(self) -> PcbForm | None:
        """Correct the current piece."""
        chosen = self.table.current_row()
        return None if chosen is None else self.open_item(chosen)

    def open_item(self, chosen: Equipment) -> PcbForm:
        """Correct a piece; does not block."""
        form = PcbForm(self.desk, known=chosen, parent=self)
        form.setModal(True)
        form.open()
        return form

    def relocate(self) -> RelocationForm | None:
        """Bring the current piece to another storage place; does not block."""
        chosen = self.table.current_row()
        if chosen is None:
            return None
        form = RelocationForm(self.desk, chosen, self)
        form.setModal(True)
        form.open()
        return form

    def _choose(self, chosen: ConcentrationClass | None, _checked: Any = None) -> None:
        self.chosen = chosen
        self.reload()

    def _toggle_leaking(self) -> None:
        self.only_leaking = not self.only_leaking
        self._show()

    def _take(self, found: tuple[Equipment, ...]) -> None:
        self.table.set_busy(on=False)
        self.all = found
        self._show()

    def _show(self) -> None:
        words = self.words
        wanted = self.text.text().casefold().split()
        shown = [
            each
            for each in self.all
            if (not self.only_leaking or each.condition in _LEAKS) and all(part in _text(each) for part in wanted)
        ]
        current = self._wanted or getattr(self.table.current_row(), "id", "")
        self.rows.show_rows(shown)
        place = next((place for place, each in enumerate(self.rows.rows) if each.id == current), 0)
        if self.rows.rows:
            self.table.go_to(place)
        self._wanted = ""
        for each, chip in self.chips.items():
            chip.show_state(chip.text(), active=each is self.chosen)
        self.leaking.show_state(self.leaking.text(), active=self.only_leaking)
        self.context.setText(words.say("{n} of {all}", n=words.number(len(shown)), all=words.number(len(self.all))))
        for each_button in (self.edit, self.moving):
            each_button.setEnabled(bool(shown))
        self._say_duty()

    def _say_duty(self) -> None:
        """How much is still under the duties of the Stockholm Convention."""
        words = self.words
        here = [each for each in self.all if each.concentration in pcb.ABOVE_50 and each.operation not in _GONE]
        use = Counter(each.operation for each in here)[OperationalStatus.IN_USE]
        said = words.plural(
            "{n} piece above 50 ppm is to be disposed of by {date}.",
            "{n} pieces above 50 ppm are to be disposed of by {date}.",
            len(here),
            date=words.date(pcb.STOCKHOLM_DISPOSAL_ENDS),
        )
        if use:
            said += " " + words.plural(
                "{n} is still in use, which ended on {date}.",
                "{n} are still in use, which ended on {date}.",
                use,
                date=words.date(pcb.STOCKHOLM_USE_ENDS),
            )
        self.duty.setText(said if here else "")

    def _on_register_changed(self, changed: Any) -> None:
        if changed.concerns("pcb_item", "pcb_move", "site"):
            self.reload()


def _text(each: Equipment) -> str:
    parts = (each.label, each.serial_no, each.storage, each.site_code, each.site_en, each.site_ru, each.site_kk, each.maker)
    return " ".join(part for part in parts if part).casefold()
