"""Closed lists: how a code of the register carries the label that people read."""

from enum import StrEnum
from typing import Self, cast


class Unknown(str):
    """A word of a newer program in a closed list: shown as it is, and not changed (docs/sync.md b.12)."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """The word itself: nobody here knows what people call it."""
        return str(self)


class Code(StrEnum):
    """A word of a closed list. The code is stored; `label` is a message id of the catalogue."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        """Make a member from its stored code and its English label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def known(cls, code: str) -> Self:
        """The member of the list; a word of a newer program is `Unknown`."""
        return cast("Self", cls._value2member_map_.get(code) or Unknown(code))

    @classmethod
    def place(cls, code: str) -> int:
        """Where a word stands in the list; a word of a newer program comes after all of it."""
        return next((at for at, each in enumerate(cls) if each == code), len(cls))
