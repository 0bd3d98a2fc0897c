"""The triggers that keep derived values look at what a row is about, never at every row."""

from inspector_app.models.derived import triggers
from inspector_app.models.register import Register
from tests.office import Office


def test_what_a_batch_brought_is_found_from_its_lines(register: Register) -> None:
    written = triggers()["keep_removal_batch_update"]
    sum_of_years = written[written.index("INSERT INTO item_year") : written.rindex("; END")].replace("NEW.id", "'a batch'")
    steps = [step for *_numbers, step in Office(register).ask(f"EXPLAIN QUERY PLAN {sum_of_years}")]
    assert steps[0].startswith("SEARCH l USING INDEX ix_batch_line_item_id")
    assert not any("ix_removal_batch_state" in step or step.startswith("SCAN") for step in steps)
