"""Passkeys, and when and how each session was signed in.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "register",
                "sign_in",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_passkey_challenge_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
    )
    op.add_column(
        "user_session", sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "user_session",
        sa.Column("methods", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.alter_column("user_session", "methods", server_default=None)
    op.add_column("user_session", sa.Column("login_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_user_session_login_id"),
        "user_session",
        "login",
        ["login_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_user_session_login_id", "user_session", ["login_id"])


def downgrade() -> None:
    for column in ("login_id", "methods", "authenticated_at"):
        op.drop_column("user_session", column)
    op.drop_table("passkey_challenge")
    op.drop_table("passkey")
