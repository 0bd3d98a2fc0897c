"""Who changed what on a site, when, from what to what."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.models.queries.history import Change, of_site
from inspector_app.models.queries.site import SitePage
from inspector_app.models.wording import differences, record_name
from inspector_app.ui.desk import Desk
from inspector_app.ui.parts import Empty, framed
from inspector_app.ui.tables import Column, memory_table
from inspector_app.ui.theme import SPACE

_ONE_LINE = 3


def history(desk: Desk, seen: SitePage) -> QWidget:
    """The operations on a site and all that is on it, newest first; asked for when the section is looked at."""
    words = desk.words
    say = words.say
    columns: tuple[Column[Change], ...] = (
        Column("at", say("When"), lambda each: words.moment(each.at), 130, sort=lambda each: each.at),
        Column("author", say("Who"), lambda each: each.author, 150),
        Column("command", say("What"), lambda each: say(each.command), 190),
        Column("record", say("Record"), lambda each: record_name(words, each.entity), 150),
        Column(
            "fields",
            say("From what to what"),
            lambda each: "; ".join(differences(words, each)[:_ONE_LINE]),
            320,
            stretch=True,
            tip=lambda each: "\n".join(differences(words, each)),
        ),
    )
    table, rows = memory_table(desk, "site-history", columns)
    table.set_empty(Empty(desk.theme, say("Nothing was recorded on this site yet."), icon="history"))
    desk.work.read(table, of_site, rows.show_rows, site_id=seen.row.id)
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, SPACE[3], 0, 0)
    box.addWidget(framed(table, desk.theme))
    return holder
