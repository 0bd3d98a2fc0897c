"""Sites beyond the seventeen, thousands of them, with everything that hangs on a site; the same for a seed.

Nothing is kept in memory but where the sites lie: every value of a row is worked out from the seed, the number of the
site and the number of the row, so that an item, its estimate and the batch that takes it away agree without asking.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from inspector_app.demo.waste import kind, mirrors
from inspector_app.demo.where import spots
from inspector_app.domain import pcb
from inspector_app.domain.inspection import InspectionKind, InspectionState, act_number
from inspector_app.domain.ownership import CourtResult, DocumentType, EventState, OwnershipType, Status
from inspector_app.domain.pcb import EquipmentCondition, EquipmentType, Liquid, OperationalStatus, TestMethod
from inspector_app.domain.removal import BatchState, EntryKind, TenderResult, WeighMethod
from inspector_app.domain.waste import Outcome, PackagingCondition, QuantityMethod, Unit
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.base import plain
from inspector_app.models.entities import fields
from inspector_app.models.reference import CLASSIFIER_VERSION
from inspector_app.models.transactions import Open

ITEMS, INSPECTIONS = 10, 3
"""Per site. Batches follow from the status: two per site on average."""

_S = Status
_COURT = (_S.DISCOVERED, _S.OWNER_SEARCH, _S.CLAIM_FILED)
_STATE = (*_COURT, _S.DECIDED, _S.UNDER_INSPECTION)
_LIVES: tuple[tuple[int, tuple[Status, ...]], ...] = (
    (8, _COURT[:1]),
    (7, _COURT[:2]),
    (6, _COURT),
    (3, (*_COURT, _S.DECIDED)),
    (4, (*_COURT[:2], _S.OWNER_FOUND)),
    (2, (*_COURT, _S.COURT_REFUSED)),
    (4, (*_COURT, _S.DECIDED, _S.COMMUNAL)),
    (8, _STATE),
    (20, (*_STATE, _S.PENDING_REMOVAL, _S.REMOVING, _S.PENDING_REMOVAL)),
    (2, (*_STATE, _S.PENDING_REMOVAL, _S.FOR_SALE)),
    (12, (*_STATE, _S.PENDING_REMOVAL, _S.REMOVING)),
    (20, (*_STATE, _S.PENDING_REMOVAL, _S.REMOVING, _S.REMOVED)),
    (2, (*_STATE, _S.PENDING_REMOVAL, _S.FOR_SALE, _S.SOLD)),
    (2, (*_STATE, _S.PENDING_REMOVAL, _S.TRANSFERRED_LEB)),
)
"""How many of a hundred sites live which life."""
_LIFE = tuple(life for share, life in _LIVES for _ in range(share))
_BATCHES = {_S.REMOVED: 5, _S.REMOVING: 5, _S.PENDING_REMOVAL: 2}
_PER_BATCH = {_S.REMOVED: 2, _S.REMOVING: 1, _S.PENDING_REMOVAL: 1}
_CODES = (
    "020108", "050103", "050106", "050107", "060101", "060204", "060311", "060313", "060403", "060404", "060405", "070108",
    "070208", "070213", "080111", "080409", "100504", "110109", "120109", "120116", "130205", "130208", "130502", "130701",
    "140603", "150110", "150202", "160209", "160303", "160305", "160506", "160507", "160508", "160601", "160708", "160802",
    "170106", "170204", "170503", "170601", "170605", "190813", "200121",
)  # fmt: skip
_OPERATIONS = ("D10", "D9", "D5", "R4", "R9")
_RARE, _RARITY = "180103", 5000  # the one infectious waste among so many: what is rare must be found as well
_FIRST_DAY, _LAST_DAY = date(2013, 1, 14), date(2026, 10, 30)
_FIRST_NUMBER = 1000  # numbers of acts and labels below belong to the seventeen
_MASK = 2**64 - 1

Row = dict[str, Any]
Progress = Callable[[float, str], object]


def add_sites(session: Open, count: int, *, seed: int, progress: Progress | None = None) -> None:
    """Write `count` synthetic sites and all their rows. Only inside `Register.writing(bulk=True)`."""
    makers = _Sites(count, seed=seed, at=session.info["at_text"], author=session.info["author"])
    tables: tuple[tuple[str, Callable[[], Iterator[Row]]], ...] = (
        ("site", makers.sites),
        ("document", makers.documents),
        ("status_event", makers.events),
        ("court_decision", makers.decisions),
        ("waste_item", makers.items),
        ("quantity_estimate", makers.estimates),
        ("pcb_item", makers.equipment),
        ("inspection", makers.inspections),
        ("removal_batch", makers.batches),
        ("batch_line", makers.lines),
        ("ledger_entry", makers.entries),
        ("sale_tender", makers.tenders),
    )
    for done, (entity, rows) in enumerate(tables):
        if progress is not None:
            progress(done / (len(tables) + 2), N_("Writing synthetic sites"))
        changes.bulk_create(session, entity, rows())
    if progress is not None:
        progress(len(tables) / (len(tables) + 2), N_("Counting what was written"))


class _Sites:
    """The rows of `count` sites, entity by entity."""

    def __init__(self, count: int, *, seed: int, at: str, author: str) -> None:
        self.count, self.seed, self.at, self.author = count, seed, at, author
        self.spots = spots(count, seed=seed)
        self.tail = f"{self._noise(0, 0) & 0xFFFFFFFFFFFFFFF:015x}"
        self.tail = f"8{self.tail[:3]}-{self.tail[3:]}"
        self.shift = seed % 100

    # -- where every value comes from ---------------------------------------------------------------------------------

    def _noise(self, site: int, salt: int) -> int:
        """64 bits that look random and are the same for the same seed, site and salt (SplitMix64)."""
        x = (self.seed * 0x9E3779B97F4A7C15 + site * 0xD1B54A32D192ED03 + salt * 0x8CB92BA72F3D8DD7) & _MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
        return x ^ (x >> 31)

    def _id(self, entity: int, site: int, number: int = 0) -> str:
        """An id in the form of a UUIDv7: entity and site in place of the instant, the number in place of chance.

        Rows are written entity by entity, so that ids rise and every index of them grows at its end.
        """
        instant = f"{0x019A_0000_0000 + (entity << 24) + site:012x}"
        return f"{instant[:8]}-{instant[8:]}-7{number:03x}-{self.tail}"

    def _life(self, site: int) -> tuple[Status, ...]:
        return _LIFE[(site * 37 + self.shift) % 100]

    def _days(self, site: int) -> list[date]:
        """The days of the events of a site's life, rising."""
        life = self._life(site)
        steps = [60 + self._noise(site, 100 + number) % 320 for number in range(len(life))]
        longest = (_LAST_DAY - _FIRST_DAY).days - sum(steps[1:])
        day = _FIRST_DAY + timedelta(self._noise(site, 99) % longest)
        days = [day]
        for step in steps[1:]:
            day += timedelta(step)
            days.append(day)
        return days

    def _grams(self, site: int, item: int) -> int:
        """50 kg to 12 t, small lots more often; whole tens of kilograms."""
        share = (self._noise(site, 200 + item) % 10_000) / 10_000
        return (5 + int(1195 * share**3)) * 10_000

    def _code(self, site: int, item: int) -> str:
        noise, place = divmod(self._noise(site, 300 + item), len(_CODES))
        return _RARE if noise % _RARITY == 0 else _CODES[place]

    def _removed(self, site: int) -> int:
        """How many of the first items left the site by batches that ended."""
        status = self._life(site)[-1]
        gone = _BATCHES.get(status, 0) * _PER_BATCH.get(status, 0)
        return gone - 1 if status is _S.REMOVING else gone

    # -- rows ---------------------------------------------------------------------------------------------------------

    def sites(self) -> Iterator[Row]:
        for site in range(self.count):
            number = f"{site + 1:06}"
            region = self.spots.region[site]
            yield {
                "id": self._id(1, site),
                "code": f"SYN-{number}",
                "name_en": f"Synthetic site {number}",
                "name_ru": f"Синтетический объект {number}",
                "name_kk": f"Синтетикалық нысан {number}",
                "region": region,
                "kato": f"{region}1010000",
                "lat": float(self.spots.lat[site]),
                "lon": float(self.spots.lon[site]),
                "discovered_on": self._days(site)[0].isoformat(),
            }

    def documents(self) -> Iterator[Row]:
        for site in range(self.count):
            days, life = self._days(site), self._life(site)
            yield {
                "id": self._id(2, site),
                "site_id": self._id(1, site),
                "type": DocumentType.DISCOVERY_ACT,
                "no": f"АО-{site + 1:06}",
                "issued_on": days[0].isoformat(),
            }
            if len(life) > 3:
                yield {
                    "id": self._id(2, site, 1),
                    "site_id": self._id(1, site),
                    "type": DocumentType.COURT_DECISION,
                    "no": self._case(site, days[3]),
                    "issued_on": days[3].isoformat(),
                }

    def events(self) -> Iterator[Row]:
        for site in range(self.count):
            before: Status | None = None
            for number, (status, day) in enumerate(zip(self._life(site), self._days(site), strict=True)):
                yield {
                    "id": self._id(3, site, number),
                    "site_id": self._id(1, site),
                    "from_status": before,
                    "to_status": status,
                    "effective_on": day.isoformat(),
                    "recorded_at": self.at,
                    "basis": self._basis(site, number),
                    "actor": self.author,
                    "role": "REGISTRAR",
                    "historical": True,
                    "previous_id": self._id(3, site, number - 1) if number else None,
                    "position": number + 1,
                    "state": EventState.ACCEPTED,
                }
                before = status

    def _basis(self, site: int, number: int) -> list[str]:
        if number == 0:
            return [self._id(2, site)]
        return [self._id(2, site, 1)] if number == 3 else []

    def _case(self, site: int, day: date) -> str:
        return f"{7100 + site % 99}-{day:%y}-00-2/{site + 1}"

    def decisions(self) -> Iterator[Row]:
        for site in range(self.count):
            life = self._life(site)
            if len(life) < 4:
                continue
            day = self._days(site)[3]
            refused, communal = life[3] is _S.COURT_REFUSED, life[-1] is _S.COMMUNAL
            row = {
                "id": self._id(4, site),
                "site_id": self._id(1, site),
                "document_id": self._id(2, site, 1),
                "court": "Учебный районный суд",
                "case_no": self._case(site, day),
                "decided_on": day.isoformat(),
                "result": CourtResult.REFUSED if refused else CourtResult.RECOGNISED,
            }
            if not refused:
                row["ownership"] = OwnershipType.COMMUNAL if communal else OwnershipType.REPUBLICAN
                row["in_force_on"] = (day + timedelta(31)).isoformat()
            yield row

    def items(self) -> Iterator[Row]:
        packaging = tuple(PackagingCondition)
        for site in range(self.count):
            last, gone = self._life(site)[-1], self._removed(site)
            left = {_S.SOLD: Outcome.SOLD, _S.TRANSFERRED_LEB: Outcome.TRANSFERRED}.get(last, Outcome.NONE)
            for item in range(ITEMS):
                code = self._code(site, item)
                found = kind(code)
                yield {
                    "id": self._id(5, site, item),
                    "site_id": self._id(1, site),
                    "line_no": item + 1,
                    "code": code,
                    "classifier_version": CLASSIFIER_VERSION,
                    "state": found.state,
                    "hazards": [str(each) for each in found.hazards],
                    "y_codes": list(found.y_codes),
                    "packaging": found.packaging,
                    "packaging_condition": packaging[self._noise(site, 400 + item) % len(packaging)],
                    "mirror_assessment": "Протокол испытаний, синтетический" if code in mirrors() else None,
                    "outcome": Outcome.REMOVED if item < gone else left,
                }

    def estimates(self) -> Iterator[Row]:
        methods = (QuantityMethod.WEIGHED, QuantityMethod.DOCUMENT, QuantityMethod.EXPERT, QuantityMethod.VOLUME_DENSITY)
        for site in range(self.count):
            day = (self._days(site)[0] + timedelta(20)).isoformat()
            for item in range(ITEMS):
                grams = self._grams(site, item)
                yield {
                    "id": self._id(6, site, item),
                    "site_id": self._id(1, site),
                    "item_id": self._id(5, site, item),
                    "value": str(grams // 1000),
                    "unit": Unit.KG,
                    "mass_g": grams,
                    "method": methods[self._noise(site, 500 + item) % len(methods)],
                    "estimated_on": day,
                    "accepted": True,
                }

    def equipment(self) -> Iterator[Row]:
        for site in range(min(self.count, 999_999 - _FIRST_NUMBER)):
            noise = self._noise(site, 600)
            capacitor, year = noise % 3 > 0, 1966 + noise // 7 % 30
            model = (
                ("КС2-1,05-75", "КСК2-1,05-125")[noise // 11 % 2] if capacitor else ("ТНЗ-1000/10", "ТМ-630/6")[noise // 11 % 2]
            )
            mineral = model.startswith("ТМ")
            liquid = Liquid.MINERAL_OIL if mineral else Liquid.TCD if capacitor else Liquid.SOVTOL10
            ppm = float(4 + noise // 13 % 900) if mineral else None
            method = TestMethod.GC_ECD if mineral else TestMethod.NAMEPLATE
            leaking = noise // 17 % 40 == 0
            yield {
                "id": self._id(7, site),
                "site_id": self._id(1, site),
                "label": pcb.make_label(self.spots.region[site], _FIRST_NUMBER + site),
                "equipment": EquipmentType.CAPACITOR if capacitor else EquipmentType.TRANSFORMER,
                "model": model,
                "serial_no": f"{100_000 + noise // 19 % 900_000}",
                "year_made": year,
                "total_g": 56_000 if capacitor else 4_200_000,
                "liquid_g": 19_000 if capacitor else 1_300_000,
                "liquid": liquid,
                "ppm": ppm,
                "ppm_qualifier": None if ppm is None else "=",
                "test_method": method,
                "concentration": pcb.classify(
                    ppm=ppm, qualifier="=", method=method, liquid=liquid, model=model, year_made=year
                ),
                "operation": OperationalStatus.WASTE,
                "condition": EquipmentCondition.LEAKING if leaking else EquipmentCondition.INTACT,
            }

    def inspections(self) -> Iterator[Row]:
        numbers: dict[tuple[str, int], int] = {}
        for site in range(self.count):
            region, days = self.spots.region[site], self._days(site)
            for visit, visit_kind in enumerate((InspectionKind.INITIAL, InspectionKind.REPEAT, InspectionKind.CONTROL)):
                day = min(days[0] + timedelta(24 + visit * 190 + self._noise(site, 700 + visit) % 60), _LAST_DAY)
                numbers[region, day.year] = number = numbers.get((region, day.year), _FIRST_NUMBER) + 1
                row: Row = {
                    "id": self._id(8, site, visit),
                    "site_id": self._id(1, site),
                    "no": act_number(region, day.year, number),
                    "kind": visit_kind,
                    "state": InspectionState.SIGNED,
                    "visited_on": day.isoformat(),
                    "inspector": "С. Синтетический",
                    "facts": "Осмотр проведён, состав отходов соответствует описи.",
                    "conclusions": "Условия хранения не соответствуют требованиям.",
                    "signatures": [{"name": "С. Синтетический"}],
                    "signed_at": f"{day.isoformat()}T11:30:00.000Z",
                }
                row["content_sha256"] = _fingerprint(row)
                yield row

    def batches(self) -> Iterator[Row]:
        for site in range(self.count):
            status = self._life(site)[-1]
            count = _BATCHES.get(status, 0)
            for batch in range(count):
                day = self._batch_day(site, batch, count)
                net = sum(self._grams(site, item) for item in self._batch_items(site, batch))
                tare = (13_000 + self._noise(site, 800 + batch) % 300 * 10) * 1000
                row: Row = {
                    "id": self._id(9, site, batch),
                    "site_id": self._id(1, site),
                    "no": f"SYN-{site + 1:06}-{batch + 1}",
                    "state": BatchState.DESTROYED,
                    "loaded_at": f"{day.isoformat()}T06:00:00.000Z",
                    "manifest_no": f"СМ-{site + 1:06}-{batch + 1}",
                    "carrier": "ТОО «Синтетический перевозчик»",
                    "vehicle": f"{self._noise(site, 850) % 900 + 100} SYN {self.spots.region[site]}",
                    "operation": _OPERATIONS[self._noise(site, 870 + batch) % len(_OPERATIONS)],
                    "gross_g": net + tare,
                    "tare_g": tare,
                    "net_g": net,
                    "weigh_method": WeighMethod.WEIGHBRIDGE,
                    "ticket_no": f"СТ-{site + 1:06}-{batch + 1}",
                }
                if status is _S.REMOVING and batch == count - 1:
                    row["state"] = BatchState.IN_TRANSIT
                else:
                    row["received_on"] = (day + timedelta(2)).isoformat()
                    row["received_g"] = net - net * (self._noise(site, 890 + batch) % 12) // 1000
                    row["certificate_no"] = f"СУ-{site + 1:06}-{batch + 1}"
                    row["certificate_on"] = (day + timedelta(9)).isoformat()
                yield row

    def _batch_day(self, site: int, batch: int, count: int) -> date:
        """Between the beginning of the removal and what came after it."""
        life, days = self._life(site), self._days(site)
        begins = life.index(_S.REMOVING)
        ends = days[begins + 1] if begins + 1 < len(life) else days[begins] + timedelta(60)
        return days[begins] + timedelta((ends - days[begins] - timedelta(12)).days * batch // count)

    def _batch_items(self, site: int, batch: int) -> range:
        each = _PER_BATCH[self._life(site)[-1]]
        return range(batch * each, (batch + 1) * each)

    def lines(self) -> Iterator[Row]:
        for site in range(self.count):
            for batch in range(_BATCHES.get(self._life(site)[-1], 0)):
                for item in self._batch_items(site, batch):
                    yield {
                        "id": self._id(10, site, item),
                        "site_id": self._id(1, site),
                        "batch_id": self._id(9, site, batch),
                        "item_id": self._id(5, site, item),
                        "mass_g": self._grams(site, item),
                    }

    def entries(self) -> Iterator[Row]:
        kinds = {_S.SOLD: EntryKind.SOLD, _S.TRANSFERRED_LEB: EntryKind.TRANSFERRED}
        for site in range(self.count):
            entry = kinds.get(self._life(site)[-1])
            for item in range(ITEMS if entry else 0):
                yield {
                    "id": self._id(11, site, item),
                    "site_id": self._id(1, site),
                    "item_id": self._id(5, site, item),
                    "kind": entry,
                    "mass_g": self._grams(site, item),
                    "entered_on": self._days(site)[-1].isoformat(),
                    "document_id": self._id(2, site, 1),
                }

    def tenders(self) -> Iterator[Row]:
        for site in range(self.count):
            life, days = self._life(site), self._days(site)
            if _S.FOR_SALE not in life:
                continue
            row: Row = {
                "id": self._id(12, site),
                "site_id": self._id(1, site),
                "round": 1,
                "announced_on": days[life.index(_S.FOR_SALE)].isoformat(),
                "result": TenderResult.ANNOUNCED,
            }
            if life[-1] is _S.SOLD:
                row |= {
                    "result": TenderResult.HELD,
                    "decided_on": days[-1].isoformat(),
                    "buyer": "ТОО «Синтетический покупатель»",
                }
            yield row


def _fingerprint(row: Row) -> str:
    """The fingerprint of an inspection without findings, photos or measurements, as models/fingerprint makes it (INV-14)."""
    said = {name: plain(row[name]) for name in ("id", *fields("inspection")) if row.get(name) not in (None, [], {})}
    whole = {"inspection": said, "findings": [], "measurements": [], "photos": []}
    return hashlib.sha256(changes.canonical(whole)).hexdigest()
