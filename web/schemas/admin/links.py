"""Links of the console, to its own pages and to other systems."""

from typing import Self

from web.schemas.base import Outgoing


class LinkView(Outgoing):
    """A link with its text. `url` is a path of the console, or an absolute URL."""

    label: str
    url: str

    @classmethod
    def external(cls, label: str, template: str, key: str | None) -> list[Self]:
        """Return the link of a template with `{id}`; none when either is missing."""
        if not template or not key:
            return []
        return [cls(label=label, url=template.replace("{id}", key))]
