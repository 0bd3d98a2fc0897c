"""What is not sent yet, record by record: for the page of sync, the command line and paper."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inspector_app.models.queries.history import Change, FieldChange, waiting
from inspector_app.models.queries.standing import COUNTED_AT_MOST, waiting_count
from inspector_app.models.transactions import Open

LISTED = 2000
"""Changes that are looked through for the list; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class PendingRecord:
    """A record of which `count` own changes are not sent; `change` is all of them as one, from before to now."""

    change: Change
    count: int
    commands: tuple[str, ...]
    last_at: datetime

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        change = self.change
        return {
            "site": change.site,
            "record": change.entity,
            "row_id": change.row_id,
            "kind": change.kind,
            "commands": list(self.commands),
            "changes": self.count,
            "first_at": change.at,
            "last_at": self.last_at,
            "author": change.author,
            "fields": {each.name: [each.old, each.new] for each in change.fields},
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """Records with unsent changes, those of a site together; `count` changes in all, of which `listed` are in the records."""

    records: tuple[PendingRecord, ...]
    count: int
    listed: int

    @property
    def is_whole(self) -> bool:
        """Whether the list leaves nothing out."""
        return self.listed >= self.count

    @property
    def is_counted(self) -> bool:
        """Whether `count` is exact, not the most that is counted."""
        return self.count <= COUNTED_AT_MOST


def pending(session: Open) -> Pending:
    """What waits to be sent, oldest first within each site; at most LISTED changes are looked through."""
    changes = waiting(session, limit=LISTED)
    by_row: dict[tuple[str, str], list[Change]] = {}
    for each in changes:
        by_row.setdefault((each.entity, each.row_id), []).append(each)
    records = [_record(together) for together in by_row.values()]
    records.sort(key=lambda each: (each.change.site is None, each.change.site or ""))
    return Pending(tuple(records), waiting_count(session), len(changes))


def _record(changes: list[Change]) -> PendingRecord:
    """Changes of one record as one: of each field what it held before the first and holds after the last."""
    first, last = changes[0], changes[-1]
    fields: dict[str, FieldChange] = {}
    for change in changes:
        for each in change.fields:
            before = fields.get(each.name)
            fields[each.name] = each if before is None else replace(each, old=before.old)
    kind = "create" if first.kind == "create" else last.kind
    merged = replace(
        first,
        kind=kind,
        fields=tuple(each for each in fields.values() if kind == "create" or each.old != each.new),
    )
    commands = tuple(dict.fromkeys(each.command for each in changes))
    return PendingRecord(merged, len(changes), commands, last.at)
