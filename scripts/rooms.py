"""Gathers the first line of every module into docs/rooms.md, so that a newcomer finds the room of a line."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "inspector_app"
PAGE = ROOT / "docs" / "rooms.md"
ROOMS = (
    "domain", "models", "models/queries", "actions", "demo", "maps", "reports", "sync", "server", "ui",
    "ui/forms", "ui/pages", "cli",
)  # fmt: skip


def first_line(path: Path) -> str:
    """What a module says it keeps."""
    told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return told.split("\n\n", maxsplit=1)[0].replace("\n", " ")


def page() -> str:
    """The page as it should be."""
    lines = ["# The rooms, file by file", "", "The first line of every module, gathered by `scripts/rooms.py`.", ""]
    for room in ROOMS:
        lines += [f"## {room}/", "", first_line(PACKAGE / room / "__init__.py"), "", "| file | keeps |", "| --- | --- |"]
        lines += [
            f"| `{path.name}` | {first_line(path)} |"
            for path in sorted((PACKAGE / room).glob("*.py"))
            if path.name != "__init__.py"
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
