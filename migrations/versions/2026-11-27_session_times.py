"""Every session says when its user signed in, filled in while the shop runs.

Revision: 0015, after 0014
"""

from alembic import op

from migrations.batches import update_in_batches

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    update_in_batches("user_session", "authenticated_at = created_at", "authenticated_at IS NULL")
    op.alter_column("user_session", "authenticated_at", nullable=False)


def downgrade() -> None:
    op.alter_column("user_session", "authenticated_at", nullable=True)
