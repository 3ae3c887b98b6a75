"""History follows its row: a table declares by a trigger that its deleted rows lose their history,
and erasure finds the rows of a person by their columns.

Revision: 0019, after 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# A table whose rows retention deletes calls it, for the rows that have ended.
FORGET = """
CREATE FUNCTION forget_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET projectx.retention = 'on'
AS $$
BEGIN
    DELETE FROM transition WHERE subject_id = OLD.id;
    RETURN NULL;
END
$$
"""
FORGOTTEN = {
    "login": "OLD.state NOT IN ('CodePending', 'CodeSent', 'CodeUnsent')",
    "reconciliation": "OLD.state <> 'Running'",
}
TRIGGER = """
CREATE TRIGGER forget_history AFTER DELETE ON {table}
FOR EACH ROW WHEN ({ended}) EXECUTE FUNCTION forget_history()
"""
# It takes words away, and writes none. Tables that machines move have these three columns; `email`,
# `user_id` or `order_id` says whose a row is.
ERASE = """
CREATE OR REPLACE FUNCTION erase_history(person uuid, address text, kept_details text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET projectx.retention = 'on'
AS $$
DECLARE
    pseudonym text := person || '@erased.invalid';
    executions uuid[] := '{}';
    mine uuid[];
    moved record;
BEGIN
    IF NOT EXISTS (SELECT FROM erasure WHERE user_id = person) THEN
        RAISE EXCEPTION 'nobody has asked for the erasure of %', person
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR moved IN
        SELECT relname, CASE
            WHEN 'email' = ANY (names) THEN 'email IN ($2, $3)'
            WHEN 'user_id' = ANY (names) THEN 'user_id = $1'
            ELSE 'order_id IN (SELECT id FROM orders WHERE user_id = $1)'
        END AS belongs_to
        FROM pg_class, LATERAL (
            SELECT array_agg(attname::text) AS names FROM pg_attribute
            WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        ) AS columns
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND names @> '{state,version,deadline_at}' AND names && '{email,user_id,order_id}'
    LOOP
        EXECUTE format(
            'SELECT coalesce(array_agg(id), ''{}'') FROM %I WHERE ' || moved.belongs_to,
            moved.relname
        ) INTO mine USING person, address, pseudonym;
        executions := executions || mine;
    END LOOP;
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


def upgrade() -> None:
    op.execute("DROP FUNCTION forget_history(uuid[])")
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_history() FROM PUBLIC")
    for table, ended in FORGOTTEN.items():
        op.execute(TRIGGER.format(table=table, ended=ended))
    op.execute(ERASE)


def downgrade() -> None:
    for table in FORGOTTEN:
        op.execute(f"DROP TRIGGER forget_history ON {table}")
    op.execute("DROP FUNCTION forget_history()")
    for function in _earlier_functions():
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION forget_history(uuid[]) FROM PUBLIC")


def _earlier_functions() -> tuple[str, str]:
    guarded = op.get_context().script.get_revision("0012").module  # type: ignore[union-attr]
    return guarded.FORGET, guarded.ERASE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
