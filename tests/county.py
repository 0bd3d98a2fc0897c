"""A county of fourteen sites for the window: one removed, one sold half way, several pending, some before the court."""

from datetime import date

from office import Office

from inspector_app.actions import money, ownership, removal, waste
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.pcb import EquipmentCondition, EquipmentType
from inspector_app.domain.removal import Funding

D = date


def fill(office: Office) -> dict[str, str]:
    """Ids of the sites by their codes."""
    ids: dict[str, str] = {}
    for number in range(1, 9):
        code = f"TS-{number:02}"
        ids[code] = office.site(
            code,
            on=D(2019, number, 1),
            region=("47", "55", "10", "63")[number % 4],
            name_en=f"Training site {number}",
            name_ru=f"Учебный объект {number}",
            name_kk=f"Оқу нысаны {number}",
        )
    for code, year in (("AZPM", 2020), ("TS-10", 2021), ("TS-11", 2022)):
        ids[code], item = office.pending(code, year, tonnes=100)
        if code == "AZPM":
            contract = office.paper(ids[code], DocumentType.CONTRACT, D(2023, 1, 10), "4-U")
            batch = office.loaded(ids[code], (item, 40_000_000), on=D(2023, 2, 1))
            office.do(ownership.take_step, ids[code], Status.REMOVING, on=D(2023, 2, 2), documents=[contract])
            office.do(removal.send_batch, batch)
            office.do(removal.receive_batch, batch, on=D(2023, 2, 3), received_g=40_000_000)
    for code in ("TS-12", "TS-13"):
        ids[code] = office.owned(code, 2023, name_en="Under the sky", name_ru="Под небом")
    ids["TS-14"] = office.site("TS-14", on=D(2024, 1, 1), name_en="<b>Hostile</b> {name} & Co", name_ru="Объект «ёлка»")
    office.do(
        waste.add_pcb_item,
        ids["TS-12"],
        equipment=EquipmentType.CAPACITOR,
        condition=EquipmentCondition.LEAKING,
        maker="UKKZ",
        serial_no="СН-0042",
        leak_since=D(2026, 4, 1),
        total_g=54_000,
    )
    programme = office.do(money.make_programme, code="LEGACY", name_en="Legacy waste", name_ru="Исторические отходы")
    for code in ("AZPM", "TS-10"):
        office.do(money.add_to_programme, ids[code], programme)
    office.do(
        money.set_budget,
        programme_id=programme,
        year=2025,
        funding=Funding.EPR,
        planned_kzt=11_900_000_000,
        spent_kzt=3_200_000_000,
    )
    return ids
