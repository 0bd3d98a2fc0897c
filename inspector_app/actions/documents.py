"""Record documents and attach photos, with or without their files."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from inspector_app.actions import rows
from inspector_app.domain import places
from inspector_app.domain.errors import BadValue, Immutable, RuleBroken
from inspector_app.domain.inspection import InspectionState
from inspector_app.domain.ownership import DocumentType
from inspector_app.i18n import N_
from inspector_app.models import changes, files
from inspector_app.models.documents import Document, Photo
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.facts import is_basis
from inspector_app.models.sites import Site
from inspector_app.models.waste import PcbItem

DOCUMENT = rows.editable(Document, "sha256", "mime", "size")
PHOTO = frozenset({"caption", "taken_at", "lat", "lon", "direction_deg", "inspection_id", "pcb_item_id"})


def record_document(
    session: Session,
    site_id: str | None,
    *,
    type: DocumentType,  # noqa: A002 - the word of the form
    no: str,
    issued_on: date,
    issuer: str | None = None,
    title: str | None = None,
    file: Path | None = None,
) -> Document:
    """A paper of a site (or of none), with its scan where there is one. Raises BadValue, CannotWrite or DiskFull."""
    if site_id is not None:
        rows.found(session, Site, site_id)
    _check_document(session, no, issued_on)
    kept = None if file is None else files.keep_document(session.info["path"], file)
    return rows.create(
        session,
        Document,
        site_id=site_id,
        type=type,
        no=no,
        issued_on=issued_on,
        issuer=issuer,
        title=title or (None if file is None else file.name),
        **({} if kept is None else {"sha256": kept.sha256, "mime": kept.mime, "size": kept.size}),
    )


def change_document(session: Session, document_id: str, *, file: Path | None = None, **values: Any) -> Document:
    """Correct what is said of a paper, or add its scan. Raises RuleBroken for the kind of a paper that a step rests on."""
    document = rows.found(session, Document, document_id)
    if values.get("type", document.type) is not document.type and is_basis(session, document_id):
        raise RuleBroken(rule=N_("A change of status rests on this document; its kind stays."), invariant="6.3")
    _check_document(session, values.get("no", document.no), values.get("issued_on", document.issued_on))
    rows.change(session, document, DOCUMENT, values)
    if file is not None:
        kept = files.keep_document(session.info["path"], file)
        document.sha256, document.mime, document.size = kept.sha256, kept.mime, kept.size
    return document


def remove_document(session: Session, document_id: str) -> Document:
    """Take a paper out of the lists; never one that a step rests on (INV-20). Raises RuleBroken."""
    document = rows.found(session, Document, document_id)
    if is_basis(session, document_id):
        raise RuleBroken(rule=N_("A change of status rests on this document; it stays."), invariant="INV-20")
    rows.delete(session, document)
    return document


def attach_photo(
    session: Session,
    site_id: str,
    file: Path,
    *,
    inspection_id: str | None = None,
    pcb_item_id: str | None = None,
    caption: str | None = None,
    taken_at: datetime | None = None,
    lat: float | None = None,
    lon: float | None = None,
    direction_deg: int | None = None,
) -> Photo:
    """A photo of a site, kept as it is, byte for byte. Raises BadValue, Immutable, CannotWrite or DiskFull."""
    rows.check_may_write(session)
    rows.found(session, Site, site_id)
    values = {
        "inspection_id": inspection_id,
        "pcb_item_id": pcb_item_id,
        "caption": caption,
        "taken_at": taken_at,
        "lat": lat,
        "lon": lon,
        "direction_deg": direction_deg,
    }
    _check_photo(session, site_id, values)
    kept = files.keep_photo(session.info["path"], file)
    return rows.create(
        session, Photo, site_id=site_id, sha256=kept.sha256, mime=kept.mime, size=kept.size, name=file.name, **values
    )


def change_photo(session: Session, photo_id: str, **values: Any) -> Photo:
    """Caption a photo or say where it was taken. Raises BadValue, or Immutable with a signed inspection."""
    photo = rows.found(session, Photo, photo_id)
    _check_photo(session, photo.site_id, {"inspection_id": photo.inspection_id})
    _check_photo(session, photo.site_id, {name: getattr(photo, name) for name in PHOTO} | values)
    rows.change(session, photo, PHOTO, values)
    return photo


def remove_photo(session: Session, photo_id: str) -> Photo:
    """Take a photo out of the lists; its bytes stay. Raises Immutable with a signed inspection."""
    photo = rows.found(session, Photo, photo_id)
    _check_photo(session, photo.site_id, {"inspection_id": photo.inspection_id})
    rows.delete(session, photo)
    return photo


def _check_document(session: Session, no: str, issued_on: date) -> None:
    rows.need(N_("Number"), no)
    rows.not_after_today(session, N_("Issued on"), issued_on)


def _check_photo(session: Session, site_id: str, values: dict[str, Any]) -> None:
    if values.get("inspection_id") is not None:
        inspection = rows.found(session, Inspection, values["inspection_id"])
        if inspection.state is InspectionState.SIGNED:
            raise Immutable(record=inspection.no)
        _check_site(site_id, inspection.site_id)
    if values.get("pcb_item_id") is not None:
        _check_site(site_id, rows.found(session, PcbItem, values["pcb_item_id"]).site_id)
    lat, lon = values.get("lat"), values.get("lon")
    if (lat is None) != (lon is None):
        raise BadValue(field=N_("Coordinates"), reason=N_("latitude and longitude go together."))
    if lat is not None and lon is not None:
        places.check_inside(lat, lon)
    direction = values.get("direction_deg")
    if direction is not None and not 0 <= direction <= 360:
        raise BadValue(field=N_("Direction"), reason=N_("0 to 360 degrees are expected."))
    taken_at = values.get("taken_at")
    if taken_at is not None and taken_at > changes.now(session):
        raise BadValue(field=N_("Taken at"), reason=N_("the moment lies in the future."))


def _check_site(site_id: str, other_id: str) -> None:
    if site_id != other_id:
        raise BadValue(field=N_("Site"), reason=N_("it belongs to another site."))
