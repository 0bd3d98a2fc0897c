"""Gathers every sentence of the program into the catalogues and compiles them.

A sentence that is new stands in the .po files with an empty translation, for a person to fill; one that the program no
longer says is dropped. Run by `make locale`; tests/rooms/test_catalogues.py fails while a translation is missing.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = {"N_": None, "say": None, "plural": (1, 2)}
LANGUAGES = {
    "ru": (3, "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"),
    "kk": (2, "(n != 1)"),
}
Key = str | tuple[str, ...]


def sentences() -> set[Key]:
    """Every message id of the program; a pair for what has a plural."""
    found = extract_from_dir(str(ROOT / "inspector_app"), method_map=[("**.py", "python")], keywords=KEYWORDS)
    all_of_them = {
        message if isinstance(message, str) else tuple(message) for _file, _line, message, *_rest in found if message
    }
    with_plural = {message[0] for message in all_of_them if not isinstance(message, str)}
    return all_of_them - with_plural  # a catalogue holds a singular once; gettext finds it with its plural


def path(language: str) -> Path:
    """The catalogue of a language, as text."""
    return LOCALE / language / "LC_MESSAGES" / "inspector.po"


def translations(language: str) -> dict[Key, str | tuple[str, ...]]:
    """What is translated already."""
    if not path(language).exists():
        return {}
    with path(language).open("rb") as file:
        known = read_po(file, locale=language)
    return {each.id if isinstance(each.id, str) else tuple(each.id): each.string for each in known if each.id}


def catalogue(language: str, given: dict[Key, str | tuple[str, ...]]) -> Catalog:
    """A catalogue of exactly the sentences the program says."""
    forms, rule = LANGUAGES[language]
    made = Catalog(
        locale=language, project="Waste Inspector", version="1", msgid_bugs_address="none", last_translator="Waste Inspector",
        language_team="Waste Inspector",
        charset="utf-8", creation_date=datetime(2026, 1, 1, tzinfo=UTC), revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        header_comment=f"# The sentences of the program: {language}.", fuzzy=False,
    )  # fmt: skip
    made._num_plurals, made._plural_expr = forms, rule  # noqa: SLF001 - Babel's own rule for Kazakh has one form too few
    for key in sorted(sentences(), key=str):
        empty = "" if isinstance(key, str) else ("",) * forms
        made.add(key, given.get(key) or empty)
    return made


def main() -> None:
    """Write both catalogues, as text and compiled."""
    for language in LANGUAGES:
        path(language).parent.mkdir(parents=True, exist_ok=True)
        made = catalogue(language, translations(language))
        with path(language).open("wb") as file:
            write_po(file, made, width=120, sort_output=True, no_location=True)
        with path(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, made)
        missing = sum(1 for each in made if each.id and not (each.string if isinstance(each.string, str) else all(each.string)))
        print(f"{language}: {missing} of {len(made)} sentences wait for a translation")


if __name__ == "__main__":
    main()
