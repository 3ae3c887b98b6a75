"""The reasons why no story passes some places. No process is killed there."""

READS = "it only reads"
ONE_ROW = "a request that changes rows of its own, and asks for nothing that comes later"
SIMULATED = "its cause is rare, and of the simulation's making: there workers die around it"
AGAIN = "it goes through a table page by page, and goes on where it was"
OPERATED = "the operator's command does the same, and dies"
A_TIME = "it is a wait, not a message"

REASONS: dict[str, str] = {
    "call of bulk.work": "a story of its own kills the worker: tests/integration/bulk",
    "call of emails.new_device": "a letter like any other",
    "commit of machines.show_list": READS,
    "commit of inspection.stuck": READS,
    "commit of inspection.stranded": READS,
    "commit of inspection._not_given_up": READS,
    "commit of inspection._unawaited": READS,
    "commit of inspection._unclaimed": READS,
    "commit of stripe_endpoint.endpoint": "it changes nothing here but the audit",
    "commit of health._check_postgresql": READS,
    "commit of login.status": READS,
    "commit of user.show": READS,
    "commit of session.show": READS,
    "commit of passkeys.show": READS,
    "commit of audit.audit_denial": ONE_ROW,
    "commit of user.change": ONE_ROW,
    "commit of session.end": ONE_ROW,
    "commit of session.renew": ONE_ROW,
    "commit of session.revoke": ONE_ROW,
    "commit of session.revoke_all": ONE_ROW,
    "commit of passkeys.begin_registration": ONE_ROW,
    "commit of passkeys.begin_sign_in": ONE_ROW,
    "commit of passkeys.finish_sign_in": ONE_ROW,
    "commit of passkeys.prove": ONE_ROW,
    "commit of passkeys.register": ONE_ROW,
    "commit of passkeys.remove": ONE_ROW,
    "commit of step_up._prove_code": ONE_ROW,
    "commit of step_up.step_up": ONE_ROW,
    "commit of product_changes.change": ONE_ROW,
    "commit of product_changes.create": ONE_ROW,
    "commit of product_changes.set_stock": ONE_ROW,
    "commit of products.change": ONE_ROW,
    "commit of products.create": ONE_ROW,
    "commit of products.set_stock": ONE_ROW,
    "commit of guard.acting": OPERATED,
    "commit of privacy.erase": OPERATED,
    "commit of key_rotation._rotate_column": AGAIN,
    "commit of retention._delete_results": AGAIN,
    "commit of retention._erase_payloads": AGAIN,
    "commit of inbox._postpone": SIMULATED,
    "commit of executor._record_alone": SIMULATED,
    "commit of executor._claim_unprepared": SIMULATED,
    "commit of calls._renew": SIMULATED,
    "commit of executor.run": "under a limit: what the sweep does not get is overdue a lease later",
    "commit of sweep._serve_alone": SIMULATED,
    "message of inbox._postpone": A_TIME,
    "message of leases.fail": A_TIME,
    "message of leases.give_up_later": A_TIME,
}
