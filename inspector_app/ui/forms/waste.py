"""The form of a waste item: what it is, its hazards, its packaging, and the quantity that counts."""

from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from inspector_app.actions.waste import add_estimate, add_item
from inspector_app.domain.errors import InputError, InspectorError
from inspector_app.domain.waste import Hazard, PackagingCondition, PhysicalState, QuantityMethod, Unit, implied
from inspector_app.i18n import N_
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import CheckField, ChoiceField, DateField, MultiLine, NumberField, TextField
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.lookups import CodeField
from inspector_app.ui.parts import label, restyle

_ROOM = 620  # pixels at 100 % that the form leaves for two columns
_QUANTITY = ("value", "unit", "density", "method", "estimated_on", "accepted")


class ItemForm(FormDialog):
    """A new line of a site's inventory, with its first quantity."""

    def __init__(self, desk: Desk, site_id: str, parent: QWidget | None = None) -> None:
        """What a code always implies is filled in by itself."""
        say = desk.words.say
        super().__init__(desk, say("New waste item"), submit=say("Add to the inventory"), width=680, parent=parent)
        self.resize(self.width(), desk.theme.px(700))
        self._site_id = site_id
        form = self.form
        form.add("code", CodeField(desk, say("Waste code"), required=True))
        form.add_row(
            ("name", TextField(desk, say("Local name"))),
            ("state", ChoiceField(desk, say("State"), PhysicalState, empty=say("not said"))),
        )
        form.add_widget(label(say("Hazard properties"), "label"))
        self.hazards = {each: CheckField(desk, f"{each} {say(each.label)}") for each in Hazard}
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        # long names of large letters stand below each other
        pairs = 2 if 2 * max(each.sizeHint().width() for each in self.hazards.values()) < desk.theme.px(_ROOM) else 1
        for place, check in enumerate(self.hazards.values()):
            check.changed.connect(self.touch)
            grid.addWidget(check, place // pairs, place % pairs)
        form.add_widget(holder)
        self.hazard_problem = label("", "problem", wrap=True)
        form.add_widget(self.hazard_problem)
        form.add_row(
            ("y_codes", TextField(desk, say("Y codes"), hint="Y10", help_=say("Basel Convention, with blanks between."))),
            ("un_no", TextField(desk, say("UN number"), hint="2315")),
            ("adr_class", TextField(desk, say("ADR class"), hint="9")),
        )
        form.add_row(
            ("packaging", TextField(desk, say("Kind of packaging"))),
            ("packages", NumberField(desk, say("Packages"), digits=0, minimum=0)),
            ("packaging_condition", ChoiceField(desk, say("Condition"), PackagingCondition, empty=say("not said"))),
        )
        form.add("place", TextField(desk, say("Place on the site")))
        form.add(
            "mirror_assessment",
            MultiLine(
                desk,
                say("Assessment of a mirror code"),
                lines=2,
                help_=say("Needed before the quantity of a mirror code is accepted: protocol or reasoning."),
            ),
        )
        form.add_row(
            ("value", NumberField(desk, say("Quantity"), digits=3, minimum=0)),
            ("unit", ChoiceField(desk, say("Unit"), Unit)),
            ("density", NumberField(desk, say("Density"), unit=say("kg per litre"), digits=3, minimum=0)),
        )
        form.add_row(
            ("method", ChoiceField(desk, say("Found by"), QuantityMethod)),
            ("estimated_on", DateField(desk, say("Estimated on"))),
            ("accepted", CheckField(desk, say("This quantity counts in the ledger"))),
        )
        form.set_values(unit=Unit.T, estimated_on=desk.work.register.today(), accepted=True)
        form.changed.connect(self._on_changed)

    def submit(self) -> None:
        """Add the item and its quantity, both or neither."""
        values = self.form.values()
        if values is None:
            return
        quantity = {name: values.pop(name) for name in _QUANTITY}
        values["hazards"] = [str(each) for each, check in self.hazards.items() if check.value()]
        values["y_codes"] = (values["y_codes"] or "").replace(",", " ").split()
        self.hazard_problem.setText("")
        given = {name: value for name, value in values.items() if value is not None}
        self.send(N_("Add a waste item"), add_with_quantity, self._site_id, item=given, quantity=quantity)

    def show_error(self, error: InspectorError) -> None:
        """A rule on hazards is said beside them."""
        if error.facts.get("invariant") in {"INV-02", "INV-04"}:
            restyle(self.hazard_problem, "part", "problem")
            self.hazard_problem.setText(self.words.say(str(error.facts["rule"])))
            self.form.point_out(next(iter(self.hazards.values())))
        else:
            super().show_error(error)

    def _on_changed(self, name: str) -> None:
        if name != "code":
            return
        try:
            code = self.form.fields["code"].value()
        except InputError:
            return
        hazards, y_codes = implied(code or "")
        for each in hazards:
            self.hazards[Hazard(each)].set_value(True)  # type: ignore[call-arg]
        if y_codes and not self.form.fields["y_codes"].value():
            self.form.set_values(y_codes=" ".join(y_codes))


def add_with_quantity(session: Any, site_id: str, *, item: dict[str, Any], quantity: dict[str, Any]) -> Any:
    """A new item with its first quantity, in one transaction. Raises what the two actions raise."""
    made = add_item(session, site_id, **item)
    if quantity["value"] is not None:
        density = quantity["density"]
        add_estimate(
            session,
            made.id,
            value=str(quantity["value"]),
            unit=quantity["unit"],
            density=None if density is None else str(density),
            method=quantity["method"],
            estimated_on=quantity["estimated_on"],
            accepted=quantity["accepted"],
        )
    return made
