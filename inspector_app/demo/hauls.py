"""How waste leaves a site of the demo register: contracts and batches with tickets, manifests, receipts and certificates."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inspector_app.actions import money, removal, waste
from inspector_app.demo.phrases import OPERATOR
from inspector_app.demo.story import Act, Teller
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.people import is_bin
from inspector_app.domain.removal import Funding, TenderResult, WeighMethod
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.transactions import Open

_D = DocumentType
_TRUCK_G = 20_000_000
_DRIVERS = ("Е. Рулевой", "К. Дорожный", "М. Попутнов")


@dataclass(frozen=True, slots=True)
class Haul:
    """One consignment: how many grams of which items (by their place in the teller's list), and PCB equipment in it."""

    lines: tuple[tuple[int, int], ...]
    equipment: tuple[str, ...] = ()

    @property
    def grams(self) -> int:
        """Its net mass."""
        return sum(grams for _item, grams in self.lines)


@dataclass(frozen=True, slots=True)
class Contractor:
    """Who takes the waste away, where to, and how it is treated there."""

    name: str
    number: int
    destination: str
    operation: str


INCINERATOR = Contractor("ТОО «Учебная Утилизация»", 12, "Учебный комплекс термической утилизации, Караганда", "D10")
LANDFILL = Contractor("ТОО «Учебный Полигон»", 27, "Учебный полигон опасных отходов, Павлодарская область", "D5")
CHEMISTRY = Contractor("ТОО «Учебная Нейтрализация»", 34, "Учебный цех физико-химической обработки, Тараз", "D9")
PCB_STORE = Contractor("ТОО «Учебный ПХД-центр»", 41, "Учебная установка уничтожения ПХД", "D10")
CARRIER = Contractor("ТОО «Учебный Перевозчик»", 55, "", "")


def bin_of(contractor: Contractor) -> str:
    """A BIN that nobody has, with a correct check digit."""
    stems = (f"{99 - contractor.number:02}0240{contractor.number:05}", f"{contractor.number:02}0140{contractor.number:05}")
    return next(stem + str(digit) for stem in stems for digit in range(10) if is_bin(stem + str(digit)))


def spread(grams: Sequence[tuple[int, int]], count: int) -> tuple[Haul, ...]:
    """Masses of items (place, grams) in `count` hauls of about the same mass, whole kilograms; one item may go with two."""
    total = sum(mass for _item, mass in grams)
    share = math.ceil(total / count / 1000) * 1000
    hauls: list[Haul] = []
    lines: list[tuple[int, int]] = []
    room = share
    for item, mass in grams:
        left = mass
        while left:
            part = min(left, room)
            lines.append((item, part))
            left, room = left - part, room - part
            if room == 0:
                hauls.append(Haul(tuple(lines)))
                lines, room = [], share
    if lines:
        hauls.append(Haul(tuple(lines)))
    return tuple(hauls)


def removal_lap(
    t: Teller,
    hauls: Sequence[Haul],
    *,
    contract_on: date,
    first_load: date,
    gap_days: int = 14,
    contractor: Contractor = INCINERATOR,
    amount_kzt: int,
    funding: Funding = Funding.EPR,
    last_arrives: bool = True,
    explained: int | None = None,
    pictures: Sequence[str] = (),
) -> Iterator[Act]:
    """A contract and its batches, the first of which begins the removal.

    `explained` is the place of a batch whose receipt differs beyond the tolerance, and which waits for its certificate
    until that is settled; without `last_arrives` the last one stays on its way.
    """
    contract_id = ""

    def sign(session: Open) -> None:
        nonlocal contract_id
        no = f"ДГ-{t.place.code}-{contract_on:%Y}"
        contract_id = removal.make_contract(
            session,
            no=no,
            signed_on=contract_on,
            contractor=contractor.name,
            site_id=t.site_id,
            bin=bin_of(contractor),
            licence_no=f"УЛ-{contractor.number:05}",
            licence_until=date(2028, 12, 31),
            subject="Вывоз и удаление опасных отходов",
            amount_kzt=amount_kzt,
            funding=funding,
            starts_on=contract_on,
            ends_on=first_load + timedelta(gap_days * len(hauls) + 30),
        ).id
        t.paper(session, _D.CONTRACT, contract_on, contractor.name, f"Договор {no}")

    yield t.act(contract_on, N_("Make a contract"), sign)
    for number, haul in enumerate(hauls):
        arrives = last_arrives or number < len(hauls) - 1
        yield from _haul(
            t,
            haul,
            load=first_load + timedelta(gap_days * number),
            contractor=contractor,
            contract=lambda: contract_id,
            begins=number == 0,
            arrives=arrives,
            differs=number == explained,
            pictures=pictures if number == 0 else (),
        )


def _haul(
    t: Teller,
    haul: Haul,
    *,
    load: date,
    contractor: Contractor,
    contract: Callable[[], str],
    begins: bool,
    arrives: bool,
    differs: bool,
    pictures: Sequence[str],
) -> Iterator[Act]:
    batch_id = ""
    trucks = math.ceil(haul.grams / _TRUCK_G)
    tare = sum(13_000_000 + t.random.randrange(0, 160) * 20_000 for _ in range(trucks))
    serial = t.random.randint(10_000, 99_999)

    def plan(session: Open) -> None:
        nonlocal batch_id
        batch_id = removal.plan_batch(
            session,
            t.site_id,
            contract_id=contract(),
            planned_on=load,
            carrier=CARRIER.name,
            carrier_bin=bin_of(CARRIER),
            vehicle=f"{t.random.randint(101, 989)} UCH {t.place.region}",
            trailer=f"{t.random.randint(11, 99)} PR {t.place.region}",
            driver=_DRIVERS[t.random.randrange(len(_DRIVERS))],
            destination=contractor.destination,
            destination_licence=f"УЛ-{contractor.number:05}",
            licence_until=date(2028, 12, 31),
            operation=contractor.operation,
        ).id
        for place, grams in haul.lines:
            lot = t.lots[place]
            removal.add_line(
                session,
                batch_id,
                t.items[place],
                mass_g=grams,
                containers=max(1, lot.packages * grams // lot.grams) if lot.packages else None,
                container_kind="1A2" if lot.packages else "BK2",
                pcb_items=haul.equipment,
            )

    def load_up(session: Open) -> None:
        removal.load_batch(
            session,
            batch_id,
            at=changes.now(session),
            manifest_no=f"ТТН-{serial}/{load:%y}",
            gross_g=haul.grams + tare,
            tare_g=tare,
            weigh_method=WeighMethod.WEIGHBRIDGE,
            ticket_no=f"ВТ-{serial}",
            scale_calibrated_until=date(load.year + 1, 3, 31),
            seals=f"{serial * 3 % 1_000_000:06}, {serial * 3 % 1_000_000 + 1:06}",
        )
        t.paper(session, _D.MANIFEST, load, CARRIER.name, f"ТТН-{serial}/{load:%y}")
        removal.send_batch(session, batch_id)

    yield t.act(load - timedelta(1), N_("Plan a removal batch"), plan)
    yield t.act(load, N_("Load a removal batch"), load_up)
    if begins:
        yield t.step(load, Status.REMOVING)
    if pictures:
        at = t.at(load)
        yield Act(at, N_("Attach photos"), lambda session: t.photos(session, pictures, None, at))
    if arrives:
        yield from _arrival(t, haul, lambda: batch_id, load=load, contractor=contractor, differs=differs, serial=serial)


def _arrival(
    t: Teller, haul: Haul, batch: Callable[[], str], *, load: date, contractor: Contractor, differs: bool, serial: int
) -> Iterator[Act]:
    share = -0.064 if differs else t.random.uniform(-0.004, 0.002)
    received = round(haul.grams * (1 + share) / 10_000) * 10_000
    note = "Испарение воды из шлама в пути, акт взвешивания приложен." if differs else None
    received_on, destroyed_on = load + timedelta(2), load + timedelta(8)

    def destroy(session: Open) -> None:
        number = f"СУ-{serial}/{destroyed_on:%y}"
        removal.destroy_batch(session, batch(), certificate_no=number, on=destroyed_on)
        t.paper(session, _D.DESTRUCTION_CERT, destroyed_on, contractor.name, number)

    yield t.act(
        received_on,
        N_("Receive a removal batch"),
        lambda session: removal.receive_batch(session, batch(), on=received_on, received_g=received, note=note),
    )
    if not differs:
        yield t.act(destroyed_on, N_("Destroy a removal batch"), destroy)


# -- otherwise than by batches --------------------------------------------------------------------------------------------


def tender(t: Teller, on: date, *, lots: int) -> Iterator[Act]:
    """A tender is announced; the first one brings the site on offer."""

    def announce(session: Open) -> None:
        t.tender_id = money.announce_tender(session, t.site_id, on=on, lots=lots).id

    yield t.act(on, N_("Announce a tender"), announce)


def tender_fails(t: Teller, on: date) -> Iterator[Act]:
    """Nobody bids."""

    def close(session: Open) -> None:
        number = f"ПК-{t.place.code}-{on:%y}/{on:%m}"
        money.close_tender(session, t.tender_id, result=TenderResult.FAILED, on=on, protocol_no=number)
        t.paper(session, _D.SALE_PROTOCOL, on, OPERATOR, "Протокол: конкурс признан несостоявшимся")

    yield t.act(on, N_("Close a tender"), close)


def sold(t: Teller, held: date, on: date, *, price_kzt: int) -> Iterator[Act]:
    """The tender is held, the waste goes to its buyer, the site is sold."""
    buyer = "ТОО «Учебный Покупатель»"

    def close(session: Open) -> None:
        money.close_tender(
            session,
            t.tender_id,
            result=TenderResult.HELD,
            on=held,
            price_kzt=price_kzt,
            buyer=buyer,
            protocol_no=f"ПК-{t.place.code}-{held:%y}/{held:%m}",
        )
        t.paper(session, _D.SALE_PROTOCOL, held, OPERATOR, "Протокол: конкурс состоялся")

    def hand_over(session: Open) -> None:
        contract = t.paper(session, _D.SALE_CONTRACT, on, OPERATOR, f"Договор купли-продажи, {buyer}")
        t.paper(session, _D.ACCEPTANCE_ACT, on, OPERATOR, "Акт передачи покупателю")
        for item in t.items:
            waste.sell(session, item, on=on, document_id=contract)

    yield t.act(held, N_("Close a tender"), close)
    yield t.act(on, N_("Sell the waste"), hand_over)
    yield t.step(on, Status.SOLD)


def transferred(t: Teller, on: date) -> Iterator[Act]:
    """The local authority takes the waste over."""

    def hand_over(session: Open) -> None:
        act = t.paper(session, _D.LEB_ACT, on, "Учебный акимат", "Акт передачи местному исполнительному органу")
        for item in t.items:
            waste.transfer(session, item, on=on, document_id=act)

    yield t.act(on, N_("Hand the waste over"), hand_over)
    yield t.step(on, Status.TRANSFERRED_LEB)
