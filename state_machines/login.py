"""The life of a sign-in: a code is emailed, and exchanged for a session before it expires."""

from enum import StrEnum, auto

from config import settings
from models.login import Login, has_address
from models.login import LoginState as S
from state_machines.durable import Arrow, Deadline, Display, DurableMachine, StateKind


class LoginSignal(StrEnum):
    ASK = auto()  # somebody wants to sign in
    JOIN = auto()  # another browser uses the code of the email that has just been sent
    PASSKEY = auto()  # somebody signs in with a passkey, which needs no code
    SENT = auto()  # SendGrid accepted the email
    GAVE_UP = auto()  # SendGrid did not accept it, or it bounced
    RESEND = auto()  # an operator
    WRONG_CODE = auto()
    RIGHT_CODE = auto()
    LOCK = auto()  # too many wrong codes, or a user who may not sign in
    EXPIRE = auto()  # the deadline
    NEW_DEVICE = auto()  # the browser has not signed in to this account before
    SUPERSEDE = auto()  # a newer sign-in for the same address


Sig = LoginSignal
SEND = ("emails.login_code",)
TELL = ("emails.new_device",)


class LoginMachine(DurableMachine[Login]):
    name = "login"
    model = Login
    states = S
    # A code is valid in all live states, since the email may have arrived without a confirmation.
    # fmt: off
    arrows = (
        Arrow(Sig.ASK,        None,           S.CODE_PENDING, do=SEND),
        Arrow(Sig.JOIN,       None,           S.CODE_SENT),
        Arrow(Sig.PASSKEY,    None,           S.SUCCEEDED),
        Arrow(Sig.SENT,       S.CODE_PENDING, S.CODE_SENT),
        # An operator had an email sent again that was given up.
        Arrow(Sig.SENT,       S.CODE_UNSENT,  S.CODE_SENT),
        Arrow(Sig.GAVE_UP,    S.CODE_PENDING, S.CODE_UNSENT),
        Arrow(Sig.GAVE_UP,    S.CODE_SENT,    S.CODE_UNSENT),
        Arrow(Sig.RESEND,     S.CODE_UNSENT,  S.CODE_PENDING, do=SEND),

        Arrow(Sig.WRONG_CODE, S.CODE_PENDING, S.CODE_PENDING),
        Arrow(Sig.WRONG_CODE, S.CODE_SENT,    S.CODE_SENT),
        Arrow(Sig.WRONG_CODE, S.CODE_UNSENT,  S.CODE_UNSENT),
        Arrow(Sig.LOCK,       S.CODE_PENDING, S.LOCKED),
        Arrow(Sig.LOCK,       S.CODE_SENT,    S.LOCKED),
        Arrow(Sig.LOCK,       S.CODE_UNSENT,  S.LOCKED),

        Arrow(Sig.RIGHT_CODE, S.CODE_PENDING, S.SUCCEEDED),
        Arrow(Sig.RIGHT_CODE, S.CODE_SENT,    S.SUCCEEDED),
        Arrow(Sig.RIGHT_CODE, S.CODE_UNSENT,  S.SUCCEEDED),

        Arrow(Sig.NEW_DEVICE, S.SUCCEEDED,    S.SUCCEEDED, do=TELL),

        Arrow(Sig.EXPIRE,     S.CODE_PENDING, S.EXPIRED),
        Arrow(Sig.EXPIRE,     S.CODE_SENT,    S.EXPIRED),
        Arrow(Sig.EXPIRE,     S.CODE_UNSENT,  S.EXPIRED),
        Arrow(Sig.SUPERSEDE,  S.CODE_PENDING, S.SUPERSEDED),
        Arrow(Sig.SUPERSEDE,  S.CODE_SENT,    S.SUPERSEDED),
        Arrow(Sig.SUPERSEDE,  S.CODE_UNSENT,  S.SUPERSEDED),
    )
    # fmt: on
    deadlines = (
        Deadline((S.CODE_PENDING, S.CODE_SENT, S.CODE_UNSENT), settings.login_window, Sig.EXPIRE),
    )
    display = Display(
        key="email",
        kinds={
            S.CODE_PENDING: StateKind.WAITING,
            S.CODE_SENT: StateKind.WAITING,
            S.CODE_UNSENT: StateKind.WRONG,
            S.SUCCEEDED: StateKind.GOOD,
            S.LOCKED: StateKind.WRONG,
            S.EXPIRED: StateKind.ENDED,
            S.SUPERSEDED: StateKind.ENDED,
        },
        find=has_address,
    )
    operator_signals = {Sig.RESEND: "login.resend"}
