"""Page 1: the tally, what was removed, the way to the goal, what needs attention, money. Every number opens its rows."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector_app.domain.marks import BUCKET_MARKS
from inspector_app.domain.ownership import Bucket
from inspector_app.domain.pcb import ConcentrationClass
from inspector_app.models.driver import Asking
from inspector_app.models.queries.attention import Attention, Concern
from inspector_app.models.queries.overview import BudgetRow, Overview, YearRemoved, overview, site_years
from inspector_app.models.queries.sites import SiteFilter, of_bucket
from inspector_app.ui.charts import Bar, Bars, BurnDown, Meter, Share, ShareBar
from inspector_app.ui.desk import Desk
from inspector_app.ui.gate import gated_inside
from inspector_app.ui.marks import mark_pixmap
from inspector_app.ui.parts import Card, Elided, Empty, Page, button, clear, column, label, link, picture, row
from inspector_app.ui.theme import SPACE
from inspector_app.ui.work import Changed

KNOWN_SITE = "AZPM"
"""The site whose figures the public knows (product.md); its chart comes first where the register has it."""

_SIGNS: dict[Concern, tuple[str, str]] = {
    Concern.LEAKING: ("alert-circle-outline", "danger"),
    Concern.DISPUTED: ("call-split", "danger"),
    Concern.PROPOSED: ("account-clock-outline", "accent"),
    Concern.NOT_RECEIVED: ("truck-alert-outline", "warning"),
    Concern.DIFFERENCE: ("scale-balance", "warning"),
    Concern.SURPLUS: ("scale-balance", "warning"),
    Concern.NO_FORCE: ("file-alert-outline", "warning"),
    Concern.OVERDUE: ("clipboard-clock-outline", "secondary"),
}
_PAGES: dict[str, str] = {"pcb_item": "pcb", "removal_batch": "removal", "inspection": "inspections"}
_ATTENTION_ROWS = 6
_TWO_CARDS = 920  # pixels at 100 % in which two cards stand side by side


def page_one(asking: Asking, *, goal_year: int) -> tuple[Overview, tuple[YearRemoved, ...]]:
    """The overview, and the years of the site whose figures are known."""
    return overview(asking, goal_year=goal_year), site_years(asking, code=KNOWN_SITE)


class OverviewPage(Page):
    """Filled anew at every change of the register."""

    def __init__(self, desk: Desk) -> None:
        """Ask for the figures at once."""
        say = desk.words.say
        super().__init__(say("Overview"))
        self.desk = desk
        self.shown: Overview | None = None
        self._known: tuple[YearRemoved, ...] = ()
        self._of_known = True
        self.figures: dict[str, QWidget] = {}
        self._pairs: list[QHBoxLayout] = []
        self.context.setText(say("all regions"))
        self.context.setProperty("part", "context")
        self.day = label("", "secondary")
        self.add_actions(self.day, button(say("Summary report"), lambda: desk.go("reports", "summary:"), "primary"))
        inside = QWidget()
        self._content = QVBoxLayout(inside)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(SPACE[3])
        self.fill_scrolled(inside)
        desk.work.register_changed.connect(self._on_register_changed)
        self.reload()

    def reload(self) -> None:
        """Ask for the figures anew."""
        self.desk.work.glance(self, page_one, self._show, goal_year=self.desk.settings.goal_year)

    @Slot(Changed)
    def _on_register_changed(self, _changed: Changed) -> None:
        self.reload()

    def _show(self, answer: tuple[Overview, tuple[YearRemoved, ...]]) -> None:
        self.shown, self._known = answer
        self.figures = {}
        words = self.desk.words
        self.day.setText(words.say("as at {date}", date=words.date(self.desk.work.register.today())))
        clear(self._content)
        self._pairs = []
        if self.shown.is_empty:
            self._content.addWidget(self._empty())
            return
        self._content.addWidget(self._tally(self.shown))
        self._pairs = [
            _side_by_side((self._types_chart(self.shown), 2), (self._way(self.shown), 3)),
            _side_by_side((self._attention(self.shown), 3), (self._money(self.shown), 2)),
            _side_by_side((self._masses(self.shown), 3), (self._pcb(self.shown), 2)),
        ]
        for pair in self._pairs:
            self._content.addLayout(pair)
        self._content.addStretch(1)
        self._turn_pairs()

    def _turn_pairs(self) -> None:
        """Cards stand below each other where two of them have no room."""
        wide = self.width() >= self.desk.theme.px(_TWO_CARDS)
        for pair in self._pairs:
            pair.setDirection(QHBoxLayout.Direction.LeftToRight if wide else QHBoxLayout.Direction.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Two cards side by side, or one."""
        super().resizeEvent(event)
        self._turn_pairs()

    def _empty(self) -> QWidget:
        say = self.desk.words.say
        new = (say("New site"), lambda: self.desk.go("new-site"))
        sentence = say("This register is empty. Figures appear with the first site.")
        return gated_inside(self.desk, Empty(self.desk.theme, sentence, icon="database-outline", action=new), "site")

    def _open(self, chosen: SiteFilter) -> None:
        self.desk.selection.set_filter(chosen)
        self.desk.go("sites")

    def _figure(self, name: str, text: str, chosen: SiteFilter) -> QWidget:
        made = button(text, lambda: self._open(chosen), "figure")
        self.figures[name] = made
        return made

    # -- cards --------------------------------------------------------------------------------------------------------

    def _tally(self, seen: Overview) -> Card:
        words, theme = self.desk.words, self.desk.theme
        card = Card(words.say("Sites in state ownership"), words.say("every number opens its sites"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[3])
        grid.setVerticalSpacing(0)
        grid.addWidget(
            self._figure("state_owned", words.number(seen.state_owned), SiteFilter(state_owned=True)),
            0,
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        grid.addWidget(label(_sites_word(self.desk, seen.state_owned), "secondary"), 1, 0, Qt.AlignmentFlag.AlignTop)
        shares = []
        for place, bucket in enumerate(Bucket, start=1):
            count = seen.by_bucket[bucket]
            figure = self._figure(str(bucket), words.number(count), of_bucket(bucket))
            mark = picture(mark_pixmap(BUCKET_MARKS[bucket], theme.px(12)))
            grid.addLayout(row(mark, figure, None, gap=2), 0, place)
            grid.addWidget(label(words.say(bucket.label), "secondary", wrap=True), 1, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 3)
            shares.append(Share(BUCKET_MARKS[bucket], count, f"{words.say(bucket.label)}: {words.number(count)}"))
        grid.setColumnStretch(0, 1)
        card.body.addLayout(grid)
        if seen.state_owned:
            bar = ShareBar(self.desk, shares)
            bar.chosen.connect(lambda place: self._open(of_bucket(tuple(Bucket)[place])))
            card.body.addWidget(bar)
        return card

    def _types_chart(self, seen: Overview) -> Card:
        words = self.desk.words
        of_known = self._of_known and bool(self._known)
        years = self._known if of_known else seen.removed_by_year
        title = (
            words.say("Waste types removed, {site}", site=KNOWN_SITE)
            if of_known
            else words.say("Waste types removed, all sites")
        )
        card = Card(title)
        if self._known:
            other = words.say("show all sites") if of_known else words.say("show {site}", site=KNOWN_SITE)
            card.head.addWidget(link(other, self._turn_chart, quiet=True))
        if not years:
            card.body.addWidget(label(words.say("Nothing has arrived at a destination yet."), "secondary"))
            card.body.addStretch(1)
            return card
        total = sum(each.types for each in years)
        card.set_note(words.plural("{n} in all", "{n} in all", total))
        shown = years[-8:]
        bars = Bars(self.desk, [Bar(str(each.year), each.types, words.number(each.types)) for each in shown], words.number)
        text = KNOWN_SITE if of_known else ""
        bars.chosen.connect(lambda place: self._open(SiteFilter(removed_in=shown[place].year, text=text)))
        self.figures["types"] = bars
        card.body.addWidget(bars, 1)
        return card

    def _turn_chart(self) -> None:
        self._of_known = not self._of_known
        if self.shown is not None:
            self._show((self.shown, self._known))

    def _way(self, seen: Overview) -> Card:
        words, way = self.desk.words, seen.way
        if way.is_reached:
            note = ""
        elif way.early is not None and way.late is not None:
            note = words.say("forecast {early} to {late}", early=way.early.year, late=way.late.year)
        elif way.early is not None:
            note = words.say("forecast {early} or later", early=way.early.year)
        else:
            note = words.say("no forecast before the first closure")
        card = Card(words.say("Sites still to be closed"), note)
        card.body.addWidget(BurnDown(self.desk, way, self.desk.work.register.today()), 1)
        return card

    def _attention(self, seen: Overview) -> Card:
        words = self.desk.words
        found = seen.attention
        card = Card(words.say("Needs attention"), words.plural("{n} open", "{n} open", found.total) if found.total else "")
        if not found.rows:
            card.body.addWidget(label(words.say("Nothing waits for a person."), "secondary"))
        for each in found.rows[:_ATTENTION_ROWS]:
            card.body.addWidget(self._attention_row(each))
        card.body.addStretch(1)
        return card

    def _attention_row(self, each: Attention) -> QWidget:
        words, theme = self.desk.words, self.desk.theme
        icon, tone = _SIGNS[each.concern]
        line = button("", partial(self._attend, each), "line")
        line.setAccessibleName(each.sentence(words))
        age = words.plural("{n} day", "{n} days", each.days) if each.days else words.say("today")
        inside = QHBoxLayout(line)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE[1])
        parts: tuple[QWidget, ...] = (
            picture(theme.icon(icon, tone).pixmap(theme.px(16))),
            Elided(each.sentence(words), theme),
            label(age, "secondary"),
        )
        for part in parts:
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(part, 1 if isinstance(part, Elided) else 0)
        self.figures[f"attention:{each.row_id}"] = line
        return line

    def _attend(self, each: Attention) -> None:
        if each.entity in _PAGES:
            self.desk.go(_PAGES[each.entity], each.row_id)
        else:
            self.desk.selection.select(each.site_id)
            self.desk.go("site", each.site_id, "ownership")

    def _money(self, seen: Overview) -> Card:
        words = self.desk.words
        card = Card(words.say("Money, KZT"), words.say("spent of planned"))
        if not seen.budgets:
            card.body.addWidget(label(words.say("No budget is recorded."), "secondary"))
        for each in seen.budgets[:4]:
            amounts = words.say(
                "{spent} of {planned}", spent=words.money_short(each.spent_kzt), planned=words.money_short(each.planned_kzt)
            )
            name = link(self._budget_name(each), partial(self._open_budget, each))
            name.setProperty("part", "line")
            card.body.addLayout(row(name, None, label(amounts, "secondary")))
            card.body.addWidget(Meter(self.desk, each.spent_kzt / each.planned_kzt if each.planned_kzt else 0.0))
        card.body.addStretch(1)
        return card

    def _budget_name(self, each: BudgetRow) -> str:
        words = self.desk.words
        if each.kind == "site":
            return each.name(words)
        sites = words.plural("{n} site", "{n} sites", each.sites)
        regions = words.plural("in {n} region", "in {n} regions", each.regions)
        return f"{each.name(words)}, {sites} {regions}"

    def _open_budget(self, each: BudgetRow) -> None:
        if each.kind == "site":
            self.desk.go("site", each.id)
        else:
            self._open(SiteFilter(programmes=frozenset({each.id})))

    def _masses(self, seen: Overview) -> Card:
        words = self.desk.words
        card = Card(words.say("Waste by mass"), words.say("inventory = removed + sold + transferred + remaining"))
        figures = QGridLayout()
        figures.setHorizontalSpacing(SPACE[3])
        figures.setVerticalSpacing(0)
        for place, (name, grams, chosen) in enumerate(
            (
                (words.say("Inventory"), seen.inventory_g, SiteFilter()),
                (words.say("Removed"), seen.removed_g, SiteFilter()),
                (words.say("Sold or transferred"), seen.sold_g + seen.transferred_g, SiteFilter()),
                (words.say("Remaining"), seen.remaining_g, SiteFilter(remaining=True)),
            )
        ):
            made = link(words.mass(grams), partial(self._open, chosen))
            made.setProperty("part", "line")
            self.figures[f"mass:{place}"] = made
            figures.addWidget(made, 0, place)
            figures.addWidget(_indented(label(name, "secondary")), 1, place)
        card.body.addLayout(figures)
        years = seen.removed_by_year[-8:]
        if years:
            bars = Bars(
                self.desk,
                [Bar(str(each.year), each.mass_g / 1e6, words.mass(each.mass_g, "t")) for each in years],
                words.number,
            )
            bars.chosen.connect(lambda place: self._open(SiteFilter(removed_in=years[place].year)))
            card.body.addWidget(bars, 1)
        card.body.addStretch(1)
        return card

    def _pcb(self, seen: Overview) -> Card:
        words = self.desk.words
        total = sum(seen.pcb_items.values())
        card = Card(words.say("PCB equipment"), words.plural("{n} item", "{n} items", total))
        highest = max(seen.pcb_items.values(), default=0) or 1
        for kind in ConcentrationClass:
            count = seen.pcb_items[kind]
            if not count:
                continue
            name = link(words.say(kind.label), lambda: self._open(SiteFilter(pcb=True)))
            name.setProperty("part", "line")
            mass = words.mass(seen.pcb_mass_g[kind])
            card.body.addLayout(row(name, None, label(mass, "secondary"), label(words.number(count))))
            card.body.addWidget(Meter(self.desk, count / highest))
        if not total:
            card.body.addWidget(label(words.say("No PCB equipment is recorded."), "secondary"))
        card.body.addWidget(
            label(
                words.say("Stockholm Convention: out of use by the end of 2025, destroyed by the end of 2028."),
                "secondary",
                wrap=True,
            )
        )
        card.body.addStretch(1)
        return card


def _side_by_side(*cards: tuple[QWidget, int]) -> QHBoxLayout:
    line = row(gap=SPACE[3])
    for card, share in cards:
        line.addWidget(card, share)
    return line


def _indented(what: QLabel) -> QWidget:
    """A caption in line with the text of the button above it."""
    holder = QWidget()
    inside = column(what)
    inside.setContentsMargins(1, 0, 0, 0)
    holder.setLayout(inside)
    return holder


def _sites_word(desk: Desk, count: int) -> str:
    """'sites' below its figure; the figure itself stands above."""
    return desk.words.plural("site", "sites", count)
