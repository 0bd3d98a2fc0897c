"""The programmes of the demo register and their money, year by year."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from inspector_app.actions import money
from inspector_app.demo.facts import KOSHKAR_ATA_BUDGET, LEGACY_BUDGET
from inspector_app.demo.story import Act, Teller
from inspector_app.domain.removal import Funding
from inspector_app.i18n import N_
from inspector_app.models.transactions import Open


@dataclass(slots=True)
class Programmes:
    """Ids of the programmes, known once they were made."""

    legacy: str = ""
    pcb: str = ""


def programmes(t: Teller, known: Programmes) -> Iterator[Act]:
    """The two programmes, and the plan and spending of the legacy programme year by year."""

    def make(session: Open) -> None:
        known.legacy = money.make_programme(
            session,
            code="LEGACY",
            name_en="Removal of legacy waste",
            name_ru="Удаление исторических отходов",
            name_kk="Тарихи қалдықтарды жою",
        ).id
        known.pcb = money.make_programme(
            session,
            code="PCB-GEF",
            name_en="UNDP/GEF project: relocation of PCB waste",
            name_ru="Проект ПРООН/ГЭФ: перемещение отходов ПХД",
            name_kk="БҰҰДБ/ЖЭҚ жобасы: ПХД қалдықтарын көшіру",
        ).id

    yield t.act(date(2022, 12, 20), N_("Make a programme"), make)
    yield from _budget(t, date(2023, 1, 17), LEGACY_BUDGET, lambda: known.legacy, None)


def own_budget(t: Teller, site: Callable[[], str]) -> Iterator[Act]:
    """Koshkar-Ata's own line, apart from the programme. `site` tells the id of the site once it is known."""
    yield from _budget(t, date(2025, 1, 21), KOSHKAR_ATA_BUDGET, None, site)


def _budget(
    t: Teller,
    planned_on: date,
    years: tuple[tuple[int, int, int], ...],
    programme: Callable[[], str] | None,
    site: Callable[[], str] | None,
) -> Iterator[Act]:
    def put(session: Open, year: int, planned: int, spent: int) -> None:
        money.set_budget(
            session,
            year=year,
            planned_kzt=planned,
            spent_kzt=spent,
            funding=Funding.EPR,
            site_id=None if site is None else site(),
            programme_id=None if programme is None else programme(),
        )

    def plan(session: Open) -> None:
        for year, planned, _spent in years:
            put(session, year, planned, 0)

    yield t.act(planned_on, N_("Plan a budget"), plan)
    for year, planned, spent in years:
        if spent:
            on = min(date(year, 12, 19), date(2026, 11, 5))
            yield t.act(
                on,
                N_("Record spending"),
                lambda session, year=year, planned=planned, spent=spent: put(session, year, planned, spent),  # type: ignore[misc]
            )
