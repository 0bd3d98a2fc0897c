"""The receipt of a sync and the list of what is not sent, on paper."""

from datetime import UTC, datetime

import pypdf
import pytest
from office import Office

from inspector_app.domain.errors import NotFound
from inspector_app.i18n import LANGUAGES, words
from inspector_app.models import exchange, heard
from inspector_app.models.queries.history import SyncRow
from inspector_app.models.queries.pending import pending
from inspector_app.models.wording import differences, record_name
from inspector_app.reports.blocks import Prose, Table
from inspector_app.reports.exchanged import Naming, receipt, unsent, write_receipt

AT = datetime(2026, 4, 29, 17, 11, tzinfo=UTC)
OUTCOME = {
    "sent": 48, "accepted": 44, "proposed": 2, "disputed": 0, "held": 1, "conflicts": 2, "refused": 1, "received": 318,
    "waiting": 0, "files": 12, "files_confirmed": 9, "confirmed": True, "clock_offset_ms": -812, "person": "A. Inspector",
    "server": "https://register.example.kz", "device_id": "0192", "round_id": "0193", "epoch": "0194", "first_seq": 1205,
    "last_seq": 1252,
}  # fmt: skip


def numbers(paper) -> list[str]:
    (table,) = [each for each in paper.blocks if isinstance(each, Table)]
    return [row.cells[-1] for row in table.rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_says_every_number_in_every_language(language):
    paper = receipt(words(language), SyncRow(AT, OUTCOME), demo=False)
    of = words(language).say("{n} of {all}", n="9", all="12")
    assert numbers(paper) == ["48", "44", "2", "0", "1", "2", "1", "318", "0", of]
    assert paper.language == language


@pytest.mark.parametrize(
    ("confirmed", "said"), [(True, "both counts are equal"), (False, "otherwise"), (None, "not confirmed")]
)
def test_a_receipt_says_whether_both_sides_counted_the_same(confirmed, said):
    paper = receipt(words("en"), SyncRow(AT, OUTCOME | {"confirmed": confirmed}), demo=False)
    assert any(said in each.text for each in paper.blocks if isinstance(each, Prose))


def test_the_last_sync_that_did_anything_is_printed_on_one_page(register, tmp_path):
    with pytest.raises(NotFound):
        write_receipt(register, tmp_path / "none.pdf")
    with register.hearing() as session:
        heard.note_receipt(session, at=AT, outcome=OUTCOME)
        heard.note_receipt(session, at=AT.replace(hour=20), outcome={"sent": 0})
    out = write_receipt(register, tmp_path / "receipt.pdf", language="ru")
    (only,) = pypdf.PdfReader(out).pages
    assert "29.04.2026 22:11" in only.extract_text()


def test_the_list_stands_by_site_and_says_what_it_leaves_out(register, monkeypatch):
    office = Office(register)
    office.site("S-2")
    office.site("S-1")
    with register.hearing() as session:
        exchange.put_facts(session, {"server": "https://register.example.kz"})
    naming = Naming(record_name, differences)
    told = {"person": "A", "server": "s", "now": AT, "demo": False}
    with register.reading() as session:
        whole = unsent(words("en"), pending(session), naming, **told)
        monkeypatch.setattr("inspector_app.models.queries.pending.LISTED", 2)
        part = unsent(words("en"), pending(session), naming, **told)
    (table,) = [each for each in whole.blocks if isinstance(each, Table)]
    groups = [row.cells[0] for row in table.rows if row.manner == "group"]
    assert groups == ["S-1", "S-2"]
    assert not [each for each in whole.blocks if isinstance(each, Prose)]
    assert any("first 2 changes" in each.text for each in part.blocks if isinstance(each, Prose))
