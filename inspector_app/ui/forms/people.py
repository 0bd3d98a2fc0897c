"""A list of people: who was there, or who signed. One line per person, and an empty line to go on with."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import one_line
from inspector_app.ui.parts import button, clear, column, label, row
from inspector_app.ui.theme import SPACE


class PeopleEditor(QWidget):
    """People as plain mappings of text; lines without a name are left out.

    Signals:
        changed: a person was added, changed or taken out.
    """

    changed = Signal()

    def __init__(self, desk: Desk, columns: Mapping[str, str], add: str) -> None:
        """`columns` maps a key to its title, the first being the name; `add` is the word on the button."""
        super().__init__()
        self.desk = desk
        self._columns = dict(columns)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE[1])
        self._grid.setVerticalSpacing(SPACE[0])
        self._lines: list[dict[str, QLineEdit]] = []
        self.add = button(add, self.add_line, theme=desk.theme, icon="plus")
        self.setLayout(column(self._grid, row(self.add, None), gap=SPACE[1]))
        self._build([{}])

    def people(self) -> list[dict[str, str]]:
        """Everybody with a name."""
        name = next(iter(self._columns))
        found = []
        for line in self._lines:
            person = {key: text for key, edit in line.items() if (text := one_line(edit.text()))}
            if person.get(name):
                found.append(person)
        return found

    def set_people(self, people: Sequence[Mapping[str, str]]) -> None:
        """Show people; an empty line stands where there is none."""
        if [dict(each) for each in people] != self.people():
            self._build([dict(each) for each in people] or [{}])

    def add_line(self) -> None:
        """One more, empty; the keyboard goes there."""
        self._build([{key: edit.text() for key, edit in line.items()} for line in self._lines] + [{}])
        next(iter(self._lines[-1].values())).setFocus()

    def set_read_only(self, *, on: bool) -> None:
        """Whether it can only be read."""
        self.add.setVisible(not on)
        for line in self._lines:
            for edit in line.values():
                edit.setReadOnly(on)
        for each in self._removers:
            each.setVisible(not on)

    def _build(self, people: Sequence[Mapping[str, str]]) -> None:
        clear(self._grid)
        self._lines, self._removers = [], []
        for place, title in enumerate(self._columns.values()):
            self._grid.addWidget(label(title, "secondary"), 0, place)
            self._grid.setColumnStretch(place, 1)
        say = self.desk.words.say
        for number, person in enumerate(people):
            line: dict[str, QLineEdit] = {}
            for place, (key, title) in enumerate(self._columns.items()):
                edit = QLineEdit(person.get(key, ""))
                edit.setAccessibleName(title)
                edit.textEdited.connect(lambda _text: self.changed.emit())
                self._grid.addWidget(edit, number + 1, place)
                line[key] = edit
            removing = button("", partial(self._remove, number), "link", tip=say("Take out"))
            removing.setIcon(self.desk.theme.icon("close", "secondary"))
            removing.setAccessibleName(say("Take out"))
            self._removers.append(removing)
            self._grid.addWidget(removing, number + 1, len(self._columns))
            self._lines.append(line)

    def _remove(self, number: int) -> None:
        left = [{key: edit.text() for key, edit in line.items()} for place, line in enumerate(self._lines) if place != number]
        self._build(left or [{}])
        self.changed.emit()
