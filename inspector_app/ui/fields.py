"""Inputs that know a rule. Label above, unit inside at the right, help below, the problem under its own field.

Every field has `value()`, which raises BadValue for what it cannot understand, `set_value()`, `set_problem()` and the
signal `changed`. Labels and help are sentences in the window's language already.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from inspector_app.domain.codes import Code, Unknown
from inspector_app.domain.errors import BadValue, InputError, InspectorError, NewerValue
from inspector_app.domain.quantities import parse_mass, parse_number, parse_tenge
from inspector_app.domain.texts import fit
from inspector_app.i18n import KAZAKHSTAN, N_, Words
from inspector_app.ui.checks import WrappedCheck
from inspector_app.ui.desk import Desk
from inspector_app.ui.messages import sentences
from inspector_app.ui.parts import Combo, label, restyle
from inspector_app.ui.theme import SPACE

_LONGEST_LINE = 1_000
"""Letters of what stands in one line; tables and papers show it, and a longer text is a note."""


class Field(QWidget):
    """A label, an input and what is wrong with it. Subclasses give the input.

    Signals:
        changed: a person changed the value.
    """

    changed = Signal()

    def __init__(self, desk: Desk, title: str, input_: QWidget, *, help_: str = "", required: bool = False) -> None:
        """`required` is said in words beside the label."""
        super().__init__()
        self.desk = desk
        self.words: Words = desk.words
        self.required = required
        self.input = input_
        self.label = label(title, "label")
        self.label.setBuddy(input_)
        self.setFocusProxy(input_)
        input_.setAccessibleName(title)
        input_.setAccessibleDescription(help_)
        self._help = label(help_, "secondary", wrap=True)
        self._problem = label("", "problem", wrap=True)
        self._problem.hide()
        head = QHBoxLayout()
        head.addWidget(self.label)
        if required:
            head.addWidget(label(self.words.say("required"), "secondary"))
        head.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE[0])
        box.addLayout(head)
        box.addWidget(input_)
        box.addWidget(self._help)
        box.addWidget(self._problem)
        # shown before it has a parent, a label would flash up as a window of its own
        self._help.setVisible(bool(help_))

    @property
    def title(self) -> str:
        """The label, for a list of problems."""
        return self.label.text()

    @property
    def problem(self) -> str:
        """What is said to be wrong, or an empty text."""
        return self._problem.text() if not self._problem.isHidden() else ""

    def value(self) -> Any:
        """What the field holds, or nothing when it is empty. Raises BadValue."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; nothing empties the field. Does not emit `changed`."""
        raise NotImplementedError

    def set_problem(self, problem: str | InspectorError | None, *, warning: bool = False) -> None:
        """Say what is wrong under the field; a warning looks different and does not stop. Nothing takes it away."""
        if isinstance(problem, InspectorError):
            problem = self._reason(problem)
        self._problem.setText(problem or "")
        restyle(self._problem, "part", "warning" if warning else "problem")
        self._problem.setVisible(bool(problem))
        restyle(self.input, "wrong", bool(problem) and not warning)

    def check(self) -> bool:
        """Show what is wrong with what was typed, emptiness of a required field included; True when nothing is."""
        try:
            value = self.value()
        except InspectorError as error:
            self.set_problem(error)
            return False
        if self.required and value in (None, "", []):
            self.set_problem(self.words.say("This must be filled in."))
            return False
        self.set_problem(None)
        return True

    def _reason(self, error: InspectorError) -> str:
        if isinstance(error, BadValue):
            reason = self.words.say(str(error.facts.get("reason", "")))
            return reason[:1].upper() + reason[1:]
        return " ".join(each for each in sentences(self.words, error) if each != self.words.say(InspectorError.kept))

    def _touched(self) -> None:
        if self.problem:
            self.set_problem(None)
        self.changed.emit()


class TextField(Field):
    """One line of text; `value` is trimmed, nothing when blank. `unit` stands inside at the right."""

    def __init__(
        self, desk: Desk, title: str, *, unit: str = "", hint: str = "", help_: str = "", required: bool = False
    ) -> None:
        """`hint` is shown while the field is empty."""
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        super().__init__(desk, title, self.line, help_=help_, required=required)
        self.line.setMinimumWidth(120)
        self._unit = QLabel(unit, self.line)
        self._unit.setProperty("part", "secondary")
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.line.textEdited.connect(self._on_edited)
        self.line.editingFinished.connect(self._leave)
        self.line.installEventFilter(self)
        self.set_unit(unit)

    def set_unit(self, unit: str) -> None:
        """Change the unit inside the field."""
        self._unit.setText(unit)
        self._unit.adjustSize()
        room = self._unit.width() + SPACE[1] if unit else 0
        self.line.setTextMargins(0, 0, room, 0)
        self._place()

    def value(self) -> Any:
        """The text, or nothing when blank. Raises BadValue for what the register does not keep."""
        text = one_line(self.line.text())
        if len(text) > _LONGEST_LINE:
            raise BadValue(field=self.title, reason=N_("the text is too long."))
        return fit(self.title, text)

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self.line.setText("" if value is None else str(value))
        self.set_problem(None)

    def set_read_only(self, *, on: bool) -> None:
        """Whether it can only be read."""
        self.line.setReadOnly(on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the unit at the right edge."""
        if watched is self.line and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self._unit.move(
            QPoint(self.line.width() - self._unit.width() - SPACE[2], (self.line.height() - self._unit.height()) // 2)
        )

    def _on_edited(self, text: str) -> None:
        if len(text.splitlines()) > 1:
            # pasted from a letter: shown as it will be kept, and the cursor stays where it was
            at = self.line.cursorPosition()
            self.line.setText(" ".join(text.splitlines()))
            self.line.setCursorPosition(at)
        self._touched()

    def _leave(self) -> None:
        if self.line.text().strip():
            self.check()


class NumberField(TextField):
    """A number as people write it; `value` is a float, or an int where `digits` is 0. Limits are inclusive."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        *,
        unit: str = "",
        digits: int = 2,
        minimum: float | None = None,
        maximum: float | None = None,
        help_: str = "",
        required: bool = False,
    ) -> None:
        """Limits are in the unit shown."""
        super().__init__(desk, title, unit=unit, help_=help_, required=required)
        self._digits, self._minimum, self._maximum = digits, minimum, maximum
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)

    def value(self) -> Any:
        """The number, or nothing. Raises BadValue outside the limits."""
        text = self.line.text().strip()
        if not text:
            return None
        number = parse_number(text, field=self.title)
        value = int(number) if self._digits == 0 else float(number)
        if self._digits == 0 and number != value:
            raise BadValue(field=self.title, reason=N_("a whole number is expected."))
        if self._minimum is not None and value < self._minimum:
            raise BadValue(
                field=self.title, reason=self.words.say("at least {limit} is expected.", limit=self._show(self._minimum))
            )
        if self._maximum is not None and value > self._maximum:
            raise BadValue(
                field=self.title, reason=self.words.say("at most {limit} is expected.", limit=self._show(self._maximum))
            )
        return value

    def set_value(self, value: Any) -> None:
        """Show a number."""
        super().set_value(None if value is None else self._show(value))

    def _show(self, value: float) -> str:
        text = self.words.number(value, self._digits)
        mark = self.words.number(0.5, 1)[1]
        return text.rstrip("0").rstrip(mark) if mark in text else text


class YearField(NumberField):
    """A year; `value` is an int. Limits are inclusive."""

    def __init__(self, desk: Desk, title: str, *, minimum: int, maximum: int, help_: str = "") -> None:
        """No year lies outside the limits."""
        super().__init__(desk, title, digits=0, minimum=minimum, maximum=maximum, help_=help_)

    def _show(self, value: float) -> str:
        return str(int(value))  # a year has no thin space between thousands


class MassField(TextField):
    """A mass; `value` is integer grams. A bare number is in the unit shown; '1,2 t' or '350 kg' says its own."""

    def __init__(self, desk: Desk, title: str, *, unit: str = "kg", help_: str = "", required: bool = False) -> None:
        """`unit` is 'kg' or 't'."""
        self._own = unit
        super().__init__(desk, title, unit=desk.words.say(unit), help_=help_, required=required)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)

    def value(self) -> Any:
        """Grams, or nothing. Raises BadValue."""
        text = self.line.text().strip()
        if not text:
            return None
        has_unit = any(each.isalpha() for each in text)
        return parse_mass(text if has_unit else f"{text} {self._own}", field=self.title)

    def set_value(self, value: Any) -> None:
        """Show grams in the unit of the field."""
        if value is None:
            super().set_value(None)
            return
        scale = 1_000 if self._own == "kg" else 1_000_000
        digits = next((each for each in range(7) if value * 10**each % scale == 0), 6)
        super().set_value(self.words.number(value / scale, digits))


class MoneyField(TextField):
    """An amount; `value` is whole tenge. '11,9 bn' is understood."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "", required: bool = False) -> None:
        """The tenge sign stands inside."""
        super().__init__(desk, title, unit="₸", help_=help_, required=required)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)

    def value(self) -> Any:
        """Tenge, or nothing. Raises BadValue."""
        text = self.line.text().strip()
        return parse_tenge(text, field=self.title) if text else None

    def set_value(self, value: Any) -> None:
        """Show tenge."""
        super().set_value(None if value is None else self.words.number(value))


class DateField(TextField):
    """A day as dd.MM.yyyy, typed or picked from a calendar (Down key); `value` is a date."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "", required: bool = False) -> None:
        """An empty day."""
        super().__init__(desk, title, hint=desk.words.say("dd.mm.yyyy"), help_=help_, required=required)
        opening = self.line.addAction(desk.theme.icon("calendar", "secondary"), QLineEdit.ActionPosition.TrailingPosition)
        opening.setToolTip(self.words.say("Choose from a calendar"))
        opening.triggered.connect(self.open_calendar)

    def value(self) -> Any:
        """The day, or nothing. Raises BadValue."""
        text = self.line.text().strip()
        return _day(text, self.title) if text else None

    def set_value(self, value: Any) -> None:
        """Show a day."""
        super().set_value(None if value is None else self.words.date(value))

    def open_calendar(self) -> None:
        """Offer a calendar below the field."""
        menu = QMenu(self)
        calendar = QCalendarWidget(menu)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        try:
            day = self.value()
        except InputError:
            day = None
        shown = day or self.desk.work.register.today()
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)

        def chosen(picked: QDate) -> None:
            menu.close()
            self.set_value(date(picked.year(), picked.month(), picked.day()))
            self.changed.emit()

        calendar.activated.connect(chosen)
        calendar.clicked.connect(chosen)
        menu.popup(self.line.mapToGlobal(QPoint(0, self.line.height())))
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Down opens the calendar."""
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
        else:
            super().keyPressEvent(event)


class MomentField(TextField):
    """A day and a time of the clock in Kazakhstan, 'dd.MM.yyyy HH:mm'; `value` is an instant in UTC."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "", required: bool = False) -> None:
        """An empty moment."""
        super().__init__(desk, title, hint=desk.words.say("dd.mm.yyyy hh:mm"), help_=help_, required=required)

    def value(self) -> Any:
        """The instant, or nothing. Raises BadValue."""
        text = self.line.text().strip()
        if not text:
            return None
        day, _blank, clock = text.partition(" ")
        try:
            at = datetime.strptime(clock.strip().replace(".", ":") or "00:00", "%H:%M").time()  # noqa: DTZ007 - the zone follows
        except ValueError as error:
            raise BadValue(field=self.title, reason=N_("a time is expected, for example 14:30.")) from error
        return datetime.combine(_day(day, self.title), at, KAZAKHSTAN).astimezone(UTC)

    def set_value(self, value: Any) -> None:
        """Show an instant."""
        super().set_value(None if value is None else self.words.moment(value))


class MultiLine(Field):
    """Several lines of text; nothing when blank."""

    def __init__(self, desk: Desk, title: str, *, lines: int = 4, help_: str = "", required: bool = False) -> None:
        """`lines` is how many are seen."""
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(desk.theme.px(20) * lines + 16)
        super().__init__(desk, title, self.text, help_=help_, required=required)
        self.text.textChanged.connect(self._typed)
        self._setting = False

    def value(self) -> Any:
        """The text, or nothing. Raises BadValue for what the register does not keep."""
        return fit(self.title, self.text.toPlainText())

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self._setting = True
        self.text.setPlainText(value or "")
        self._setting = False
        self.set_problem(None)

    def _typed(self) -> None:
        if not self._setting:
            self._touched()


class ChoiceField(Field):
    """One of a closed list: members of a Code, or pairs of value and text.

    A word of a newer program is shown as it is, and stays (docs/sync.md b.12).
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        choices: Iterable[Code] | Sequence[tuple[Any, str]],
        *,
        empty: str | None = None,
        help_: str = "",
        required: bool = False,
    ) -> None:
        """`empty` is the text of 'nothing chosen'; without it the first choice is taken."""
        self.box = Combo(desk.theme)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(12)
        super().__init__(desk, title, self.box, help_=help_, required=required)
        self._empty = empty
        self._values: list[Any] = []
        self.set_choices(choices)
        self.box.activated.connect(lambda _index: self._touched())

    def set_choices(self, choices: Iterable[Code] | Sequence[tuple[Any, str]]) -> None:
        """Offer other choices; the chosen one stays where it is still offered."""
        before = self.value() if self._values else None
        self.box.clear()
        self._values = []
        pairs = [(each, self.words.say(each.label)) if isinstance(each, Code) else each for each in choices]
        for value, text in [*([(None, self._empty)] if self._empty is not None else []), *pairs]:
            self._values.append(value)
            self.box.addItem(text)
        self.set_value(before)

    def value(self) -> Any:
        """The chosen member or value."""
        index = self.box.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_value(self, value: Any) -> None:
        """Choose; what is not offered chooses nothing, or the first."""
        is_newer = type(value) is Unknown
        if is_newer and value not in self._values:
            self._values.append(value)
            self.box.addItem(str(value))
        self.box.setEnabled(not is_newer)
        if value in self._values:
            self.box.setCurrentIndex(self._values.index(value))
        else:
            self.box.setCurrentIndex(0 if self._values else -1)
        self.set_problem(NewerValue(value=value) if is_newer else None, warning=True)


class CheckField(Field):
    """Yes or no."""

    def __init__(self, desk: Desk, title: str, *, help_: str = "") -> None:
        """Not checked."""
        self.check_box = WrappedCheck(title)
        super().__init__(desk, title, self.check_box, help_=help_)
        self.label.hide()
        self.check_box.clicked.connect(lambda _on: self._touched())

    def value(self) -> Any:
        """Whether it is checked."""
        return self.check_box.isChecked()

    def set_value(self, value: Any) -> None:
        """Check or uncheck."""
        self.check_box.setChecked(bool(value))


class Form(QWidget):
    """Fields by name, one below the other or side by side; gathers values and puts problems where they belong.

    Signals:
        changed: a person changed any field; carries its name.
        pointed_out: a field is to be corrected and must be seen.
    """

    changed = Signal(str)
    pointed_out = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        """A form without fields."""
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE[3])

    def add(self, name: str, field: Field) -> Field:
        """A field in a line of its own."""
        self.add_row((name, field))
        return field

    def add_row(self, *named: tuple[str, Field]) -> None:
        """Fields side by side, of equal width."""
        line = QHBoxLayout()
        line.setSpacing(SPACE[3])
        for name, field in named:
            self.fields[name] = field
            field.changed.connect(self._changed(name))
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(line)

    def add_widget(self, widget: QWidget) -> None:
        """Anything between the fields."""
        self._box.addWidget(widget)

    def values(self) -> dict[str, Any] | None:
        """What was filled in, by name; nothing when a field has a problem, which then stands under it and has the focus."""
        wrong = [field for field in self.fields.values() if field.isEnabled() and not field.check()]
        if wrong:
            self.point_out(wrong[0])
            return None
        return {name: field.value() for name, field in self.fields.items()}

    def set_values(self, **values: Any) -> None:
        """Fill fields by name."""
        for name, value in values.items():
            self.fields[name].set_value(value)

    def refuse(self, error: InspectorError) -> bool:
        """Put an error under the field it names; False when it names none of this form."""
        named = str(error.facts.get("field", ""))
        column = named.lower().replace(" ", "_")  # the register names what it refuses by its column
        for name, field in self.fields.items():
            if named and (name == column or field.title in (named, field.words.say(named))):
                self.point_out(field, error)
                return True
        return False

    def point_out(self, field: Field, problem: str | InspectorError | None = None) -> None:
        """Bring the keyboard to what is to be corrected, wherever it stands in a long form, and say what is wrong with it."""
        if problem is not None:
            field.set_problem(problem)
        field.setFocus()
        self.pointed_out.emit(field)

    def _changed(self, name: str) -> Callable[[], None]:
        return lambda: self.changed.emit(name)


def take_over(old: Iterable[Field], new: Iterable[Field]) -> None:
    """Put what a person typed into fields that are taken away into those that come in their place."""
    for before, after in zip(old, new, strict=True):
        if (typed := before.value()) is not None:
            after.set_value(typed)


def one_line(text: str) -> str:
    """A text without its line breaks and the blanks around them, as one line of a form or a table holds it."""
    return " ".join(each.strip() for each in text.splitlines()).strip()


def _day(text: str, field: str) -> date:
    """A day from '02.05.2026', '2.5.2026' or '2026-05-02'. Raises BadValue."""
    parts = text.replace("/", ".").split(".")
    try:
        if len(parts) == 3:
            day, month, year = (int(each) for each in parts)
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise BadValue(field=field, reason=N_("a day is expected, for example 02.05.2026.")) from error
    if not 1900 <= found.year <= 2199:
        raise BadValue(field=field, reason=N_("the year lies outside 1900 to 2199."))
    return found
