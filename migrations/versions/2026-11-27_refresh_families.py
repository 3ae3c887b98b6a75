"""The refresh tokens of a session are a family, derived from one secret.

Sessions that are open stay open for their access tokens; their refresh tokens, of which only hashes
were kept, are good no more.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIMES = sa.ARRAY(sa.DateTime(timezone=True))


def upgrade() -> None:
    op.add_column("user_session", sa.Column("family_secret", sa.LargeBinary(), nullable=True))
    op.add_column(
        "user_session", sa.Column("generation", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column(
        "user_session", sa.Column("superseded_at", TIMES, nullable=False, server_default="{}")
    )
    for column in ("generation", "superseded_at"):
        op.alter_column("user_session", column, server_default=None)
    op.drop_column("user_session", "previous_hash")
    op.drop_column("user_session", "token_hash")


def downgrade() -> None:
    op.add_column("user_session", sa.Column("token_hash", sa.Text(), nullable=True))
    op.add_column("user_session", sa.Column("previous_hash", sa.Text(), nullable=True))
    # No token has the id of a session for its hash.
    op.execute("UPDATE user_session SET token_hash = id::text")
    op.alter_column("user_session", "token_hash", nullable=False)
    for column in ("previous_hash", "token_hash"):
        op.create_unique_constraint(op.f(f"uq_user_session_{column}"), "user_session", [column])
    for column in ("superseded_at", "generation", "family_secret"):
        op.drop_column("user_session", column)
