"""The two forms of an email address: the one that we store, and the one that mail systems exchange.

An international domain is in Unicode in ours, and in ASCII in theirs (IDNA 2008, RFC 5891).
"""

from email_validator import EmailNotValidError, validate_email


def normalise_address(text: str) -> str:
    """Return our form of an address, in lower case. Raises EmailNotValidError."""
    return validate_email(text, check_deliverability=False).normalized.lower()


def address_for_mail(address: str) -> str:
    """Return the form in which an address of ours is given to a mail system."""
    if address.isascii():
        return address
    try:
        parts = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return f"{parts.local_part}@{parts.ascii_domain}"


def address_from_mail(reported: object) -> str:
    """Return our form of an address that a mail system reports."""
    text = str(reported).strip()
    try:
        return normalise_address(text)
    except EmailNotValidError:
        return text.lower()
