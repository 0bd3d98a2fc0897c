"""The lines of a batch: what of which waste item goes with it, with the mass that remains beside each."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget
from shiboken6 import isValid

from inspector_app.actions.removal import add_line, change_line, remove_line
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.removal import BatchState
from inspector_app.domain.waste import show_code
from inspector_app.i18n import N_
from inspector_app.models.queries.consignments import Consignment
from inspector_app.models.queries.removal import Line
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, Field, MassField, NumberField, TextField
from inspector_app.ui.gate import refusal
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Elided, button, clear, column, label, link, restyle, row
from inspector_app.ui.theme import SPACE


class LinesCard(Card):
    """Lines of a batch; changed in place while it is planned. A mass that is not there is refused beside its line."""

    def __init__(self, desk: Desk) -> None:
        """Without lines until `show_lines`."""
        say = desk.words.say
        super().__init__(say("Lines"))
        self.desk = desk
        self._known: Consignment | None = None
        self.masses: dict[str, Field] = {}
        self.problem = _problem()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(SPACE[2])
        self.grid.setVerticalSpacing(SPACE[1])
        self.grid.setColumnStretch(0, 1)
        self.empty = label("", "secondary", wrap=True)
        self.item = ChoiceField(desk, say("Waste item"), [], empty=say("choose"))
        self.item.changed.connect(self._offer_mass)
        self.mass = MassField(desk, say("Mass"))
        self.containers = NumberField(desk, say("Containers"), digits=0, minimum=0)
        self.kind = TextField(desk, say("Container"), hint="1A1")
        self.add = button(say("Add the line"), self.add_line, theme=desk.theme, icon="plus")
        self.adding = QWidget()
        line = QHBoxLayout()
        line.setSpacing(SPACE[2])
        for field, share in ((self.item, 5), (self.mass, 2), (self.containers, 1), (self.kind, 1)):
            line.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        self.adding.setLayout(column(SPACE[1], line, self.problem, row(self.add, None), gap=SPACE[1]))
        self.body.addWidget(self.empty)
        self.body.addLayout(self.grid)
        self.body.addWidget(self.adding)
        self.body.addStretch(1)

    def show_lines(self, known: Consignment) -> None:
        """Show the lines; they can be changed while the batch is planned."""
        say, words = self.desk.words.say, self.desk.words
        self._known = known
        planned = known.batch.state is BatchState.PLANNED and refusal(self.desk, "batch_line", "create") is None
        lines = words.plural("{n} line", "{n} lines", len(known.lines))
        self.set_note(f"{lines} \N{MIDDLE DOT} {words.mass(known.batch.lines_g)}" if known.lines else "")
        self.empty.setText("" if known.lines else say("No line yet: choose what goes with the batch."))
        self.empty.setVisible(not known.lines)
        self._fill_grid(known, planned=planned)
        self.adding.setVisible(planned)
        here = {each.item_id for each in known.lines}
        offers = [each for each in known.takeable if each.remaining_g > 0 and each.item_id not in here]
        self.item.set_choices(
            [
                (each.item_id, say("{item}: {mass} remain", item=each.title(words), mass=words.mass(each.remaining_g)))
                for each in offers
            ]
        )
        self.add.setEnabled(bool(offers))

    def add_line(self) -> None:
        """Add the chosen item with its mass."""
        if self._known is None:
            return
        self.item.required = self.mass.required = True
        self.problem.hide()
        wrong = [field for field in self._typed if not field.check()]
        if wrong:
            wrong[0].setFocus()
            return
        self.desk.work.write(
            N_("Add a line to a batch"),
            add_line,
            self._known.batch.id,
            self.item.value(),
            mass_g=self.mass.value(),
            containers=self.containers.value(),
            container_kind=self.kind.value(),
            then=self._on_added,
            refused=self._on_not_added,
        )

    @property
    def _typed(self) -> tuple[Field, ...]:
        return self.item, self.mass, self.containers, self.kind

    def _fill_grid(self, known: Consignment, *, planned: bool) -> None:
        typing = next((name for name, field in self.masses.items() if isValid(field) and field.input.hasFocus()), "")
        if typing and planned and set(self.masses) == {each.id for each in known.lines}:
            return
        clear(self.grid)
        self.masses = {}
        say, words = self.desk.words.say, self.desk.words
        if not known.lines:
            return
        heads = (say("Waste"), say("Remains on the site"), say("Mass"), say("Containers"))
        for place, head in enumerate(heads):
            side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
            self.grid.addWidget(label(head, "secondary", align=side), 0, place)
        remains = {each.item_id: each.remaining_g for each in known.takeable}
        for place, line in enumerate(known.lines, start=1):
            number = 2 * place - 1
            name = f"{line.line_no}. {show_code(line.code, hazardous=line.hazardous)} {line.title(words)}"
            self.grid.addWidget(Elided(name, self.desk.theme), number, 0)
            left = words.mass(remains.get(line.item_id))
            self.grid.addWidget(label(left, "secondary", align=Qt.AlignmentFlag.AlignRight), number, 1)
            problem = _problem()
            self.grid.addWidget(self._mass(line, problem, planned=planned), number, 2)
            self.grid.addWidget(problem, number + 1, 0, 1, 5)
            held = "" if line.containers is None else f"{words.number(line.containers)} {line.container_kind or ''}".strip()
            self.grid.addWidget(label(held, align=Qt.AlignmentFlag.AlignRight), number, 3)
            if planned:
                self.grid.addWidget(link(say("Take out"), partial(self._remove, line), quiet=True), number, 4)

    def _mass(self, line: Line, problem: QLabel, *, planned: bool) -> QWidget:
        if not planned:
            return label(self.desk.words.mass(line.mass_g), align=Qt.AlignmentFlag.AlignRight)
        field = MassField(self.desk, self.desk.words.say("Mass"), required=True)
        field.label.hide()
        field.setFixedWidth(self.desk.theme.px(150))
        field.set_value(line.mass_g)
        field.line.editingFinished.connect(lambda: self._change(line, field, problem))
        self.masses[line.id] = field
        return field

    def _change(self, line: Line, field: MassField, problem: QLabel) -> None:
        problem.hide()
        if not field.check() or field.value() in {None, line.mass_g}:
            return
        self.desk.work.write(
            N_("Change a line of a batch"),
            change_line,
            line.id,
            mass_g=field.value(),
            refused=partial(self._on_refused, field, problem),
        )

    def _remove(self, line: Line) -> None:
        self.desk.work.write(N_("Take a line out of a batch"), remove_line, line.id)

    def _offer_mass(self) -> None:
        chosen = self.item.value()
        if self._known is not None and chosen is not None:
            remaining = next((each.remaining_g for each in self._known.takeable if each.item_id == chosen), None)
            self.mass.set_value(remaining)
            self.mass.line.selectAll()

    def _on_added(self, _line: Any) -> None:
        if isValid(self):
            self.item.required = self.mass.required = False
            self.problem.hide()
            restyle(self.mass.input, "wrong", False)
            for field in self._typed:
                field.set_value(None)

    def _on_not_added(self, error: InspectorError) -> None:
        if not isValid(self):
            return
        named = {"Containers": self.containers, "Container kind": self.kind, "Waste item": self.item, "Mass": self.mass}
        field = named.get(str(error.facts.get("field")))
        if field is None:
            self._on_refused(self.mass, self.problem, error)
        else:
            field.set_problem(error)
            field.setFocus()

    def _on_refused(self, field: Field, problem: QLabel, error: InspectorError) -> None:
        if isValid(field) and isValid(problem):
            restyle(field.input, "wrong", True)
            problem.setText(" ".join(sentences(self.desk.words, error)))
            problem.show()
            field.setFocus()


def _problem() -> QLabel:
    made = label("", "problem", wrap=True)
    made.hide()
    return made
