"""The last run as tables in docs/performance.md, between two marks."""

from pathlib import Path
from typing import Any

from benchmarks.figures import cells, figure_of, growth

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
_HEAD = ("work", "rows", "ours", "floor", "x floor", "peer", "to reach", "met")


def write(document: Path, results: dict[str, Any], order: list[str]) -> None:
    """Put the figures of results.json into the document; what stands outside the marks is left alone."""
    text = document.read_text("utf-8")
    before, _mark, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    machine = results["machine"]
    system = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    lines = [f"Machine: {system}."]
    for name in order:
        if name in results["rows"]:
            lines += ["", *_row(name, results["rows"][name])]
    document.write_text("\n".join((before + BEGIN, "", *lines, "", END + after)), "utf-8")


def _row(name: str, row: dict[str, Any]) -> list[str]:
    told = [figure_of(each) for each in row["figures"]]
    run = f"Run at {row['at']}, load of the machine before it {row['load']}."
    lines = [f"### {name}: {row['title']}", "", run, "", f"| {' | '.join(_HEAD)} |", f"|{' --- |' * len(_HEAD)}"]
    lines += [f"| {' | '.join(cells(each))} |" for each in told]
    grown = list(growth(told))
    return [*lines, "", *(f"- {line}" for line in grown)] if grown else lines
