"""Which sites have a hazard, so that the rarest one is found as soon as the commonest."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table; the program fills what is derived."""
    op.create_table(
        "site_hazard",
        sa.Column("hazard", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hazard", "site_id", name=op.f("pk_site_hazard")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
