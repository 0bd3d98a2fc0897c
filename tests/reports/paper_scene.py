"""A register for papers: a site like AZPM with 206 removals, a site with a signed inspection, photos and PCB equipment."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from inspector_app.actions import documents, inspections
from inspector_app.domain.inspection import InspectionKind, MeasurementKind
from inspector_app.domain.ownership import CourtResult, DocumentType, EventState, OwnershipType, Status
from inspector_app.domain.pcb import (
    ConcentrationClass,
    EquipmentCondition,
    EquipmentType,
    Liquid,
    OperationalStatus,
    TestMethod,
)
from inspector_app.domain.people import Role
from inspector_app.domain.removal import BatchState, Funding, WeighMethod
from inspector_app.domain.waste import PackagingCondition, PhysicalState, QuantityMethod, Unit
from inspector_app.models import changes
from inspector_app.models.inspections import Inspection
from inspector_app.models.register import Register
from inspector_app.models.removal import BatchLine, Budget, Contract, RemovalBatch
from inspector_app.models.sites import CourtDecision, Programme, Site, StatusEvent
from inspector_app.models.waste import PcbItem, QuantityEstimate, WasteItem

NOW = dt.datetime(2026, 5, 2, 8, 11, 9, 120_000, dt.UTC)
CODES = ("160506", "160507", "160508", "070204", "070208", "150110", "130205", "060101", "140603", "080111")
NAMES = (
    "Реагенты лабораторные неидентифицированные, в стеклянной таре",
    "Кубовые остатки и остатки реакций производства полистирола",
    "Тара из-под химических реагентов",
    "Катализатор отработанный, ванадиевый",
    "Растворители галогенированные, смеси",
)


def make(path: Path, *, kind: str = "demo") -> Register:
    register = Register.create(path, kind=kind, person="Әсел Нұрланқызы", clock=lambda: NOW)
    with register.writing("Write AZPM") as session:
        azpm(session)
        chain(session)
    with register.writing("Write Training site 4") as session:
        training_site(session, path.parent)
    return register


def event(session: Session, site: Site, number: int, status: Status, on: dt.date) -> None:
    changes.add(
        session,
        StatusEvent,
        site_id=site.id,
        to_status=status,
        effective_on=on,
        recorded_at=NOW,
        actor="registrar",
        role=Role.REGISTRAR,
        historical=True,
        position=number,
        state=EventState.ACCEPTED,
    )


def azpm(session: Session) -> Site:
    """206 waste types removed: 121 in 2023, 2 in 2024, 83 in 2025."""
    site = changes.add(
        session,
        Site,
        code="AZPM",
        register_no="KZ-47-0001",
        name_en="Former Aktau plastics plant",
        name_ru="Бывший Актауский завод пластических масс",
        name_kk="Бұрынғы Ақтау пластмасса зауыты",
        region="47",
        lat=43.65,
        lon=51.16,
        former_owner="АО «АЗПМ»",
    )
    event(session, site, 1, Status.UNDER_INSPECTION, dt.date(2022, 3, 1))
    event(session, site, 2, Status.REMOVED, dt.date(2025, 12, 1))
    contract = changes.add(
        session,
        Contract,
        site_id=site.id,
        no="18-К",
        signed_on=dt.date(2023, 2, 1),
        contractor="ТОО «Учебный подрядчик»",
        bin="120840000012",
        licence_no="02350P",
        licence_until=dt.date(2027, 1, 1),
        amount_kzt=1_284_500_000,
        funding=Funding.EPR,
        subject="Вывоз и уничтожение опасных отходов",
    )
    line = 0
    for year, count in ((2023, 121), (2024, 2), (2025, 83)):
        for start in range(0, count, 30):
            batch = changes.add(
                session,
                RemovalBatch,
                site_id=site.id,
                contract_id=contract.id,
                no=f"AZPM-{year}-{start // 30 + 1:02}",
                state=BatchState.DESTROYED,
                loaded_at=dt.datetime(year, 6, 1 + start // 30, 5, 0, tzinfo=dt.UTC),
                received_on=dt.date(year, 6, 4 + start // 30),
                manifest_no=f"ТТН-{year}-{start // 30 + 1:03}",
                ticket_no=f"{year}{start:04}",
                operation="D10",
                certificate_no=f"АУ-{year}-{start // 30 + 1}",
                certificate_on=dt.date(year, 7, 1),
                carrier="ТОО «Учебный перевозчик»",
            )
            total = 0
            for _ in range(min(30, count - start)):
                mass = (line * 37_000) % 900_000 + 12_000
                total += mass
                item = changes.add(
                    session,
                    WasteItem,
                    site_id=site.id,
                    line_no=line + 1,
                    code=CODES[line % len(CODES)],
                    name=f"{NAMES[line % len(NAMES)]} № {line + 1}" if line % 3 else None,
                    hazards=["HP6", "HP14"] if line % 2 else ["HP3"],
                )
                changes.add(
                    session,
                    QuantityEstimate,
                    site_id=site.id,
                    item_id=item.id,
                    value=str(mass // 1000),
                    unit=Unit.KG,
                    mass_g=mass,
                    method=QuantityMethod.COURT,
                    estimated_on=dt.date(2022, 1, 1),
                    accepted=True,
                )
                changes.add(
                    session,
                    BatchLine,
                    site_id=site.id,
                    batch_id=batch.id,
                    item_id=item.id,
                    mass_g=mass,
                    containers=1 + line % 4,
                    container_kind="1A2",
                )
                line += 1
            batch.net_g = total
            batch.received_g = total - 2_000
    return site


def chain(session: Session) -> None:
    """A few more sites, so that a summary has something to sum; and money."""
    for number, status in enumerate(
        (Status.SOLD, Status.TRANSFERRED_LEB, Status.PENDING_REMOVAL, Status.REMOVING, Status.CLAIM_FILED, Status.DISCOVERED)
    ):
        site = changes.add(
            session, Site, code=f"UO-{number:02}", name_ru=f"Учебный объект {number}", region="55", lat=52.3, lon=76.9
        )
        event(session, site, 1, status, dt.date(2024, 1 + number, 1))
    programme = changes.add(session, Programme, code="LEGACY", name_en="Legacy waste, 7 sites in 4 regions")
    changes.add(
        session,
        Budget,
        programme_id=programme.id,
        year=2026,
        funding=Funding.EPR,
        planned_kzt=11_900_000_000,
        spent_kzt=3_200_000_000,
    )


def photo(path: Path, number: int) -> Path:
    """A drawn picture that looks different each time."""
    picture = Image.new("RGB", (1632, 1224), (190 - number * 12, 200, 215))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 760, 1632, 1224), fill=(150, 132, 104))
    for drum in range(5):
        draw.rounded_rectangle((180 + drum * 260, 560, 360 + drum * 260, 900), 20, fill=(60 + number * 20, 90, 70 + drum * 20))
    picture.save(path, quality=90)
    return path


def training_site(session: Session, folder: Path) -> None:
    """A site under inspection with a court decision, PCB equipment, a batch on its way, and a signed inspection."""
    site = changes.add(
        session,
        Site,
        code="UO-55-04",
        register_no="KZ-55-0014",
        name_en="Training site 4, former depot",
        name_ru="Учебный объект 4, бывшая база",
        name_kk="№ 4 оқу нысаны, бұрынғы база: Ә Ғ Қ Ң Ө Ұ Ү Һ І",
        region="55",
        kato="551010000",
        address="Павлодарская область, г. Экибастуз, промзона",
        cadastral_no="14-219-003-118",
        former_owner="АО «Учебный владелец» (ликвидировано)",
        lat=51.7231,
        lon=75.3229,
        accuracy_m=5.0,
        source_crs="EPSG:4326",
        area_m2=48_200,
        boundary={
            "type": "Polygon",
            "coordinates": [[[75.28, 51.70], [75.37, 51.70], [75.37, 51.74], [75.28, 51.74], [75.28, 51.70]]],
        },
    )
    event(session, site, 1, Status.UNDER_INSPECTION, dt.date(2025, 9, 1))
    for type_, no, on in (
        (DocumentType.MENR_CONSENT, "03-11/482", dt.date(2025, 6, 2)),
        (DocumentType.ACCEPTANCE_ACT, "12", dt.date(2025, 8, 29)),
    ):
        documents.record_document(session, site.id, type=type_, no=no, issued_on=on, issuer="МЭПР РК")
    changes.add(
        session,
        CourtDecision,
        site_id=site.id,
        court="Экибастузский городской суд",
        case_no="5514-24-00-2/1187",
        claimant="Департамент экологии по Павлодарской области",
        decided_on=dt.date(2025, 3, 12),
        in_force_on=dt.date(2025, 4, 14),
        result=CourtResult.RECOGNISED,
        ownership=OwnershipType.REPUBLICAN,
        listed=["Конденсаторы, содержащие ПХД, 46 шт.", "Масло трансформаторное в бочках, около 3 т"],
    )
    items = {}
    for number, (code, hazards, mass) in enumerate(
        (
            ("160209", ["HP5", "HP14", "C16"], 2_600_000),
            ("130301", ["HP14", "C16"], 3_120_000),
            ("170503", ["HP14"], 41_000_000),
        ),
        start=1,
    ):
        item = items[code] = changes.add(
            session,
            WasteItem,
            site_id=site.id,
            line_no=number,
            code=code,
            hazards=hazards,
            y_codes=["Y10"],
            state=PhysicalState.ARTICLE if number == 1 else PhysicalState.LIQUID if number == 2 else PhysicalState.SOLID,
            un_no="3432" if number != 2 else "2315",
            adr_class="9",
            packing_group="II",
        )
        changes.add(
            session,
            QuantityEstimate,
            site_id=site.id,
            item_id=item.id,
            value="1",
            unit=Unit.T,
            mass_g=mass,
            method=QuantityMethod.EXPERT,
            estimated_on=dt.date(2025, 9, 20),
            accepted=True,
        )
    equipment = [
        changes.add(
            session,
            PcbItem,
            site_id=site.id,
            item_id=items["160209"].id,
            label=f"KZ-PCB-55-{number:06}",
            equipment=EquipmentType.CAPACITOR if number % 4 else EquipmentType.TRANSFORMER,
            maker="УККЗ",
            country="СССР",
            model="КС2-1,05-75" if number % 4 else "ТНЗ-1000/10",
            serial_no=f"{4100 + number}",
            year_made=1980 + number % 9,
            power_kvar=75.0,
            voltage_kv=1.05,
            total_g=54_000 if number % 4 else 4_200_000,
            dry_g=36_000 if number % 4 else 2_700_000,
            liquid_g=18_000 if number % 4 else 1_500_000,
            liquid_ml=13_000,
            liquid=Liquid.TCD if number % 4 else Liquid.SOVTOL10,
            ppm=None if number % 3 else 620.0,
            ppm_qualifier=None if number % 3 else "=",
            test_method=TestMethod.NAMEPLATE if number % 3 else TestMethod.GC_ECD,
            tested_on=dt.date(2025, 9, 30),
            concentration=ConcentrationClass.GT_10PCT if number % 3 else ConcentrationClass.GT_500,
            operation=OperationalStatus.WASTE,
            condition=EquipmentCondition.LEAKING if number == 5 else EquipmentCondition.INTACT,
            storage="Склад 2, ряд 3",
        )
        for number in range(1, 13)
    ]
    session.flush()
    batch = changes.add(
        session,
        RemovalBatch,
        site_id=site.id,
        no="2026-041",
        state=BatchState.RECEIVED,
        loaded_at=dt.datetime(2026, 4, 20, 6, 40, tzinfo=dt.UTC),
        manifest_no="ТТН-2026-0141",
        carrier="ТОО «Учебный перевозчик»",
        carrier_bin="990240000020",
        vehicle="KZ 482 ABC 14",
        trailer="KZ 17 QAA 14",
        driver="Б. Учебный",
        destination="Учебный завод уничтожения, Караганда",
        destination_licence="02411P",
        licence_until=dt.date(2028, 12, 31),
        operation="D10",
        gross_g=24_560_000,
        tare_g=21_440_000,
        net_g=3_120_000,
        weigh_method=WeighMethod.WEIGHBRIDGE,
        ticket_no="000817",
        scale_calibrated_until=dt.date(2026, 11, 30),
        seals="118204, 118205",
        received_on=dt.date(2026, 4, 24),
        received_g=3_054_000,
        discrepancy_note="Одна бочка вскрыта на приёмке, разлив собран сорбентом.",
    )
    changes.add(
        session,
        BatchLine,
        site_id=site.id,
        batch_id=batch.id,
        item_id=items["130301"].id,
        mass_g=3_066_000,
        containers=16,
        container_kind="1A1",
    )
    changes.add(
        session,
        BatchLine,
        site_id=site.id,
        batch_id=batch.id,
        item_id=items["160209"].id,
        mass_g=54_000,
        containers=1,
        container_kind="P906",
        pcb_items=[equipment[0].id],
    )
    session.flush()
    visit(session, site, folder, dt.date(2025, 10, 14), items, photos=0)
    visit(session, site, folder, dt.date(2026, 4, 28), items, photos=6)
    inspections.start_inspection(session, site.id, planned_on=dt.date(2026, 9, 1))


def visit(session: Session, site: Site, folder: Path, on: dt.date, items: dict[str, WasteItem], *, photos: int) -> Inspection:
    act = inspections.start_inspection(
        session,
        site.id,
        kind=InspectionKind.REPEAT,
        visited_on=on,
        order_no="Приказ № 41-П от 20.04.2026",
        weather="Ясно, +14 °C, ветер 6 м/с",
        attendees=[
            {"name": "Б. Сейітқали", "position": "главный специалист", "organisation": "Департамент экологии"},
            {"name": "Ж. Өтеген", "position": "аким сельского округа", "organisation": "МИО"},
        ],
        lat=51.7233,
        lon=75.3231,
        facts="На площадке 46 конденсаторов в два ряда под навесом. Течь у одного конденсатора (KZ-PCB-55-000005).\n"
        "16 бочек по 200 л с маслом, крышки закрыты. Пятно на грунте 4 × 6 м у северной стены.",
        conclusions="Отходы соответствуют перечню суда. Грунт у северной стены загрязнён и подлежит учёту.",
        measures="Течь собрана, конденсатор помещён в поддон. Ограждение восстановить до 15.05.2026.",
        recommendation=Status.PENDING_REMOVAL,
        answers=answers(),
    )
    for number, (code, mass) in enumerate((("160209", 2_600_000), ("130301", 3_120_000), ("170503", 41_000_000))):
        if photos or number < 2:
            inspections.add_finding(
                session,
                act.id,
                code=code,
                item_id=items[code].id,
                mass_g=mass - (0 if photos else 120_000),
                method=QuantityMethod.EXPERT,
                packaging="бочка 200 л" if number == 1 else "без упаковки",
                packages=16 if number == 1 else None,
                condition=PackagingCondition.RUSTED if number == 1 else PackagingCondition.NONE,
            )
    for point in range(4):
        inspections.add_measurement(
            session,
            act.id,
            kind=MeasurementKind.GAMMA if point % 2 else MeasurementKind.VOC,
            value=0.12 + point,
            point=f"Т{point + 1}",
            measured_at=dt.datetime.combine(on, dt.time(6, 10 + point), dt.UTC),
            device="ДКС-АТ1121",
            device_no="10422",
            calibrated_until=dt.date(2027, 2, 1),
        )
    for number in range(photos):
        documents.attach_photo(
            session,
            site.id,
            photo(folder / f"photo-{number}.jpg", number),
            inspection_id=act.id,
            caption=("Общий вид с юга", "Конденсаторы под навесом", "Течь, KZ-PCB-55-000005")[number % 3],
            taken_at=dt.datetime.combine(on, dt.time(6, 20 + number), dt.UTC),
            lat=51.7233,
            lon=75.3231,
            direction_deg=40 * number,
        )
    return inspections.sign_inspection(
        session,
        act.id,
        signatures=[
            {"name": "А. Инспектор", "position": "инспектор", "organisation": "АО «Жасыл даму»"},
            {"name": "Б. Сейітқали", "position": "главный специалист", "organisation": "Департамент экологии"},
            {"name": "Ж. Өтеген", "position": "аким сельского округа", "refusal": "не согласен с границей участка"},
        ],
    )


def answers() -> dict[str, object]:
    """An answer to every question that is asked."""
    from inspector_app.domain.inspection import is_asked
    from inspector_app.models.checklist import checklist

    given: dict[str, object] = {}
    for question in checklist().questions:
        if is_asked(question, given):
            match question.kind:
                case "choice":
                    given[question.id] = question.options[0].code
                case "number":
                    given[question.id] = max(question.low or 0, 350 if (question.high or 10**6) > 350 else 1)
                case _:
                    given[question.id] = "записано на месте"
    return given


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


Make = Callable[..., Register]
