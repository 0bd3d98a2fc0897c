"""What lists and the overview read at once in a register of any size: orders of the table of sites, years, and watched rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ALIVE = "deleted = 0"
_WATCHED = (
    ("pcb_item", "leak_since", "condition = 'LEAKING' AND operation NOT IN ('REMOVED', 'DESTROYED') AND deleted = 0"),
    ("status_event", "effective_on", "state IN ('PROPOSED', 'DISPUTED') AND deleted = 0"),
    ("removal_batch", "loaded_at", "state IN ('LOADED', 'IN_TRANSIT') AND loaded_at IS NOT NULL AND deleted = 0"),
    (
        "removal_batch",
        "received_on",
        "state = 'RECEIVED' AND net_g > 0 AND abs(received_g - net_g) * 100 > net_g * 5 AND deleted = 0",
    ),
    ("court_decision", "decided_on", "in_force_on IS NULL AND result <> 'REFUSED' AND deleted = 0"),
    ("inspection", "planned_on", "state = 'DRAFT' AND planned_on IS NOT NULL AND deleted = 0"),
)
_OLD = (
    ("site", "name_en"),
    ("site", "name_ru"),
    ("site", "region_code"),
    ("site", "remaining_g"),
    ("site", "status_code"),
    ("status_event", "state"),
    ("pcb_item", "leak_since"),
    ("removal_batch", "loaded_at"),
    ("removal_batch", "received_on"),
    ("court_decision", "decided_on"),
    ("inspection", "planned_on"),
    ("item_year", "site_id_year_mass_g"),
)
_SORTED = ("status_since", "state_owned_since", "items", "inventory_g", "removed_g", "remaining_g", "pcb_items", "discovered_on")


def upgrade() -> None:
    """Make the table and the indexes; the program fills what is derived."""
    op.create_table(
        "site_year",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("types", sa.Integer(), nullable=False),
        sa.Column("mass_g", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "year", name=op.f("pk_site_year")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for table, columns in _OLD:
        op.drop_index(op.f(f"ix_{table}_{columns}"), table)
    for table, column, where in _WATCHED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False, sqlite_where=sa.text(where))
    for column in ("region", "status"):
        op.create_index(op.f(f"ix_site_{column}_code"), "site", [column, "code"], unique=False, sqlite_where=sa.text(_ALIVE))
    for column in _SORTED:
        op.create_index(op.f(f"ix_site_{column}"), "site", [column], unique=False, sqlite_where=sa.text(_ALIVE))
    for language, others in (("en", "name_ru, name_kk"), ("ru", "name_en, name_kk"), ("kk", "name_ru, name_en")):
        shown = sa.text(f"coalesce(name_{language}, {others})")
        op.create_index(f"ix_site_name_{language}", "site", [shown], unique=False, sqlite_where=sa.text(_ALIVE))
