"""The waste classifier, searched by code or words in any of its languages."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.domain.waste import Entry, show_code
from inspector_app.i18n import Words
from inspector_app.models.waste import WasteType


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One six-digit type. `name_kk` falls back to Russian where no certain name exists."""

    code: str
    hazardous: bool
    entry: Entry
    name_en: str
    name_ru: str
    name_kk: str
    version: str

    @property
    def shown(self) -> str:
        """The code as the classifier prints it: 16 02 09*."""
        return show_code(self.code, hazardous=self.hazardous)

    def name(self, words: Words) -> str:
        """The name in a language."""
        return words.pick(self.name_en, self.name_ru, self.name_kk)


def waste_types(session: Session, *, search: str = "", limit: int | None = None) -> list[TypeRow]:
    """Types whose code begins with the digits of `search`, or whose name in any language holds every word of it.

    Codes may be written with blanks, points and a star. Words match anywhere, whatever their case, Cyrillic included.
    """
    digits = "".join(letter for letter in search if letter.isdigit())
    is_code = bool(digits) and not any(letter.isalpha() for letter in search)
    wanted = search.casefold().split()
    query = select(WasteType).where(WasteType.entry.is_not(None)).order_by(WasteType.code)
    if is_code:
        query = query.where(WasteType.code.startswith(digits))
    found = []
    for each in session.scalars(query):
        if each.entry is None:
            continue
        text = f"{each.name_en} {each.name_ru} {each.name_kk or ''}".casefold()
        if is_code or all(word in text for word in wanted):
            kk = each.name_kk or each.name_ru
            found.append(TypeRow(each.code, each.hazardous, each.entry, each.name_en, each.name_ru, kk, each.version))
            if len(found) == limit:
                break
    return found
