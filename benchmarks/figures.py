"""A measured figure beside its floor, how two works are measured in turn, and how figures are shown and kept."""

import gc
import itertools
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

Unit = Literal["ms", "s", "MiB", "kB", "rows/s"]
_MORE_IS_BETTER = frozenset({"rows/s"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured work: a median in `unit`, the floor of the same run, and what is to be reached.

    `at_most` bounds the figure itself (for rates it is `at_least`), `ratio_at_most` its ratio to the floor; both come from
    docs/performance.md. `peer` is another program at the same work, measured here, or nothing where it is not installed.
    """

    work: str
    ours: float
    unit: Unit
    size: int | None = None
    floor: float | None = None
    floor_name: str = ""
    peer: float | None = None
    peer_name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    ratio_at_most: float | None = None
    constant: bool = False
    """Whether the figure may not grow with the size; otherwise it may grow as fast as the size does."""

    @property
    def ratio(self) -> float | None:
        """How many times the floor; for rates, how many times slower."""
        if not self.floor or not self.ours:
            return None
        return self.floor / self.ours if self.unit in _MORE_IS_BETTER else self.ours / self.floor

    @property
    def target(self) -> str:
        """What is to be reached, in words; empty when the figure is only told."""
        parts = []
        if self.at_most is not None:
            parts.append(f"<= {show(self.at_most)} {self.unit}")
        if self.at_least is not None:
            parts.append(f">= {show(self.at_least)} {self.unit}")
        if self.ratio_at_most is not None:
            parts.append(f"<= {show(self.ratio_at_most)}x floor")
        return ", ".join(parts)

    @property
    def met(self) -> bool | None:
        """Whether every bound holds; nothing where there is none."""
        if not self.target:
            return None
        ratio = self.ratio
        return (
            (self.at_most is None or self.ours <= self.at_most)
            and (self.at_least is None or self.ours >= self.at_least)
            and (self.ratio_at_most is None or (ratio is not None and ratio <= self.ratio_at_most))
        )


def figure_of(told: dict[str, Any]) -> Figure:
    """A figure out of its JSON, whatever was worked out of it and written beside."""
    known = {each.name for each in fields(Figure)}
    return Figure(**{name: value for name, value in told.items() if name in known})


def as_json(figure: Figure) -> dict[str, Any]:
    """A figure with what follows from it."""
    ratio = figure.ratio
    return {**asdict(figure), "ratio": ratio and round(ratio, 2), "target": figure.target, "met": figure.met}


# -- measuring --------------------------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, with the garbage of what was before taken away first."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def race(*works: Callable[[], object], rounds: int = 9, warm: int = 2) -> list[float]:
    """The median seconds of each work; they take turns (A B A B ...), so that a busy machine slows all of them."""
    took: list[list[float]] = [[] for _ in works]
    for number in range(warm + rounds):
        for place, work in enumerate(works):
            each = seconds(work)
            if number >= warm:
                took[place].append(each)
    return [statistics.median(each) for each in took]


def told_race(*works: Callable[[], float], rounds: int = 7, warm: int = 1) -> list[float]:
    """As `race`, for works that measure themselves and answer with their own figure."""
    took: list[list[float]] = [[] for _ in works]
    for number in range(warm + rounds):
        for place, work in enumerate(works):
            each = work()
            if number >= warm:
                took[place].append(each)
    return [statistics.median(each) for each in took]


def ms(value: float) -> float:
    """Seconds as milliseconds."""
    return value * 1000


def memory_mib(pid: int | str = "self") -> float:
    """The proportional memory of a process (PSS) in MiB; shared pages count by their share. Linux only."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    line = next(each for each in text.splitlines() if each.startswith("Pss:"))
    return int(line.split()[1]) / 1024


# -- showing ----------------------------------------------------------------------------------------------------------


def show(value: float | None) -> str:
    """A figure with three digits that count."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def growth(figures: Sequence[Figure]) -> Iterator[str]:
    """For every work that was measured at several sizes: how its cost grew, and whether that is worse than it may be."""
    works: dict[str, list[Figure]] = {}
    for each in figures:
        if each.size is not None and each.unit in {"ms", "s"}:
            works.setdefault(each.work, []).append(each)
    for work, measured in works.items():
        ordered = sorted(measured, key=lambda each: each.size or 0)
        for one, other in itertools.pairwise(ordered):
            wider, slower = (other.size or 1) / (one.size or 1), other.ours / max(one.ours, 1e-9)
            worse = slower > (2 if one.constant else 1.3 * wider) and not trifling(other)
            verdict = "  WORSE than it may be" if worse else ""
            yield f"{work}: {one.size:,} to {other.size:,} rows, {wider:.0f}x the size, {slower:.1f}x the cost{verdict}"


def trifling(figure: Figure) -> bool:
    """Whether a figure is so small beside its bound that its growth means nothing."""
    return figure.at_most is not None and figure.ours < figure.at_most / 5


def print_table(title: str, figures: Iterable[Figure], console: Console) -> None:
    """The figures of one row."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="")
    for head in ("work", "size", "ours", "floor", "x floor", "peer", "to reach", "met"):
        table.add_column(head, justify="left" if head in {"work", "floor", "peer", "to reach"} else "right")
    for each in figures:
        table.add_row(*cells(each))
    console.print(table)


def cells(figure: Figure) -> tuple[str, ...]:
    """One line of the table."""
    unit, ratio = figure.unit, figure.ratio
    return (
        figure.work,
        f"{figure.size:,}".replace(",", " ") if figure.size is not None else "",
        f"{show(figure.ours)} {unit}",
        f"{show(figure.floor)} {unit} ({figure.floor_name})" if figure.floor is not None else "",
        f"{ratio:.2g}" if ratio is not None and ratio < 100 else show(ratio) if ratio is not None else "",
        f"{show(figure.peer)} {unit} ({figure.peer_name})" if figure.peer is not None else figure.peer_name,
        figure.target,
        {True: "yes", False: "NO", None: ""}[figure.met],
    )


def moment() -> dict[str, Any]:
    """When it was measured, and how busy the machine was then without it."""
    return {"at": datetime.now(UTC).isoformat(timespec="minutes"), "load": round(os.getloadavg()[0], 1)}


def machine() -> dict[str, Any]:
    """Where it was measured."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def keep(path: Path, results: dict[str, Any]) -> dict[str, Any]:
    """Write results.json whole or not at all and return what it says; rows that were not run stay as they were."""
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {"rows": {}}
    whole = {"machine": results["machine"], "rows": {**before["rows"], **results["rows"]}}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    part.replace(path)
    return whole
