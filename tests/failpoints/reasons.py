"""Why no story comes past some places. What stands here is not killed at."""

READS = "it only reads"
COMMAND = "an operator's command: who gives it sees that it failed, and gives it again"
ONE_ROW = "a request that changes rows of its own, and asks for nothing that comes later"
SIMULATED = "its cause is rare, and of the simulation's making: there workers die around it"
A_TIME = "it is a wait, not a message"

REASONS: dict[str, str] = {
    "commit of acting.acting": COMMAND,
    "call of emails.order_shipped": "follows an operator's command; like any other letter",
    "call of emails.order_delivered": "follows an operator's command; like any other letter",
    "commit of machines.show_list": READS,
    "commit of replay.verify": READS,
    "commit of replay.stuck": READS,
    "commit of replay.stranded": READS,
    "commit of health._database": READS,
    "commit of login.status": READS,
    "commit of user.show": READS,
    "commit of session.show": READS,
    "commit of user.change": ONE_ROW,
    "commit of session.end": ONE_ROW,
    "commit of session.renew": ONE_ROW,
    "commit of session.revoke": ONE_ROW,
    "commit of session.revoke_all": ONE_ROW,
    "commit of inbox._postpone": SIMULATED,
    "commit of recorder._finish_alone": SIMULATED,
    "commit of recorder.spend": SIMULATED,
    "commit of sweep._serve_alone": SIMULATED,
    "call of payments.ask": SIMULATED,
    "call of payments.cancel_orphan": SIMULATED,
    "call of refunds.look": SIMULATED,
    "message of inbox._postpone": A_TIME,
    "message of recorder._gave_up": A_TIME,
}
