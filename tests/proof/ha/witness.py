"""A witness in PostgreSQL: which machine claims which call, and which of its writes are refused.

A machine is the `application_name` of its connections. The witness only takes notes: triggers write
them in the transactions that they are about.
"""

from collections.abc import Sequence
from typing import Any

from tests.support import invariants
from tests.support.invariants import Json

# A claim gives an activity a token. Its end takes that away, or another claim replaces it.
NOTES = """
CREATE TABLE token_note (
    id bigserial PRIMARY KEY, machine text, activity uuid, attempts integer,
    token uuid, before uuid, expired boolean
);
CREATE INDEX ON token_note (activity);
CREATE FUNCTION note_token() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO token_note (machine, activity, attempts, token, before, expired)
        VALUES (current_setting('application_name'), NEW.id, NEW.attempts, NEW.token, OLD.token,
            OLD.state = 'running' AND NEW.state IN ('pending', 'running'));
    RETURN NULL;
END $$;
CREATE TRIGGER note_token AFTER UPDATE OF token ON activity FOR EACH ROW
    WHEN (NEW.token IS DISTINCT FROM OLD.token) EXECUTE FUNCTION note_token();

CREATE TABLE write_note (
    id bigint PRIMARY KEY DEFAULT nextval('token_note_id_seq'),
    machine text, statement text, rows bigint
);
CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO write_note (machine, statement, rows)
        SELECT current_setting('application_name'), current_query(), count(*) FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER note_write AFTER UPDATE ON activity REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_write();
"""
# The number of the last note.
LAST = "SELECT last_value FROM token_note_id_seq"
CLAIMS = "SELECT 1 FROM token_note WHERE machine = %s AND id > %s AND token IS NOT NULL"
HELD = """
SELECT note.id FROM token_note note JOIN activity ON activity.id = note.activity
WHERE note.machine = %s AND activity.token = note.token AND state = 'running'
"""
WAITING = """
SELECT mine.id FROM token_note mine JOIN activity ON activity.id = mine.activity
WHERE mine.id = ANY(%s) AND state IN ('queued', 'pending', 'waiting', 'running')
    AND NOT EXISTS (SELECT FROM token_note later WHERE later.activity = mine.activity
        AND later.id > mine.id AND later.token IS NOT NULL AND later.machine <> mine.machine)
"""
TAKEN_OVER = """
SELECT DISTINCT ON (mine.id) mine.id, later.machine, later.attempts
FROM token_note mine
JOIN token_note ended ON ended.activity = mine.activity AND ended.before = mine.token
JOIN token_note later ON later.activity = mine.activity AND later.id >= ended.id
WHERE mine.id = ANY(%s) AND ended.expired
    AND later.token IS NOT NULL AND later.machine <> mine.machine
ORDER BY mine.id, later.id
"""
# Writes about calls of a machine all of whose leases had ended: the statement names them.
LATE = """
SELECT write.id, write.rows FROM token_note mine
JOIN write_note write ON write.machine = mine.machine AND write.id > mine.id
    AND strpos(statement, mine.token::text) > 0 AND strpos(statement, mine.activity::text) > 0
LEFT JOIN token_note ended ON ended.activity = mine.activity AND ended.before = mine.token
    AND ended.expired AND ended.id < write.id
WHERE mine.id = ANY(%s) GROUP BY write.id HAVING bool_and(ended.id IS NOT NULL)
"""
MACHINES = """
SELECT machine, count(*) FROM token_note WHERE token IS NOT NULL GROUP BY machine ORDER BY machine
"""


class Witness:
    """The notes about the activities of a database, from now on. `db` is a psycopg2 connection.

    A claim is the number of its note.
    """

    def __init__(self, db: Any) -> None:
        self._db = db
        with db, db.cursor() as cursor:
            cursor.execute(NOTES)

    def last(self) -> int:
        """Return the number of the last note."""
        (row,) = self._read(LAST)
        return int(row["last_value"])

    def count_claims(self, machine: str, after: int = 0) -> int:
        """Return how many calls a machine has claimed after this note."""
        return len(self._read(CLAIMS, machine, after))

    def by_machine(self) -> dict[str, int]:
        """Return how many calls each machine has claimed."""
        return {row["machine"]: row["count"] for row in self._read(MACHINES)}

    def held(self, machine: str) -> list[int]:
        """Return the claims of a machine that are valid now."""
        return [row["id"] for row in self._read(HELD, machine)]

    def waiting(self, claims: Sequence[int]) -> list[int]:
        """Return those claims whose calls are not over, and claimed by no other machine since."""
        return [row["id"] for row in self._read(WAITING, list(claims))]

    def taken_over(self, claims: Sequence[int]) -> list[Json]:
        """Return who has claimed the calls of those claims whose leases ended."""
        return self._read(TAKEN_OVER, list(claims))

    def late_writes(self, claims: Sequence[int]) -> list[int]:
        """Return how many rows each write has changed that came after the end of these claims."""
        return [row["rows"] for row in self._read(LATE, list(claims))]

    def _read(self, query: str, *values: object) -> list[Json]:
        return invariants.read(self._db, query, *values)
