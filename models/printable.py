"""The escaping of texts from outside, for terminals and for lines of logs."""


def escape(text: str, *, keep: str = "") -> str:
    """Return the text with an escape for each character that is not printable.

    Such characters move a cursor, hide or turn text, or begin a line. Those in `keep` stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in keep
        else character.encode("unicode_escape").decode()
        for character in text
    )
