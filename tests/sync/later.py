"""The program as a later version of it might be: the same code, with words that today's does not know.

`python -m tests.sync.later STEPS server ...` is its `inspector-server`, `... inspector ...` its command line, and `... do
REGISTER DEED ID [WORDS]` does one thing that only it can. STEPS says by how many vocabularies it is ahead. Sites have a
`nickname` and may be put `under_guard`, PCB equipment can be RUSTED, and there are visits of guards, a kind of record.
"""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain import rights
from inspector_app.domain.codes import Code
from inspector_app.domain.pcb import EquipmentCondition
from inspector_app.models import entities, sites
from inspector_app.models.base import Base, Flag, Logged, index

RUSTED = "RUSTED"


def learn(steps: int) -> None:
    """Make the program of this process `steps` vocabularies newer; before anything else of it is imported."""
    _new_fields()
    _new_code(EquipmentCondition, RUSTED, "rusted")
    _new_kind()

    from inspector_app.models import migrations, register
    from inspector_app.sync import wire

    wire.VOCABULARY += steps
    register.SCHEMA += 1
    before = migrations.upgrade

    def upgrade(connection: Any) -> None:
        before(connection)
        connection.exec_driver_sql("ALTER TABLE site ADD COLUMN nickname TEXT")
        connection.exec_driver_sql("ALTER TABLE site ADD COLUMN under_guard INTEGER NOT NULL DEFAULT 0")
        entities.table("guard_visit").create(connection)

    migrations.upgrade = upgrade  # type: ignore[assignment]


def _new_fields() -> None:
    sites.Site.nickname = mapped_column(Text, nullable=True)  # type: ignore[attr-defined]
    sites.Site.under_guard = mapped_column(Flag, default=False, server_default="0", nullable=False)  # type: ignore[attr-defined]
    entities._FIELDS["site"] += ("nickname", "under_guard")


def _new_code(codes: type[Code], code: str, label: str) -> None:
    """An enumeration is closed once it is made; so its own book-keeping is written on."""
    member = str.__new__(codes, code)
    member._value_, member._name_, member.label = code, code, label
    codes._member_map_[code] = codes._value2member_map_[code] = member
    codes._member_names_.append(code)


def _new_kind() -> None:
    class GuardVisit(Logged, Base):
        __tablename__ = "guard_visit"

        site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
        guard: Mapped[str] = mapped_column(Text)
        __table_args__ = (index("site_id"), {"sqlite_strict": True})

    entities.ENTITIES["guard_visit"] = GuardVisit
    entities._FIELDS["guard_visit"] = ("site_id", "guard")
    rights.RIGHTS["guard_visit"] = rights.RIGHTS["photo"]  # type: ignore[index]


def do(register_file: Path, deed: str, row_id: str, words: str) -> str:
    """One thing that only this version can; returns the id of what it made."""
    from inspector_app.domain.ownership import Status
    from inspector_app.models import changes
    from inspector_app.models.register import Register
    from inspector_app.models.sites import Site
    from inspector_app.models.waste import PcbItem
    from tests.sync.registers import propose

    register = Register.open(register_file)
    try:
        if deed == "step":
            return propose(register, row_id, Status[words])
        with register.writing("Something new") as session:
            match deed:
                case "nickname":
                    changes.get(session, Site, row_id).nickname = words
                case "rename":
                    changes.get(session, Site, row_id).name_en = words
                case "nickname-and-rename":
                    site = changes.get(session, Site, row_id)
                    site.nickname, site.name_en = words, words
                case "guard":
                    return changes.add(session, entities.ENTITIES["guard_visit"], site_id=row_id, guard=words).id
                case "rust":
                    changes.get(session, PcbItem, row_id).condition = EquipmentCondition(RUSTED)  # type: ignore[call-arg]
                case "open":
                    pass
        return row_id
    finally:
        register.close()


def main(words: list[str]) -> None:
    """Be a later version of the program that is named."""
    steps, program, *rest = words
    learn(int(steps))
    sys.argv = [program, *rest]
    match program:
        case "do":
            file, deed, row_id, *more = rest
            sys.stdout.write(do(Path(file), deed, row_id, " ".join(more)))
        case "server":
            from inspector_app.server import command

            command.main()
        case _:
            from inspector_app.cli import start

            start.main()


if __name__ == "__main__":
    main(sys.argv[1:])
