"""What the code cites, a reader finds: every page of docs/ that is named exists, and so does every section."""

import re
from pathlib import Path

import pytest

from inspector_app.domain.ownership import STEPS, DocumentType, Status
from inspector_app.i18n import words
from inspector_app.ui.theme import COLOURS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_SECTION = r"(?:[a-z]\.\d+|F\d+|I\d+|INV-\d\d|page \d+|\d+(?:\.\d+)*)"
_CITED = re.compile(rf"(?:docs/)?\b([a-z]+)\.md((?:(?:,| and|,? to)? {_SECTION}\b)*)")
_DECISION = re.compile(r"docs/decisions/(\d{3})")
_STANDS = re.compile(rf"^(?:#+ |\| |- \*\*)`?({_SECTION})\b", re.MULTILINE)
"""A section stands where a heading, a row of a table or an entry of a list begins with it."""


def citations() -> list[tuple[str, str, str]]:
    """File, page and section, the last empty where only a page is named."""
    found = []
    for path in sorted((ROOT / "inspector_app").rglob("*.py")):
        text = re.sub(r"\s*\n\s*(?:# )?", " ", path.read_text("utf-8"))
        for page, sections in _CITED.findall(text):
            named = re.findall(_SECTION, sections)
            found += [(path.relative_to(ROOT).as_posix(), page, section) for section in named or [""]]
    return found


def sections(page: str) -> set[str]:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    return set(_STANDS.findall(text))


def test_the_code_cites_pages() -> None:
    assert {"domain", "sync", "map", "look", "product"} <= {page for _file, page, _section in citations()}
    assert ("inspector_app/models/changes.py", "sync", "b.4") in citations()
    assert ("inspector_app/domain/waste.py", "domain", "6.4") in citations()


def test_every_page_that_is_cited_is_there() -> None:
    assert {(file, page) for file, page, _section in citations() if not (DOCS / f"{page}.md").is_file()} == set()


def test_every_section_that_is_cited_is_there() -> None:
    there = {page: sections(page) for page in {page for _file, page, _section in citations()}}
    assert {each for each in citations() if each[2] and each[2] not in there[each[1]]} == set()


def test_every_decision_that_is_cited_is_there() -> None:
    there = {path.name[:3] for path in (DOCS / "decisions").glob("*.md")}
    for path in [*(ROOT / "inspector_app").rglob("*.py"), *DOCS.glob("*.md")]:
        assert set(_DECISION.findall(path.read_text("utf-8"))) <= there, path


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_a_page_links_to_pages_that_are_there(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text("utf-8")):
        assert "://" in target or (DOCS / target).exists(), target


def test_the_page_of_the_domain_has_the_law_as_the_code_has_it() -> None:
    text = (DOCS / "domain.md").read_text("utf-8")
    listed = re.findall(r"^\| `([A-Z_]+)` \| `([A-Z_]+)` \| (.*?) \| .* \| (\w+) \| (\w+) \|$", text, re.MULTILINE)
    says = words("en").say
    assert listed == [
        (
            step.origin,
            step.target,
            ", ".join(f"`{each}`" for each in sorted(step.basis)) or "\N{EN DASH}",
            says(step.proposes.label).lower(),
            says(step.accepts.label).lower(),
        )
        for step in STEPS
    ]


@pytest.mark.parametrize("code", [*Status, *DocumentType])
def test_the_page_of_the_domain_names_statuses_and_documents_in_three_languages(code: Status | DocumentType) -> None:
    names = " | ".join(words(language).say(code.label) for language in ("en", "ru", "kk"))
    assert f"| `{code}` | {names} |" in (DOCS / "domain.md").read_text("utf-8")


def test_the_page_of_the_look_has_the_colours_of_the_window() -> None:
    text = (DOCS / "look.md").read_text("utf-8")
    for token in COLOURS["light"].__slots__:
        colours = " | ".join(getattr(COLOURS[theme], token) for theme in ("light", "dark", "sun"))
        assert f"| `{token}` | {colours} |" in text
