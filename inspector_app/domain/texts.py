"""What a person typed, made fit to be kept: no control characters, one form of each letter, no endless text."""

import math
import unicodedata
from datetime import date, datetime
from typing import Any

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue
from inspector_app.i18n import N_

LONGEST = 20_000
"""Characters of the longest note; four pages of text."""
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are typing errors."""
_LARGEST = 2**53 - 1
_ALLOWED = frozenset("\n\t")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""With these a text is read otherwise than it is written; nobody types them."""


def fit(field: str, value: Any) -> Any:
    """A value as the register keeps it. Raises BadValue.

    Text is trimmed and in normal form (empty text is nothing), numbers are finite and exact in JSON, days lie within
    three centuries; lists and maps likewise.
    """
    match value:
        case Code() | bool() | None:
            return value
        case str():
            return _text(field, value) or None
        case float():
            if not math.isfinite(value):
                raise BadValue(field=field, reason=N_("a finite number is expected."))
            return value
        case int():
            if abs(value) > _LARGEST:
                raise BadValue(field=field, reason=N_("the number is too large."))
            return value
        case date():
            day = value.date() if isinstance(value, datetime) else value
            if not EARLIEST <= day <= LATEST:
                raise BadValue(field=field, reason=N_("the year lies outside 1900 to 2199."))
            return value
        case list() | tuple():
            return [fit(field, each) for each in value]
        case dict():
            return {_text(field, str(key)): fit(field, each) for key, each in value.items()}
        case _:
            return value


def _text(field: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > LONGEST:
        raise BadValue(field=field, reason=N_("the text is too long."))
    if not text.isprintable():  # most texts are, and need not be read letter by letter
        kinds = ((unicodedata.category(letter), letter) for letter in text)
        if any(kind == "Cs" or letter in _TURNING or (kind == "Cc" and letter not in _ALLOWED) for kind, letter in kinds):
            raise BadValue(field=field, reason=N_("the text holds characters that cannot be kept."))
    return text
