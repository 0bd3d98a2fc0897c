"""What every paper needs to be told: the language, the day, whether it is a demonstration; and facts that many papers share."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from inspector_app.domain.marks import DISPUTED, Mark, status_mark
from inspector_app.domain.ownership import OwnershipType
from inspector_app.domain.places import System, show
from inspector_app.domain.waste import show_code
from inspector_app.i18n import N_, Words
from inspector_app.models.queries import papers
from inspector_app.models.queries.papers import SitePaper
from inspector_app.models.reference import regions
from inspector_app.models.transactions import Open
from inspector_app.reports.blocks import Beside, Block, Fact, Facts, Heading, Place, Prose
from inspector_app.settings import RESOURCES

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Telling:
    """For whom and on what ground a paper is told."""

    session: Open
    words: Words
    today: date
    demo: bool
    register: Path
    goal_year: int = 2030


@dataclass(slots=True)
class Sections:
    """Blocks of a long paper under numbered headings."""

    blocks: list[Block] = field(default_factory=list)
    number: int = 0

    def begin(self, heading: str) -> None:
        """A new section."""
        self.number += 1
        self.blocks.append(Heading(heading, str(self.number)))

    def add(self, *blocks: Block) -> None:
        """What the section says."""
        self.blocks += blocks


class Masses:
    """A column of masses in one unit with the same decimals in every row, so that they can be added up by eye.

    Kilograms, or tonnes where a mass reaches a million of them or `tonnes` asks for it.
    """

    def __init__(self, words: Words, grams: Iterable[int | None], *, tonnes: bool = False) -> None:
        """Look at all masses that the column will show."""
        known = [each for each in grams if each is not None]
        self._words = words
        self._tonnes = tonnes or any(abs(each) >= 10**12 for each in known)
        self._grams = 1_000_000 if self._tonnes else 1000
        exact = (digits for digits in (0, 1, 3) if all(each * 10**digits % self._grams == 0 for each in known))
        self._digits = 1 if self._tonnes else next(exact, 3)

    def head(self, kilograms: str, tonnes: str) -> str:
        """The head of the column, in the unit that is used."""
        return self._words.say(tonnes if self._tonnes else kilograms)

    def show(self, grams: int | None) -> str:
        """A mass without its unit."""
        return NOTHING if grams is None else self._words.number(grams / self._grams, self._digits)


def code_of(code: str, *, hazardous: bool) -> str:
    """A waste code that does not break over lines."""
    return show_code(code, hazardous=bool(hazardous)).replace(" ", "\N{NO-BREAK SPACE}")


def site_mark(site: SitePaper) -> Mark:
    """The mark of a site's status, or of a dispute about it."""
    return DISPUTED if site.disputed else status_mark(site.status)


def named(words: Words, site: SitePaper) -> str:
    """The name with the code, where the name does not say it already."""
    name = site.name(words)
    return name if site.code in name else words.say(N_("{site} ({code})"), site=name, code=site.code)


def status_fact(words: Words, site: SitePaper) -> Fact:
    """The status with its mark and its day."""
    status = words.say(site.status.label)
    if site.status_since:
        status = words.say(N_("{status} since {day}"), status=status, day=words.date(site.status_since))
    return Fact(words.say(N_("State-ownership status")), status, mark=site_mark(site))


def identity(words: Words, site: SitePaper) -> tuple[Fact, ...]:
    """Who and where a site is."""
    region = regions().get(site.region)
    say = words.say
    facts = [
        Fact(say(N_("Site")), f"{site.name(words)}", wide=len(site.name(words)) > 70),
        Fact(say(N_("Code")), site.code),
        Fact(say(N_("Register no.")), site.register_no or NOTHING),
        Fact(say(N_("Region")), region.name(words) if region else site.region),
        Fact(say(N_("KATO")), site.kato or site.region),
        status_fact(words, site),
    ]
    for label, value in (
        (N_("Address"), site.address),
        (N_("Cadastral no."), site.cadastral_no),
        (N_("Former owner"), site.former_owner),
        (N_("Former activity"), site.activity),
    ):
        if value:
            facts.append(Fact(say(label), value))
    if site.area_m2:
        facts.append(Fact(say(N_("Area")), say(N_("{area} m²"), area=words.number(site.area_m2))))
    if site.suspended:
        facts.append(Fact(say(N_("Suspended")), site.suspended))
    return tuple(facts)


def coordinates(words: Words, site: SitePaper, *, locator: bool = True) -> tuple[Block, ...]:
    """Where the site lies, in figures and on a map."""
    say = words.say
    facts = [
        Fact(say(N_("WGS 84, degrees")), show(site.lat, site.lon, System.DECIMAL)),
        Fact(say(N_("Degrees, minutes, seconds")), show(site.lat, site.lon, System.DMS)),
        Fact(say(N_("Accuracy")), NOTHING if site.accuracy_m is None else say(N_("± {m} m"), m=words.number(site.accuracy_m))),
        Fact(say(N_("Measured in")), site.source_crs or NOTHING),
    ]
    if site.coordinate_text:
        facts.append(Fact(say(N_("As written down")), site.coordinate_text))
    blocks: list[Block] = [Facts(tuple(facts))]
    if locator:
        blocks.append(
            Place(
                lat=site.lat,
                lon=site.lon,
                label=site.code,
                mark=site_mark(site),
                boundary=site.boundary,
                north=say(N_("N")),
                unit=say(N_("km")),
                credit=say(N_("Drawn offline. Outlines: Natural Earth, public domain. Towns: GeoNames, CC BY 4.0.")),
                language=words.language,
            )
        )
    return tuple(blocks)


def ownership(telling: Telling, site: SitePaper) -> tuple[Block, ...]:
    """The court's decisions and the documents by which the state took the waste over."""
    words, say = telling.words, telling.words.say
    blocks: list[Block] = []
    for each in papers.decisions(telling.session, site.id):
        owner = say(each.ownership.label) if isinstance(each.ownership, OwnershipType) else NOTHING
        facts = (
            Fact(say(N_("Court")), each.court),
            Fact(say(N_("Case no.")), each.case_no),
            Fact(say(N_("Claimant")), each.claimant or NOTHING),
            Fact(say(N_("Decided on")), words.date(each.decided_on)),
            Fact(say(N_("In legal force since")), words.date(each.in_force_on)),
            Fact(say(N_("Result")), say(N_("{result}; {owner}"), result=say(each.result.label), owner=owner)),
        )
        blocks.append(Facts(facts))
    held = [each for each in papers.documents(telling.session, site.id) if each.type in {"MENR_CONSENT", "ACCEPTANCE_ACT"}]
    if held:
        blocks.append(Facts(tuple(Fact(say(each.type.label), document_line(words, each)) for each in held)))
    return tuple(blocks) or (Prose(say(N_("No court decision is recorded.")), "quiet"),)


def document_line(words: Words, document: papers.Held) -> str:
    """'No. 12 of 03.04.2024' as it is cited."""
    return words.say(N_("No. {no} of {day}"), no=document.no, day=words.date(document.issued_on))


def beside(left: Block, right: Block, share: float = 0.5) -> Beside:
    """Two blocks side by side."""
    return Beside(left, right, share)


@cache
def shipping_names() -> dict[str, dict[str, str]]:
    """UN numbers met on orphan sites: proper shipping name in English and Russian, tunnel code where it is certain."""
    with (RESOURCES / "reference" / "un_numbers.csv").open(encoding="utf-8", newline="") as file:
        return {row["un"]: row for row in csv.DictReader(file)}
