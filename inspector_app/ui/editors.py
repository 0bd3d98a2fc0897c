"""The field in which a value of a record is typed anew, by the kind of value: a number, a day, a code of a list, a place."""

from typing import Any

from inspector_app.actions.typed import Typing, codes_of, typing
from inspector_app.models.reference import regions
from inspector_app.models.wording import field_name
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import (
    CheckField,
    ChoiceField,
    DateField,
    Field,
    MassField,
    MomentField,
    MoneyField,
    MultiLine,
    NumberField,
    TextField,
)
from inspector_app.ui.lookups import CodeField, CoordinateField


class WordsField(TextField):
    """Words with commas between them; `value` is a list."""

    def value(self) -> Any:
        """The words."""
        text = super().value()
        return [each.strip() for each in text.split(",") if each.strip()] if text else []

    def set_value(self, value: Any) -> None:
        """Show a list."""
        super().set_value(", ".join(value or []))


class AxisField(CoordinateField):
    """One axis of a position: the whole position is typed in any form, and `value` is the degrees of this axis."""

    def __init__(self, desk: Desk, title: str, *, axis: int, other: float | None) -> None:
        """`axis` is 0 for the latitude and 1 for the longitude; `other` are the degrees of the other axis."""
        told = desk.words.say("Write the whole position; this axis of it is taken.")
        super().__init__(desk, title, help_=told, required=True)
        self._axis, self._other = axis, other

    def value(self) -> Any:
        """Degrees, or nothing. Raises BadValue or PlaceOutside."""
        found = super().value()
        return None if found is None else found[self._axis]

    def set_value(self, value: Any) -> None:
        """Show the position of which this axis is a part."""
        pair = None
        if value is not None and self._other is not None:
            pair = (value, self._other) if self._axis == 0 else (self._other, value)
        super().set_value(pair)

    def _explain(self) -> None:
        self.check()


def editor(desk: Desk, entity: str, field: str, *, place: tuple[float | None, float | None] = (None, None)) -> Field | None:
    """The field for a value of a record, empty; nothing for what is not typed by hand. `place` is where the record lies."""
    title = field_name(desk.words, field).capitalize()
    match typing(entity, field):
        case None:
            return None
        case Typing.LONG:
            return MultiLine(desk, title, lines=4)
        case Typing.NUMBER:
            return NumberField(desk, title, digits=6)
        case Typing.WHOLE:
            return NumberField(desk, title, digits=0)
        case Typing.MASS:
            return MassField(desk, title)
        case Typing.MONEY:
            return MoneyField(desk, title)
        case Typing.DAY:
            return DateField(desk, title)
        case Typing.MOMENT:
            return MomentField(desk, title)
        case Typing.CODE:
            return ChoiceField(desk, title, codes_of(entity, field))
        case Typing.FLAG:
            return CheckField(desk, title)
        case Typing.WORDS:
            return WordsField(desk, title, help_=desk.words.say("With commas between the entries."))
        case Typing.WASTE:
            return CodeField(desk, title)
        case Typing.LATITUDE:
            return AxisField(desk, title, axis=0, other=place[1])
        case Typing.LONGITUDE:
            return AxisField(desk, title, axis=1, other=place[0])
        case _ if (entity, field) == ("site", "region"):
            named = [(each.kato, each.name(desk.words)) for each in regions().values()]
            return ChoiceField(desk, title, named)
        case _:
            return TextField(desk, title)
