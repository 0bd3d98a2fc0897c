"""Reports: choose the kind, what it is about, the year and the language; look at it, print it, save it, or make many."""

import atexit
import re
import shutil
import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QSizePolicy, QStackedWidget, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import LANGUAGES
from inspector_app.models.queries.subjects import (
    Subject,
    batch_subjects,
    inspection_subjects,
    site_subjects,
    subject_numbers,
    subject_of,
)
from inspector_app.reports.build import Job, build, build_many
from inspector_app.reports.kinds import KINDS, Kind
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField
from inspector_app.ui.forms.subject import SubjectField
from inspector_app.ui.long import LongLine
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Card, Empty, Page, Strip, button, clear, label, row
from inspector_app.ui.printing import keep_copy, print_paper
from inspector_app.ui.theme import SPACE

_FIRST_YEAR = 2020
_QUERIES = {"site": site_subjects, "inspection": inspection_subjects, "batch": batch_subjects}
_ICONS = {
    "inspection": "clipboard-check-outline",
    "removal-batch": "truck-outline",
    "site-removal": "table-large",
    "summary": "view-dashboard-outline",
    "pcb-inventory": "lightning-bolt-outline",
    "labels": "qrcode",
}


class ReportsPage(Page):
    """Kinds at the left, the paper at the right."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is made yet."""
        say = desk.words.say
        super().__init__(say("Reports"))
        self.desk, self.words = desk, desk.words
        self.paper: Path | None = None
        self._name = ""
        self._folder = Path(tempfile.mkdtemp(prefix="inspector-papers-"))
        clean = partial(shutil.rmtree, self._folder, ignore_errors=True)
        self.destroyed.connect(lambda _page: clean())
        atexit.register(clean)
        self._count = 0
        self._document: Any = None
        self._build_choice()
        self._build_preview()
        self.long = LongLine(desk)
        self.body.addWidget(self.long)
        cards = row(self.choice, self.preview, gap=SPACE[3])
        cards.setStretch(1, 1)
        self.body.addLayout(cards, 1)
        self.kinds.setCurrentRow(list(KINDS).index("summary"))

    # -- building -----------------------------------------------------------------------------------------------------

    def _build_choice(self) -> None:
        say, desk = self.words.say, self.desk
        self.choice = Card()
        self.choice.setFixedWidth(desk.theme.px(300))
        self.kinds = QListWidget()
        self.kinds.setAccessibleName(say("Kind of report"))
        for kind in KINDS.values():
            item = QListWidgetItem(
                desk.theme.icon(_ICONS.get(kind.name, "file-document-outline"), "secondary"), say(kind.label)
            )
            item.setSizeHint(QSize(0, desk.theme.row))
            self.kinds.addItem(item)
        self.kinds.setFixedHeight(desk.theme.row * len(KINDS) + SPACE[0])
        self.subject = SubjectField(desk, say("Site"), site_subjects)
        today: date = desk.work.register.today()
        years = [(year, str(year)) for year in range(today.year, _FIRST_YEAR - 1, -1)]
        self.year = ChoiceField(desk, say("Year"), years, empty=say("all years"))
        self.language = ChoiceField(desk, say("Language of the report"), list(LANGUAGES.items()))
        self.language.set_value(self.words.language)
        self.make_button = button(say("Make the report"), self.make, "primary")
        self.many = button(say("Make many…"), self.choose_many)
        self.choice.body.addWidget(label(say("Kind of report"), "card-title"))
        self.choice.body.addWidget(self.kinds)
        self.choice.body.addSpacing(SPACE[1])
        for field in (self.subject, self.year, self.language):
            self.choice.body.addWidget(field)
        self.choice.body.addSpacing(SPACE[1])
        self.choice.body.addWidget(self.make_button)
        self.choice.body.addWidget(self.many)
        self.choice.body.addStretch(1)
        self.kinds.currentRowChanged.connect(lambda _row: self._on_kind())

    def _build_preview(self) -> None:
        say, desk = self.words.say, self.desk
        self.preview = Card()
        self.name = label("", "card-title")
        self.page_of = label("", "secondary")
        theme = desk.theme
        self.save_button = button(say("Save as…"), self.choose_target, theme=theme, icon="content-save-outline")
        self.print_button = button(say("Print…"), self.choose_printer, theme=theme, icon="printer-outline")
        self.smaller = button("", partial(self.zoom, 1 / 1.25), theme=theme, icon="minus", tip=say("Smaller"))
        self.larger = button("", partial(self.zoom, 1.25), theme=theme, icon="plus", tip=say("Larger"))
        self.fit = button(say("Fit"), self.zoom_to_fit)
        self.tools = QWidget()
        things = (
            self.name,
            SPACE[1],
            self.page_of,
            None,
            self.smaller,
            self.larger,
            self.fit,
            self.print_button,
            self.save_button,
        )
        self.tools.setLayout(row(*things))
        for each in (self.smaller, self.larger):
            each.setAccessibleName(each.toolTip())
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        hint = say("Choose what the report is about, then make it. You see it here before it is printed or saved.")
        self.stack.addWidget(Empty(theme, hint, icon="file-document-outline"))
        self.tools.hide()
        self.preview.body.addWidget(self.tools)
        self.preview.body.addWidget(self.stack, 1)

    # -- choosing -----------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """The chosen kind."""
        return list(KINDS.values())[max(0, self.kinds.currentRow())]

    def open_row(self, named: str) -> None:
        """Make a paper at once: 'summary:', 'inspection:<id>', 'removal-batch:<id>', 'site-removal:<id of the site>'."""
        name, _colon, row_id = named.partition(":")
        if name not in KINDS:
            return
        self.kinds.setCurrentRow(list(KINDS).index(name))
        wanted = self.kind.needs or self.kind.takes
        if wanted and row_id:
            self.desk.work.read(self, subject_of, self._take_subject, kind=wanted, row_id=row_id, language=self.words.language)
        else:
            self.make()

    def _take_subject(self, subject: Subject | None) -> None:
        self.subject.set_value(subject)
        self.make()

    def _on_kind(self) -> None:
        say, kind = self.words.say, self.kind
        wanted = kind.needs or (kind.takes if kind.needs is None else None)
        self.subject.setVisible(wanted is not None)
        self.year.setVisible(kind.takes_year)
        self.many.setVisible(kind.needs is not None)
        if wanted is None:
            return
        titles = {"site": say("Site"), "inspection": say("Inspection"), "batch": say("Removal batch")}
        self.subject.label.setText(titles[wanted])
        self.subject.required = kind.needs is not None
        hint = say("Code or name") if wanted == "site" else say("Number, or code of the site")
        self.subject.line.setPlaceholderText(hint if kind.needs else say("all sites"))
        self.subject.set_query(_QUERIES[wanted])
        self.subject.ask()

    def _given(self) -> dict[str, Any] | None:
        """What the paper is about, as `reports.build` takes it; nothing while a field has a problem."""
        kind = self.kind
        wanted = kind.needs or kind.takes
        given: dict[str, Any] = {"language": self.language.value()}
        if wanted:
            if not self.subject.check():
                self.subject.setFocus()
                return None
            subject: Subject | None = self.subject.value()
            if subject is not None:
                given[wanted] = subject.code if wanted == "site" else subject.id
        if kind.takes_year:
            given["year"] = self.year.value()
        return given

    # -- making -------------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the paper and show it."""
        given = self._given()
        if given is None:
            return
        clear(self.strips)
        self._count += 1
        out = self._folder / f"{self._count}.pdf"
        self._name = self._file_name()
        goal = self.desk.settings.goal_year
        self.long.run(
            self.words.say("Making the report…"),
            build,
            self.desk.work.register,
            self.kind.name,
            out,
            goal_year=goal,
            then=self.show_paper,
            refused=self.show_error,
            **given,
        )

    def show_paper(self, paper: Path) -> None:
        """Show a paper in the preview."""
        from PySide6.QtPdf import QPdfDocument  # noqa: PLC0415 - first needed when a paper is made
        from PySide6.QtPdfWidgets import QPdfView  # noqa: PLC0415

        self.paper = paper
        if self._document is None:
            self._document = QPdfDocument(self)
            self.view = QPdfView()
            self.view.setPageMode(QPdfView.PageMode.MultiPage)
            self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
            self.view.setDocument(self._document)
            self.view.setAccessibleName(self.words.say("Preview"))
            self.view.pageNavigator().currentPageChanged.connect(lambda _page: self._say_page())
            self.stack.addWidget(self.view)
        self._document.load(str(paper))
        self.stack.setCurrentWidget(self.view)
        self.tools.show()
        self.name.setText(self._name)
        self._say_page()

    def zoom(self, factor: float) -> None:
        """Look closer or from farther away."""
        from PySide6.QtPdfWidgets import QPdfView  # noqa: PLC0415 - loaded with the first paper

        before = self.view.zoomFactor() if self.view.zoomMode() == QPdfView.ZoomMode.Custom else 1.0
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(max(0.25, min(4.0, before * factor)))

    def zoom_to_fit(self) -> None:
        """As wide as the window."""
        from PySide6.QtPdfWidgets import QPdfView  # noqa: PLC0415 - loaded with the first paper

        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def show_error(self, error: InspectorError) -> None:
        """Under the field it names, or on top of the page."""
        if error.facts.get("field") in {"Site", "Inspection", "Removal batch"}:
            self.subject.set_problem(error)
            return
        words = self.words
        self.show_strip(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    def _say_page(self) -> None:
        number, pages = self.view.pageNavigator().currentPage() + 1, self._document.pageCount()
        self.page_of.setText(self.words.say("page {page} of {pages}", page=number, pages=pages))

    def _file_name(self) -> str:
        parts = [self.kind.name]
        if (self.kind.needs or self.kind.takes) and self.subject.subject is not None:
            parts.append(self.subject.subject.code)
        if self.kind.takes_year and self.year.value():
            parts.append(str(self.year.value()))
        return file_name(*parts, self.language.value())

    # -- keeping ------------------------------------------------------------------------------------------------------

    def choose_target(self) -> QFileDialog:
        """Ask where to save; does not block."""
        say = self.words.say
        dialog = QFileDialog(self, say("Save the report"), "", say("PDF files") + " (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self._name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()
        return dialog

    def save(self, target: Path) -> None:
        """Save the paper that is shown."""
        if self.paper is None:
            return
        said = self.words.say("Saved as {file}.", file=target)
        self.long.run(
            self.words.say("Saving…"),
            keep_copy,
            self.paper,
            target,
            then=lambda _path: self._say_done(said),
            refused=self.show_error,
        )

    def choose_printer(self) -> Any:
        """Ask which printer; does not block."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - first needed when a paper is printed

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setFullPage(True)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.setModal(True)
        dialog.show()
        return dialog

    def print_on(self, printer: Any) -> None:
        """Print the paper that is shown."""
        if self.paper is None:
            return
        self.long.run(
            self.words.say("Printing…"),
            print_paper,
            self.paper,
            printer,
            then=lambda pages: self._say_done(self.words.plural("{n} page printed.", "{n} pages printed.", pages)),
            refused=self.show_error,
        )

    def choose_many(self) -> QFileDialog:
        """Ask for a folder for one paper of the chosen kind about everything it can be about; does not block."""
        dialog = QFileDialog(self, self.words.say("Folder for the reports"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.make_many(Path(name)))
        dialog.open()
        return dialog

    def make_many(self, folder: Path) -> None:
        """One paper of the chosen kind about everything it can be about."""
        kind, language, year = self.kind, self.language.value(), self.year.value() if self.kind.takes_year else None

        def start(numbers: list[str]) -> None:
            jobs = [
                Job(kind.name, folder / file_name(kind.name, no, language), language, year=year, **{str(kind.needs): no})
                for no in numbers
            ]
            self.long.run(
                self.words.say("Making the reports…"),
                build_many,
                self.desk.work.register,
                jobs,
                then=lambda made: self._say_done(
                    self.words.plural("{n} report is in {folder}.", "{n} reports are in {folder}.", len(made), folder=folder)
                ),
                refused=self.show_error,
            )

        self.desk.work.read(self, subject_numbers, start, kind=str(kind.needs))

    def _say_done(self, sentence: str) -> None:
        self.show_strip(Strip(self.desk.theme, (sentence,), "ok", close_tip=self.words.say("Close")))


def file_name(*parts: str) -> str:
    """A file name from words; what no file system likes becomes a dash."""
    whole = "-".join(part for part in parts if part)
    return re.sub(r"[^\w.-]+", "-", whole).strip("-.")[:120] + ".pdf"
