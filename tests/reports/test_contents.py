"""What papers say, before any page is drawn."""

import re
from pathlib import Path

import pytest

from inspector_app.domain.errors import BadValue, NotFound
from inspector_app.domain.ownership import Bucket
from inspector_app.i18n import words
from inspector_app.models.checklist import UNITS, checklist
from inspector_app.models.queries.overview import published
from inspector_app.models.register import Register
from inspector_app.reports.blocks import (
    Bars,
    Beside,
    Block,
    Facts,
    Gauges,
    Heading,
    Labels,
    Paper,
    Photos,
    Place,
    Prose,
    Row,
    Signatures,
    Stack,
    Table,
    Whole,
)
from inspector_app.reports.build import tell
from inspector_app.reports.kinds import KINDS

SUBJECTS = {
    "inspection": {"inspection": "ОБС-55-2026-001"},
    "removal-batch": {"batch": "2026-041"},
    "site-removal": {"site": "AZPM"},
}


def flat(blocks: tuple[Block, ...]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, Beside):
            found += flat((block.left, block.right))
        if isinstance(block, Stack):
            found += flat(block.blocks)
    return found


def of(paper: Paper, kind: type) -> list:
    return [block for block in flat(paper.blocks) if isinstance(block, kind)]


def facts(paper: Paper) -> dict[str, str]:
    return {fact.label: fact.value for block in of(paper, Facts) for fact in block.facts}


def table(paper: Paper, head: str) -> Table:
    return next(block for block in of(paper, Table) if any(column.title.startswith(head) for column in block.columns))


def prose(paper: Paper) -> str:
    return "\n".join(block.text for block in of(paper, Prose))


def number(shown: str) -> float:
    return float(re.sub(r"[\s\u202f]", "", shown).replace("–", "-").replace("−", "-"))


# -- the removal report of a site ---------------------------------------------------------------------------------------


def test_the_removal_report_counts_121_and_2_and_83_waste_types(office: Register) -> None:
    paper = tell(office, "site-removal", site="AZPM")
    ledger = table(paper, "Batch, operation")
    groups: dict[str, int] = {}
    for row in ledger.rows:
        if row.manner == "group":
            year = row.cells[0][:4]
        elif row.manner == "row":
            groups[year] = groups.get(year, 0) + 1
    assert groups == {"2023": 121, "2024": 2, "2025": 83}
    bars = of(paper, Bars)[0]
    assert [(bar.label, bar.value) for bar in bars.bars] == [("2023", 121), ("2024", 2), ("2025", 83)]
    assert facts(paper)["Waste types removed, by year"] == "206"
    assert facts(paper)["Different waste types removed"] == "10"
    assert facts(paper)["Complete"] == "100.0\N{NO-BREAK SPACE}%"


def test_every_subtotal_of_the_removal_report_is_the_sum_of_its_rows(office: Register) -> None:
    ledger = table(tell(office, "site-removal", site="AZPM"), "Batch, operation")
    mass = next(place for place, column in enumerate(ledger.columns) if column.title.startswith("Mass"))
    containers = mass + 1
    sums, totals, grand = [0.0, 0.0], [0.0, 0.0], 0
    for row in ledger.rows:
        if row.manner == "row":
            for place, column in enumerate((mass, containers)):
                sums[place] += number(row.cells[column])
                totals[place] += number(row.cells[column])
        elif row.manner == "subtotal":
            assert [number(row.cells[mass]), number(row.cells[containers])] == sums
            sums = [0.0, 0.0]
        elif row.manner == "total":
            assert [number(row.cells[mass]), number(row.cells[containers])] == totals
            grand += 1
    assert grand == 1


def test_a_report_of_one_year_holds_that_year_alone(office: Register) -> None:
    paper = tell(office, "site-removal", site="AZPM", year=2024)
    ledger = table(paper, "Batch, operation")
    assert [row.manner for row in ledger.rows] == ["group", "row", "row", "subtotal"]
    assert [row.cells[0] for row in table(paper, "Manifest").rows] == ["AZPM-2024-01"]
    assert "2024" in paper.subtitle


def test_a_year_without_removals_says_so(office: Register) -> None:
    ledger = table(tell(office, "site-removal", site="AZPM", year=1999), "Batch, operation")
    assert ledger.rows == []
    assert ledger.empty == "No waste has arrived at a destination in this period."


def test_an_unfinished_batch_is_named_as_unfinished(office: Register) -> None:
    assert "Batches without a certificate of destruction: 2026-041." in prose(tell(office, "site-removal", site="UO-55-04"))


# -- the inspection -----------------------------------------------------------------------------------------------------


def test_an_inspection_report_keeps_the_order_of_the_form(office: Register) -> None:
    paper = tell(office, "inspection", inspection="ОБС-55-2026-001")
    headings = [block.text for block in of(paper, Heading)]
    assert headings == [
        "Ground of the visit and those present",
        "The site",
        "Where it lies",
        "State ownership",
        "Conditions on the site",
        "Waste found",
        "PCB equipment on the site",
        "Field measurements",
        "Photo table",
        "Facts observed",
        "Conclusions",
        "Risk",
        "Measures and recommendation",
        "Compared with the court's list and the visit before",
        "Signatures",
        "Annexes",
    ]
    assert [block.number for block in of(paper, Heading)] == [str(n) for n in range(1, 17)]
    assert not paper.draft


def test_facts_stand_apart_from_conclusions(office: Register) -> None:
    blocks = tell(office, "inspection", inspection="ОБС-55-2026-001").blocks
    place = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "Facts observed")
    seen, concluded = blocks[place + 1], blocks[place + 3]
    assert isinstance(seen, Prose)
    assert isinstance(concluded, Prose)
    assert "46 конденсаторов" in seen.text
    assert "соответствуют перечню суда" in concluded.text


def test_a_position_stands_in_decimals_and_in_degrees(office: Register) -> None:
    known = facts(tell(office, "inspection", inspection="ОБС-55-2026-001"))
    assert known["WGS 84, degrees"].startswith("51.7231")
    assert known["Degrees, minutes, seconds"].startswith("51°43'23.2\"N")
    assert known["Accuracy"] == "± 5 m"
    assert of(tell(office, "inspection", inspection="ОБС-55-2026-001"), Place)


def test_a_refusal_to_sign_is_recorded_with_its_reason(office: Register) -> None:
    (signatures,) = of(tell(office, "inspection", inspection="ОБС-55-2026-001"), Signatures)
    assert [each.said.split(":")[0] for each in signatures.people][2] == "Refused to sign"
    assert "границей участка" in signatures.people[2].said
    assert "02.05.2026 13:11" in signatures.people[0].said


def test_a_photo_names_its_original_by_hash_time_and_place(office: Register) -> None:
    (photos,) = of(tell(office, "inspection", inspection="ОБС-55-2026-001"), Photos)
    assert len(photos.shots) == 6
    first = photos.shots[0]
    assert first.title == "Photo 1. Общий вид с юга"
    assert first.lines[0] == "28.04.2026 11:20"
    assert first.lines[2] == f"SHA-256 {first.sha256[:16]}…"
    assert first.file is not None


def test_what_is_new_since_the_visit_before_is_called_new(office: Register) -> None:
    paper = tell(office, "inspection", inspection="ОБС-55-2026-001")
    compared = table(paper, "Before")
    assert {row.cells[0].replace("\N{NO-BREAK SPACE}", ""): row.cells[4:] for row in compared.rows} == {
        "130301*": ("120", ""),
        "160209*": ("120", ""),
        "170503*": ("–", "new"),
    }
    assert len(table(paper, "Waste as the court named it").rows) == 2


def test_the_risk_shows_every_factor_with_its_points(office: Register) -> None:
    paper = tell(office, "inspection", inspection="ОБС-55-2026-001")
    factors = table(paper, "Factor of the place")
    assert all(re.fullmatch(r"\d+ of \d+", row.cells[2]) for row in factors.rows)
    points = sum(int(row.cells[2].split(" of ")[0]) for row in factors.rows)
    assert facts(paper)["Place, 0 to 100"] == str(min(100, points))


def test_a_draft_says_that_it_is_one_and_leaves_lines_to_sign_on(office: Register) -> None:
    paper = tell(office, "inspection", inspection="ОБС-55-2026-002")
    assert paper.draft
    assert "Draft: not signed, may still change." in prose(paper)
    (signatures,) = of(paper, Signatures)
    assert [each.role for each in signatures.people] == [
        "Inspector",
        "Head of the inspection",
        "Local executive body",
        "Department of Ecology",
        "Witness",
    ]


# -- the batch ----------------------------------------------------------------------------------------------------------


def test_a_batch_says_what_was_weighed_and_what_arrived(office: Register) -> None:
    known = facts(tell(office, "removal-batch", batch="2026-041"))
    assert known["Gross mass"] == "24\u202f560\N{NO-BREAK SPACE}kg"
    assert known["Net mass"] == "3\u202f120\N{NO-BREAK SPACE}kg"
    assert known["Weighbridge ticket"] == "000817"
    assert known["Difference from the loaded mass"] == "−66\N{NO-BREAK SPACE}kg (2.1\N{NO-BREAK SPACE}%)"


def test_a_difference_beyond_the_tolerance_of_pcb_is_pointed_out(office: Register) -> None:
    paper = tell(office, "removal-batch", batch="2026-041")
    assert next(block.manner for block in of(paper, Prose)) == "warning"
    assert "разлив собран" in prose(paper)


def test_dangerous_goods_are_named_in_the_order_of_adr(office: Register) -> None:
    goods = table(tell(office, "removal-batch", batch="2026-041"), "Entry in the transport document")
    assert goods.rows[0].cells[0] == (
        "UN 3432, WASTE, POLYCHLORINATED BIPHENYLS, SOLID, 9, II, (D/E), ENVIRONMENTALLY HAZARDOUS"
    )
    in_russian = table(tell(office, "removal-batch", batch="2026-041", language="ru"), words("ru").say("Packages"))
    assert "ПОЛИХЛОРБИФЕНИЛЫ ЖИДКИЕ, 9, II, (D/E)" in in_russian.rows[1].cells[0]


def test_a_batch_is_found_by_its_manifest_too(office: Register) -> None:
    assert "2026-041" in tell(office, "removal-batch", batch="ТТН-2026-0141").number


# -- the summary --------------------------------------------------------------------------------------------------------


def test_the_parts_of_the_summary_add_up_to_the_sites_in_state_ownership(office: Register) -> None:
    (whole,) = of(tell(office, "summary"), Whole)
    assert whole.n == 6 == sum(part.n for part in whole.parts)
    assert [part.label for part in whole.parts] == [bucket.label for bucket in Bucket]


def test_the_summary_explains_the_word_sold_once(office: Register) -> None:
    assert prose(tell(office, "summary")).count("реализованы") == 1


def test_the_summary_shows_the_published_money(office: Register) -> None:
    (money,) = of(tell(office, "summary"), Gauges)
    assert money.gauges[0].shown == "3.2\N{NO-BREAK SPACE}bn of 11.9\N{NO-BREAK SPACE}bn ₸"


def test_statuses_of_the_summary_add_up_to_all_sites(office: Register) -> None:
    rows = table(tell(office, "summary"), "Status").rows
    counted = sum(int(row.cells[1]) for row in rows if row.manner == "row")
    assert counted == int(rows[-1].cells[1]) == 8
    assert all(row.mark is not None for row in rows if row.manner == "row")


def test_papers_of_the_demonstration_say_what_its_status_says(demo_file: Path) -> None:
    register = Register.open(demo_file)
    try:
        with register.reading() as session:
            said = published(session)
        summary, azpm = tell(register, "summary"), tell(register, "site-removal", site="AZPM")
        pcb = table(tell(register, "pcb-inventory"), "PCB content")
    finally:
        register.close()
    (whole,) = of(summary, Whole)
    assert {str(bucket): part.n for bucket, part in zip(Bucket, whole.parts, strict=True)} == said["by_bucket"]
    (bars,) = of(summary, Bars)
    assert {bar.label: bar.value for bar in bars.bars} == said["waste_types_removed"]["AZPM"]
    assert [row.cells[0] for row in table(azpm, "Batch, operation").rows if row.manner == "group"] == [
        "2023: 121 waste types",
        "2024: 2 waste types",
        "2025: 83 waste types",
    ]
    rows = {row.cells[0]: row.cells[1:] for row in table(summary, "Status").rows}
    assert number(rows["In state ownership"][0]) == said["state_owned"]
    assert number(rows["All sites"][1]) == round(said["kg"]["remaining"] / 1000, 1)
    assert number(pcb.rows[-1].cells[1]) == sum(said["pcb_items"].values())
    money = sum(float(gauge.shown.split("\N{NO-BREAK SPACE}")[0]) for block in of(summary, Gauges) for gauge in block.gauges)
    assert money == pytest.approx(said["funding_kzt"]["spent"] / 1e9, abs=0.1)


# -- how it is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "mass", "change", "nothing"),
    [("en", "1\u202f234.5\u00a0kg", "−0.3\u00a0%", "0.0\u00a0%"), ("ru", "1\u202f234,5\u00a0кг", "−0,3\u00a0%", "0,0\u00a0%")],
)
def test_figures_are_written_as_people_there_write_them(language: str, mass: str, change: str, nothing: str) -> None:
    own = words(language)
    assert own.mass(1_234_500) == mass
    assert own.percent(-0.003) == change
    assert own.percent(-0.0001) == nothing, "what rounds to nothing has no sign"
    assert own.money(11_900_000_000).endswith("\u00a0₸")


@pytest.mark.parametrize(("language", "metre"), [("en", "m"), ("ru", "м"), ("kk", "м")])
def test_answers_carry_their_unit_in_the_language_of_the_paper(office: Register, language: str, metre: str) -> None:
    asked = {question.unit for question in checklist().questions if question.unit}
    assert asked <= set(UNITS)
    answers = table(tell(office, "inspection", language=language, **SUBJECTS["inspection"]), words(language).say("Question"))
    assert any(row.cells[-1].endswith(f"\N{NO-BREAK SPACE}{metre}") for row in answers.rows)


# -- PCB ----------------------------------------------------------------------------------------------------------------


def test_the_pcb_inventory_adds_up_by_class_and_by_site(office: Register) -> None:
    paper = tell(office, "pcb-inventory")
    classes, items = table(paper, "PCB content").rows, table(paper, "Label, equipment").rows
    assert number(classes[-1].cells[1]) == sum(number(row.cells[1]) for row in classes[:-1]) == 12
    mass = sum(number(row.cells[5]) for row in items if row.manner == "row")
    assert number(classes[-1].cells[2]) == mass == number(items[-1].cells[5])


def test_every_piece_of_equipment_gets_a_label_that_says_demo_on_a_demonstration(office: Register) -> None:
    (labels,) = of(tell(office, "labels", site="UO-55-04"), Labels)
    assert [label.code for label in labels.labels] == [f"KZ-PCB-55-{n:06}" for n in range(1, 13)]
    assert all("DEMO" in label.warning for label in labels.labels)


# -- all of them --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_paper_is_told_in_every_language(office: Register, kind: str, language: str) -> None:
    paper = tell(office, kind, language=language, **SUBJECTS.get(kind, {}))
    assert paper.language == language
    assert paper.demo
    assert paper.title
    for block in of(paper, Table):
        assert all(len(row.cells) == len(block.columns) for row in block.rows if row.manner != "group")


def test_waste_is_named_in_the_language_of_the_paper_and_in_russian_where_kazakh_is_missing(office: Register) -> None:
    def first_name(language: str) -> str:
        return (
            table(tell(office, "removal-batch", batch="2026-041", language=language), words(language).say("Containers"))
            .rows[0]
            .cells[2]
        )

    assert "capacitors" in first_name("en").lower()
    assert "конденсаторы" in first_name("ru")
    assert first_name("kk") != first_name("en")


def test_the_same_facts_have_the_same_fingerprint_and_another_figure_another(office: Register) -> None:
    paper = tell(office, "summary")
    assert paper.fingerprint() == tell(office, "summary").fingerprint()
    changed = Paper(**{name: getattr(paper, name) for name in Paper.__dataclass_fields__} | {"subtitle": "other"})
    assert changed.fingerprint() != paper.fingerprint()
    assert Row(("1",)) != Row(("2",))


def test_a_paper_of_the_unknown_names_what_is_not_there(office: Register) -> None:
    for given in (
        {"kind": "novel"},
        {"kind": "summary", "language": "fr"},
        {"kind": "site-removal", "site": "NOWHERE"},
        {"kind": "inspection", "inspection": "ОБС-00"},
        {"kind": "removal-batch", "batch": "B-0"},
        {"kind": "removal-batch", "batch": "2026-041", "site": "AZPM"},
    ):
        with pytest.raises(NotFound):
            tell(office, **given)


@pytest.mark.parametrize("kind", ["inspection", "removal-batch", "site-removal"])
def test_a_paper_without_its_subject_asks_for_it(office: Register, kind: str) -> None:
    with pytest.raises(BadValue):
        tell(office, kind)


@pytest.mark.parametrize("kind", ["summary", "pcb-inventory", "labels"])
def test_an_empty_register_still_has_its_papers(register: Register, kind: str, tmp_path: Path) -> None:
    paper = tell(register, kind)
    assert not paper.demo
    assert paper.blocks
