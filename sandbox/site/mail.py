"""The mailbox as a mail client shows it: a list of emails, and one of them to read."""

import json
import re
from collections.abc import Iterable

from aiohttp import web

from sandbox.compact import Json
from sandbox.rows.emails import Email
from sandbox.site.shell import BadQueryError, as_time, refuse, render
from sandbox.store import Store

MAX_LISTED = 100
MAX_ADDRESSES = 200
VIEWS = ("html", "text", "source")
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
# An email's own page runs nothing and sends nothing, even when it is opened outside of its frame.
EMAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


class MailPages:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/mail", self.show), web.get("/mail/{id}/html", self.show_html)]

    async def show(self, request: web.Request) -> web.Response:
        """Show the emails that match `to` and `q`, and the one with `id` or else the newest."""
        view = request.query.get("view", "html")
        if view not in VIEWS:
            return refuse(BadQueryError("view", f"must be one of {', '.join(VIEWS)}"))
        to, words = request.query.get("to", "").strip(), request.query.get("q", "").strip()
        emails = find_emails(self._store, to, words)
        chosen = request.query.get("id")
        email = self._store.emails.get(chosen) if chosen else next(iter(emails), None)
        return render(
            "mail.html",
            here="mail",
            title="Mailbox",
            to=to,
            q=words,
            chosen=chosen,
            email=_as_read(email, view) if email else None,
            rows=[_as_row(each) for each in emails[:MAX_LISTED]],
            total=len(emails),
            is_filtered=bool(to or words),
            addresses=self._list_addresses(),
        )

    async def show_html(self, request: web.Request) -> web.Response:
        """Return the HTML of an email for its frame, where no script runs."""
        email = self._store.emails.get(request.match_info["id"])
        if email is None or not email.html:
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": EMAIL_POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=email.html, content_type="text/html", headers=headers)

    def _list_addresses(self) -> list[str]:
        """Return the newest recipients, for the filter."""
        addresses = dict.fromkeys(email.to for email in reversed(self._store.emails.values()))
        return sorted(list(addresses)[:MAX_ADDRESSES])


def find_emails(store: Store, to: str = "", words: str = "") -> list[Email]:
    """Return the emails to an address whose subject, text or address has `words`, newest first."""
    address, phrase = to.lower(), words.lower()
    return [
        email
        for email in reversed(store.emails.values())
        if (not address or email.to.lower() == address)
        and (not phrase or any(phrase in part.lower() for part in _searched(email)))
    ]


def _searched(email: Email) -> Iterable[str]:
    return (email.to, email.sender, email.subject, email.text, *email.custom_args.values())


def _as_row(email: Email) -> Json:
    code = CODE.search(email.text)
    lines = (line.strip() for line in email.text.splitlines())
    return {
        "id": email.id,
        "to": email.to,
        "sender": email.sender,
        "subject": email.subject or "(no subject)",
        "at": as_time(email.created),
        "code": code[1] if code else None,
        "preview": " ".join(line for line in lines if line)[:140],
    }


def _as_read(email: Email, view: str) -> Json:
    views = VIEWS if email.html else VIEWS[1:]
    return _as_row(email) | {
        "view": view if view in views else views[0],
        "views": views,
        "message": email.message,
        "categories": email.categories,
        "custom_args": email.custom_args,
        "text": email.text,
        "source": _source_of(email),
    }


def _source_of(email: Email) -> str:
    """Return the email with its headers, as a mail client shows its source."""
    headers = {
        "From": email.sender,
        "To": email.to,
        "Subject": email.subject,
        "Date": as_time(email.created)["exact"],
        "Message-ID": f"<{email.message}@sandbox>",
        "X-Message-Id": email.message,
        "X-SMTPAPI": json.dumps({"category": email.categories, "unique_args": email.custom_args}),
    }
    lines = [f"{name}: {value}" for name, value in headers.items()]
    parts = {"text/plain": email.text, "text/html": email.html}
    for kind, content in parts.items():
        if content:
            lines += ["", f"Content-Type: {kind}; charset=utf-8", "", content]
    return "\n".join(lines)
