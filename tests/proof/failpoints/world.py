"""The world of the stories, with customers and an operator who try again."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from tests.proof.failpoints.operator import COMMANDS, answer_of, write
from tests.proof.failpoints.patient import PATIENCE, StoryBuyer
from tests.support import invariants

# The reference of intents at Stripe that no order here was placed for.
STRAY = "stray"


@dataclass(frozen=True, slots=True)
class OperatedWorld(World):
    """`folder` is where the operator finds the commands to give."""

    folder: Path

    def buyer(self) -> Buyer:
        buyer = StoryBuyer(self.urls)
        buyer.log_in()
        return buyer

    def operate(self, *words: str) -> None:
        """Repeat a `flask` command until it has run.

        If a process died after the commit, the second run may be refused.
        """
        number = len(list(self.folder.glob(COMMANDS)))
        file = self.folder / COMMANDS.replace("*", f"{number:06}")
        write(file, words)

        def answered() -> bool | None:
            return answer_of(file).exists() or None

        wait_for(answered, f"an answer to {words}", seconds=PATIENCE)

    def read(self, query: str, *values: object) -> list[Json]:
        """Return the rows of a query."""
        with closing(psycopg2.connect(self.database_url)) as db:
            return invariants.read(db, query, *values)

    def execute(self, statement: str, *values: object) -> None:
        """Change rows by hand."""
        with self._database() as cursor:
            cursor.execute(statement, values)
