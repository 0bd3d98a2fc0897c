"""A paper on a disputed fact says so and prints both claims, never a chosen one."""

from datetime import date
from pathlib import Path

import pytest
from conftest import pages
from disputes import a_conflict
from office import Office

from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.people import Role
from inspector_app.models.register import Register
from inspector_app.reports.build import build


@pytest.fixture
def disputed(register: Register) -> Office:
    """A site with two claims on its status, two latitudes and two addresses."""
    office = Office(register)
    site, item = office.pending()
    office.paper(site, DocumentType.CONTRACT, date(2026, 1, 10))
    office.loaded(site, (item, 1_000_000), on=date(2026, 2, 1))
    office.become(Role.INSPECTOR)
    office.step(site, Status.REMOVING, date(2026, 3, 1))
    with register.hearing() as session:
        session.connection().exec_driver_sql("UPDATE status_event SET state = 'DISPUTED' WHERE state = 'PROPOSED'")
    a_conflict(register, site, "lat", 45.125)
    a_conflict(register, site, "address", "not a legal fact")
    return office


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("DISPUTED, 2 claims", "«Pending removal», accepted", "«Removal in progress», claimed by B. Other", "45.125")),
        ("ru", ("СПОРНО, 2 варианта", "Ожидает удаления", "предложено: B. Other", "45.125 (B. Inspector")),
    ],
)
def test_the_removal_report_prints_every_claim(disputed: Office, tmp_path: Path, language: str, parts: tuple[str, ...]) -> None:
    code = disputed.ask("SELECT code FROM site")[0][0]
    out = tmp_path / "paper.pdf"
    build(disputed.register, "site-removal", out, language=language, site=code)
    text = " ".join(" ".join(pages(out)).split())
    for part in parts:
        assert part in text, part
    assert "not a legal fact" not in text
