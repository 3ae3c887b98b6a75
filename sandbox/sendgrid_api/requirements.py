"""Validation of an email, with SendGrid's own messages.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.compact import Json

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
SAMPLE = '{"email" : "example@example.com"}'
MOST_RECIPIENTS = 1000


NO_PEOPLE = "The personalizations field is required and must have at least one personalization."
NO_RECIPIENT = (
    "The to array is required for all personalization objects, and must have at least one email "
    "object with a valid email address."
)
NO_SENDER = (
    "The from object must be provided for every email send. It is an object that requires the "
    f"email parameter, but may also contain a name parameter.  e.g. {SAMPLE}"
)
NO_SUBJECT = (
    "The subject is required. You can get around this requirement if you use a template with a "
    "subject defined or if every personalization has a subject defined."
)
NO_CONTENT = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at "
    "least one defined content block. We typically suggest both text/plain and text/html blocks "
    "are included, but only one block is required."
)
BAD_ORDER = (
    "If present, text/plain and text/html may only be provided once, and must be the first "
    "contents, text/plain before text/html."
)
EMPTY_CONTENT = "The content value must be a string at least one character in length."
BAD_ARGUMENTS = "The custom_args parameter must be an object, whose values are strings."
TWICE = (
    "Each email address in the personalization block should be unique between to, cc, and bcc. We "
    "found the first duplicate instance of [{address}] in the {path}.{kind} field."
)

Complaint = tuple[str, str]


def complaints(mail: Any) -> list[Json]:
    """Return the `errors` of SendGrid's envelope; empty when the email can be sent."""
    if not isinstance(mail, dict):
        return [error("Bad Request", None)]
    return [error(message, field) for message, field in _complaints(mail)]


def error(message: str, field: str | None) -> Json:
    return {"message": message, "field": field, "help": HELP + field if field else None}


def _complaints(mail: Json) -> Iterator[Complaint]:
    yield from _about_people(mail.get("personalizations"))
    if not _are_arguments(mail.get("custom_args") or {}):
        yield BAD_ARGUMENTS, "custom_args"
    sender = mail.get("from")
    if not isinstance(sender, dict) or not sender.get("email"):
        yield NO_SENDER, "from.email"
    elif not _is_address(sender["email"]):
        yield "The from email does not contain a valid address.", "from.email"
    yield from _about_subject(mail)
    if not mail.get("template_id"):
        yield from _about_content(mail.get("content"))
    categories = mail.get("categories", [])
    if not isinstance(categories, list) or len(categories) > 10:
        yield "You may only specify up to 10 categories.", "categories"
    elif not all(isinstance(category, str) for category in categories):
        yield "The category value must be a string.", "categories"


def _about_people(personalizations: Any) -> Iterator[Complaint]:
    if not isinstance(personalizations, list) or not personalizations:
        yield NO_PEOPLE, "personalizations"
        return
    for place, each in enumerate(personalizations):
        path = f"personalizations.{place}"
        people = each.get("to") if isinstance(each, dict) else None
        if not isinstance(people, list) or not people:
            yield NO_RECIPIENT, f"{path}.to"
            continue
        yield from _about_recipients(each, path)
        if not _are_arguments(each.get("custom_args") or {}):
            yield BAD_ARGUMENTS, f"{path}.custom_args"


def _about_recipients(personalization: Json, path: str) -> Iterator[Complaint]:
    seen: set[str] = set()
    for kind in ("to", "cc", "bcc"):
        people = personalization.get(kind) or []
        if not isinstance(people, list):
            yield f"The {kind} parameter must be an array.", f"{path}.{kind}"
            continue
        for number, person in enumerate(people):
            address = str(person.get("email")) if isinstance(person, dict) else ""
            if not _is_address(address):
                yield "Does not contain a valid address.", f"{path}.{kind}.{number}.email"
            elif address.lower() in seen:
                yield TWICE.format(address=address, path=path, kind=kind), path
            seen.add(address.lower())
    if len(seen) > MOST_RECIPIENTS:
        yield f"There can be at most {MOST_RECIPIENTS} recipients.", path


def _about_subject(mail: Json) -> Iterator[Complaint]:
    people = mail.get("personalizations")
    everywhere = isinstance(people, list) and all(
        isinstance(each, dict) and each.get("subject") for each in people
    )
    if not (mail.get("template_id") or mail.get("subject") or everywhere):
        yield NO_SUBJECT, "subject"


def _about_content(content: Any) -> Iterator[Complaint]:
    if not isinstance(content, list) or not content:
        yield NO_CONTENT, "content"
        return
    kinds = [block.get("type") if isinstance(block, dict) else None for block in content]
    for number, block in enumerate(content):
        if not isinstance(kinds[number], str) or not kinds[number]:
            yield "The content type is required.", f"content.{number}.type"
        elif not isinstance(block.get("value"), str) or not block["value"]:
            yield EMPTY_CONTENT, f"content.{number}.value"
    if "text/plain" in kinds[1:]:
        yield BAD_ORDER, "content"


def _is_address(value: object) -> bool:
    return isinstance(value, str) and ADDRESS.fullmatch(value) is not None


def _are_arguments(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
