"""What a paper says, in the order it says it, without coordinates and fonts: the data that tests read and that is hashed.

All sentences are already in the language of the paper; numbers and dates are written as that language writes them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from inspector_app.domain.marks import Mark


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section; `number` stands before it in long papers."""

    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs of text, as a person wrote them; `quiet` for notes and sources, `bold` for what must not be overlooked."""

    text: str
    manner: Literal["plain", "quiet", "bold", "warning"] = "plain"


class Fact(NamedTuple):
    """A label and what stands under it; `wide` takes the whole line; a mark is drawn before the value."""

    label: str
    value: str
    wide: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values in a grid of so many columns."""

    facts: tuple[Fact, ...]
    columns: int = 3


class Column(NamedTuple):
    """A column of a table. `share` of the width that the fixed columns leave, or `points` wide; numbers stand right."""

    title: str
    share: float = 0
    points: float = 0
    right: bool = False


class Row(NamedTuple):
    """Cells of one line; `manner` tells subtotals and groups from rows; a mark stands in the first cell."""

    cells: tuple[str, ...]
    manner: Literal["row", "group", "subtotal", "total"] = "row"
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of any length; its head is repeated on every page. `empty` is said when there are no rows."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    empty: str = ""


class Shot(NamedTuple):
    """A photo: its file by hash (nothing when it is not on this laptop), and lines that stand under it."""

    file: Path | None
    sha256: str
    title: str
    lines: tuple[str, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class Photos:
    """A photo table, two beside each other."""

    shots: tuple[Shot, ...]


class Signature(NamedTuple):
    """Who signs, as what, and what is known of it already; `hint` stands under the line."""

    role: str
    name: str
    said: str
    hint: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, two beside each other, never torn from one another."""

    people: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A locator map: a site in its surroundings and in the country. Degrees WGS 84; `credit` names the map data."""

    lat: float
    lon: float
    label: str
    mark: Mark
    boundary: Any
    north: str
    unit: str
    credit: str
    language: str


class Part(NamedTuple):
    """One of the parts that a whole consists of."""

    label: str
    n: int
    shown: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Whole:
    """A large figure, its parts with their marks, and a bar in proportion."""

    n: int
    shown: str
    label: str
    parts: tuple[Part, ...]


class Bar(NamedTuple):
    """One bar of a chart."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Upright bars with their figures on them."""

    title: str
    note: str
    bars: tuple[Bar, ...]


class Gauge(NamedTuple):
    """How much of a plan is done: a share between 0 and 1, and the words at both ends."""

    label: str
    shown: str
    share: float


@dataclass(frozen=True, slots=True)
class Gauges:
    """Plans and what of them is done."""

    title: str
    note: str
    gauges: tuple[Gauge, ...]


@dataclass(frozen=True, slots=True)
class Decline:
    """What is still to be done, falling over the years, its forecast band and the date by which it must be nothing.

    Points are (year with fraction, number); `band` gives (year, least, most). `goal` is a year with fraction.
    """

    title: str
    note: str
    steps: tuple[tuple[float, int], ...]
    needed: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...]
    goal: float
    goal_label: str
    needed_label: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Two blocks side by side; `share` is the part of the width that the left one takes."""

    left: "Block"
    right: "Block"
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one below another where one block is expected."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Label:
    """One label to stick on a thing: what the QR code holds, the large line, and the small lines."""

    code: str
    title: str
    lines: tuple[str, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class Labels:
    """A sheet of labels, to be cut or stuck."""

    labels: tuple[Label, ...]


Block = (
    Heading | Prose | Facts | Table | Photos | Signatures | Place | Whole | Bars | Gauges | Decline | Beside | Stack | Labels
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `kind` is the word of the command line; `number` and `day` stand in the header."""

    kind: str
    title: str
    subtitle: str
    number: str
    subject: str
    language: str
    blocks: tuple[Block, ...]
    demo: bool
    draft: bool = False
    landscape: bool = False
    stands_alone: bool = True
    """Whether title and frame are printed; sheets of labels have none."""

    def fingerprint(self) -> str:
        """SHA-256 over everything the paper says; the same for the same facts, whenever it is printed."""
        told = json.dumps(_plain(self), ensure_ascii=False, separators=(",", ":"), default=_plain)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Path():
            return None  # where a photo lies is no part of what the paper says; its hash is
        case datetime():
            return value.isoformat()
        case _ if is_dataclass(value):
            return [type(value).__name__, *(getattr(value, field.name) for field in fields(value))]
        case _:
            raise TypeError(type(value))
