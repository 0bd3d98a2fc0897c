"""What is known of the laptop that sent an operation: its vocabulary, and by how much its clock was ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; of older operations nobody knows it any more."""
    op.add_column("sync_operation", sa.Column("schema", sa.Integer(), nullable=True))
    op.add_column("sync_operation", sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
