"""Inputs that look something up in the register: a waste code, a position, a document that is there or is recorded now."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inspector_app.actions.documents import record_document
from inspector_app.domain import places
from inspector_app.domain.errors import BadValue, InspectorError
from inspector_app.domain.ownership import DocumentType
from inspector_app.domain.waste import parse_code
from inspector_app.i18n import N_
from inspector_app.models.queries.classifier import TypeRow, waste_types
from inspector_app.models.queries.glance import DocumentRow, documents
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, Field, Form, TextField
from inspector_app.ui.parts import button, label, row
from inspector_app.ui.theme import SPACE

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


class DocumentField(Field):
    """Documents of a site to choose from, one or several, and a way to record one that is not there yet.

    `value` is the id of a document, or a list of ids where `many`. `types` come first in the list, others after them.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        site_id: str,
        *,
        types: tuple[DocumentType, ...] = (),
        many: bool = False,
        help_: str = "",
        required: bool = False,
    ) -> None:
        """Ask the register for the documents of the site."""
        self._list = QListWidget()
        self._list.setFixedHeight(desk.theme.row * 4)
        self._site_id, self._types, self._many = site_id, types, many
        self._chosen: set[str] = set()
        holder = QWidget()
        super().__init__(desk, title, holder, help_=help_, required=required)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE[0])
        box.addWidget(self._list)
        box.addLayout(row(button(self.words.say("Record a document…"), self.record), None))
        self._list.itemChanged.connect(self._on_checked)
        self._reload()

    def value(self) -> Any:
        """The id, or ids, of what is checked."""
        return sorted(self._chosen) if self._many else next(iter(self._chosen), None)

    def set_value(self, value: Any) -> None:
        """Check documents by id."""
        self._chosen = set(value) if isinstance(value, list | tuple | set | frozenset) else {value} - {None}
        self._reload()

    def set_types(self, types: tuple[DocumentType, ...]) -> None:
        """Other kinds come first now."""
        self._types = types
        self._reload()

    def record(self) -> None:
        """Ask for a document that is not in the register yet; it is checked once it is."""
        dialog = DocumentDialog(self.desk, self._site_id, self._types, self)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.document_id:
            self._chosen = {*self._chosen, dialog.document_id} if self._many else {dialog.document_id}
            self._reload()
            self._touched()

    def _reload(self) -> None:
        self.desk.work.glance(self, documents, self._show, site_id=self._site_id)

    def _show(self, found: list[DocumentRow]) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for each in sorted(found, key=lambda one: one.type not in self._types):
            text = self.words.say(
                "{type} {no} of {date}", type=self.words.say(each.type.label), no=each.no, date=self.words.date(each.issued_on)
            )
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, each.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if each.id in self._chosen else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.blockSignals(False)

    def _on_checked(self, item: QListWidgetItem) -> None:
        identity = item.data(Qt.ItemDataRole.UserRole)
        if item.checkState() == Qt.CheckState.Checked:
            self._chosen = {*self._chosen, identity} if self._many else {identity}
            if not self._many:
                self._reload()
        else:
            self._chosen.discard(identity)
        self._touched()


class DocumentDialog(QDialog):
    """Records one document of a site; `document_id` names it afterwards."""

    def __init__(
        self, desk: Desk, site_id: str | None, types: tuple[DocumentType, ...] = (), parent: QWidget | None = None
    ) -> None:
        """`types` are offered first."""
        super().__init__(parent)
        say = desk.words.say
        self.desk, self._site_id = desk, site_id
        self.document_id = ""
        self._file: Path | None = None
        self.setWindowTitle(say("Record a document"))
        self.setMinimumWidth(desk.theme.px(460))
        self.form = Form()
        ordered = (*types, *(each for each in DocumentType if each not in types))
        self.form.add("type", ChoiceField(desk, say("Kind"), ordered))
        self.form.add_row(
            ("no", TextField(desk, say("Number"), required=True)),
            ("issued_on", DateField(desk, say("Issued on"), required=True)),
        )
        self.form.add("issuer", TextField(desk, say("Issued by")))
        self.form.add("title", TextField(desk, say("Title")))
        self._name = label(say("no scan chosen"), "secondary")
        self._problem = label("", "problem", wrap=True)
        self._save = button(say("Record"), self._record, "primary")
        self._save.setDefault(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE[4], SPACE[4], SPACE[4], SPACE[4])
        box.setSpacing(SPACE[3])
        box.addWidget(self.form)
        scan = QHBoxLayout()
        scan.addWidget(button(say("Choose a scan…"), self._choose_file))
        scan.addWidget(self._name, 1)
        box.addLayout(scan)
        box.addWidget(self._problem)
        box.addLayout(row(None, button(say("Cancel"), self.reject), self._save))

    def _choose_file(self) -> None:
        say = self.desk.words.say
        name, _filter = QFileDialog.getOpenFileName(
            self,
            say("Choose a scan"),
            "",
            say("Scans") + " (*.pdf *.png *.jpg *.jpeg *.tif *.tiff);;" + say("All files") + " (*)",
        )
        if name:
            self._file = Path(name)
            self._name.setText(self._file.name)

    def _record(self) -> None:
        values = self.form.values()
        if values is None:
            return
        self._save.setEnabled(False)
        self.desk.work.write(
            N_("Record a document"),
            _record,
            self._site_id,
            then=self._recorded,
            refused=self._refused,
            file=self._file,
            **values,
        )

    def _recorded(self, document_id: str) -> None:
        self.document_id = document_id
        self.accept()

    def _refused(self, error: InspectorError) -> None:
        self._save.setEnabled(True)
        if not self.form.refuse(error):
            self._problem.setText(
                str(error) if not isinstance(error, BadValue) else self.desk.words.say(str(error.facts["reason"]))
            )


def _record(session: Any, site_id: str | None, **values: Any) -> str:
    """The id of the new document, so that no row of the session leaves it."""
    return record_document(session, site_id, **values).id
