"""A field that names a row of the register: a site, an inspection or a batch, found by a few letters."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter

from inspector_app.domain.errors import BadValue
from inspector_app.i18n import N_
from inspector_app.models.queries.subjects import Subject
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import TextField

_SHOWN = 12


class SubjectField(TextField):
    """`value` is the Subject that was chosen, or nothing. Arrow down offers the first rows without a letter typed."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        query: Callable[..., list[Subject]],
        *,
        hint: str = "",
        help_: str = "",
        required: bool = False,
    ) -> None:
        """`query` takes `search`, `language` and `limit`."""
        super().__init__(desk, title, hint=hint, help_=help_ or " ", required=required)
        self._query = query
        self.subject: Subject | None = None
        self._offers: dict[str, Subject] = {}
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(_SHOWN)
        completer.activated[str].connect(self._choose)  # type: ignore[index]
        self.line.setCompleter(completer)
        self.line.textEdited.connect(self.ask)

    def value(self) -> Any:
        """The chosen subject. Raises BadValue for a text that names none."""
        text = self.line.text().strip()
        if not text:
            return None
        if self.subject is None or text != self.subject.code:
            found = [each for each in self._offers.values() if each.code.casefold() == text.casefold()]
            if not found:
                raise BadValue(field=self.title, reason=N_("choose one of the rows offered."))
            self._show(found[0])
        return self.subject

    def set_value(self, value: Any) -> None:
        """Show a subject."""
        super().set_value(value.code if value else None)
        self.subject = value
        self._help.setText(value.detail if value else " ")

    def set_query(self, query: Callable[..., list[Subject]]) -> None:
        """Choose from other rows now."""
        self._query = query
        self._offers = {}
        self.set_value(None)

    def ask(self, typed: str = "") -> None:
        """Offer the rows that fit."""
        self.desk.work.read(self, self._query, self._offer, search=typed, language=self.words.language, limit=_SHOWN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrow down asks for the rows."""
        pressed = watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and event.key() == Qt.Key.Key_Down:  # type: ignore[attr-defined]
            self.ask(self.line.text())
        return super().eventFilter(watched, event)

    def _offer(self, subjects: list[Subject]) -> None:
        self._offers = {f"{each.code} \N{MIDDLE DOT} {each.detail}": each for each in subjects}
        self._names.setStringList(list(self._offers))
        if self.line.hasFocus() and subjects:
            self.line.completer().complete()

    def _choose(self, text: str) -> None:
        chosen = self._offers[text]
        # the completer writes its own text after this signal
        QTimer.singleShot(0, self, lambda: self._take(chosen))

    def _take(self, chosen: Subject) -> None:
        self._show(chosen)
        self._touched()

    def _show(self, chosen: Subject) -> None:
        self.subject = chosen
        self.line.setText(chosen.code)
        self._help.setText(chosen.detail)
