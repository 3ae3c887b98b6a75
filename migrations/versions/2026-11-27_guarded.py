"""Two functions by which a role that owns no table takes away what may go of the history and audit.

Revision: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FORGET = """
CREATE FUNCTION forget_history(subjects uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
SET projectx.retention = 'on'
AS $$
    DELETE FROM transition
    WHERE subject_id = ANY (subjects) AND machine IN ('login', 'reconciliation')
        AND NOT EXISTS (
            SELECT FROM login WHERE login.id = subject_id
                AND login.state IN ('CodePending', 'CodeSent', 'CodeUnsent')
        )
        AND NOT EXISTS (
            SELECT FROM reconciliation WHERE reconciliation.id = subject_id
                AND reconciliation.state = 'Running'
        )
$$
"""
# Of somebody who has asked for it, and of nobody else. It takes words away, and writes none.
ERASE = """
CREATE FUNCTION erase_history(person uuid, address text, kept_details text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET projectx.retention = 'on'
AS $$
DECLARE
    pseudonym text := person || '@erased.invalid';
    executions uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM erasure WHERE user_id = person) THEN
        RAISE EXCEPTION 'nobody has asked for the erasure of %', person
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT array_agg(id) INTO executions FROM (
        SELECT id FROM orders WHERE user_id = person
        UNION ALL SELECT payment.id FROM payment JOIN orders ON orders.id = order_id
            WHERE user_id = person
        UNION ALL SELECT refund.id FROM refund JOIN orders ON orders.id = order_id
            WHERE user_id = person
        UNION ALL SELECT dispute.id FROM dispute JOIN orders ON orders.id = order_id
            WHERE user_id = person
        UNION ALL SELECT id FROM login WHERE email IN (address, pseudonym)
        UNION ALL SELECT id FROM erasure WHERE user_id = person
    ) AS mine;
    UPDATE transition
        SET reason = NULL, actor = CASE WHEN actor = address THEN pseudonym ELSE actor END
        WHERE subject_id = ANY (executions);
    UPDATE audit SET
        actor = CASE WHEN actor = address THEN pseudonym ELSE actor END,
        subject = CASE WHEN subject = address THEN pseudonym ELSE subject END,
        details = (
            SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(details)
            WHERE key = ANY (kept_details)
        )
        WHERE actor IN (person::text, address, pseudonym)
            OR subject IN (person::text, address, pseudonym)
            OR subject IN (SELECT unnest(executions)::text);
END
$$
"""
SIGNATURES = ("forget_history(uuid[])", "erase_history(uuid, text, text[])")


def upgrade() -> None:
    for function in (FORGET, ERASE):
        op.execute(function)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
