"""Where the bytes of each document and photo are, and how far they have come on their way to the server."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table; the first exchange of files fills it."""
    op.create_table(
        "file_transfer",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=True),
        sa.Column("here", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("thumbnail", sa.Text(), nullable=False),
        sa.Column("thumbnail_here", sa.Integer(), server_default="0", nullable=False),
        sa.Column("epoch", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_transfer")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_file_transfer_size"), "file_transfer", ["size"], unique=False, sqlite_where=sa.text("state <> 'verified'")
    )
