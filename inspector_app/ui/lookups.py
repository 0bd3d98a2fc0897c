"""Inputs that look something up in the register: a waste code, a position."""

from typing import Any

from PySide6.QtCore import QStringListModel, QTimer
from PySide6.QtWidgets import (
    QCompleter,
)

from inspector_app.domain import places
from inspector_app.domain.waste import parse_code
from inspector_app.models.queries.classifier import TypeRow, waste_types
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import TextField

_SHOWN = 12


class CodeField(TextField):
    """A waste code, typed or found by words of its name; `value` is six digits. The name stands under the field."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "", required: bool = False) -> None:
        """An empty code."""
        hint = desk.words.say("16 02 09, or words of the name")
        super().__init__(desk, title, hint=hint, help_=help_ or " ", required=required)
        self.found: TypeRow | None = None
        self._offers: dict[str, TypeRow] = {}
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(_SHOWN)
        completer.activated.connect(self._choose)
        self.line.setCompleter(completer)
        self.line.textEdited.connect(self._ask)

    def value(self) -> Any:
        """Six digits, or nothing. Raises BadValue for what no type of the classifier is."""
        text = self.line.text().strip()
        if not text:
            return None
        code = parse_code(text.split("\N{MIDDLE DOT}")[0])
        if self.found is not None and self.found.code != code:
            self.found = None
        return code

    def set_value(self, value: Any) -> None:
        """Show a code and look its name up."""
        super().set_value(value)
        self._help.setText(" ")
        if value:
            self.desk.work.read(self, waste_types, self._show_found, search=str(value), limit=1)

    def _ask(self, typed: str) -> None:
        if len(typed.strip()) >= 2:
            self.desk.work.read(self, waste_types, self._offer, search=typed, limit=_SHOWN)

    def _offer(self, types: list[TypeRow]) -> None:
        self._offers = {self._line(each): each for each in types}
        self._names.setStringList(list(self._offers))
        if self.line.hasFocus() and types:
            self.line.completer().complete()
        digits = "".join(each for each in self.line.text() if each.isdigit())
        if len(types) == 1 and types[0].code == digits:
            self._show_found(types)

    def _line(self, each: TypeRow) -> str:
        return f"{each.shown} \N{MIDDLE DOT} {each.name(self.words)}"

    def _choose(self, text: str) -> None:
        chosen = self._offers[text]
        # the completer writes its own text after this signal
        QTimer.singleShot(0, self, lambda: self._take(chosen))

    def _take(self, chosen: TypeRow) -> None:
        self.line.setText(chosen.shown)
        self._show_found([chosen])
        self._touched()

    def _show_found(self, types: list[TypeRow]) -> None:
        if types:
            self.found = types[0]
            self.line.setText(self.found.shown)
            self._help.setText(self.found.name(self.words))


class CoordinateField(TextField):
    """A position in any form people write; `value` is (lat, lon) in WGS 84 degrees. What was understood stands below."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "", required: bool = False) -> None:
        """An empty position."""
        hint = "43.650000, 51.160000"
        super().__init__(desk, title, hint=hint, help_=help_ or " ", required=required)
        self.line.editingFinished.connect(self._explain)

    @property
    def typed(self) -> str:
        """The text as it was typed, to be kept beside the degrees."""
        return self.line.text().strip()

    def value(self) -> Any:
        """(lat, lon), or nothing. Raises BadValue or PlaceOutside."""
        if not self.typed:
            return None
        position = places.parse(self.typed)
        return position.lat, position.lon

    def set_value(self, value: Any) -> None:
        """Show a position in the chosen system."""
        system = places.System(self.desk.settings.coordinates)
        super().set_value(None if value is None else places.show(value[0], value[1], system))

    def _explain(self) -> None:
        if self.check() and (value := self.value()) is not None:
            self._help.setText(places.show(value[0], value[1]))
