"""Register, describe and move a site; draw its boundary."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inspector_app.actions import rows
from inspector_app.domain import places
from inspector_app.domain.errors import BadValue
from inspector_app.domain.ownership import EventState, Status
from inspector_app.i18n import N_
from inspector_app.models import changes
from inspector_app.models.documents import Document
from inspector_app.models.reference import regions
from inspector_app.models.sites import Site, StatusEvent

_CODE = re.compile(r"[^\W_][\w./()\- №]{0,39}")
SITE = rows.editable(Site, "register_no", "boundary", "area_m2")


def register_site(
    session: Session,
    *,
    code: str,
    lat: float,
    lon: float,
    region: str,
    discovered_on: date,
    document_id: str | None = None,
    note: str | None = None,
    historical: bool = False,
    **values: Any,
) -> Site:
    """A new site and the event of its discovery, which may rest on a discovery act.

    `lat` and `lon` are WGS 84 degrees; `region` is the first two digits of KATO; `values` are further columns of Site.
    Raises PlaceOutside, BadValue or Duplicate.
    """
    rows.check_may_write(session)
    rows.not_after_today(session, N_("Discovered on"), discovered_on)
    whole = {**values, "code": code, "lat": lat, "lon": lon, "region": region, "discovered_on": discovered_on}
    if strange := whole.keys() - SITE:
        raise TypeError(f"Site does not take {sorted(strange)} here")
    whole = _checked(session, whole)
    if not any(whole.get(name) for name in ("name_ru", "name_kk", "name_en")):
        raise BadValue(field=N_("Name"), reason=N_("a name in one of the languages is required."))
    if document_id is not None:
        rows.found(session, Document, document_id)
    site = rows.create(session, Site, **whole)
    rows.create(
        session,
        StatusEvent,
        site_id=site.id,
        to_status=Status.DISCOVERED,
        effective_on=discovered_on,
        recorded_at=changes.now(session),
        basis=[] if document_id is None else [document_id],
        note=note,
        actor=rows.author(session),
        role=rows.role(session),
        historical=historical,
        position=1,
        state=EventState.ACCEPTED,
    )
    return site


def change_site(session: Session, site_id: str, **values: Any) -> Site:
    """Change what is said of a site: names, place, address. Raises NotFound, PlaceOutside, BadValue or Duplicate."""
    site = rows.found(session, Site, site_id)
    place = {"lat": site.lat, "lon": site.lon} if values.keys() & {"lat", "lon"} else {}
    rows.change(session, site, SITE, _checked(session, {**place, **values}, but=site_id))
    return site


def draw_boundary(session: Session, site_id: str, geometry: Mapping[str, Any] | None) -> Site:
    """Set the boundary from a GeoJSON polygon in WGS 84, or take it away; the area follows from it.

    Raises BadValue for a geometry that is no simple area and PlaceOutside for one outside the country.
    """
    site = rows.found(session, Site, site_id)
    rows.check_may_write(session)
    site.boundary, site.area_m2 = (None, None) if geometry is None else places.boundary(geometry)
    return site


def _checked(session: Session, values: Mapping[str, Any], *, but: str | None = None) -> dict[str, Any]:
    """Values with the rules of a site applied."""
    whole = dict(values)
    if "code" in whole:
        whole["code"] = code = str(whole["code"]).strip()
        if not _CODE.fullmatch(code):
            raise BadValue(field=N_("Code"), reason=N_("up to 40 letters, digits, blanks or - . / are expected."))
        rows.check_free(session, Site, Site.code, code, but=but)
    if "lat" in whole:
        whole["lat"], whole["lon"] = places.check_inside(whole["lat"], whole["lon"])
    if "region" in whole and whole["region"] not in regions():
        raise BadValue(field=N_("Region"), reason=N_("the first two digits of a KATO code are expected, for example 47."))
    if whole.get("kato") and not re.fullmatch(r"[0-9]{9}", whole["kato"]):
        raise BadValue(field=N_("KATO"), reason=N_("nine digits are expected."))
    accuracy = whole.get("accuracy_m")
    if accuracy is not None and not 0 <= accuracy <= 100_000:
        raise BadValue(field=N_("Accuracy"), reason=N_("0 to 100 000 metres are expected."))
    return whole
