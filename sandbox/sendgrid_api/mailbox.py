"""The mailbox: an HTML page, and a JSON list."""

from html import escape

from aiohttp import web

from sandbox.compact import compact
from sandbox.pages import page
from sandbox.rows.emails import Email
from sandbox.store import Store

MAX_SHOWN = 100
ARTICLE = """
<article>
<header><b>{subject}</b><span class="dim">{at}</span></header>
<div class="dim">to <a href="/mail?to={to}">{to}</a> from {sender} {tags}</div>
<pre>{text}</pre>
{preview}
</article>
"""


class Mailbox:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, request: web.Request) -> web.Response:
        emails = self._newest_first(request)
        count = f"{len(emails)} email{'' if len(emails) == 1 else 's'}, newest first"
        intro = f'<h1>Mailbox</h1><p class="dim">{count}</p>'
        return page("Mailbox", intro + "".join(map(_article, emails[:MAX_SHOWN])))

    async def list_all(self, request: web.Request) -> web.Response:
        emails = self._newest_first(request)
        body = compact([email.view() for email in emails])
        return web.Response(text=body, content_type="application/json")

    def _newest_first(self, request: web.Request) -> list[Email]:
        to = request.query.get("to", "").lower()
        emails = reversed(self._store.emails.values())
        return [email for email in emails if not to or email.to.lower() == to]


def _article(email: Email) -> str:
    # `sandbox` without a value forbids scripts, forms and access to this page.
    preview = (
        f'<details><summary>HTML</summary><iframe sandbox title="HTML of the email" '
        f'srcdoc="{escape(email.html)}"></iframe></details>'
        if email.html
        else ""
    )
    return ARTICLE.format(
        subject=escape(email.subject),
        at=escape(email.view()["at"][:19].replace("T", " ")),
        to=escape(email.to),
        sender=escape(email.sender),
        tags=" ".join(f'<span class="tag">{escape(tag)}</span>' for tag in email.categories),
        text=escape(email.text),
        preview=preview,
    )
