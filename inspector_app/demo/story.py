"""How a site of the demo register gets its history: acts on days, done one by one through the program's own actions."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from inspector_app.actions import documents, inspections, ownership, rows, sites, waste
from inspector_app.demo import scenes
from inspector_app.demo.facts import Lot, Place
from inspector_app.demo.phrases import ATTENDEES, CAPTIONS, INSPECTORS, OPERATOR, PREFIX, SIGNATURES, WEATHER
from inspector_app.demo.waste import hazardous, kind, mirrors
from inspector_app.domain.inspection import InspectionKind
from inspector_app.domain.ownership import CourtResult, DocumentType, OwnershipType, Status
from inspector_app.domain.waste import PackagingCondition, QuantityMethod, Unit, show_code
from inspector_app.i18n import KAZAKHSTAN, N_, words
from inspector_app.models.transactions import Open

_D = DocumentType
_METRES_PER_DEGREE = 111_200
_RU = words("ru")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did: when, what the history calls it, and the doing inside a transaction."""

    at: datetime
    command: str
    do: Callable[[Open], object]


@dataclass(slots=True)
class Teller:
    """Tells the life of one site. Every stage yields acts in the order of time; ids become known as acts are done."""

    place: Place
    random: Random
    pictures: Path
    site_id: str = ""
    items: list[str] = field(default_factory=list)
    lots: tuple[Lot, ...] = ()
    equipment: dict[str, list[str]] = field(default_factory=dict)
    tender_id: str = ""
    visits: int = 0
    _last: datetime = datetime(2018, 1, 1, tzinfo=UTC)
    _papers: int = 0

    def at(self, day: date) -> datetime:
        """The next free minutes of a day, from nine in the morning in Kazakhstan. Days never go back."""
        morning = datetime.combine(day, time(9), KAZAKHSTAN).astimezone(UTC)
        if day < self._last.astimezone(KAZAKHSTAN).date():
            raise ValueError(f"{self.place.code}: {day} comes after {self._last}")
        self._last = max(morning, self._last + timedelta(minutes=self.random.randint(3, 11)))
        return self._last

    def act(self, day: date, command: str, do: Callable[[Open], object]) -> Act:
        """An act on a day."""
        return Act(self.at(day), command, do)

    # -- pieces -------------------------------------------------------------------------------------------------------

    def paper(self, session: Open, kind_of: DocumentType, on: date, issuer: str, title: str | None = None) -> str:
        """Record a document with the next number of this site; answers with its id."""
        self._papers += 1
        number = f"{PREFIX.get(kind_of, 'ДОК')}-{self.place.code}-{on:%y}/{self._papers}"
        made = documents.record_document(
            session, self.site_id, type=kind_of, no=number, issued_on=on, issuer=issuer or None, title=title
        )
        return made.id

    def step(self, on: date, target: Status, *papers: tuple[DocumentType, str, str | None], note: str | None = None) -> Act:
        """Record the papers of a step and take it, on one day."""

        def do(session: Open) -> None:
            for kind_of, issuer, title in papers:
                self.paper(session, kind_of, on, issuer, title)
            ownership.take_step(session, self.site_id, target, on=on, note=note)

        return self.act(on, N_("Change the status"), do)

    def photos(self, session: Open, names: Sequence[str], inspection_id: str | None, at: datetime) -> None:
        """Draw pictures and attach them, with place, direction and caption."""
        place = self.place
        for number, scene in enumerate(names):
            caption = CAPTIONS[scene]
            title = f"{place.names['name_ru']}: {caption}"
            file = self.pictures / f"{place.code}-{self.visits}-{number + 1}.jpg"
            file.write_bytes(scenes.picture(scene, seed=self.random.getrandbits(32), title=title))
            lat, lon = self.spot()
            documents.attach_photo(
                session,
                self.site_id,
                file,
                inspection_id=inspection_id,
                caption=caption,
                taken_at=at - timedelta(minutes=30 - number),
                lat=lat,
                lon=lon,
                direction_deg=self.random.randrange(0, 360, 5),
            )

    def spot(self) -> tuple[float, float]:
        """A place inside the site."""
        reach = self.place.reach_m * 0.6
        north, east = self.random.uniform(-reach, reach), self.random.uniform(-reach, reach)
        return self._moved(north, east)

    def _moved(self, north: float, east: float) -> tuple[float, float]:
        lat = self.place.lat + north / _METRES_PER_DEGREE
        lon = self.place.lon + east / (_METRES_PER_DEGREE * math.cos(math.radians(self.place.lat)))
        return round(lat, 7), round(lon, 7)

    def _boundary(self) -> dict[str, Any]:
        corners, ring = 9, []
        for corner in range(corners):
            turn = 2 * math.pi * corner / corners
            reach = self.place.reach_m * self.random.uniform(0.72, 1.15)
            lat, lon = self._moved(reach * math.sin(turn), reach * math.cos(turn))
            ring.append([lon, lat])
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    # -- before the court ---------------------------------------------------------------------------------------------

    def discovered(self) -> Iterator[Act]:
        """The site is found and drawn."""
        place, on, names = self.place, self.place.discovered, self.place.names

        def register(session: Open) -> None:
            act = documents.record_document(
                session,
                None,
                type=_D.DISCOVERY_ACT,
                no=f"АО-{place.code}-{on:%y}/1",
                issued_on=on,
                issuer="Учебный департамент экологии",
            )
            site = sites.register_site(
                session,
                code=place.code,
                lat=place.lat,
                lon=place.lon,
                region=place.region,
                discovered_on=on,
                document_id=act.id,
                kato=place.kato,
                address=place.address,
                former_owner=place.former_owner or None,
                activity=place.activity,
                accuracy_m=5,
                source_crs="EPSG:4326",
                radiological=place.code == "KOSHKAR-ATA",
                name_en=names["name_en"],
                name_ru=names["name_ru"],
                name_kk=names["name_kk"],
            )
            rows.change(session, act, frozenset({"site_id"}), {"site_id": site.id})
            self.site_id = site.id

        yield self.act(on, N_("Register a site"), register)
        boundary = self._boundary()
        yield self.act(
            on + timedelta(1), N_("Draw a boundary"), lambda session: sites.draw_boundary(session, self.site_id, boundary)
        )

    def surveyed(self, after: int = 24) -> Iterator[Act]:
        """The survey before the court, with a first guess of every quantity; then the search for the owner."""
        on = self.place.discovered + timedelta(after)
        guesses = [self._round(lot.grams * self.random.uniform(0.72, 1.3)) for lot in self.lots]

        def inventory(session: Open) -> None:
            for lot, guess in zip(self.lots, guesses, strict=True):
                item = self._item(session, lot)
                self.items.append(item)
                self._estimate(session, item, guess, QuantityMethod.EXPERT, on, "Акт обследования")

        if self.lots:
            yield self.act(on, N_("Record the inventory"), inventory)
        issuer = "Учебный департамент экологии"
        papers: list[tuple[DocumentType, str, str | None]] = [(_D.SURVEY_ACT, issuer, None)]
        if self.lots:
            papers.append((_D.LAB_PROTOCOL, "Учебная лаборатория", "Протокол испытаний проб"))
        yield self.step(on + timedelta(1), Status.OWNER_SEARCH, *papers)

    def claimed(self, on: date) -> Iterator[Act]:
        """Nobody answers for the waste; the claim goes to court."""
        reply = (_D.OWNER_INQUIRY, "Учебный регистр юридических лиц", "Собственник не установлен")
        yield self.step(on, Status.CLAIM_FILED, reply, (_D.CLAIM, "Учебный департамент экологии", None))

    def decided(
        self,
        on: date,
        *,
        result: CourtResult = CourtResult.RECOGNISED,
        ownership_type: OwnershipType = OwnershipType.REPUBLICAN,
    ) -> Iterator[Act]:
        """The court decides; a month later the decision comes into force, unless it refused or is younger than that."""
        refused = result is CourtResult.REFUSED
        target = Status.COURT_REFUSED if refused else Status.DECIDED
        court = f"Учебный районный суд № {self.random.randint(1, 4)}"
        case_no = f"{self.random.randint(7110, 7194)}-{on:%y}-00-2/{self.random.randint(210, 4800)}"
        decision_id = ""

        def decide(session: Open) -> None:
            nonlocal decision_id
            paper = self.paper(session, _D.COURT_DECISION, on, court)
            decision_id = ownership.record_decision(
                session,
                self.site_id,
                court=court,
                case_no=case_no,
                decided_on=on,
                result=result,
                ownership=None if refused else ownership_type,
                claimant="Учебный департамент экологии",
                listed=[
                    f"{show_code(lot.code, hazardous=lot.code in hazardous())}, {_RU.mass(lot.grams)}" for lot in self.lots[:12]
                ],
                document_id=paper,
            ).id
            ownership.take_step(session, self.site_id, target, on=on)

        yield self.act(on, N_("Record a court decision"), decide)
        force = on + timedelta(31)
        if not refused and self.place.end is not Status.DECIDED:
            yield self.act(
                force + timedelta(4),
                N_("Record a court decision"),
                lambda session: ownership.change_decision(session, decision_id, in_force_on=force),
            )

    def accepted(self) -> Iterator[Act]:
        """The ministry consents and the operator takes the waste over: it belongs to the state."""
        on = self.place.owned or self.place.discovered
        papers = (
            (_D.MENR_CONSENT, "Учебное министерство", None),
            (_D.INVENTORY_ACT, OPERATOR, "Инвентаризационная опись"),
            (_D.ACCEPTANCE_ACT, OPERATOR, "Акт приёма-передачи на баланс"),
        )
        yield self.step(on, Status.UNDER_INSPECTION, *papers)

    # -- what lies there ----------------------------------------------------------------------------------------------

    def weighed(self, on: date) -> Iterator[Act]:
        """Quantities are found by weighing or measuring and accepted; items that the survey did not list come in."""

        def accept(session: Open) -> None:
            for number, lot in enumerate(self.lots):
                if number == len(self.items):
                    self.items.append(self._item(session, lot))
                method = QuantityMethod.WEIGHED if lot.packages else QuantityMethod.GEODETIC
                self._estimate(session, self.items[number], lot.grams, method, on, "Акт инвентаризации", accepted=True)

        yield self.act(on, N_("Accept quantities"), accept)

    def _item(self, session: Open, lot: Lot) -> str:
        found = kind(lot.code)
        conditions = (PackagingCondition.RUSTED, PackagingCondition.INTACT, PackagingCondition.LEAKING, PackagingCondition.OPEN)
        item = waste.add_item(
            session,
            self.site_id,
            code=lot.code,
            name=lot.name,
            state=found.state,
            hazards=list(found.hazards),
            y_codes=list(found.y_codes),
            un_no=found.un_no,
            adr_class=found.adr_class,
            packing_group=found.packing_group,
            packaging=found.packaging,
            packages=lot.packages,
            packaging_condition=conditions[self.random.randrange(4)] if lot.packages else PackagingCondition.NONE,
            place=f"Участок {self.random.randint(1, 6)}",
            mirror_assessment=f"Протокол испытаний № УЛ-{self.random.randint(100, 999)}" if lot.code in mirrors() else None,
        )
        return item.id

    @staticmethod
    def _estimate(
        session: Open, item: str, grams: int, method: QuantityMethod, on: date, source: str, *, accepted: bool = False
    ) -> None:
        value = f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")
        waste.add_estimate(
            session, item, value=value, unit=Unit.KG, method=method, estimated_on=on, source=source, accepted=accepted
        )

    @staticmethod
    def _round(grams: float) -> int:
        """A guess as people write it: two figures that count."""
        step: int = 10 ** max(3, math.floor(math.log10(grams)) - 1)
        return round(grams / step) * step

    # -- visits -------------------------------------------------------------------------------------------------------

    def inspected(
        self,
        on: date,
        visit: InspectionKind,
        *,
        pictures: Sequence[str] = (),
        facts: str,
        conclusions: str,
        recommendation: Status | None = None,
        spill: str = "NO",
        extra: Callable[[Open, str], None] | None = None,
        findings: int = 12,
    ) -> Iterator[Act]:
        """A visit with answers, findings and pictures, finished and signed on the same day."""
        inspection_id = ""

        def start(session: Open) -> None:
            nonlocal inspection_id
            lat, lon = self.spot()
            inspection_id = inspections.start_inspection(
                session,
                self.site_id,
                kind=visit,
                visited_on=on,
                planned_on=on,
                inspector=INSPECTORS[self.random.randrange(len(INSPECTORS))],
                order_no=f"П-{on:%y}/{self.random.randint(11, 240)}",
                weather=WEATHER[on.month % len(WEATHER)],
                lat=lat,
                lon=lon,
                attendees=ATTENDEES,
            ).id

        def fill(session: Open) -> None:
            inspections.change_inspection(session, inspection_id, answers=self.answers(spill))
            for number, lot in enumerate(self.lots[:findings] if visit is not InspectionKind.CLOSURE else ()):
                found = kind(lot.code)
                inspections.add_finding(
                    session,
                    inspection_id,
                    code=lot.code,
                    name=lot.name,
                    item_id=self.items[number] if number < len(self.items) else None,
                    mass_g=lot.grams,
                    method=QuantityMethod.EXPERT,
                    packaging=found.packaging,
                    packages=lot.packages,
                    condition=PackagingCondition.RUSTED if lot.packages else PackagingCondition.NONE,
                )
            if extra is not None:
                extra(session, inspection_id)

        def sign(session: Open) -> None:
            inspections.change_inspection(
                session,
                inspection_id,
                facts=facts,
                conclusions=conclusions,
                measures="Оградить участок, исключить доступ посторонних.",
                recommendation=recommendation,
            )
            inspections.sign_inspection(session, inspection_id, signatures=SIGNATURES)

        self.visits += 1
        yield self.act(on, N_("Start an inspection"), start)
        yield self.act(on, N_("Fill in an inspection"), fill)
        if pictures:
            at = self.at(on)
            yield Act(at, N_("Attach photos"), lambda session: self.photos(session, pictures, inspection_id, at))
        yield self.act(on, N_("Sign an inspection"), sign)

    def answers(self, spill: str = "NO") -> dict[str, Any]:
        """What the checklist was answered with."""
        choose = self.random.choice
        told: dict[str, Any] = {
            "access": choice_of(choose, "ROAD", "DRY"),
            "fence": choice_of(choose, "FENCED", "NONE", "BOTH"),
            "entered": choice_of(choose, "NO", "YES"),
            "dwelling_m": self.random.randrange(200, 6000, 50),
            "water_m": self.random.randrange(300, 9000, 100),
            "groundwater": choice_of(choose, "NO", "NO", "YES"),
            "exposure": choice_of(choose, "NO", "YES"),
            "floor": choice_of(choose, "CRACKED", "GROUND", "TIGHT"),
            "roof": choice_of(choose, "PART", "NONE", "WHOLE"),
            "spill": spill,
            "labels": choice_of(choose, "SOME", "NONE"),
            "incompatible": choice_of(choose, "NO", "NO", "YES"),
        }
        if spill != "NO":
            told["spill_m2"] = self.random.randrange(2, 60)
        if spill == "FRESH":
            told["spill_action"] = "Разлив засыпан сорбентом, ёмкость поставлена в поддон."
        return told


def choice_of(choose: Callable[[Sequence[str]], str], *codes: str) -> str:
    """One of the codes; named twice, likelier."""
    return choose(codes)
