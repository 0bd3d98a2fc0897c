"""The sites whose lives are like no other: AZPM, Koshkar-Ata, PCB equipment, and those that need attention."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from inspector_app.actions import documents, inspections, waste
from inspector_app.demo import azpm, hauls
from inspector_app.demo.facts import EQUIPMENT, Equipment, Lot
from inspector_app.demo.hauls import CHEMISTRY, INCINERATOR, LANDFILL, PCB_STORE, Haul, removal_lap, spread
from inspector_app.demo.phrases import OPERATOR
from inspector_app.demo.story import Act, Teller
from inspector_app.demo.waste import kind
from inspector_app.domain.inspection import InspectionKind, MeasurementKind
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.pcb import EquipmentCondition, EquipmentType, Liquid, OperationalStatus, TestMethod
from inspector_app.domain.removal import Funding
from inspector_app.domain.waste import PhysicalState, QuantityMethod, Unit
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.transactions import Open

_D, _S = DocumentType, Status
_CLEAN = "Территория очищена, отходы не обнаружены. Контрольные пробы грунта в пределах норм."


def closing(t: Teller, closed: date) -> Iterator[Act]:
    """The last visit finds nothing, the area is handed back: the site is removed."""
    yield from t.inspected(
        closed - timedelta(4),
        InspectionKind.CLOSURE,
        pictures=[scene for scene in t.place.scenes if scene == "cleared"],
        facts=_CLEAN,
        conclusions="Объект может быть снят с учёта.",
        recommendation=_S.REMOVED,
    )
    yield t.step(closed, _S.REMOVED, (_D.WORKS_ACT, OPERATOR, None), (_D.CLEARANCE_ACT, OPERATOR, "Акт приёмки территории"))


def azpm_lots(t: Teller) -> tuple[Lot, ...]:
    """The lines of the plant with masses: small lots of reagents more often than large ones."""
    lots = []
    for year, code, name in azpm.lines():
        bulk = 11_800 if year == 2025 else 7_600
        kilograms = 30 + int(bulk * t.random.random() ** 2.1)
        packed = kind(code).state is not PhysicalState.SLUDGE and kilograms < 6000
        lots.append(Lot(code, kilograms * 1000, max(1, kilograms // 40) if packed else None, name))
    return tuple(lots)


def azpm_life(t: Teller) -> Iterator[Act]:
    """Offered for sale twice in vain, then removed in three laps: 121, 2 and 83 waste types (domain.md 6.6)."""
    offered, again = date(2022, 2, 15), date(2022, 6, 14)
    yield from hauls.tender(t, offered, lots=14)
    yield t.step(offered, _S.FOR_SALE)
    yield from hauls.tender_fails(t, date(2022, 5, 17))
    yield from hauls.tender(t, again, lots=9)
    yield from hauls.tender_fails(t, date(2022, 9, 20))
    yield t.step(date(2022, 9, 23), _S.PENDING_REMOVAL, note="Повторный конкурс по реализации признан несостоявшимся.")
    years = [year for year, _code, _name in azpm.lines()]
    of_year = {year: [(place, t.lots[place].grams) for place, each in enumerate(years) if each == year] for year in set(years)}
    yield from removal_lap(
        t,
        spread(of_year[2023], 17),
        contract_on=date(2023, 3, 14),
        first_load=date(2023, 4, 11),
        contractor=CHEMISTRY,
        amount_kzt=412_600_000,
        pictures=("truck",),
    )
    yield t.step(date(2023, 12, 12), _S.PENDING_REMOVAL, (_D.WORKS_ACT, CHEMISTRY.name, "Работы 2023 года"))
    yield from removal_lap(
        t,
        spread(of_year[2024], 1),
        contract_on=date(2024, 8, 6),
        first_load=date(2024, 9, 10),
        contractor=CHEMISTRY,
        amount_kzt=24_300_000,
    )
    yield t.step(date(2024, 10, 15), _S.PENDING_REMOVAL, (_D.WORKS_ACT, CHEMISTRY.name, "Работы 2024 года"))
    yield from removal_lap(
        t,
        spread(of_year[2025], 15),
        contract_on=date(2025, 3, 4),
        first_load=date(2025, 4, 8),
        contractor=INCINERATOR,
        amount_kzt=538_900_000,
    )
    yield from closing(t, t.place.closed or date(2025, 11, 27))


# -- Koshkar-Ata ----------------------------------------------------------------------------------------------------------


def gamma(t: Teller) -> Callable[[Open, str], None]:
    """A line of readings in microsievert per hour: dry beach 0.8 to 1.5, two hot spots, background 0.12 (domain.md 2.4)."""

    def measure(session: Open, inspection_id: str) -> None:
        values = [t.random.uniform(0.8, 1.5) for _ in range(9)] + [t.random.uniform(15, 30) for _ in range(2)] + [0.12]
        for number, value in enumerate(values, start=1):
            lat, lon = t.spot()
            inspections.add_measurement(
                session,
                inspection_id,
                kind=MeasurementKind.GAMMA,
                value=round(value, 2),
                point="Фон, 3 км западнее" if number == len(values) else f"Т-{number:02}",
                lat=lat,
                lon=lon,
                device="Учебный дозиметр УД-1",
                device_no="УД-0417",
                calibrated_until=date(changes.now(session).year + 1, 3, 31),
            )

    return measure


def koshkar_ata(t: Teller) -> Iterator[Act]:
    """Several estimates that disagree, yearly readings, and a budget line of its own."""

    def estimates(session: Open) -> None:
        item = t.items[0]
        add = waste.add_estimate
        add(
            session, item, value="416000000000000", unit=Unit.BQ, method=QuantityMethod.DOCUMENT,
            estimated_on=date(2019, 3, 5), source="Отчёт о радиационном обследовании, 11 242 Ки",
        )  # fmt: skip
        add(
            session, item, value="410000000", unit=Unit.T, method=QuantityMethod.EXPERT, estimated_on=date(2021, 10, 12),
            source="Обзор хвостохранилищ Прикаспия: свыше 400 млн т", low_g=400_000_000_000_000, high_g=440_000_000_000_000,
        )  # fmt: skip
        add(
            session, item, value="388500000", unit=Unit.T, method=QuantityMethod.GEODETIC, estimated_on=date(2024, 7, 30),
            source="Батиметрия и съёмка 2024 года", low_g=365_000_000_000_000, high_g=412_000_000_000_000,
        )  # fmt: skip

    for on in (date(2023, 10, 10), date(2024, 9, 24), date(2025, 9, 16), date(2026, 9, 8)):
        yield from t.inspected(
            on,
            InspectionKind.REPEAT,
            pictures=t.place.scenes[on.year % 2 :][:1],
            facts="Пыление сухого пляжа при ветре. Мощность дозы измерена по профилю.",
            conclusions="Состояние без изменений. Требуется покрытие южного пляжа.",
            extra=gamma(t),
        )
        if on.year == 2024:
            yield t.act(date(2024, 10, 15), N_("Record estimates"), estimates)


# -- PCB equipment --------------------------------------------------------------------------------------------------------


def record_equipment(t: Teller, session: Open, known: list[Equipment]) -> None:
    """Every piece of the equipment of a site, under its waste item; ids are kept by model."""
    for each in known:
        wanted = "130301" if each.equipment == "OIL_CONTAINER" else "160209"
        item = t.items[next(place for place, lot in enumerate(t.lots) if lot.code == wanted)]
        for piece in range(each.pieces):
            made = waste.add_pcb_item(
                session,
                t.site_id,
                equipment=EquipmentType(each.equipment),  # type: ignore[call-arg]
                item_id=item,
                maker=each.maker or None,
                country=each.country or None,
                model=each.model,
                serial_no=str(each.first_serial + piece * 17),
                year_made=each.year + piece % 3,
                power_kvar=each.power_kvar,
                voltage_kv=each.voltage_kv,
                total_g=each.total_g,
                dry_g=each.dry_g,
                liquid_g=each.liquid_g,
                liquid_ml=each.liquid_ml,
                liquid=Liquid(each.liquid),  # type: ignore[call-arg]
                test_method=TestMethod(each.method),  # type: ignore[call-arg]
                ppm=each.ppm,
                ppm_qualifier=None if each.ppm is None else "=",
                tested_on=None if each.ppm is None else changes.now(session).date() - timedelta(12),
                laboratory=None if each.ppm is None else "Учебная лаборатория",
                protocol_no=None if each.ppm is None else f"ПИ-ПХД/{each.first_serial}",
                operation=OperationalStatus.OUT_OF_SERVICE if each.target is None else OperationalStatus.WASTE,
                storage=each.storage,
                former_owner=t.place.former_owner,
            )
            t.equipment.setdefault(each.model, []).append(made.id)


def _relocated(t: Teller, on: date) -> Iterator[Act]:
    """Equipment goes to a safer place under the UNDP/GEF project, one model a day."""
    models = [each for each in EQUIPMENT if each.site == t.place.code and each.target]
    for day, each in enumerate(models):
        moved_on = on + timedelta(day * 6)

        def move(session: Open, each: Equipment = each, moved_on: date = moved_on) -> None:
            act = t.paper(session, _D.OTHER, moved_on, "Проект ПРООН/ГЭФ (учебный)", f"Акт перемещения: {each.model}")
            for item in t.equipment[each.model]:
                waste.move_pcb_item(session, item, target=each.target or "", on=moved_on, document_id=act)

        yield t.act(moved_on, N_("Relocate PCB equipment"), move)


def capacitor_plant(t: Teller) -> Iterator[Act]:
    """Capacitors moved into containers; one of them leaks."""
    yield from _relocated(t, date(2025, 10, 14))
    on = date(2026, 8, 11)
    yield from t.inspected(
        on,
        InspectionKind.CONTROL,
        pictures=("leak",),
        facts="В контейнере К-1 обнаружена течь одного конденсатора, разлив около 2 м².",
        conclusions="Требуется перетаривание и внеочередной вывоз.",
        spill="FRESH",
    )
    leaking = t.equipment

    def leaks(session: Open) -> None:
        first = leaking["КС2-1,05-75"][0]
        waste.change_pcb_item(session, first, condition=EquipmentCondition.LEAKING, leak_since=on)

    yield t.act(on, N_("Change PCB equipment"), leaks)


def substation(t: Teller) -> Iterator[Act]:
    """Transformers moved under a roof; the soil goes first, then two of them, which have not arrived yet."""
    yield from _relocated(t, date(2026, 3, 3))
    soil, oil, equipment = 2, 1, 0
    transformers = ("ТНП-630/6",)
    loads = spread([(soil, 138_000_000)], 6)
    mass = sum(each.total_g * each.pieces for each in EQUIPMENT if each.model in transformers)

    def pcb_ids() -> tuple[str, ...]:
        return tuple(item for model in transformers for item in t.equipment[model])

    yield from removal_lap(
        t,
        (*loads, Haul(((oil, 8_600_000),)), Haul(((equipment, mass),), pcb_ids())),
        contract_on=date(2026, 4, 14),
        first_load=date(2026, 5, 12),
        gap_days=22,
        contractor=PCB_STORE,
        amount_kzt=186_000_000,
        funding=Funding.UNDP_GEF,
        last_arrives=False,
        pictures=("truck",),
    )


def slurry(t: Teller) -> Iterator[Act]:
    """A long removal, whose last batch lost more water on its way than the tolerance allows."""
    yield from removal_lap(
        t,
        spread([(0, 286_000_000)], 12),
        contract_on=date(2025, 7, 15),
        first_load=date(2025, 8, 19),
        gap_days=34,
        contractor=LANDFILL,
        amount_kzt=394_000_000,
        explained=11,
        pictures=("truck",),
    )


def overdue(t: Teller) -> Iterator[Act]:
    """A control visit was planned and did not take place."""

    def plan(session: Open) -> None:
        inspections.start_inspection(
            session, t.site_id, kind=InspectionKind.CONTROL, planned_on=date(2026, 9, 15), inspector="Д. Макетов"
        )

    yield t.act(date(2026, 7, 21), N_("Plan an inspection"), plan)


def on_offer(t: Teller) -> Iterator[Act]:
    """The tender is still open."""
    on = date(2026, 9, 22)
    yield t.act(
        on - timedelta(20),
        N_("Record a document"),
        lambda session: documents.record_document(
            session,
            t.site_id,
            type=_D.VALUATION,
            no=f"ОЦ-{t.place.code}-26",
            issued_on=on - timedelta(20),
            issuer="ТОО «Учебная Оценка»",
        ),
    )
    yield from hauls.tender(t, on, lots=3)
    yield t.step(on, _S.FOR_SALE)
