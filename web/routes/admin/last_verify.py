"""The last recorded check of all histories (`flask machines verify --record`)."""

from sqlalchemy import select

from models import AuditRow
from models.base import db

# The action of a check in the audit, and its subject.
VERIFY = "machines verify"


def load_last_verify() -> AuditRow | None:
    """Load the audit row of the last check."""
    rows = select(AuditRow).where(AuditRow.subject == VERIFY, AuditRow.action == VERIFY)
    row: AuditRow | None = db.session.scalar(rows.order_by(AuditRow.id.desc()).limit(1))
    return row
