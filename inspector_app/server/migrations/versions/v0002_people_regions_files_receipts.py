"""People who left, laptops with numbers, regions, documents and photos, and the server's own receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make tables and columns; laptops that are enrolled already get their numbers in the order in which they came."""
    op.create_table("blob",
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("mime", sa.Text(), nullable=False),
    sa.Column("person", sa.Text(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("verified_at", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("sha256")
    )
    op.create_index("ix_blob_person_verified_at", "blob", ["person", "verified_at"], unique=False)
    op.create_table("blob_upload",
    sa.Column("upload_id", sa.Text(), nullable=False),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("mime", sa.Text(), nullable=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("person", sa.Text(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("expires_at", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("upload_id")
    )
    op.create_index("ix_blob_upload_device_id_sha256", "blob_upload", ["device_id", "sha256"], unique=True)
    op.create_index("ix_blob_upload_expires_at", "blob_upload", ["expires_at"], unique=False)
    op.create_table("password_failure",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("person", sa.Text(), nullable=False),
    sa.Column("at", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id")
    )
    op.create_index("ix_password_failure_person", "password_failure", ["person"], unique=False)
    op.create_table("sync_left",
    sa.Column("site_id", sa.Text(), nullable=False),
    sa.Column("region", sa.Text(), nullable=False),
    sa.Column("rev", sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint("site_id", "region")
    )
    op.create_index("ix_sync_left_rev", "sync_left", ["rev"], unique=False)
    op.create_table("sync_receipt",
    sa.Column("round_id", sa.Text(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("person", sa.Text(), nullable=False),
    sa.Column("stream_id", sa.Text(), nullable=False),
    sa.Column("at", sa.Text(), nullable=False),
    sa.Column("counted", sa.Text(), nullable=False),
    sa.Column("claimed", sa.Text(), nullable=False),
    sa.Column("is_equal", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("round_id")
    )
    op.create_index("ix_sync_receipt_at", "sync_receipt", ["at"], unique=False)
    op.create_table("sync_tally",
    sa.Column("round_id", sa.Text(), nullable=False),
    sa.Column("first_seq", sa.BigInteger(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("counted", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("round_id", "first_seq")
    )
    op.create_table("thumbnail",
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("person", sa.Text(), nullable=False),
    sa.Column("device_id", sa.Text(), nullable=False),
    sa.Column("kept_at", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("sha256")
    )
    op.add_column("device", sa.Column("no", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE device SET no = (SELECT count(*) FROM device d WHERE d.enrolled_at < device.enrolled_at"
        " OR (d.enrolled_at = device.enrolled_at AND d.device_id <= device.device_id))"
    )
    op.create_index("ix_device_no", "device", ["no"], unique=True)
    op.add_column("person", sa.Column("removed_at", sa.Text(), nullable=True))
    op.add_column("sync_hold", sa.Column("regions", sa.Text(), server_default="", nullable=False))
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE INDEX ix_sync_row_sha256 ON sync_row (json_extract(data, '$.sha256'))"
            " WHERE entity IN ('document', 'photo')"
        )
    else:
        op.execute(
            "CREATE INDEX ix_sync_row_sha256_json ON sync_row ((CAST(data AS json) ->> 'sha256'))"
            " WHERE entity IN ('document', 'photo')"
        )
