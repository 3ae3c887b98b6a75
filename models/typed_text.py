"""Normalisation and validation of text that people type.

Normalised text is in Unicode's form NFC, without spaces around it, with one kind of line break, and
without marks for the direction of writing, which pasted Arabic or Hebrew has. Invisible or
reordering characters and card numbers are refused. models/text.py makes texts of other systems
storable instead.

Sources: Unicode Standard Annex 15 (NFC, and its Stream-Safe Text Format for the number of marks);
the property Default_Ignorable_Code_Point of https://www.unicode.org/reports/tr44/
"""

import re
import unicodedata

from models.problem_codes import FieldCode, InvalidValueError

MAX_CHARACTERS = 10_000
# Marks on one character: `unicodedata.normalize` takes time quadratic in their number.
MAX_MARKS = 30
BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c]")
# Persian, the scripts of India and emoji need these two.
JOINERS = frozenset("\u200c\u200d")
LAYOUT = frozenset("\t\n\r")
# Control, format, private and surrogate characters, and separators of lines.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# 32 in a row, and the last two of each of the 17 planes.
NONCHARACTERS = frozenset(
    map(chr, [*range(0xFDD0, 0xFDF0), *(p << 16 | n for p in range(17) for n in (0xFFFE, 0xFFFF))])
)
# Marks, letters or symbols that look like nothing: the combining grapheme joiner,
# Hangul fillers, Khmer inherent vowels, Mongolian variation selectors and the blank of Braille.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# They select the look of the character before them, such as an emoji.
VARIATIONS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))

# Card numbers have 13 to 19 digits, with spaces or other signs between them.
# Source: ISO/IEC 7812-1; the first digit of payment cards is 2 (Mastercard) to 6.
CARD_DIGITS = range(13, 20)
FIRST_DIGITS = "3456"
MASTERCARD = range(2221, 2721)  # the first four of its 16 digits that begin with 2
NUMBERS = re.compile(r"\d+(?:[\W_]{1,3}\d+)*")
# Random ids: a run of digits in them is no card number.
HEXADECIMAL = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?=[0-9]*[a-f])[0-9a-f]{24,}\b",
    re.IGNORECASE,
)
# Source: ITU-T E.164, at most 15 digits.
TELEPHONE = re.compile(r"\+\d(?:[ ()./-]{0,2}\d){6,14}(?![ ()./-]{0,2}\d)")


def normalise(text: str) -> str:
    """Return typed text in NFC, without space around it. Line breaks and tabs inside stay.

    Raises ValueError for invisible characters: two different texts would look alike.
    """
    return _refuse_unseen(_compose(text), allowed=LAYOUT)


def normalise_name(text: str) -> str:
    """Return `normalise(text)` for a name by which things are found, such as a key or a tag.

    Raises ValueError also for line breaks, for spaces other than the plain one, and for variation
    selectors.
    """
    normal = normalise(text)
    for character in normal:
        is_space = character.isspace() and character != " "
        if is_space or character in VARIATIONS:
            code = f"U+{ord(character):04X}"
            raise InvalidValueError(
                f"contains an unusual space or invisible character, {code}",
                FieldCode.INVISIBLE_CHARACTER,
                character=code,
            )
    return normal


def clean_line(text: str) -> str:
    """Return one line as a customer typed it, normalised. Raises ValueError as `normalise` does."""
    return _refuse_unseen(_tidy(text), allowed=JOINERS)


def clean_lines(text: str) -> str:
    """Return a customer's text that may have several lines, such as an address, normalised."""
    return _refuse_unseen(_tidy(text), allowed=JOINERS | {"\n"})


def refuse_card_number(text: str) -> str:
    """Return `text`. Raises ValueError when something in it looks like the number of a card."""
    if has_card_number(text):
        message = "must not contain what looks like a card number"
        raise InvalidValueError(message, FieldCode.CARD_NUMBER)
    return text


def has_card_number(text: str) -> bool:
    """Return whether `text` may contain a payment card number.

    That is 13 to 19 digits, of any script and with signs between them, with the first digits of a
    card and a valid check digit.
    """
    plain = "".join(_digit(character) for character in unicodedata.normalize("NFKC", text))
    plain = TELEPHONE.sub(" + ", HEXADECIMAL.sub(" x ", plain))
    return any(_hides_card(re.findall(r"\d+", run)) for run in NUMBERS.findall(plain))


def _tidy(text: str) -> str:
    """Remove direction marks, and unify line breaks and tabs."""
    if len(text) > MAX_CHARACTERS:
        message = f"must have at most {MAX_CHARACTERS} characters"
        raise InvalidValueError(message, FieldCode.TOO_LONG, max=MAX_CHARACTERS)
    return _compose(DIRECTION_MARKS.sub("", BREAKS.sub("\n", text).replace("\t", " ")))


def _compose(text: str) -> str:
    if text.isascii():
        return text.strip()
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_MARKS:
            message = f"has more than {MAX_MARKS} marks on one character"
            raise InvalidValueError(message, FieldCode.INVALID)
    return unicodedata.normalize("NFC", text).strip()


def _refuse_unseen(text: str, *, allowed: frozenset[str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    for character in text:
        is_unseen = unicodedata.category(character) in UNSEEN or character in NONCHARACTERS
        if (is_unseen and character not in allowed) or character in BLANKS:
            code = f"U+{ord(character):04X}"
            message = f"contains an invisible character, {code}"
            raise InvalidValueError(message, FieldCode.INVISIBLE_CHARACTER, character=code)
    return text


def _digit(character: str) -> str:
    """Return the ASCII digit for a digit of any script, else the character."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _hides_card(groups: list[str]) -> bool:
    """Return whether adjacent groups of digits, or a part of a long group, form a card number."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > CARD_DIGITS[-1]:
                break
            if _is_card(digits):
                return True
    return any(
        _is_card(group[start : start + length])
        for group in groups
        if len(group) > CARD_DIGITS[-1]
        for start in (0, len(group) - 16)
        for length in (15, 16)
    )


def _is_card(digits: str) -> bool:
    if len(digits) not in CARD_DIGITS:
        return False
    begins = digits[0] in FIRST_DIGITS or int(digits[:4]) in MASTERCARD
    return begins and _has_valid_check_digit(digits)


def _has_valid_check_digit(digits: str) -> bool:
    """Return whether the Luhn check digit is valid. Source: ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
