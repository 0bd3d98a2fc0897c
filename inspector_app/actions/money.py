"""Tenders for the sale of waste, programmes with their sites, and budgets."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.actions import rows
from inspector_app.domain.errors import BadValue, Immutable, RuleBroken
from inspector_app.domain.removal import Funding, TenderResult
from inspector_app.i18n import N_
from inspector_app.models.removal import Budget, SaleTender
from inspector_app.models.sites import Programme, Site, SiteProgramme

_TENDER = frozenset({"result", "decided_on", "lots", "price_kzt", "buyer", "protocol_no"})


def announce_tender(session: Session, site_id: str, *, on: date, lots: int | None = None) -> SaleTender:
    """A tender for the sale of a site's waste, the next round. Raises RuleBroken while one is still open."""
    rows.found(session, Site, site_id)
    rows.not_after_today(session, N_("Announced on"), on)
    session.flush()
    past = session.execute(
        select(SaleTender.round, SaleTender.result).where(SaleTender.site_id == site_id, SaleTender.deleted.is_(False))
    ).all()
    if any(row.result is TenderResult.ANNOUNCED for row in past):
        raise RuleBroken(rule=N_("A tender of this site is still open."), invariant="6.3")
    if (lots or 0) < 0:
        raise BadValue(field=N_("Lots"), reason=N_("a count is never negative."))
    number = max((row.round for row in past), default=0) + 1
    return rows.create(session, SaleTender, site_id=site_id, round=number, announced_on=on, lots=lots)


def close_tender(
    session: Session,
    tender_id: str,
    *,
    result: TenderResult,
    on: date,
    price_kzt: int | None = None,
    buyer: str | None = None,
    protocol_no: str | None = None,
) -> SaleTender:
    """What became of a tender; one that was held has a buyer and a price. Raises Immutable or BadValue."""
    tender = rows.found(session, SaleTender, tender_id)
    if tender.result is not TenderResult.ANNOUNCED:
        raise Immutable(record=str(tender.round))
    rows.not_after_today(session, N_("Decided on"), on)
    if on < tender.announced_on:
        raise BadValue(field=N_("Decided on"), reason=N_("the day lies before the announcement."))
    if result is TenderResult.ANNOUNCED:
        raise BadValue(field=N_("Result"), reason=N_("held, failed or cancelled is expected."))
    if result is TenderResult.HELD:
        rows.need(N_("Buyer"), buyer)
        rows.need(N_("Price"), price_kzt)
    _check_money(N_("Price"), price_kzt)
    values = {"result": result, "decided_on": on, "price_kzt": price_kzt, "buyer": buyer, "protocol_no": protocol_no}
    rows.change(session, tender, _TENDER, values)
    return tender


def make_programme(
    session: Session, *, code: str, name_en: str | None = None, name_ru: str | None = None, name_kk: str | None = None
) -> Programme:
    """A programme that sites belong to and that has a budget of its own. Raises BadValue or Duplicate."""
    rows.need(N_("Code"), code)
    session.flush()
    rows.check_free(session, Programme, Programme.code, code.strip())
    return rows.create(session, Programme, code=code, name_en=name_en, name_ru=name_ru, name_kk=name_kk)


def add_to_programme(session: Session, site_id: str, programme_id: str) -> SiteProgramme:
    """Put a site into a programme; one that is in it already stays as it is."""
    rows.found(session, Site, site_id)
    rows.found(session, Programme, programme_id)
    there = _place(session, site_id, programme_id)
    return there or rows.create(session, SiteProgramme, site_id=site_id, programme_id=programme_id)


def remove_from_programme(session: Session, site_id: str, programme_id: str) -> SiteProgramme | None:
    """Take a site out of a programme; nothing when it is not in it."""
    there = _place(session, site_id, programme_id)
    if there is not None:
        rows.delete(session, there)
    return there


def set_budget(
    session: Session,
    *,
    year: int,
    planned_kzt: int,
    spent_kzt: int = 0,
    funding: Funding = Funding.EPR,
    site_id: str | None = None,
    programme_id: str | None = None,
    note: str | None = None,
) -> Budget:
    """Money of one programme or one site in one year, whole tenge; replaces what was said before of the same.

    More spent than planned is kept and shown, not refused (INV-18). Raises BadValue.
    """
    if (site_id is None) == (programme_id is None):
        raise BadValue(field=N_("Budget"), reason=N_("it belongs to a programme or to a site."))
    if site_id is not None:
        rows.found(session, Site, site_id)
    if programme_id is not None:
        rows.found(session, Programme, programme_id)
    if not 1991 <= year <= 2100:
        raise BadValue(field=N_("Year"), reason=N_("a year from 1991 to 2100 is expected."))
    _check_money(N_("Planned"), planned_kzt)
    _check_money(N_("Spent"), spent_kzt)
    session.flush()
    there = session.scalars(
        select(Budget).where(
            Budget.site_id.is_(None) if site_id is None else Budget.site_id == site_id,
            Budget.programme_id.is_(None) if programme_id is None else Budget.programme_id == programme_id,
            Budget.year == year,
            Budget.funding == funding,
            Budget.deleted.is_(False),
        )
    ).first()
    values: dict[str, Any] = {"planned_kzt": planned_kzt, "spent_kzt": spent_kzt, "note": note}
    if there is not None:
        rows.change(session, there, frozenset(values), values)
        return there
    return rows.create(session, Budget, site_id=site_id, programme_id=programme_id, year=year, funding=funding, **values)


def _place(session: Session, site_id: str, programme_id: str) -> SiteProgramme | None:
    session.flush()
    return session.scalars(
        select(SiteProgramme).where(
            SiteProgramme.site_id == site_id, SiteProgramme.programme_id == programme_id, SiteProgramme.deleted.is_(False)
        )
    ).first()


def _check_money(field: str, amount_kzt: int | None) -> None:
    if amount_kzt is not None and not 0 <= amount_kzt < 2**53:
        raise BadValue(field=field, reason=N_("an amount is a whole number of tenge, never negative."))
