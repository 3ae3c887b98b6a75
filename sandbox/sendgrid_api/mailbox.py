"""The mailbox: a page for people, a list for programs."""

from html import escape

from aiohttp import web

from sandbox.compact import compact
from sandbox.pages import page
from sandbox.sendgrid_api.letters import Letter
from sandbox.store import Store

SHOWN = 100
LETTER = """
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
        letters = self._newest_first(request)
        count = f"{len(letters)} letter{'' if len(letters) == 1 else 's'}, newest first"
        intro = f'<h1>Mailbox</h1><p class="dim">{count}</p>'
        return page("Mailbox", intro + "".join(map(_article, letters[:SHOWN])))

    async def list_all(self, request: web.Request) -> web.Response:
        letters = self._newest_first(request)
        body = compact([letter.view() for letter in letters])
        return web.Response(text=body, content_type="application/json")

    def _newest_first(self, request: web.Request) -> list[Letter]:
        to = request.query.get("to", "").lower()
        letters = reversed(self._store.letters.values())
        return [letter for letter in letters if not to or letter.to.lower() == to]


def _article(letter: Letter) -> str:
    # The sandbox attribute without a value: no scripts, no forms, no access to this page.
    preview = (
        f'<details><summary>HTML</summary><iframe sandbox title="HTML of the letter" '
        f'srcdoc="{escape(letter.html)}"></iframe></details>'
        if letter.html
        else ""
    )
    return LETTER.format(
        subject=escape(letter.subject),
        at=escape(letter.view()["at"][:19].replace("T", " ")),
        to=escape(letter.to),
        sender=escape(letter.sender),
        tags=" ".join(f'<span class="tag">{escape(tag)}</span>' for tag in letter.categories),
        text=escape(letter.text),
        preview=preview,
    )
