"""Sites, inspections and batches to choose one from, by a few letters of their code, number or name."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from inspector_app.domain.inspection import InspectionState
from inspector_app.domain.removal import LEFT_SITE
from inspector_app.i18n import words
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.sites import SiteFilter, sites
from inspector_app.models.removal import RemovalBatch
from inspector_app.models.sites import Site
from inspector_app.models.transactions import Open


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to choose: its id, the code or number that people use, and what else tells it apart."""

    id: str
    code: str
    detail: str
    site_id: str


def site_subjects(session: Open, *, search: str, language: str = "en", limit: int = 12) -> list[Subject]:
    """Sites whose code or name begins with what was typed."""
    rows = sites(session, chosen=SiteFilter(text=search), language=language, first=limit).first
    return [Subject(each.id, each.code, each.name(words(language)), each.id) for each in rows]


def inspection_subjects(session: Open, *, search: str, language: str = "en", limit: int = 12) -> list[Subject]:
    """Inspections by their number or the code of their site, newest first."""
    said, like = words(language), f"%{_escaped(search)}%"
    asked = (
        select(Inspection.id, Inspection.no, Inspection.visited_on, Inspection.state, Site.code, Inspection.site_id)
        .join(Site, Site.id == Inspection.site_id)
        .where(Inspection.deleted.is_(False), or_(Inspection.no.like(like, escape="\\"), Site.code.like(like, escape="\\")))
        .order_by(Inspection.n.desc())
        .limit(limit)
    )
    return [
        Subject(
            row.id,
            row.no,
            ", ".join(
                part
                for part in (
                    row.code,
                    said.date(row.visited_on) if row.visited_on else "",
                    said.say(row.state.label) if row.state is InspectionState.DRAFT else "",
                )
                if part
            ),
            row.site_id,
        )
        for row in session.execute(asked)
    ]


def batch_subjects(session: Open, *, search: str, language: str = "en", limit: int = 12) -> list[Subject]:
    """Batches by their number, manifest or the code of their site, newest first."""
    said, like = words(language), f"%{_escaped(search)}%"
    asked = (
        select(RemovalBatch.id, RemovalBatch.no, RemovalBatch.state, Site.code, RemovalBatch.site_id)
        .join(Site, Site.id == RemovalBatch.site_id)
        .where(
            RemovalBatch.deleted.is_(False),
            or_(
                RemovalBatch.no.like(like, escape="\\"),
                RemovalBatch.manifest_no.like(like, escape="\\"),
                Site.code.like(like, escape="\\"),
            ),
        )
        .order_by(RemovalBatch.n.desc())
        .limit(limit)
    )
    return [Subject(row.id, row.no, f"{row.code}, {said.say(row.state.label)}", row.site_id) for row in session.execute(asked)]


def subject_of(session: Open, *, kind: str, row_id: str, language: str = "en") -> Subject | None:
    """The site, inspection or batch of an id, or nothing."""
    said = words(language)
    if kind == "site":
        site = session.execute(
            select(Site.code, Site.name_en, Site.name_ru, Site.name_kk).where(Site.id == row_id, Site.deleted.is_(False))
        ).one_or_none()
        return None if site is None else Subject(row_id, site.code, said.pick(site.name_en, site.name_ru, site.name_kk), row_id)
    model = Inspection if kind == "inspection" else RemovalBatch
    found = session.execute(
        select(model.no, Site.code, model.site_id)
        .join(Site, Site.id == model.site_id)
        .where(model.id == row_id, model.deleted.is_(False))
    ).one_or_none()
    return None if found is None else Subject(row_id, found.no, found.code, found.site_id)


def subject_numbers(session: Open, *, kind: str) -> list[str]:
    """Everything that a paper of its own can be about: sites with removals, signed inspections, batches that left."""
    match kind:
        case "site":
            asked = select(Site.code).where(Site.deleted.is_(False), Site.removed_g > 0).order_by(Site.code)
        case "inspection":
            signed = (Inspection.state == InspectionState.SIGNED, Inspection.deleted.is_(False))
            asked = select(Inspection.no).where(*signed).order_by(Inspection.n)
        case _:
            left = (RemovalBatch.state.in_(LEFT_SITE), RemovalBatch.deleted.is_(False))
            asked = select(RemovalBatch.no).where(*left).order_by(RemovalBatch.n)
    return list(session.scalars(asked))


def _escaped(search: str) -> str:
    return search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
