"""The mailbox, through SendGrid's own client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.eventwebhook import EventWebhook
from sendgrid.helpers.mail import Category, CustomArg, Mail

from tests.support.sandbox import Receiver, Sandbox, eventually

EVIL = "<script>alert('x')</script>"
GOOD = {
    "from": {"email": "shop@example.com"},
    "personalizations": [{"to": [{"email": "refused@example.com"}]}],
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Hi"}],
}


def an_email(to: str = "ann@example.com", subject: str = "Your code") -> Mail:
    mail = Mail("shop@example.com", to, subject, "Code 123456", f"<p>Code</p>{EVIL}")
    mail.category = Category("login")
    mail.custom_arg = CustomArg("loginId", "7")
    return mail


def send(sandbox: Sandbox, mail: Any, key: str = "SG.sandbox") -> Any:
    return SendGridAPIClient(key, host=sandbox.url).send(mail)


def test_emails_are_listed_newest_first(sandbox: Sandbox) -> None:
    answer = send(sandbox, an_email(subject="first"))
    send(sandbox, an_email(subject="second"))
    send(sandbox, an_email("bob@example.com"))

    assert answer.status_code == 202
    assert answer.headers["X-Message-Id"]
    second, first = sandbox.mail("Ann@example.com")
    assert (second["subject"], first["subject"]) == ("second", "first")
    assert first["from"] == "shop@example.com"
    assert first["text"] == "Code 123456"
    assert first["categories"] == ["login"]
    assert first["customArgs"] == {"loginId": "7"}
    assert first["at"].endswith("+00:00")
    assert len(sandbox.mail()) == 3


def test_the_page_escapes_text_of_users(sandbox: Sandbox) -> None:
    send(sandbox, an_email(subject=EVIL))
    page = requests.get(f"{sandbox.url}/mail", timeout=60).text
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    assert "<iframe sandbox " in page


def test_the_page_searches_and_filters(sandbox: Sandbox) -> None:
    send(sandbox, an_email(subject="Blue lamps"))
    send(sandbox, an_email("bob@example.com", subject="Red lamps"))

    def show(query: str) -> str:
        return requests.get(f"{sandbox.url}/mail?{query}", timeout=60).text

    assert "Blue lamps" in show("q=blue")
    assert "Red lamps" not in show("q=blue")
    assert "Blue lamps" not in show("to=Bob@example.com")
    assert "No email matches" in show("q=green")


def test_the_source_has_headers_arguments_and_the_message_id(sandbox: Sandbox) -> None:
    message_id = send(sandbox, an_email()).headers["X-Message-Id"]
    (email,) = sandbox.mail()
    assert email["messageId"] == message_id
    page = requests.get(f"{sandbox.url}/mail?id={email['id']}&view=source", timeout=60).text
    assert f"X-Message-Id: {message_id}" in page
    assert "<dt>loginId</dt><dd><code>7</code></dd>" in page


def test_the_html_of_an_email_may_run_no_script(sandbox: Sandbox) -> None:
    send(sandbox, an_email())
    (email,) = sandbox.mail()
    answer = requests.get(f"{sandbox.url}/mail/{email['id']}/html", timeout=60)
    assert answer.text == email["html"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    page = requests.get(f"{sandbox.url}/mail", timeout=60)
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_pages_of_emails_refuse_what_they_do_not_know(shared: Sandbox) -> None:
    refused = requests.get(f"{shared.url}/mail?view=pdf", timeout=60)
    assert (refused.status_code, "view must be one of" in refused.text) == (400, True)
    assert requests.get(f"{shared.url}/mail/none/html", timeout=60).status_code == 404
    assert "This email is not here" in requests.get(f"{shared.url}/mail?id=none", timeout=60).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        (
            {"personalizations": [{"to": [{"email": "nobody"}]}]},
            "personalizations.0.to.0.email",
        ),
        ({"from": None}, "from.email"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"categories": [1]}, "categories"),
    ],
)
def test_bad_emails_are_refused_in_sendgrids_format(
    shared: Sandbox, change: dict[str, Any], field: str
) -> None:
    headers = {"Authorization": "Bearer SG.sandbox"}
    url = f"{shared.url}/v3/mail/send"
    answer = requests.post(url, json={**GOOD, **change}, headers=headers, timeout=60)
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert [error["field"] for error in errors] == [field]
    assert errors[0].keys() == {"message", "field", "help"}
    assert "refused@example.com" not in str(shared.mail())


def test_a_wrong_key_and_a_broken_body_are_refused(shared: Sandbox) -> None:
    with pytest.raises(HTTPError) as refused:
        send(shared, an_email(), key="wrong")
    assert refused.value.status_code == 401
    assert json.loads(refused.value.body)["errors"][0]["field"] is None
    headers = {"Authorization": "Bearer SG.sandbox"}
    broken = requests.post(f"{shared.url}/v3/mail/send", data="{", headers=headers, timeout=60)
    assert broken.status_code == 400


def test_events_are_signed_with_the_published_key(sandbox: Sandbox, receiver: Receiver) -> None:
    message_id = send(sandbox, an_email()).headers["X-Message-Id"]
    sandbox.faults(sendgrid={"bounceRate": 1})
    send(sandbox, an_email("gone@example.com"))

    assert eventually(lambda: "gone@example.com" in str(receiver.posts))
    key = requests.get(f"{sandbox.url}/sendgrid/public_key", timeout=60).json()["public_key"]
    for _, headers, body in receiver.posts:
        assert EventWebhook(key).verify_signature(
            body.decode(),
            headers["X-Twilio-Email-Event-Webhook-Signature"],
            headers["X-Twilio-Email-Event-Webhook-Timestamp"],
        )
    events = {event["email"]: event for _, _, body in receiver.posts for event in json.loads(body)}
    delivered, bounced = events["ann@example.com"], events["gone@example.com"]
    assert (delivered["event"], bounced["event"]) == ("delivered", "bounce")
    assert delivered["loginId"] == "7"
    assert delivered["sg_message_id"].startswith(message_id)
    assert delivered["sg_event_id"] != bounced["sg_event_id"]


def test_a_bounce_is_reported_among_deliveries(receiver: Receiver) -> None:
    url = f"{receiver.url}/sendgrid"
    sandbox = Sandbox("--sendgrid-webhook-url", url, "--sendgrid-webhook-events", "bounce")
    sandbox.faults(seed=1, sendgrid={"bounceRate": 0.5})
    people = [{"email": f"{number}@example.com"} for number in range(20)]
    send(sandbox, {**GOOD, "personalizations": [{"to": people}]})
    sandbox.faults(sendgrid={"bounceRate": 1})
    send(sandbox, an_email("last@example.com"))

    assert eventually(lambda: "last@example.com" in str(receiver.posts))
    sandbox.end()
    events = [event for _, _, body in receiver.posts for event in json.loads(body)]
    assert {event["event"] for event in events} == {"bounce"}
    assert 1 < len(events) < 21


def test_a_failing_sendgrid_stores_no_email(sandbox: Sandbox) -> None:
    sandbox.faults(sendgrid={"errorRate": 1})
    with pytest.raises(HTTPError) as broken:
        send(sandbox, an_email())
    assert broken.value.status_code == 500
    assert sandbox.mail() == []
    sandbox.faults(sendgrid={"timeoutRate": 1})
    with pytest.raises(OSError, match=r"closed|reset"):
        send(sandbox, an_email())
    assert len(sandbox.mail()) == 1


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value inside."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in () if isinstance(value, str) else inner:
        yield from places(item, (*path, key))


@pytest.mark.parametrize("junk", [None, 0, -1, 1.5, True, "", "x", "\0", [], [None], {}, {"a": 1}])
def test_no_field_of_an_email_breaks_the_mailbox(sandbox: Sandbox, junk: Any) -> None:
    person = {"email": "ann@example.com", "name": "Ann"}
    whole = GOOD | {
        "personalizations": [
            {"to": [person], "cc": [], "bcc": [], "custom_args": {"a": "b"}, "subject": "Hi"}
        ],
        "categories": ["login"],
        "custom_args": {"loginId": "7"},
    }
    for path in places(whole):
        changed = json.loads(json.dumps({"body": whole}))
        *before, last = ("body", *path)
        inner = changed
        for key in before:
            inner = inner[key]
        inner[last] = junk
        answer = requests.post(
            f"{sandbox.url}/v3/mail/send",
            json=changed["body"],
            headers={"Authorization": "Bearer SG.sandbox"},
            timeout=60,
        )
        assert answer.status_code in (202, 400), path
    # None of those that were accepted breaks the page for all others.
    assert requests.get(f"{sandbox.url}/mail?q=no such words", timeout=60).status_code == 200
