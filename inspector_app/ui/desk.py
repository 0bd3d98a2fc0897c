"""What every page is handed: the work, the words, the look, the preferences, and the ways to other pages."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inspector_app.domain.people import Role
from inspector_app.i18n import Words
from inspector_app.models.register import Me
from inspector_app.settings import Settings
from inspector_app.ui.exchange import Exchange
from inspector_app.ui.selection import Selection
from inspector_app.ui.theme import Theme
from inspector_app.ui.work import Work


def _nowhere(_name: str, _id: str | None = None) -> None:
    """A desk without a window leads nowhere; tests of one page use it."""


def _unheard(_sentence: str) -> None:
    """A desk without a window has no status bar."""


def _forgotten(**_values: object) -> None:
    """A desk without a window keeps no preferences."""


@dataclass(slots=True)
class Desk:
    """One per window.

    `go` opens a page by its name ('overview', 'sites', 'site', 'map', 'inspections', ...) with the id of a row, or a form
    ('status', 'new-batch', 'new-inspection', ...) with the id of its site. A page that can show one row has
    `open_row(id)`. `tell` says a quiet word in the status bar. `prefer` changes preferences, saves them, and dresses the
    window anew where they show. `exchange` runs the syncs of the window. `me` is who works here, as the last exchange with
    the server told it (ui/gate.py).
    """

    work: Work
    words: Words
    theme: Theme
    settings: Settings
    go: Callable[..., None] = field(default=_nowhere)
    tell: Callable[[str], None] = field(default=_unheard)
    prefer: Callable[..., None] = field(default=_forgotten)
    selection: Selection = field(default_factory=Selection)
    exchange: Exchange | None = None
    me: Me = field(default=Me("", Role.REGISTRAR))
