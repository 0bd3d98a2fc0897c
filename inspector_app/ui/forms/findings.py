"""What is found on a visit: waste lines, equipment, readings of instruments; each a table with a form behind it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from inspector_app.actions.inspections import (
    add_finding,
    add_measurement,
    change_finding,
    change_measurement,
    remove_finding,
    remove_measurement,
)
from inspector_app.domain.inspection import MeasurementKind
from inspector_app.domain.waste import PackagingCondition, QuantityMethod, show_code
from inspector_app.i18n import N_
from inspector_app.models.queries.acts import Act
from inspector_app.models.queries.inspections import Found, Reading
from inspector_app.models.queries.papers import Waste
from inspector_app.models.queries.pcb import Equipment
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, MassField, MomentField, MultiLine, NumberField, TextField
from inspector_app.ui.forms.frame import FormDialog, ask
from inspector_app.ui.forms.pcb import PcbForm, equipment_columns
from inspector_app.ui.forms.sections import Section
from inspector_app.ui.lookups import CodeField
from inspector_app.ui.parts import Empty, button, label, row
from inspector_app.ui.tables import Column, memory_table


class ListSection(Section):
    """A table of rows that hang on the inspection; Enter opens a row, Delete takes it out."""

    def __init__(self, desk: Desk, title: str, name: str, columns: Sequence[Column[Any]], *, add: str, empty: str) -> None:
        """`add` is the word on the button that adds a row, `empty` the sentence where there is none."""
        super().__init__(desk, title)
        self.act: Act | None = None
        self.read_only = False
        self.table, self.rows = memory_table(desk, name, columns)
        self.table.set_empty(Empty(desk.theme, empty, icon="clipboard-outline"))
        self.table.setMinimumHeight(desk.theme.row * 5)
        self.table.opened.connect(self.open_row)
        say = desk.words.say
        self.add = button(add, self.add_row, theme=desk.theme, icon="plus")
        self.edit = button(say("Edit…"), lambda: self._with_current(self.open_row))
        self.remove = button(say("Take out"), lambda: self._with_current(self.remove_row))
        self.buttons: tuple[QPushButton, ...] = (self.add, self.edit, self.remove)
        self.body.addLayout(row(*self.buttons, None))
        self.body.addWidget(self.table, 1)

    def show_rows(self, act: Act, rows: Sequence[Any], *, read_only: bool) -> None:
        """Show the rows of an inspection."""
        self.act, self.read_only = act, read_only
        self.rows.show_rows(rows)
        for each in self.buttons:
            each.setVisible(not read_only)
        for each in (self.edit, self.remove):
            each.setEnabled(bool(rows))
        if rows and not self.table.currentIndex().isValid():
            self.table.go_to(0)

    def add_row(self) -> Any:
        """Open the form of a new row."""
        raise NotImplementedError

    def open_row(self, chosen: Any) -> Any:
        """Open the form of a row."""
        raise NotImplementedError

    def remove_row(self, chosen: Any) -> None:
        """Take a row out."""
        raise NotImplementedError

    def _with_current(self, then: Callable[[Any], object]) -> None:
        chosen = self.table.current_row()
        if chosen is not None:
            then(chosen)

    def _ask(self, what: str, then: Callable[[], object]) -> None:
        ask(self, self.desk, what, yes=self.words.say("Take out"), then=then)


class FindingsSection(ListSection):
    """Waste found, apart from the inventory of the site."""

    def __init__(self, desk: Desk) -> None:
        """An empty table."""
        say = desk.words.say
        words = desk.words
        columns: list[Column[Found]] = [
            Column("code", say("Code"), lambda each: show_code(each.code, hazardous=each.hazardous), width=90),
            Column("name", say("Waste"), lambda each: each.title(words), stretch=True, tip=lambda each: each.title(words)),
            Column(
                "mass", say("Mass"), lambda each: words.mass(each.mass_g), width=100, right=True, sort=lambda each: each.mass_g
            ),
            Column("method", say("Found by"), lambda each: say(each.method.label) if each.method else "", width=130),
            Column(
                "packages",
                say("Packages"),
                lambda each: "" if each.packages is None else words.number(each.packages),
                width=80,
                right=True,
            ),
            Column("condition", say("Packaging"), lambda each: say(each.condition.label) if each.condition else "", width=100),
        ]
        super().__init__(
            desk, say("Waste found"), "findings", columns, add=say("Add waste…"), empty=say("No waste is written down yet.")
        )

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """The findings, and their sum."""
        self.show_rows(act, act.found, read_only=read_only)
        total = sum(each.mass_g or 0 for each in act.found)
        lines = self.words.plural("{n} line", "{n} lines", len(act.found))
        self.set_note(f"{lines} \N{MIDDLE DOT} {self.words.mass(total)}" if act.found else "")

    def add_row(self) -> FormDialog | None:
        """A new finding."""
        return self._open(None)

    def open_row(self, chosen: Found) -> FormDialog | None:
        """Correct a finding."""
        return None if self.read_only else self._open(chosen)

    def remove_row(self, chosen: Found) -> None:
        """Drop a finding."""
        self._ask(
            self.words.say("Take «{name}» out of the inspection?", name=chosen.title(self.words)),
            lambda: self.desk.work.write(N_("Drop a finding"), remove_finding, chosen.id),
        )

    def _open(self, chosen: Found | None) -> FormDialog | None:
        if self.act is None:
            return None
        form = FindingForm(self.desk, self.act.visit.id, self.act.inventory, chosen, self)
        form.open()
        return form


class FindingForm(FormDialog):
    """One waste found: code with search in the classifier, mass, packaging."""

    def __init__(
        self,
        desk: Desk,
        inspection_id: str,
        inventory: Sequence[Waste],
        known: Found | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`inventory` are the lines of the site's books, one of which this may be."""
        say, words = desk.words.say, desk.words
        super().__init__(desk, say("Waste found"), submit=say("Save"), parent=parent)
        self._inspection_id, self._known = inspection_id, known
        lines = [
            (each.id, f"{each.line_no}. {show_code(each.code, hazardous=each.hazardous)} {each.title(words)}")
            for each in inventory
        ]
        self._inventory = {each.id: each for each in inventory}
        self.form.add("item_id", ChoiceField(desk, say("Line of the inventory"), lines, empty=say("not in the inventory")))
        self.form.add("code", CodeField(desk, say("Waste code"), required=True))
        self.form.add("name", TextField(desk, say("Local name")))
        self.form.add_row(
            ("mass_g", MassField(desk, say("Mass"), help_=say("A bare number is kilograms; «1.2 t» is understood."))),
            ("method", ChoiceField(desk, say("Found by"), QuantityMethod, empty=say("not said"))),
        )
        self.form.add_row(
            ("packaging", TextField(desk, say("Kind of packaging"))),
            ("packages", NumberField(desk, say("Packages"), digits=0, minimum=0)),
            ("condition", ChoiceField(desk, say("Packaging"), PackagingCondition, empty=say("not said"))),
        )
        self.form.add("note", MultiLine(desk, say("Note"), lines=2))
        if known:
            self.form.set_values(**{name: getattr(known, name) for name in self.form.fields})
        self.form.changed.connect(self._on_changed)

    def submit(self) -> None:
        """Keep the finding."""
        values = self.form.values()
        if values is None:
            return
        if self._known:
            self.send(N_("Change a finding"), change_finding, self._known.id, **values)
        else:
            self.send(N_("Write down waste found"), add_finding, self._inspection_id, **values)

    def _on_changed(self, name: str) -> None:
        if name == "item_id" and (line := self._inventory.get(self.form.fields["item_id"].value())):
            self.form.set_values(code=line.code, name=line.name, packaging=line.packaging)


class ReadingsSection(ListSection):
    """Readings of field instruments with device and calibration."""

    def __init__(self, desk: Desk) -> None:
        """An empty table."""
        say, words = desk.words.say, desk.words
        columns: list[Column[Reading]] = [
            Column("kind", say("Measured"), lambda each: say(each.kind.label), stretch=True),
            Column(
                "value",
                say("Value"),
                lambda each: words.number(each.value, 2),
                width=90,
                right=True,
                sort=lambda each: each.value,
            ),
            Column("point", say("Point"), lambda each: each.point or "", width=140),
            Column(
                "at", say("When"), lambda each: words.moment(each.measured_at), width=130, sort=lambda each: each.measured_at
            ),
            Column(
                "device",
                say("Instrument"),
                lambda each: " ".join(part for part in (each.device, each.device_no) if part),
                width=160,
            ),
            Column("calibrated", say("Calibrated until"), lambda each: words.date(each.calibrated_until), width=110),
        ]
        super().__init__(
            desk, say("Measurements"), "readings", columns, add=say("Add a reading…"), empty=say("Nothing was measured yet.")
        )

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """The readings."""
        self.show_rows(act, act.readings, read_only=read_only)

    def add_row(self) -> FormDialog | None:
        """A new reading."""
        return self._open(None)

    def open_row(self, chosen: Reading) -> FormDialog | None:
        """Correct a reading."""
        return None if self.read_only else self._open(chosen)

    def remove_row(self, chosen: Reading) -> None:
        """Drop a reading."""
        self._ask(
            self.words.say("Take the reading at «{point}» out of the inspection?", point=chosen.point or "\N{EN DASH}"),
            lambda: self.desk.work.write(N_("Drop a reading"), remove_measurement, chosen.id),
        )

    def _open(self, chosen: Reading | None) -> FormDialog | None:
        if self.act is None:
            return None
        form = ReadingForm(self.desk, self.act.visit.id, chosen, self)
        form.open()
        return form


class ReadingForm(FormDialog):
    """One reading of a field instrument."""

    def __init__(self, desk: Desk, inspection_id: str, known: Reading | None = None, parent: QWidget | None = None) -> None:
        """The moment is now unless another one is typed."""
        say = desk.words.say
        super().__init__(desk, say("Reading of an instrument"), submit=say("Save"), parent=parent)
        self._inspection_id, self._known = inspection_id, known
        self.form.add_row(
            ("kind", ChoiceField(desk, say("Measured"), MeasurementKind)),
            ("value", NumberField(desk, say("Value"), digits=3, required=True)),
        )
        self.form.add_row(("point", TextField(desk, say("Point"))), ("measured_at", MomentField(desk, say("Measured at"))))
        self.form.add_row(
            ("device", TextField(desk, say("Instrument"))),
            ("device_no", TextField(desk, say("Serial number"))),
            ("calibrated_until", DateField(desk, say("Calibrated until"))),
        )
        self.form.set_values(measured_at=desk.work.register.now())
        if known:
            self.form.set_values(**{name: getattr(known, name) for name in self.form.fields})

    def submit(self) -> None:
        """Keep the reading."""
        values = self.form.values()
        if values is None:
            return
        if self._known:
            self.send(N_("Change a reading"), change_measurement, self._known.id, **values)
        else:
            self.send(N_("Write down a reading"), add_measurement, self._inspection_id, **values)


class EquipmentSection(ListSection):
    """PCB equipment that stands on the site; what is recorded here is recorded for the site."""

    def __init__(self, desk: Desk) -> None:
        """An empty table."""
        say = desk.words.say
        super().__init__(
            desk,
            say("PCB equipment"),
            "act-equipment",
            equipment_columns(desk, site=False),
            add=say("Add equipment…"),
            empty=say("No PCB equipment is recorded on this site."),
        )
        self.remove.setParent(None)
        self.buttons = (self.add, self.edit)
        self.body.insertWidget(
            0, label(say("Equipment belongs to the site and stays in its list after this visit."), "secondary")
        )

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """The equipment of the site."""
        self.show_rows(act, act.equipment, read_only=read_only)

    def add_row(self) -> FormDialog | None:
        """A new piece."""
        return self._open(None)

    def open_row(self, chosen: Equipment) -> FormDialog | None:
        """Correct a piece."""
        return None if self.read_only else self._open(chosen)

    def _open(self, chosen: Equipment | None) -> FormDialog | None:
        if self.act is None:
            return None
        form = PcbForm(self.desk, self.act.visit.site_id, chosen, parent=self)
        form.setWindowModality(Qt.WindowModality.WindowModal)
        form.open()
        return form
