"""Wrong codes are counted for each address and way; a login knows its browser and its email.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "known",
                "bound",
                "unbound",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
        sa.UniqueConstraint("email", "way", name=op.f("uq_login_failure_email_way")),
    )
    op.add_column("login", sa.Column("code_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE login SET code_id = id")
    op.alter_column("login", "code_id", nullable=False)
    op.add_column("login", sa.Column("browser_hash", sa.Text(), nullable=True))
    op.add_column(
        "login", sa.Column("unbound_codes", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("login", "unbound_codes", server_default=None)
    op.create_index("ix_login_browser_hash", "login", ["browser_hash"], unique=False)


def downgrade() -> None:
    # A live login that joined another one's email takes no code afterwards, and expires.
    op.drop_index("ix_login_browser_hash", table_name="login")
    for column in ("unbound_codes", "browser_hash", "code_id"):
        op.drop_column("login", column)
    op.drop_table("login_failure")
