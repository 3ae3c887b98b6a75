"""`python -m bench.shops.buyers 32`: create users with sessions, and print their tokens as JSON.

They are written to the database directly, since signing in by email is not part of the race.
"""

import json
import sys
from collections.abc import Iterator
from uuid import uuid4

from flask import Flask

from config import settings
from models import connection, transaction
from models.refresh import open_session
from models.user import User
from web import tokens


def sign_in(count: int) -> Iterator[dict[str, str]]:
    """Create users, and yield their email addresses and access tokens."""
    with transaction():
        for _ in range(count):
            user = User.of_address(f"buyer-{uuid4().hex[:10]}@example.com")
            grant = open_session(user, user_agent="bench", ip_address="127.0.0.1")
            yield {"email": user.email, "token": tokens.issue(user, grant.session)}


if __name__ == "__main__":
    app = Flask("buyers")
    connection.attach(app, pool_size=settings.database_pool)
    with app.app_context():
        print(json.dumps(list(sign_in(int(sys.argv[1])))))
