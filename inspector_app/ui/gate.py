"""Buttons by the table of rights: what a role may not do is greyed, and says why where the mouse rests (domain/rights.py)."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import isValid

from inspector_app.domain import rights
from inspector_app.domain.errors import InspectorError
from inspector_app.ui.desk import Desk
from inspector_app.ui.messages import sentences

Holder = TypeVar("Holder", bound=QWidget)


def gated(desk: Desk, made: QPushButton, entity: str, kind: str = "create", fields: Iterable[str] = ()) -> QPushButton:
    """The same button, which can be pressed only while the role may do this to such a record."""
    _Gate(desk, made, entity, kind, tuple(fields))
    return made


def gated_inside(desk: Desk, holder: Holder, entity: str, kind: str = "create") -> Holder:
    """The same widget with every button in it gated, for the button that helps where there is nothing."""
    for each in holder.findChildren(QPushButton):
        gated(desk, each, entity, kind)
    return holder


def refusal(desk: Desk, entity: str, kind: str, fields: tuple[str, ...] = ()) -> InspectorError | None:
    """What stands in the way of the role, or nothing."""
    try:
        rights.check(desk.me.role, entity, kind, fields)
    except InspectorError as error:
        return error
    return None


class _Gate(QObject):
    """Keeps a widget greyed, whatever its page says, for as long as the role may not."""

    def __init__(self, desk: Desk, kept: QWidget, entity: str, kind: str, fields: tuple[str, ...]) -> None:
        super().__init__(kept)
        self._desk, self._kept, self._asked = desk, kept, (entity, kind, fields)
        self._tip, self._shut = kept.toolTip(), False
        kept.installEventFilter(self)
        desk.work.register_changed.connect(self._ask)
        self._ask()

    def _ask(self, _changed: object = None) -> None:
        if not isValid(self._kept):
            return
        error = refusal(self._desk, *self._asked)
        was, self._shut = self._shut, error is not None
        if error is not None:
            self._kept.setToolTip(" ".join(each for each in sentences(self._desk.words, error)[::2]))
            self._kept.setEnabled(False)
        elif was:
            self._kept.setToolTip(self._tip)
            self._kept.setEnabled(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A page that enables the widget again is overruled."""
        if self._shut and event.type() == QEvent.Type.EnabledChange and self._kept.isEnabled():
            self._kept.setEnabled(False)
        return super().eventFilter(watched, event)
