"""The sections of the inspection form that hold answers: site and people, the checklist, conclusions, signatures."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from inspector_app.domain import inspection as rules
from inspector_app.domain.errors import InputError
from inspector_app.domain.inspection import InspectionKind, Question
from inspector_app.domain.inspection import Section as Chapter
from inspector_app.domain.ownership import Status
from inspector_app.models.queries.acts import Act
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, Field, MultiLine, NumberField, TextField
from inspector_app.ui.forms.people import PeopleEditor
from inspector_app.ui.lookups import CoordinateField
from inspector_app.ui.parts import Card, label
from inspector_app.ui.theme import SPACE


class Section(Card):
    """One section: fields that are saved at every change, and what is still missing in it.

    Signals:
        edited: a person changed something; carries the values of the inspection that follow from it.
    """

    edited = Signal(dict)

    def __init__(self, desk: Desk, title: str, note: str = "") -> None:
        """An empty section."""
        super().__init__(title, note)
        self.desk, self.words = desk, desk.words
        self.heading = title
        self.body.setSpacing(SPACE[3])
        self.fields: dict[str, Field] = {}

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """Show what the register says; what is being typed right now stays."""
        for name, field in self.fields.items():
            fill(field, getattr(act.visit, name))
            field.setEnabled(not read_only)

    def gaps(self, act: Act) -> list[str]:
        """What is missing here before the inspection can be signed, in words."""
        del act
        return []

    def add_field(self, name: str, field: Field) -> Field:
        """A field that is a column of the inspection."""
        self.fields[name] = field
        field.changed.connect(lambda: self._emit(name))
        return field

    def _emit(self, name: str) -> None:
        field = self.fields[name]
        try:
            self.edited.emit({name: field.value()})
        except InputError:
            field.check()


def beside(*fields: Field) -> QHBoxLayout:
    """Fields side by side, of equal width, their labels in one line."""
    line = QHBoxLayout()
    line.setSpacing(SPACE[3])
    for field in fields:
        line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return line


def fill(field: Field, value: Any) -> None:
    """Show a value unless the field shows it already, or is being typed in: the cursor stays where it is."""
    try:
        same = field.value() == value
    except InputError:
        return
    if not same and not field.input.hasFocus():
        field.set_value(value)


class GeneralSection(Section):
    """Site, day, order, inspector, position, weather, and who was there."""

    def __init__(self, desk: Desk) -> None:
        """Empty."""
        say = desk.words.say
        super().__init__(desk, say("Site and people"))
        self.site = label("", "secondary", wrap=True)
        self.position = CoordinateField(
            desk, say("Position of the visit"), help_=say("In any form; from a GPS receiver or the map.")
        )
        self.position.changed.connect(self._place)
        self.people = PeopleEditor(
            desk, {"name": say("Name"), "position": say("Position"), "organisation": say("Organisation")}, say("Add a person")
        )
        self.people.changed.connect(lambda: self.edited.emit({"attendees": self.people.people()}))
        self.body.addWidget(self.site)
        self.body.addLayout(
            beside(
                self.add_field("kind", ChoiceField(desk, say("Kind"), InspectionKind)),
                self.add_field("planned_on", DateField(desk, say("Planned on"))),
                self.add_field("visited_on", DateField(desk, say("Visited on"))),
            )
        )
        self.body.addLayout(
            beside(
                self.add_field("inspector", TextField(desk, say("Inspector"), required=True)),
                self.add_field("order_no", TextField(desk, say("Order or plan no."))),
            )
        )
        self.body.addLayout(beside(self.position, self.add_field("weather", TextField(desk, say("Weather")))))
        self.body.addWidget(label(say("Commission and attendees"), "label"))
        self.body.addWidget(self.people)

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """Fields, position and people."""
        super().show_act(act, read_only=read_only)
        address = act.site.address or ""
        self.site.setText(" \N{MIDDLE DOT} ".join(part for part in (act.site.code, act.site.name(self.words), address) if part))
        visit = act.visit
        fill_position(self.position, visit.lat, visit.lon)
        self.position.setEnabled(not read_only)
        if not self.people.isAncestorOf(self.window().focusWidget() or self.window()):
            self.people.set_people(visit.attendees)
        self.people.set_read_only(on=read_only)

    def gaps(self, act: Act) -> list[str]:
        """The day of the visit."""
        return [] if act.visit.visited_on else [self.words.say("Visited on")]

    def _place(self) -> None:
        try:
            value = self.position.value()
        except InputError:
            self.position.check()
            return
        lat, lon = value or (None, None)
        self.edited.emit({"lat": lat, "lon": lon})


def fill_position(field: CoordinateField, lat: float | None, lon: float | None) -> None:
    """Show a position unless it is being typed."""
    if not field.input.hasFocus() and not field.problem:
        field.set_value(None if lat is None or lon is None else (lat, lon))


class ChecklistSection(Section):
    """One chapter of the checklist; an answer may open further questions."""

    def __init__(self, desk: Desk, chapter: Chapter) -> None:
        """A field per question."""
        text = chapter.text
        super().__init__(desk, desk.words.pick(text.en, text.ru, text.kk))
        self.chapter = chapter
        self.answers: dict[str, Any] = {}
        self.questions: dict[str, Field] = {}
        for question in chapter.questions:
            field = _field(desk, question)
            field.changed.connect(lambda name=question.id: self._answered(name))
            self.questions[question.id] = field
            self.body.addWidget(field)

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """The answers so far, and the questions that they open."""
        self.answers = dict(act.visit.answers)
        for question in self.chapter.questions:
            field = self.questions[question.id]
            fill(field, self.answers.get(question.id))
            field.setEnabled(not read_only)
        self.open_questions(self.answers)

    def open_questions(self, answers: Mapping[str, Any]) -> None:
        """Show the questions that are asked after these answers."""
        for question in self.chapter.questions:
            self.questions[question.id].setVisible(rules.is_asked(question, answers))

    def gaps(self, act: Act) -> list[str]:
        """Required questions of this chapter without an answer."""
        return [
            self.words.pick(each.text.en, each.text.ru, each.text.kk)
            for each in self.chapter.questions
            if each.required and rules.is_asked(each, act.visit.answers) and act.visit.answers.get(each.id) in {None, ""}
        ]

    def _answered(self, name: str) -> None:
        field = self.questions[name]
        try:
            value = field.value()
        except InputError:
            field.check()
            return
        self.answers = {**self.answers, name: value}
        self.open_questions(self.answers)
        self.edited.emit({"answer": (name, value)})


def _field(desk: Desk, question: Question) -> Field:
    words = desk.words
    title = words.pick(question.text.en, question.text.ru, question.text.kk)
    match question.kind:
        case "choice":
            options = [(each.code, words.pick(each.text.en, each.text.ru, each.text.kk)) for each in question.options]
            return ChoiceField(desk, title, options, empty=words.say("not answered"), required=question.required)
        case "number":
            return NumberField(
                desk,
                title,
                unit=words.say(question.unit),
                minimum=question.low,
                maximum=question.high,
                required=question.required,
            )
        case "text":
            return TextField(desk, title, required=question.required)


class ConclusionsSection(Section):
    """Facts apart from conclusions, immediate measures, and the status that is recommended."""

    def __init__(self, desk: Desk) -> None:
        """Empty."""
        say = desk.words.say
        super().__init__(desk, say("Facts and conclusions"))
        facts = MultiLine(
            desk, say("Facts observed"), lines=6, help_=say("What was seen and measured, nothing else."), required=True
        )
        self.body.addWidget(self.add_field("facts", facts))
        conclusions = MultiLine(desk, say("Conclusions"), lines=4, help_=say("What follows from the facts."), required=True)
        self.body.addWidget(self.add_field("conclusions", conclusions))
        self.body.addWidget(self.add_field("measures", MultiLine(desk, say("Immediate measures"), lines=3)))
        recommended = ChoiceField(desk, say("Recommended next status"), Status, empty=say("none"))
        self.body.addWidget(self.add_field("recommendation", recommended))

    def gaps(self, act: Act) -> list[str]:
        """Facts and conclusions."""
        say = self.words.say
        return [
            name
            for name, value in ((say("Facts observed"), act.visit.facts), (say("Conclusions"), act.visit.conclusions))
            if not value
        ]


class SignaturesSection(Section):
    """Who signs. Names are written by the person who signs; a refusal is recorded with its reason."""

    def __init__(self, desk: Desk) -> None:
        """Empty."""
        say = desk.words.say
        super().__init__(desk, say("Signatures"))
        self.note_line = label(
            say("Signing locks the inspection: later corrections are amendments, and the original stays."),
            "secondary",
            wrap=True,
        )
        self.people = PeopleEditor(
            desk,
            {
                "name": say("Name"),
                "position": say("Position"),
                "organisation": say("Organisation"),
                "refusal": say("Reason of a refusal to sign"),
            },
            say("Add a signature"),
        )
        self.people.changed.connect(lambda: self.edited.emit({}))
        self.signed = label("", "secondary", wrap=True)
        self.body.addWidget(self.note_line)
        self.body.addWidget(self.people)
        self.body.addWidget(self.signed)
        self._offered = ""

    def show_act(self, act: Act, *, read_only: bool) -> None:
        """Who signed, or the inspector and the attendees as those who may."""
        say = self.words.say
        if read_only:
            self.people.set_people(act.visit.signatures)
        elif self._offered != act.visit.id:
            self._offered = act.visit.id
            self.people.set_people([{"name": act.visit.inspector, "position": say("Inspector")}, *act.visit.attendees])
        self.people.set_read_only(on=read_only)
        self.note_line.setVisible(not read_only)
        self.signed.setVisible(read_only)
        if read_only:
            risk = say(act.visit.risk.label) if act.visit.risk else "\N{EN DASH}"
            self.signed.setText(
                say(
                    "Signed {moment}. Risk: {risk}. Content {hash}.",
                    moment=self.words.moment(act.visit.signed_at),
                    risk=risk,
                    hash=(act.visit.content_sha256 or "")[:16],
                )
            )

    def gaps(self, act: Act) -> list[str]:
        """Somebody who signs."""
        del act
        signs = any("refusal" not in each for each in self.people.people())
        return [] if signs else [self.words.say("Signature of the inspector")]
