"""The form of a document with its scan, and the field that chooses documents that are there or are recorded now."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from inspector_app.actions.documents import record_document
from inspector_app.domain.ownership import DocumentType
from inspector_app.i18n import N_
from inspector_app.models.queries.glance import DocumentRow, documents
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, Field, TextField
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.parts import button, label, row
from inspector_app.ui.theme import SPACE


def _record(session: Any, site_id: str | None, **values: Any) -> str:
    """The id of the new document, so that no row of the session leaves it."""
    return record_document(session, site_id, **values).id


class DocumentForm(FormDialog):
    """Records one document of a site; `kept` carries its id."""

    def __init__(
        self,
        desk: Desk,
        site_id: str | None = None,
        *,
        types: tuple[DocumentType, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Of a site, or of none; `types` are offered first."""
        say = desk.words.say
        super().__init__(desk, say("Record a document"), submit=say("Save"), width=520, parent=parent)
        self._site_id = site_id
        self._file: Path | None = None
        ordered = (*types, *(each for each in DocumentType if each not in types))
        self.form.add("type", ChoiceField(desk, say("Kind"), ordered))
        self.form.add_row(
            ("no", TextField(desk, say("Number"), required=True)),
            ("issued_on", DateField(desk, say("Issued on"), required=True)),
        )
        self.form.add("issuer", TextField(desk, say("Issued by")))
        self.form.add("title", TextField(desk, say("Title")))
        self._name = label(say("no scan chosen"), "secondary")
        scan = row(button(say("Choose a scan…"), self._choose_file), self._name, None)
        self.body.insertLayout(self.body.count() - 1, scan)

    def submit(self) -> None:
        """Record the document, and keep its scan where one was chosen."""
        values = self.form.values()
        if values is not None:
            self.send(N_("Record a document"), _record, self._site_id, file=self._file, **values)

    def _choose_file(self) -> None:
        say = self.words.say
        name, _filter = QFileDialog.getOpenFileName(
            self,
            say("Choose a scan"),
            "",
            say("Scans") + " (*.pdf *.png *.jpg *.jpeg *.tif *.tiff);;" + say("All files") + " (*)",
        )
        if name:
            self._file = Path(name)
            self._name.setText(self._file.name)
            self.touch()


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
        holder.setFocusProxy(self._list)
        self._list.setAccessibleName(title)
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
        form = DocumentForm(self.desk, self._site_id, types=self._types, parent=self)
        form.kept.connect(self._on_recorded)
        form.open()

    def _on_recorded(self, document_id: str) -> None:
        self._chosen = {*self._chosen, document_id} if self._many else {document_id}
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
