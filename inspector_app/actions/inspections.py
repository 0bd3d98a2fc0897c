"""Start, fill, sign and amend an inspection. A signed one is never changed; an amendment names it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.actions import rows
from inspector_app.domain import inspection as rules
from inspector_app.domain import places
from inspector_app.domain.errors import BadValue, Immutable, Incomplete
from inspector_app.domain.inspection import InspectionKind, InspectionState, Lot, MeasurementKind
from inspector_app.domain.waste import parse_code
from inspector_app.i18n import N_
from inspector_app.models import changes, fingerprint
from inspector_app.models.base import Logged
from inspector_app.models.checklist import checklist
from inspector_app.models.documents import Photo
from inspector_app.models.entities import fields
from inspector_app.models.inspections import Finding, Inspection, Measurement
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem, WasteType

_BY_SIGNING = ("no", "state", "signatures", "signed_at", "content_sha256", "risk_contents", "risk_place", "risk", "amends_id")
INSPECTION = rows.editable(Inspection, *_BY_SIGNING)
FINDING = rows.editable(Finding, "inspection_id")
MEASUREMENT = rows.editable(Measurement, "inspection_id")


def start_inspection(
    session: Session,
    site_id: str,
    *,
    kind: InspectionKind = InspectionKind.INITIAL,
    visited_on: date | None = None,
    planned_on: date | None = None,
    inspector: str | None = None,
    **values: Any,
) -> Inspection:
    """A draft of an inspection, with its number; saved at every change from now on (product.md page 4).

    A planned visit has `planned_on` and no `visited_on`. Raises BadValue.
    """
    site = rows.found(session, Site, site_id)
    whole = {**values, "kind": kind, "visited_on": visited_on, "planned_on": planned_on}
    if strange := whole.keys() - INSPECTION:
        raise TypeError(f"Inspection does not take {sorted(strange)} here")
    _check(session, whole)
    year = (visited_on or planned_on or rows.today(session)).year
    return rows.create(
        session,
        Inspection,
        site_id=site_id,
        no=_next_no(session, site.region, year),
        inspector=inspector or rows.author(session),
        **whole,
    )


def change_inspection(session: Session, inspection_id: str, **values: Any) -> Inspection:
    """Fill in a draft; `answers` replaces the whole map of answers. Raises Immutable when signed, or BadValue."""
    act = _draft(session, inspection_id)
    _check(session, {"lat": act.lat, "lon": act.lon, **values})
    rows.change(session, act, INSPECTION, values)
    return act


def answer(session: Session, inspection_id: str, question: str, value: Any) -> Inspection:
    """Answer one question of a draft, or take the answer back with nothing. Raises Immutable or BadValue."""
    act = _draft(session, inspection_id)
    answers = {**act.answers, question: value}
    rules.check_answers(checklist(), answers)
    kept = {name: each for name, each in answers.items() if each is not None}
    rows.change(session, act, frozenset({"answers"}), {"answers": kept})
    return act


def remove_inspection(session: Session, inspection_id: str) -> Inspection:
    """Drop a draft with all that hangs on it. Raises Immutable when signed."""
    act = _draft(session, inspection_id)
    for kind in (Finding, Measurement, Photo):
        for row in _parts(session, kind, inspection_id):
            rows.delete(session, row)
    rows.delete(session, act)
    return act


def add_finding(session: Session, inspection_id: str, *, code: str, **values: Any) -> Finding:
    """A waste found on the visit; `mass_g` is grams, `item_id` the line of the inventory that it is. Raises BadValue."""
    act = _draft(session, inspection_id)
    if strange := values.keys() - FINDING:
        raise TypeError(f"Finding does not take {sorted(strange)} here")
    whole = _checked_finding(session, act.site_id, {**values, "code": code})
    return rows.create(session, Finding, site_id=act.site_id, inspection_id=act.id, **whole)


def change_finding(session: Session, finding_id: str, **values: Any) -> Finding:
    """Correct a finding of a draft. Raises Immutable when signed, or BadValue."""
    finding = rows.found(session, Finding, finding_id)
    _draft(session, finding.inspection_id)
    rows.change(session, finding, FINDING, _checked_finding(session, finding.site_id, {"code": finding.code, **values}))
    return finding


def remove_finding(session: Session, finding_id: str) -> Finding:
    """Drop a finding of a draft. Raises Immutable when signed."""
    finding = rows.found(session, Finding, finding_id)
    _draft(session, finding.inspection_id)
    rows.delete(session, finding)
    return finding


def add_measurement(
    session: Session,
    inspection_id: str,
    *,
    kind: MeasurementKind,
    value: float,
    measured_at: datetime | None = None,
    **values: Any,
) -> Measurement:
    """A reading of a field instrument, in the unit of its kind. Raises Immutable or BadValue."""
    act = _draft(session, inspection_id)
    if strange := values.keys() - MEASUREMENT:
        raise TypeError(f"Measurement does not take {sorted(strange)} here")
    whole = {**values, "kind": kind, "value": float(value), "measured_at": measured_at or changes.now(session)}
    _check_measurement(session, whole)
    return rows.create(session, Measurement, site_id=act.site_id, inspection_id=act.id, **whole)


def change_measurement(session: Session, measurement_id: str, **values: Any) -> Measurement:
    """Correct a reading of a draft. Raises Immutable when signed, or BadValue."""
    reading = rows.found(session, Measurement, measurement_id)
    if reading.inspection_id is not None:
        _draft(session, reading.inspection_id)
    _check_measurement(session, {name: getattr(reading, name) for name in MEASUREMENT} | values)
    rows.change(session, reading, MEASUREMENT, values)
    return reading


def remove_measurement(session: Session, measurement_id: str) -> Measurement:
    """Drop a reading of a draft. Raises Immutable when signed."""
    reading = rows.found(session, Measurement, measurement_id)
    if reading.inspection_id is not None:
        _draft(session, reading.inspection_id)
    rows.delete(session, reading)
    return reading


def sign_inspection(session: Session, inspection_id: str, *, signatures: Sequence[Mapping[str, str]]) -> Inspection:
    """Finish an inspection: complete, scored, signed and locked with the fingerprint of all that it says (INV-14).

    A signature is a map with `name`, and as far as known `position`, `organisation` and `refusal` (the reason why the
    person did not sign). Raises Incomplete, which names what is missing, Immutable or BadValue.
    """
    act = _draft(session, inspection_id)
    rows.check_may_write(session)
    session.flush()
    signed = [dict(each) for each in signatures if each.get("name", "").strip()]
    _check_complete(act, signed)
    risk = rules.risk(checklist(), act.answers, _lots(session, inspection_id))
    act.risk_contents, act.risk_place, act.risk = risk.contents, risk.place, risk.risk
    rows.change(session, act, frozenset({"signatures"}), {"signatures": signed})
    act.signed_at = changes.now(session)
    act.state = InspectionState.SIGNED
    act.content_sha256 = fingerprint.fingerprint(session, inspection_id)
    return act


def amend_inspection(session: Session, inspection_id: str) -> Inspection:
    """A new draft that says what the signed inspection says, to be corrected and signed; the original stays.

    Raises BadValue for a draft, which is simply changed, and for an inspection that was amended already: the newest
    amendment is the one to amend.
    """
    act = rows.found(session, Inspection, inspection_id)
    if act.state is not InspectionState.SIGNED:
        raise BadValue(field=N_("Inspection"), reason=N_("a draft is changed, not amended."))
    session.flush()
    if session.scalar(
        select(func.count()).select_from(Inspection).where(Inspection.amends_id == act.id, Inspection.deleted.is_(False))
    ):
        raise BadValue(field=N_("Inspection"), reason=N_("it is amended already; amend the amendment."))
    stem, _slash, revision = act.no.partition("/")
    copied = {name: getattr(act, name) for name in INSPECTION}
    amendment = rows.create(
        session, Inspection, site_id=act.site_id, no=f"{stem}/{int(revision or 1) + 1}", amends_id=act.id, **copied
    )
    for kind in (Finding, Measurement, Photo):
        for row in _parts(session, kind, inspection_id):
            values = {name: getattr(row, name) for name in fields(kind.__tablename__)}
            rows.create(session, kind, **{**values, "inspection_id": amendment.id})
    return amendment


# -- what holds ------------------------------------------------------------------------------------------------------------


def _draft(session: Session, inspection_id: str) -> Inspection:
    act = rows.found(session, Inspection, inspection_id)
    if act.state is InspectionState.SIGNED:
        raise Immutable(record=act.no)
    return act


def _check(session: Session, values: Mapping[str, Any]) -> None:
    rows.not_after_today(session, N_("Visited on"), values.get("visited_on"))
    if values.get("answers") is not None:
        rules.check_answers(checklist(), values["answers"])
    if "inspector" in values:
        rows.need(N_("Inspector"), values["inspector"])
    if values.get("lat") is not None and values.get("lon") is not None:
        places.check_inside(values["lat"], values["lon"])


def _checked_finding(session: Session, site_id: str, values: dict[str, Any]) -> dict[str, Any]:
    for name in ("mass_g", "packages"):
        if (values.get(name) or 0) < 0:
            raise BadValue(field=N_("Quantity"), reason=N_("a quantity is never negative."))
    if values.get("item_id") is not None and rows.found(session, WasteItem, values["item_id"]).site_id != site_id:
        raise BadValue(field=N_("Waste item"), reason=N_("it belongs to another site."))
    return {**values, "code": parse_code(values["code"])}


def _check_measurement(session: Session, values: Mapping[str, Any]) -> None:
    rules.check_reading(values["kind"], values["value"])
    if values["measured_at"] > changes.now(session):
        raise BadValue(field=N_("Measured at"), reason=N_("the moment lies in the future."))
    if values.get("lat") is not None and values.get("lon") is not None:
        places.check_inside(values["lat"], values["lon"])


def _check_complete(act: Inspection, signatures: Sequence[Mapping[str, str]]) -> None:
    gaps = [question.text.en for question in rules.missing(checklist(), act.answers)]
    for label, value in (
        (N_("Visited on"), act.visited_on),
        (N_("Facts observed"), act.facts),
        (N_("Conclusions"), act.conclusions),
        (N_("Signature of the inspector"), next((each for each in signatures if not each.get("refusal")), None)),
    ):
        if not value:
            gaps.append(label)
    if gaps:
        raise Incomplete(record=act.no, missing="; ".join(gaps))


def _lots(session: Session, inspection_id: str) -> list[Lot]:
    found = session.execute(
        select(Finding.mass_g, Finding.condition, WasteItem.hazards, WasteType.hazardous)
        .outerjoin(WasteItem, WasteItem.id == Finding.item_id)
        .outerjoin(WasteType, WasteType.code == Finding.code)
        .where(Finding.inspection_id == inspection_id, Finding.deleted.is_(False))
    )
    # a type that the classifier calls harmless has no hazards to be named
    return [
        Lot(row.mass_g or 0, frozenset(row.hazards or (["none"] if row.hazardous is False else [])), row.condition)
        for row in found
    ]


def _parts(session: Session, kind: type[Finding | Measurement | Photo], inspection_id: str) -> list[Logged]:
    session.flush()
    asked = select(kind).where(kind.inspection_id == inspection_id, kind.deleted.is_(False)).order_by(kind.n)
    return list(session.scalars(asked))


def _next_no(session: Session, region: str, year: int) -> str:
    """The number after the highest one of the region, year and laptop; drafts and dropped ones keep theirs."""
    session.flush()
    device_no = rows.device_no(session)
    stem = rules.act_number(region, year, 0, device_no=device_no)[:-3]
    # a range, not LIKE: the index of numbers serves it; ':' follows '9'
    taken = session.scalars(select(Inspection.no).where(Inspection.no >= stem, Inspection.no < f"{stem}:"))
    numbers = [int(tail) for no in taken if (tail := no.removeprefix(stem).partition("/")[0]).isdecimal()]
    return rules.act_number(region, year, max(numbers, default=0) + 1, device_no=device_no)
