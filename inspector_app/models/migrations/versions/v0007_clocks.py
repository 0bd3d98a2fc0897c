"""When the server received the two values of a conflict, and how right the clocks of their laptops were."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; the server tells them of conflicts from now on."""
    for of in ("", "standing_"):
        op.add_column("conflict", sa.Column(f"{of}received_at", sa.Text(), nullable=True))
        op.add_column("conflict", sa.Column(f"{of}offset_ms", sa.Integer(), nullable=True))
