"""Codes of refusals, which programs read, and which clients translate."""

from enum import StrEnum, auto

Parameter = str | int | float


class CamelCode(StrEnum):
    """Codes whose values are their names in camelCase, as in the rest of the API."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        first, *others = name.lower().split("_")
        return first + "".join(map(str.capitalize, others))


class FieldCode(CamelCode):
    """The reason for which a field is refused, with its parameters in brackets."""

    INVALID = auto()  # for a reason without a code of its own
    REQUIRED = auto()
    UNKNOWN_FIELD = auto()
    WRONG_TYPE = auto()
    WRONG_FORMAT = auto()
    NOT_ALLOWED = auto()  # it is none of the values that are
    TOO_SHORT = auto()  # [min] characters
    TOO_LONG = auto()  # [max] characters
    TOO_FEW = auto()  # [min] elements
    TOO_MANY = auto()  # [max] elements
    TOO_SMALL = auto()  # [min]
    TOO_LARGE = auto()  # [max]
    INVALID_EMAIL = auto()
    CARD_NUMBER = auto()  # something looks like the number of a card
    INVISIBLE_CHARACTER = auto()  # [character], such as U+200B
    USED = auto()  # for something else
    DUPLICATE = auto()  # it is on an earlier line, too
    UNKNOWN_PRODUCT = auto()
    UNAVAILABLE = auto()  # [product]
    OTHER_CURRENCY = auto()
    OUT_OF_STOCK = auto()  # [product, left]
    TOO_MANY_UNPAID = auto()  # [product, max] pieces in unpaid orders
    TOTAL_TOO_SMALL = auto()  # [amount] in major units of [currency]
    TOTAL_TOO_LARGE = auto()  # [amount] in major units of [currency]


class ProblemKind(CamelCode):
    """The kind of a refusal, where the status alone does not tell it."""

    # 429
    REQUESTS = auto()  # of one client
    UNPAID_ORDERS = auto()
    DECLINED_CARDS = auto()
    ORDERS_PER_HOUR = auto()
    CODE_JUST_SENT = auto()
    CODES_PER_HOUR = auto()  # of all people together
    WRONG_CODES = auto()
    # 409
    BUSY = auto()  # too many change the same at once
    UNFINISHED_ORDER = auto()  # an order or a refund is under way
    MAX_PASSKEYS = auto()
    PASSKEY_EXISTS = auto()


class InvalidValueError(ValueError):
    """A value is invalid. `code` and `parameters` say why to programs."""

    def __init__(self, message: str, code: FieldCode, **parameters: Parameter) -> None:
        super().__init__(message)
        self.code = code
        self.parameters = parameters


class InvalidChoiceError(InvalidValueError):
    """The fields of an object do not fit together. `field` is the one that the problem names."""

    def __init__(self, field: str, message: str, code: FieldCode = FieldCode.REQUIRED) -> None:
        super().__init__(message, code)
        self.field = field
