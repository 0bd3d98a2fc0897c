"""The life of each site of the demo register, from its discovery to where it stands today."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from inspector_app.actions import inspections, money
from inspector_app.demo import hauls, particular
from inspector_app.demo.budgets import Programmes
from inspector_app.demo.facts import EQUIPMENT
from inspector_app.demo.hauls import CHEMISTRY, INCINERATOR, LANDFILL, Contractor, removal_lap, spread
from inspector_app.demo.phrases import OPERATOR
from inspector_app.demo.story import Act, Teller
from inspector_app.domain.inspection import InspectionKind
from inspector_app.domain.ownership import CourtResult, DocumentType, OwnershipType, Status
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.transactions import Open

_D, _S = DocumentType, Status
_FACTS = "На участке обнаружены отходы согласно таблице. Тара частично повреждена, ограждение местами отсутствует."
_CONCLUSIONS = "Отходы опасны, хранение не отвечает требованиям. Рекомендуется включить объект в план удаления."
_CLEAN = "Территория очищена, отходы не обнаружены. Контрольные пробы грунта в пределах норм."


# -- every site -----------------------------------------------------------------------------------------------------------


def life(t: Teller, known: Programmes) -> Iterator[Act]:
    """The whole life of a site."""
    if t.place.code == "AZPM":
        t.lots = particular.azpm_lots(t)
    else:
        t.lots = t.place.lots
    yield from t.discovered()
    if t.place.owned is None:
        yield from _before_the_state(t)
        return
    yield from _to_the_state(t)
    if t.place.end is _S.UNDER_INSPECTION:
        yield from _joins(t, known)
        yield from _half_an_inspection(t)
        return
    yield from _first_visit(t)
    yield from _joins(t, known)
    yield from _LIVES[t.place.code](t)


def _to_the_state(t: Teller) -> Iterator[Act]:
    place = t.place
    days = ((place.owned or place.discovered) - place.discovered).days
    if place.code == "AZPM":
        listed, t.lots = t.lots, ()
        yield from t.surveyed()
        t.lots = listed
    else:
        yield from t.surveyed()
    yield from t.claimed(place.discovered + timedelta(round(days * 0.42)))
    yield from t.decided(place.discovered + timedelta(round(days * 0.68)))
    yield from t.accepted()


def _first_visit(t: Teller) -> Iterator[Act]:
    """The operator's inspection, accepted quantities, equipment; then the site waits for removal."""
    on = (t.place.owned or t.place.discovered) + timedelta(34)
    pictures = [scene for scene in t.place.scenes if scene not in {"truck", "cleared"}]
    yield from t.weighed(on - timedelta(1))
    equipment = [each for each in EQUIPMENT if each.site == t.place.code]
    if equipment:
        yield t.act(on, N_("Record PCB equipment"), lambda session: particular.record_equipment(t, session, equipment))
    yield from t.inspected(
        on,
        InspectionKind.INITIAL,
        pictures=pictures,
        facts=_FACTS,
        conclusions=_CONCLUSIONS,
        recommendation=_S.PENDING_REMOVAL,
        spill="OLD" if "leak" in pictures or "pit" in pictures else "NO",
        extra=particular.gamma(t) if t.place.code == "KOSHKAR-ATA" else None,
    )
    passport = on + timedelta(18)
    yield t.step(passport, _S.PENDING_REMOVAL, (_D.WASTE_PASSPORT, OPERATOR, "Паспорт опасных отходов"))


def _joins(t: Teller, known: Programmes) -> Iterator[Act]:
    """The site becomes part of its programmes."""
    members: list[Callable[[], str]] = [lambda: known.legacy] if t.place.legacy else []
    if any(each.site == t.place.code and each.target for each in EQUIPMENT):
        members.append(lambda: known.pcb)
    if members:
        on = max((t.place.owned or t.place.discovered) + timedelta(58), date(2023, 1, 24))

        def join(session: Open) -> None:
            for programme in members:
                money.add_to_programme(session, t.site_id, programme())

        yield t.act(on, N_("Add to a programme"), join)


def _before_the_state(t: Teller) -> Iterator[Act]:
    """Sites on their way to court, and those that never came to the state."""
    end, found = t.place.end, t.place.discovered
    if end is _S.DISCOVERED:
        return
    yield from t.surveyed()
    if end is _S.OWNER_FOUND:
        reply = (_D.OWNER_INQUIRY, "Учебный регистр юридических лиц", "Собственник: правопреемник предприятия")
        yield t.step(found + timedelta(110), _S.OWNER_FOUND, reply, note="Отходы вывозит собственник.")
        return
    if end is _S.OWNER_SEARCH:
        return
    yield from t.claimed(found + timedelta(140))
    match end:
        case _S.COURT_REFUSED:
            yield from t.decided(found + timedelta(236), result=CourtResult.REFUSED)
        case _S.COMMUNAL:
            decided = found + timedelta(236)
            yield from t.decided(decided, ownership_type=OwnershipType.COMMUNAL)
            yield t.step(decided + timedelta(40), _S.COMMUNAL)
        case _S.DECIDED:
            yield from t.decided(found + timedelta(322))


def _half_an_inspection(t: Teller) -> Iterator[Act]:
    """A visit of these days that is not finished yet: what is a draft, and can be left and continued."""
    on = date(2026, 11, 17)

    def start(session: Open) -> None:
        lat, lon = t.spot()
        act = inspections.start_inspection(
            session,
            t.site_id,
            kind=InspectionKind.INITIAL,
            visited_on=on,
            planned_on=on,
            inspector="С. Образцова",
            order_no="П-26/231",
            weather="Облачно, +6 °C",
            lat=lat,
            lon=lon,
        )
        answers = t.answers()
        kept = {name: answers[name] for name in ("access", "fence", "entered", "dwelling_m")}
        inspections.change_inspection(session, act.id, answers=kept)
        for lot, item in zip(t.lots, t.items, strict=True):
            inspections.add_finding(session, act.id, code=lot.code, item_id=item, packages=lot.packages)
        t.photos(session, t.place.scenes, act.id, changes.now(session))

    yield t.act(on, N_("Start an inspection"), start)


# -- what became of them --------------------------------------------------------------------------------------------------


def _all(t: Teller) -> list[tuple[int, int]]:
    return [(place, lot.grams) for place, lot in enumerate(t.lots)]


def _cleared(t: Teller, contractor: Contractor, *, count: int, amount_kzt: int) -> Iterator[Act]:
    """One contract takes everything away; a last visit, and the site is clear."""
    closed = t.place.closed or t.place.discovered
    yield from removal_lap(
        t,
        spread(_all(t), count),
        contract_on=closed - timedelta(30 + 14 * count),
        first_load=closed - timedelta(10 + 14 * count),
        contractor=contractor,
        amount_kzt=amount_kzt,
    )
    yield from particular.closing(t, closed)


def _sale(price_kzt: int) -> Callable[[Teller], Iterator[Act]]:
    def told(t: Teller) -> Iterator[Act]:
        closed = t.place.closed or t.place.discovered
        offered = closed - timedelta(84)
        yield from hauls.tender(t, offered, lots=len(t.lots))
        yield t.step(offered, _S.FOR_SALE)
        yield from hauls.sold(t, closed - timedelta(28), closed, price_kzt=price_kzt)

    return told


def _removal(contractor: Contractor, count: int, amount_kzt: int) -> Callable[[Teller], Iterator[Act]]:
    return lambda t: _cleared(t, contractor, count=count, amount_kzt=amount_kzt)


def _transfer(t: Teller) -> Iterator[Act]:
    return hauls.transferred(t, t.place.closed or t.place.discovered)


_LIVES: Mapping[str, Callable[[Teller], Iterator[Act]]] = MappingProxyType(
    {
        "AZPM": particular.azpm_life,
        "KOSHKAR-ATA": particular.koshkar_ata,
        "TS-01": _removal(INCINERATOR, 7, 118_400_000),
        "TS-02": _removal(CHEMISTRY, 4, 74_900_000),
        "TS-03": _removal(CHEMISTRY, 8, 163_200_000),
        "TS-04": _removal(INCINERATOR, 3, 66_100_000),
        "TS-05": _removal(LANDFILL, 14, 342_700_000),
        "TS-06": _sale(21_400_000),
        "TS-07": _sale(9_860_000),
        "TS-08": _transfer,
        "TS-09": _transfer,
        "TS-10": particular.capacitor_plant,
        "TS-11": particular.on_offer,
        "TS-12": particular.substation,
        "TS-13": particular.slurry,
        "TS-14": particular.overdue,
    }
)
"""What happened to a site after it began to wait for removal."""
