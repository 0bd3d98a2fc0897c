"""A key pair of the server, to which laptops seal unsent work."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the private half for a server that is there already; a new one gets it with its other facts."""
    fact = sa.table("fact", sa.column("name", sa.Text()), sa.column("value", sa.Text()))
    connection = op.get_bind()
    names = set(connection.execute(sa.select(fact.c.name)).scalars())
    if "token_key" in names and "sealing_key" not in names:
        connection.execute(sa.insert(fact), {"name": "sealing_key", "value": secrets.token_hex(32)})
