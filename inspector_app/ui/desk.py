"""What every page is handed: the work, the words, the look, the preferences, and the ways to other pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector_app.i18n import Words
from inspector_app.settings import Settings
from inspector_app.ui.work import Work

if TYPE_CHECKING:
    from inspector_app.ui.theme import Theme


def _nowhere(_name: str, _id: str | None = None) -> None:
    """A desk without a window leads nowhere; tests of one page use it."""


@dataclass(slots=True)
class Desk:
    """One per window. `go` opens a page by its name ('overview', 'sites', 'map', 'inspections', ...), with the id of a row."""

    work: Work
    words: Words
    theme: "Theme"
    settings: Settings
    go: Callable[..., None] = field(default=_nowhere)
