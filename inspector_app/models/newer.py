"""What a newer program wrote and this one kept unread, taken over once this program knows it too (docs/sync.md b.12).

Fields stood in `extra` of their rows, rows of unknown kinds in `newer_row`. Nothing has to be fetched again.
"""

import json

from sqlalchemy import Connection

from inspector_app.models import heard
from inspector_app.models.base import json_text
from inspector_app.models.changes import stored_value
from inspector_app.models.entities import ENTITIES, fields


def adopt(connection: Connection) -> None:
    """Move what is known by now to its columns and tables; inside the upgrade of a register, after its migrations."""
    run = connection.exec_driver_sql
    run("PRAGMA defer_foreign_keys = ON")
    for entity in ENTITIES:
        known = set(fields(entity))
        for row_id, text in run(f"SELECT id, extra FROM {entity} WHERE extra <> '{{}}'").all():
            extra = json.loads(text)
            told = {name: extra.pop(name) for name in sorted(extra.keys() & known)}
            if told:
                columns = "".join(f", {name} = ?" for name in told)
                values = (json_text(extra), *map(stored_value, told.values()), row_id)
                run(f"UPDATE {entity} SET extra = ?{columns} WHERE id = ?", values)
        kept = run(
            "SELECT entity, id, rev, deleted, data, sources FROM newer_row WHERE entity = ?"
            " AND (site_id IS NULL OR site_id IN (SELECT id FROM site))",
            (entity,),
        ).all()
        if kept:
            heard.write(connection, entity, [(*row[:4], json.loads(row[4]), json.loads(row[5])) for row in kept])
        run("DELETE FROM newer_row WHERE entity = ?", (entity,))
