"""Rows of emails: one for each recipient of a call."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.compact import Json


@dataclass(slots=True)
class Email:
    """An email. `created` is in Unix seconds; `message` is the X-Message-Id of its call."""

    id: str
    message: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    created: float
    categories: list[str] = field(default_factory=list)
    custom_args: dict[str, str] = field(default_factory=dict)

    def view(self) -> Json:
        return {
            "id": self.id,
            "messageId": self.message,
            "to": self.to,
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "at": datetime.fromtimestamp(self.created, UTC).isoformat(),
            "categories": self.categories,
            "customArgs": self.custom_args,
        }
