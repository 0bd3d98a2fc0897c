"""Closed lists: how a code of the register carries the label that people read."""

from enum import StrEnum
from typing import Self, cast


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
        """The member of the list; a word of a newer program stays bare text."""
        return cast("Self", cls._value2member_map_.get(code, code))
