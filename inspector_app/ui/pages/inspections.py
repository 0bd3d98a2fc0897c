"""Inspections: every visit that is planned, a draft or signed; and the guided form of the one that is open."""

from typing import Any

from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from inspector_app.domain.inspection import InspectionState
from inspector_app.models.queries.inspections import InspectionLine, inspections
from inspector_app.ui.desk import Desk
from inspector_app.ui.flow import Flow
from inspector_app.ui.forms.inspection import InspectionForm
from inspector_app.ui.gate import gated, gated_inside
from inspector_app.ui.parts import Chip, Empty, Page, button, column, framed, row
from inspector_app.ui.tables import Column, memory_table
from inspector_app.ui.theme import SPACE

_MOST = 5000


class InspectionsPage(QWidget):
    """A list, and behind each row its form."""

    def __init__(self, desk: Desk) -> None:
        """Ask for the visits."""
        super().__init__()
        self.desk = desk
        self.list = _ListPage(desk)
        self._form: InspectionForm | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.setLayout(column(self.stack, gap=0))
        self.list.table.opened.connect(lambda line: self.open_row(line.id))

    @property
    def form(self) -> InspectionForm:
        """The form behind the list; built when it is first wanted, for that takes longer than the list."""
        if self._form is None:
            self._form = InspectionForm(self.desk)
            holder = QWidget()
            holder.setProperty("part", "page")
            box = column(self._form)
            box.setContentsMargins(SPACE[4], SPACE[1], SPACE[4], SPACE[3])
            holder.setLayout(box)
            self.stack.addWidget(holder)
            self._form.closed.connect(self.close_form)
        return self._form

    def open_row(self, inspection_id: str) -> None:
        """Show the form of an inspection."""
        self.form.open_act(inspection_id)
        self.stack.setCurrentIndex(1)

    def close_form(self) -> None:
        """Back to the list."""
        self.form.save()
        self.stack.setCurrentIndex(0)
        self.list.table.setFocus()

    def leave(self) -> None:
        """Save what was typed."""
        if self._form is not None:
            self._form.leave()


class _ListPage(Page):
    """The list with its filters."""

    def __init__(self, desk: Desk) -> None:
        say, words = desk.words.say, desk.words
        super().__init__(say("Inspections"))
        self.desk = desk
        self.lines: tuple[InspectionLine, ...] = ()
        self.kind = "all"
        self.new = gated(desk, button(say("New inspection"), lambda: desk.go("new-inspection"), "primary"), "inspection")
        self.add_actions(self.new)
        self.chips: dict[str, Chip] = {}
        chips = Flow()
        for name, text in (
            ("all", say("All")),
            ("planned", say("Planned")),
            ("draft", say("Drafts")),
            ("signed", say("Signed")),
        ):
            chip = Chip(text)
            chip.clicked.connect(lambda _checked=False, name=name: self.choose(name))
            self.chips[name] = chip
            chips.addWidget(chip)
        self.text = QLineEdit()
        self.text.setPlaceholderText(say("Number, site or inspector"))
        self.text.setAccessibleName(say("Filter by text"))
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(desk.theme.px(240))
        self.text.textChanged.connect(lambda _text: self._show())
        columns: list[Column[InspectionLine]] = [
            Column("no", say("Number"), lambda each: each.no, width=150),
            Column("site", say("Site"), lambda each: each.site_code, width=120),
            Column(
                "name", say("Name"), lambda each: words.pick(each.site_en, each.site_ru, each.site_kk), width=200, stretch=True
            ),
            Column("kind", say("Kind"), lambda each: say(each.kind.label), width=90),
            Column("state", say("State"), self._state, width=110, tone=self._tone),
            Column(
                "planned",
                say("Planned on"),
                lambda each: words.date(each.planned_on),
                width=110,
                sort=lambda each: each.planned_on,
            ),
            Column(
                "visited",
                say("Visited on"),
                lambda each: words.date(each.visited_on),
                width=110,
                sort=lambda each: each.visited_on,
            ),
            Column("inspector", say("Inspector"), lambda each: each.inspector, width=150),
            Column("risk", say("Risk"), lambda each: say(each.risk.label) if each.risk else "", width=90),
        ]
        self.table, self.rows = memory_table(desk, "inspections", columns)
        action = (say("New inspection"), lambda: desk.go("new-inspection"))
        empty = Empty(desk.theme, say("There is no inspection here yet."), icon="clipboard-outline", action=action)
        self.table.set_empty(gated_inside(desk, empty, "inspection"))
        filters = row(chips, self.text, gap=SPACE[2])
        filters.setStretch(0, 1)
        self.body.addLayout(filters)
        self.body.addWidget(framed(self.table, desk.theme), 1)
        desk.work.register_changed.connect(self._on_register_changed)
        self.choose("all")
        self.reload()

    def reload(self) -> None:
        """Ask anew."""
        self.table.set_busy(on=True)
        self.desk.work.read(self, inspections, self._take, limit=_MOST)

    def choose(self, name: str) -> None:
        """Show all, planned, drafts or signed."""
        self.kind = name
        self._show()

    def _take(self, lines: tuple[InspectionLine, ...]) -> None:
        self.table.set_busy(on=False)
        self.lines = lines
        self._show()

    def _show(self) -> None:
        words = self.desk.words
        wanted = self.text.text().casefold().split()
        shown = [
            each
            for each in self.lines
            if self.kind in {"all", kind_of(each)}
            and all(
                part in f"{each.no} {each.site_code} {each.site_en} {each.site_ru} {each.site_kk} {each.inspector}".casefold()
                for part in wanted
            )
        ]
        self.rows.show_rows(shown)
        for name, chip in self.chips.items():
            chip.show_state(chip.text(), active=name == self.kind)
        self.context.setText(words.say("{n} of {all}", n=words.number(len(shown)), all=words.number(len(self.lines))))

    def _state(self, line: InspectionLine) -> str:
        say = self.desk.words.say
        match kind_of(line):
            case "signed":
                return say("Signed")
            case "draft":
                return say("Draft")
            case _:
                return say("Overdue") if self._is_overdue(line) else say("Planned")

    def _tone(self, line: InspectionLine) -> str:
        match kind_of(line):
            case "signed":
                return "ok"
            case "planned" if self._is_overdue(line):
                return "danger"
            case _:
                return "warning"

    def _is_overdue(self, line: InspectionLine) -> bool:
        return line.planned_on is not None and line.planned_on < self.desk.work.register.today()

    def _on_register_changed(self, changed: Any) -> None:
        if changed.concerns("inspection", "site"):
            self.reload()


def kind_of(line: InspectionLine) -> str:
    """'signed', 'draft' or 'planned'."""
    if line.state is InspectionState.SIGNED:
        return "signed"
    return "draft" if line.visited_on is not None else "planned"
