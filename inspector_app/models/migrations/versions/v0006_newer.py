"""Room for what a newer program writes: rows of kinds that are not known yet, and codes that are on no list yet."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_LISTED = re.compile(r",\s*CONSTRAINT \w+ CHECK \(\w+ IN \([^()]*\)\)")
_LOCAL = "waste_type"


def upgrade() -> None:
    """Make the table, and take the checks of closed lists from the tables that travel.

    As SQLite's own documentation does it (lang_altertable.html, 7): a check is text of the schema and touches no row.
    """
    op.create_table(
        "newer_row",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newer_row")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_newer_row_site_id"), "newer_row", ["site_id"], unique=False)
    run = op.get_bind().exec_driver_sql
    (version,) = run("PRAGMA schema_version").one()
    tables = run("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CHECK%IN (%'").all()
    run("PRAGMA writable_schema = ON")
    for name, sql in tables:
        if name != _LOCAL:
            run("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", (_LISTED.sub("", sql), name))
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = RESET")
