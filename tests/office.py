"""An office with a real register: the shortest way to a legal row, every step through the actions that people use."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from inspector_app.actions import documents, inspections, ownership, removal, sites, waste
from inspector_app.actions.history import undo_last
from inspector_app.domain.ownership import CourtResult, DocumentType, OwnershipType, Status
from inspector_app.domain.people import Role
from inspector_app.domain.waste import QuantityMethod, Unit
from inspector_app.models.checklist import checklist
from inspector_app.models.people import Fact
from inspector_app.models.register import Register

D = date
DISCOVERED, ESTIMATED = D(2020, 1, 1), D(2020, 1, 2)
PAPERS = {
    Status.OWNER_SEARCH: [DocumentType.SURVEY_ACT],
    Status.CLAIM_FILED: [DocumentType.CLAIM, DocumentType.OWNER_INQUIRY],
    Status.DECIDED: [DocumentType.COURT_DECISION],
    Status.UNDER_INSPECTION: [DocumentType.MENR_CONSENT, DocumentType.ACCEPTANCE_ACT],
}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=UTC)


def answers() -> dict[str, Any]:
    """The best answer to every question that is always asked."""
    best = {"number": 5000, "text": "-"}
    return {
        question.id: question.options[0].code if question.options else best[question.kind]
        for question in checklist().questions
        if question.when is None
    }


@dataclass
class Office:
    """Runs one action per transaction and answers with ids."""

    register: Register

    def do(self, action: Any, *args: Any, command: str = "Work", **given: Any) -> Any:
        with self.register.writing(command) as session:
            row = action(session, *args, **given)
            return getattr(row, "id", row)

    def undo(self) -> str:
        with self.register.writing("Undo") as session:
            return undo_last(session)

    def become(self, role: Role, person: str = "B. Other") -> None:
        """Another person works here from now on, as after an enrolment."""
        with self.register.writing("Enrol") as session:
            session.get_one(Fact, "role").value = str(role)
            session.get_one(Fact, "person").value = person

    def ask(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        with self.register.reading() as session:
            return [tuple(row) for row in session.execute(text(sql), given)]

    def site(self, code: str = "A-1", *, on: date = DISCOVERED, region: str = "47", **given: Any) -> str:
        values = {"name_en": "Training site", "lat": 43.65, "lon": 51.16, **given}
        return self.do(sites.register_site, code=code, region=region, discovered_on=on, **values)

    def paper(self, site: str, kind: DocumentType, on: date, no: str = "1", **given: Any) -> str:
        return self.do(documents.record_document, site, type=kind, no=no, issued_on=on, **given)

    def step(self, site: str, target: Status, on: date, *papers: DocumentType) -> str:
        for kind in papers:
            self.paper(site, kind, on)
        return self.do(ownership.take_step, site, target, on=on)

    def decision(self, site: str, on: date, **given: Any) -> str:
        values = {"court": "District court", "case_no": "1", "in_force_on": on, "result": CourtResult.RECOGNISED}
        values |= {"ownership": OwnershipType.REPUBLICAN, **given}
        return self.do(ownership.record_decision, site, decided_on=on, **values)

    def owned(self, code: str = "A-1", year: int = 2020, **given: Any) -> str:
        """A site that came into state ownership in July of a year and is under inspection."""
        site = self.site(code, on=D(year, 1, 1), **given)
        self.step(site, Status.OWNER_SEARCH, D(year, 2, 1), *PAPERS[Status.OWNER_SEARCH])
        self.step(site, Status.CLAIM_FILED, D(year, 3, 1), *PAPERS[Status.CLAIM_FILED])
        self.decision(site, D(year, 4, 1))
        self.step(site, Status.DECIDED, D(year, 4, 1), *PAPERS[Status.DECIDED])
        self.step(site, Status.UNDER_INSPECTION, D(year, 7, 1), *PAPERS[Status.UNDER_INSPECTION])
        return site

    def item(self, site: str, tonnes: str | int = 5, code: str = "060101", **given: Any) -> str:
        values = {"hazards": ["HP8"], **given}
        item = self.do(waste.add_item, site, code=code, **values)
        self.estimate(item, tonnes, accepted=True)
        return item

    def estimate(self, item: str, tonnes: str | int, *, on: date = ESTIMATED, accepted: bool = False) -> str:
        return self.do(
            waste.add_estimate,
            item,
            value=tonnes,
            unit=Unit.T,
            method=QuantityMethod.WEIGHED,
            estimated_on=on,
            accepted=accepted,
        )

    def signed(self, site: str, on: date) -> str:
        act = self.do(inspections.start_inspection, site, visited_on=on)
        self.do(inspections.change_inspection, act, facts="Seen", conclusions="Remove it", answers=answers())
        self.do(inspections.sign_inspection, act, signatures=[{"name": "I. Inspector"}])
        return act

    def pending(self, code: str = "A-1", year: int = 2020, tonnes: str | int = 5) -> tuple[str, str]:
        """A site that waits for removal, and its only item."""
        site = self.owned(code, year)
        item = self.item(site, tonnes)
        self.signed(site, D(year, 8, 1))
        self.step(site, Status.PENDING_REMOVAL, D(year, 9, 1))
        return site, item

    def planned(self, site: str, *lines: tuple[str, int], no: str | None = None) -> str:
        batch = self.do(removal.plan_batch, site, no=no)
        for item, mass_g in lines:
            self.do(removal.add_line, batch, item, mass_g=mass_g)
        return batch

    def loaded(self, site: str, *lines: tuple[str, int], on: date, manifest_no: str | None = None) -> str:
        batch = self.planned(site, *lines)
        self.do(removal.load_batch, batch, at=noon(on), manifest_no=manifest_no or f"M-{batch}")
        return batch

    def received(self, site: str, *lines: tuple[str, int], on: date) -> str:
        batch = self.loaded(site, *lines, on=on)
        self.do(removal.send_batch, batch)
        self.do(removal.receive_batch, batch, on=on, received_g=sum(mass for _item, mass in lines))
        return batch

    def destroyed(self, site: str, *lines: tuple[str, int], on: date) -> str:
        batch = self.received(site, *lines, on=on)
        self.do(removal.destroy_batch, batch, certificate_no=f"C-{batch}", on=on)
        return batch


def a_picture(path: Path, *, size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> Path:
    from PIL import Image

    Image.new("RGB", size, "#123456").save(path, kind)
    return path
