"""Forms of PCB equipment: a piece with its evidence, whose class is shown as it follows, and its relocation."""

from typing import Any

from PySide6.QtWidgets import QWidget

from inspector_app.actions.waste import add_pcb_item, change_pcb_item, move_pcb_item
from inspector_app.domain import pcb
from inspector_app.domain.errors import InputError
from inspector_app.domain.ownership import DocumentType
from inspector_app.domain.pcb import (
    ConcentrationClass,
    EquipmentCondition,
    EquipmentType,
    Liquid,
    OperationalStatus,
    TestMethod,
)
from inspector_app.i18n import N_
from inspector_app.models.queries.pcb import Equipment
from inspector_app.models.queries.subjects import Subject, site_subjects
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, MassField, MultiLine, NumberField, TextField, YearField
from inspector_app.ui.forms.document import DocumentField
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.forms.subject import SubjectField
from inspector_app.ui.parts import label
from inspector_app.ui.tables import Column

_ALARMING = frozenset({EquipmentCondition.LEAKING, EquipmentCondition.DAMAGED})


def equipment_columns(desk: Desk, *, site: bool = True) -> list[Column[Equipment]]:
    """The columns of a table of equipment; `site` when it holds that of several sites."""
    words, say = desk.words, desk.words.say
    columns: list[Column[Equipment]] = [
        Column("label", say("Label"), lambda each: each.label, width=150),
        Column("equipment", say("Equipment"), lambda each: say(each.equipment.label), width=110),
        Column(
            "model", say("Maker, model"), lambda each: " ".join(part for part in (each.maker, each.model) if part), width=150
        ),
        Column("serial", say("Serial number"), lambda each: each.serial_no or "", width=110),
        Column("site", say("Site"), lambda each: each.site_code, width=90, tip=lambda each: each.site_name(words)),
        Column(
            "year",
            say("Year"),
            lambda each: "" if each.year_made is None else str(each.year_made),
            width=60,
            right=True,
            shown=False,
            sort=lambda each: each.year_made,
        ),
        Column(
            "mass", say("Mass"), lambda each: words.mass(each.total_g), width=90, right=True, sort=lambda each: each.total_g
        ),
        Column(
            "ppm", say("PCB"), lambda each: _ppm(desk, each), width=100, right=True, shown=False, sort=lambda each: each.ppm
        ),
        Column(
            "class",
            say("Class"),
            lambda each: say(each.concentration.label),
            width=110,
            sort=lambda each: ConcentrationClass.place(each.concentration),
            tone=lambda each: "danger" if each.concentration in pcb.ABOVE_50 else "text",
        ),
        Column(
            "condition",
            say("Condition"),
            lambda each: say(each.condition.label),
            width=120,
            sort=lambda each: EquipmentCondition.place(each.condition),
            tone=lambda each: "danger" if each.condition in _ALARMING else "text",
        ),
        Column("operation", say("Use"), lambda each: say(each.operation.label), width=110, shown=False),
        Column(
            "storage",
            say("Storage"),
            lambda each: each.storage or "",
            width=200,
            stretch=True,
            tip=lambda each: each.storage or "",
        ),
    ]
    return [each for each in columns if site or each.key != "site"]


def _ppm(desk: Desk, each: Equipment) -> str:
    if each.ppm is None:
        return ""
    sign = f"{each.ppm_qualifier} " if each.ppm_qualifier in {"<", ">"} else ""
    return f"{sign}{desk.words.number(each.ppm)} ppm"


class PcbForm(FormDialog):
    """A piece of PCB equipment. Its class is never typed: it follows from the evidence, and is shown as it does."""

    def __init__(
        self, desk: Desk, site_id: str | None = None, known: Equipment | None = None, *, parent: QWidget | None = None
    ) -> None:
        """Without `site_id` the site is chosen; `known` is the piece to correct."""
        say = desk.words.say
        title = known.label if known else say("New PCB equipment")
        super().__init__(desk, title, submit=say("Save"), width=720, parent=parent)
        self.resize(self.width(), desk.theme.px(680))
        self._site_id, self._known = known.site_id if known else site_id, known
        form = self.form
        if self._site_id is None:
            form.add("site", SubjectField(desk, say("Site"), site_subjects, hint=say("Code or name"), required=True))
        form.add_row(
            ("equipment", ChoiceField(desk, say("Equipment"), EquipmentType)),
            ("maker", TextField(desk, say("Maker"))),
            ("model", TextField(desk, say("Model"), help_=say("As on the nameplate: ТНЗ-1000, КС2."))),
        )
        form.add_row(
            ("serial_no", TextField(desk, say("Serial number"))),
            ("year_made", YearField(desk, say("Year"), minimum=1900, maximum=desk.work.register.today().year)),
            ("country", TextField(desk, say("Country"))),
        )
        form.add_row(
            ("total_g", MassField(desk, say("Whole mass"))),
            ("dry_g", MassField(desk, say("Dry mass"))),
            ("liquid_g", MassField(desk, say("Mass of the liquid"))),
        )
        form.add_row(
            ("liquid", ChoiceField(desk, say("Liquid"), Liquid, empty=say("not known"))),
            ("test_method", ChoiceField(desk, say("Tested by"), TestMethod)),
            ("tested_on", DateField(desk, say("Tested on"))),
        )
        form.add_row(
            ("ppm_qualifier", ChoiceField(desk, say("Result"), [("=", "="), ("<", "<"), (">", ">")])),
            ("ppm", NumberField(desk, say("Concentration"), unit="ppm", digits=2, minimum=0, maximum=1_000_000)),
            ("protocol_no", TextField(desk, say("Protocol"))),
        )
        declared = (ConcentrationClass.EMPTIED, ConcentrationClass.NO_PCB)
        form.add_row(
            ("declared", ChoiceField(desk, say("Stated"), declared, empty=say("nothing"))),
            ("operation", ChoiceField(desk, say("Use"), OperationalStatus)),
            ("condition", ChoiceField(desk, say("Condition"), EquipmentCondition)),
        )
        form.add_row(
            ("storage", TextField(desk, say("Storage"))),
            ("leak_since", DateField(desk, say("Leaks since"))),
            ("label", TextField(desk, say("Label"), help_=say("Given by itself when empty: KZ-PCB-47-000001."))),
        )
        form.add("note", MultiLine(desk, say("Note"), lines=2))
        self.verdict = label("", "card-title", wrap=True)
        form.add_widget(self.verdict)
        form.set_values(operation=OperationalStatus.WASTE)
        if known:
            names = [name for name in form.fields if name not in {"declared", "site"}]
            form.set_values(**{name: getattr(known, name) for name in names})
            if known.concentration in declared:
                form.set_values(declared=known.concentration)
        form.changed.connect(lambda _name: self._classify())
        self._classify()

    def submit(self) -> None:
        """Keep the piece."""
        values = self.form.values()
        if values is None:
            return
        site: Subject | None = values.pop("site", None)
        if values["ppm"] is None:
            values["ppm_qualifier"] = None
        if self._known:
            values["label"] = values["label"] or self._known.label
            self.send(N_("Change PCB equipment"), change_pcb_item, self._known.id, **values)
            return
        site_id = site.id if site else self._site_id
        given = {name: value for name, value in values.items() if value is not None}
        self.send(N_("Record PCB equipment"), add_pcb_item, site_id, **given)

    def _classify(self) -> None:
        try:
            values: dict[str, Any] = {
                name: self.form.fields[name].value()
                for name in ("ppm", "ppm_qualifier", "test_method", "liquid", "model", "year_made", "declared")
            }
        except InputError:
            return
        found = pcb.classify(
            ppm=values["ppm"],
            qualifier=values["ppm_qualifier"],
            method=values["test_method"],
            liquid=values["liquid"],
            model=values["model"],
            year_made=values["year_made"],
            declared=values["declared"],
        )
        say = self.words.say
        text = say("Class that follows from the evidence: {class_}.", class_=say(found.label))
        if found in pcb.ABOVE_50 and values["test_method"] not in pcb.GC:
            text += " " + say("Only gas chromatography can lower it.")
        self.verdict.setText(text)


class RelocationForm(FormDialog):
    """Brings equipment to another storage place."""

    def __init__(self, desk: Desk, item: Equipment, parent: QWidget | None = None) -> None:
        """The storage where it stands now is shown."""
        say = desk.words.say
        note = say("{label} stands in: {storage}", label=item.label, storage=item.storage or "\N{EN DASH}")
        super().__init__(desk, say("Relocate equipment"), submit=say("Relocate"), note=note, parent=parent)
        self._item = item
        self.form.add("target", TextField(desk, say("To"), required=True))
        self.form.add("on", DateField(desk, say("Moved on"), required=True))
        self.form.add(
            "document_id",
            DocumentField(desk, say("Document"), item.site_id, types=(DocumentType.ACCEPTANCE_ACT, DocumentType.MANIFEST)),
        )
        self.form.add("note", MultiLine(desk, say("Note"), lines=2))
        self.form.set_values(on=desk.work.register.today())

    def submit(self) -> None:
        """Record the relocation."""
        values = self.form.values()
        if values is not None:
            self.send(N_("Relocate PCB equipment"), move_pcb_item, self._item.id, **values)
