"""The guided form of an inspection: sections at the left, saved at every change, signed when it is complete."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget, QWidget
from shiboken6 import isValid

from inspector_app.actions.inspections import (
    amend_inspection,
    answer,
    change_inspection,
    remove_inspection,
    sign_inspection,
    start_inspection,
)
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.inspection import InspectionKind, InspectionState
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.checklist import checklist
from inspector_app.models.queries.acts import Act, act
from inspector_app.models.queries.subjects import Subject, site_subjects
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, TextField
from inspector_app.ui.forms.findings import EquipmentSection, FindingsSection, ReadingsSection
from inspector_app.ui.forms.frame import FormDialog, ask
from inspector_app.ui.forms.sections import (
    ChecklistSection,
    ConclusionsSection,
    GeneralSection,
    Section,
    SignaturesSection,
)
from inspector_app.ui.forms.subject import SubjectField
from inspector_app.ui.gate import refusal
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Strip, button, clear, column, label, link, restyle, row, scrolled
from inspector_app.ui.photos import PhotoGrid
from inspector_app.ui.theme import SPACE

_GAPS_SHOWN = 5
SAVE_AFTER_MS = 500
"""How long a form waits for the next letter before it saves; a change is in the register within a second."""


class NewInspectionForm(FormDialog):
    """Starts an inspection, or plans one; its number is given by the register."""

    def __init__(self, desk: Desk, site_id: str | None = None, parent: QWidget | None = None) -> None:
        """Without a site one is chosen."""
        say = desk.words.say
        note = say("A visit with a day is a draft to fill in; one that is only planned waits in the list.")
        super().__init__(desk, say("New inspection"), submit=say("Start"), note=note, parent=parent)
        self._site_id = site_id
        if site_id is None:
            self.form.add("site", SubjectField(desk, say("Site"), site_subjects, hint=say("Code or name"), required=True))
        self.form.add_row(
            ("kind", ChoiceField(desk, say("Kind"), InspectionKind)),
            ("inspector", TextField(desk, say("Inspector"), help_=say("You, when it is left empty."))),
        )
        self.form.add_row(
            ("visited_on", DateField(desk, say("Visited on"))), ("planned_on", DateField(desk, say("Planned on")))
        )
        self.form.add("order_no", TextField(desk, say("Order or plan no.")))
        self.form.set_values(visited_on=desk.work.register.today())
        self.kept.connect(lambda made: desk.go("inspections", made.id))

    def submit(self) -> None:
        """Start or plan it."""
        values = self.form.values()
        if values is None:
            return
        if values["visited_on"] is None and values["planned_on"] is None:
            problem = self.words.say("Give the day of the visit, or the planned day.")
            self.form.point_out(self.form.fields["visited_on"], problem)
            return
        site: Subject | None = values.pop("site", None)
        site_id = site.id if site else self._site_id
        self.send(N_("Start an inspection"), start_inspection, site_id, **values)


class PhotosSection(Section):
    """Photos of the visit."""

    def __init__(self, desk: Desk) -> None:
        """An empty grid."""
        super().__init__(desk, desk.words.say("Photos"))
        self.grid = PhotoGrid(desk)
        self.body.addWidget(self.grid, 1)

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """The photos, in the order of time."""
        self.grid.show_photos(act.visit.site_id, act.visit.id, act.pictures, read_only=read_only)
        self.set_note(self.words.plural("{n} photo", "{n} photos", len(act.pictures)) if act.pictures else "")


class InspectionForm(QWidget):
    """One inspection. What is typed is in the register within a second; a restart finds it there.

    Signals:
        closed: a person goes back to the list.
        saved: what was typed is in the register.
    """

    closed = Signal()
    saved = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        """Without an inspection until `open_act`."""
        super().__init__(parent)
        self.desk, self.words = desk, desk.words
        self.act: Act | None = None
        self._inspection_id = ""
        self._values: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}
        self._writing = False
        self._after: Callable[[], object] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SAVE_AFTER_MS)
        self._soon.timeout.connect(self.save)
        self._build()
        desk.work.register_changed.connect(self._on_register_changed)

    def _build(self) -> None:
        say, desk = self.words.say, self.desk
        self.title = label("", "title")
        self.context = label("", "secondary")
        self.state = label("", "secondary")
        self.report = button(say("Report"), self._show_report, theme=desk.theme, icon="file-document-outline")
        self.drop = button(say("Drop the draft"), self._drop, "link")
        self.amend = button(say("Amend"), self._amend)
        self.sign = button(say("Finish and sign"), self.finish, "primary")
        self.strips = column(gap=SPACE[1])
        general = GeneralSection(desk)
        self.signatures = SignaturesSection(desk)
        self.sections: list[Section] = [
            general,
            *(ChecklistSection(desk, chapter) for chapter in checklist().sections),
            FindingsSection(desk),
            EquipmentSection(desk),
            ReadingsSection(desk),
            PhotosSection(desk),
            ConclusionsSection(desk),
            self.signatures,
        ]
        self.list = QListWidget()
        self.list.setProperty("part", "sections")
        self.list.setAccessibleName(say("Sections of the inspection"))
        self.list.setFixedWidth(desk.theme.px(232))
        self.stack = QStackedWidget()
        for section in self.sections:
            self.list.addItem(QListWidgetItem(section.heading))
            self.stack.addWidget(scrolled(_room(section)))
            section.edited.connect(self._on_edited)
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        back = link(say("All inspections"), self.closed.emit)
        self.next = button(say("Next section"), self._go_on)
        head = row(self.title, self.context, None, self.state, self.drop, self.report, self.amend, self.sign, gap=SPACE[2])
        inside = column(self.stack, row(None, self.next), gap=SPACE[2])
        inside.setStretch(0, 1)
        body = row(self.list, inside, gap=SPACE[3])
        outer = column(row(back, None), head, self.strips, body, gap=SPACE[2])
        outer.setStretch(3, 1)
        self.setLayout(outer)

    # -- showing ------------------------------------------------------------------------------------------------------

    def open_act(self, inspection_id: str) -> None:
        """Show an inspection; what was typed into the one before is saved first."""
        if inspection_id != self._inspection_id:
            self.save(now=True)
            clear(self.strips)
            self._inspection_id, self.act = inspection_id, None
            self.list.setCurrentRow(0)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._reload()

    def _reload(self) -> None:
        self.desk.work.read(self, act, self._show, inspection_id=self._inspection_id)

    def _show(self, known: Act) -> None:
        if known.visit.id != self._inspection_id:
            return
        say, words = self.words.say, self.words
        known = self._with_pending(known)
        self.act = known
        signed = known.visit.state is InspectionState.SIGNED
        editable = not signed and refusal(self.desk, "inspection", "patch") is None
        self.title.setText(known.visit.no)
        self.context.setText(f"{known.site.code} \N{MIDDLE DOT} {known.site.name(words)}")
        for section in self.sections:
            section.show_act(known, read_only=not editable)
        self._mark(known)
        for part in (self.sign, self.drop):
            part.setVisible(editable)
        self.amend.setVisible(signed and known.amended_by is None)
        if signed:
            text = say("signed {moment}", moment=words.moment(known.visit.signed_at))
            if known.amended_by:
                text = say("amended by {no}", no=known.amended_by)
            self._say_state(text, "ok")
        elif not self.state.text() or self.state.property("part") == "ok":
            self._say_state(say("draft"))

    def _with_pending(self, known: Act) -> Act:
        """What is typed and not saved yet goes before what the register says."""
        if not self._values and not self._answers:
            return known
        answers = {**known.visit.answers, **self._answers}
        answers = {name: value for name, value in answers.items() if value is not None}
        return replace(known, visit=replace(known.visit, **{**self._values, "answers": answers}))

    def _mark(self, known: Act) -> None:
        theme, signed = self.desk.theme, known.visit.state is InspectionState.SIGNED
        for place, section in enumerate(self.sections):
            missing = [] if signed else section.gaps(known)
            item = self.list.item(place)
            item.setIcon(theme.icon("circle-outline", "warning") if missing else theme.icon("check-circle-outline", "ok"))
            item.setToolTip("; ".join(missing))
            item.setSizeHint(QSize(0, theme.row))

    def gaps(self) -> list[tuple[int, str]]:
        """What is missing before signing: the place of the section and what it is, in words."""
        if self.act is None:
            return []
        return [(place, gap) for place, section in enumerate(self.sections) for gap in section.gaps(self.act)]

    # -- saving -------------------------------------------------------------------------------------------------------

    def save(self, *, now: bool = False) -> None:
        """Write what was typed since the last time; nothing when there is nothing.

        One write follows the other; `now` does not wait for the one under way, for the form goes out of sight.
        """
        self._soon.stop()
        if (self._writing and not now) or (not self._values and not self._answers) or self.desk.work.is_stopped:
            return
        values, answers = self._values, self._answers
        self._values, self._answers, self._writing = {}, {}, True
        self.desk.work.write(
            N_("Fill in an inspection"),
            fill_in,
            self._inspection_id,
            values=values,
            answers=answers,
            then=lambda _row: self._on_saved(),
            refused=lambda error: self._on_refused(error, values, answers),
            broke=lambda: self._on_not_saved(values, answers),
        )

    def leave(self) -> None:
        """Save before the form goes out of sight."""
        self.save(now=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Another page is opened."""
        self.save(now=True)
        super().hideEvent(event)

    def _on_edited(self, values: dict[str, Any]) -> None:
        if "answer" in values:
            name, value = values["answer"]
            self._answers[name] = value
        else:
            self._values.update(values)
        if values:
            self._say_state(self.words.say("saving…"))
            self._soon.start()
        if self.act is not None:
            self.act = self._with_pending(self.act)
            self._mark(self.act)

    def _on_saved(self) -> None:
        self._writing = False
        if not isValid(self):
            return
        clock = self.desk.work.register.now().astimezone(KAZAKHSTAN)
        self._say_state(self.words.say("saved {time}", time=f"{clock:%H:%M}"))
        self.saved.emit()
        if self._values or self._answers:
            self._soon.start()
        elif self._after is not None:
            after, self._after = self._after, None
            after()

    def _on_refused(self, error: InspectorError, values: dict[str, Any], answers: dict[str, Any]) -> None:
        self._on_not_saved(values, answers)
        if isValid(self):
            self.show_error(error)

    def _on_not_saved(self, values: dict[str, Any], answers: dict[str, Any]) -> None:
        """What could not be saved stays in the form and is tried again with the next change."""
        self._writing, self._after = False, None
        if not isValid(self):
            return
        self._values, self._answers = {**values, **self._values}, {**answers, **self._answers}
        self._say_state(self.words.say("not saved"), "problem")

    def show_error(self, error: InspectorError) -> None:
        """Three sentences on top of the form."""
        clear(self.strips)
        words = self.words
        self.strips.addWidget(Strip(self.desk.theme, sentences(words, error), "danger", close_tip=words.say("Close")))

    def _say_state(self, text: str, part: str = "secondary") -> None:
        self.state.setText(text)
        restyle(self.state, "part", part)

    # -- finishing ----------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Check that it is complete, sign it, and show the paper; what is missing is listed with a way to it."""
        clear(self.strips)
        missing = self.gaps()
        if missing:
            self._show_gaps(missing)
            return
        ask(
            self,
            self.desk,
            self.words.say(
                "Sign {no}? It can be amended afterwards, but not changed.", no=self.act.visit.no if self.act else ""
            ),
            yes=self.words.say("Sign"),
            then=self._save_then_sign,
            danger=False,
        )

    def _save_then_sign(self) -> None:
        if self._writing or self._values or self._answers:
            self._after = self._sign
            self.save()
        else:
            self._sign()

    def _sign(self) -> None:
        self.desk.work.write(
            N_("Sign an inspection"),
            sign_inspection,
            self._inspection_id,
            signatures=self.signatures.people.people(),
            then=lambda _row: self._show_report(),
            refused=self.show_error,
        )

    def _show_gaps(self, missing: list[tuple[int, str]]) -> None:
        say = self.words.say
        strip = Strip(self.desk.theme, (say("Before it can be signed, this is missing:"),), "warning", close_tip=say("Close"))
        for place, gap in missing[:_GAPS_SHOWN]:
            name = self.sections[place].heading
            strip.add_line(link(f"{name}: {gap}", partial(self.list.setCurrentRow, place)))
        if (more := len(missing) - _GAPS_SHOWN) > 0:
            strip.add_line(label(self.words.plural("and {n} more", "and {n} more", more), "secondary"))
        self.strips.addWidget(strip)
        self.list.setCurrentRow(missing[0][0])

    def _show_report(self) -> None:
        if self.act is not None:
            self.save()
            self.desk.go("reports", f"inspection:{self.act.visit.id}")

    def _amend(self) -> None:
        def opened(made: Any) -> None:
            self.desk.go("inspections", made.id)

        self.desk.work.write(
            N_("Amend an inspection"), amend_inspection, self._inspection_id, then=opened, refused=self.show_error
        )

    def _drop(self) -> None:
        if self.act is None:
            return

        def dropped(_row: object) -> None:
            self._values, self._answers = {}, {}
            self.closed.emit()

        def drop() -> None:
            self.desk.work.write(
                N_("Drop a draft"), remove_inspection, self._inspection_id, then=dropped, refused=self.show_error
            )

        no = self.act.visit.no
        ask(
            self,
            self.desk,
            self.words.say("Drop the draft {no} with all that is in it?", no=no),
            yes=self.words.say("Drop"),
            then=drop,
        )

    def _go_on(self) -> None:
        self.list.setCurrentRow(min(self.list.currentRow() + 1, self.list.count() - 1))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_register_changed(self, changed: Any) -> None:
        shown = ("inspection", "finding", "measurement", "photo", "pcb_item", "site")
        if self._inspection_id and isValid(self) and self.isVisible() and changed.concerns(*shown):
            self._reload()


def _room(section: Section) -> QWidget:
    """A section at the top of its room; tables and photos take all of it."""
    holder = QWidget()
    wide = isinstance(section, FindingsSection | EquipmentSection | ReadingsSection | PhotosSection)
    holder.setLayout(column(section) if wide else column(section, None))
    return holder


def fill_in(session: Any, inspection_id: str, *, values: dict[str, Any], answers: dict[str, Any]) -> Any:
    """What was typed since the last time: columns of the inspection, and answers to questions."""
    done = change_inspection(session, inspection_id, **values)
    for question, value in answers.items():
        answer(session, inspection_id, question, value)
    return done
