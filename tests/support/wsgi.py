"""The services in a new process, as a server starts them."""

import json
import os
from typing import Any

from tests.support import python

SERVE = """
import json, sys
from werkzeug.test import Client
import wsgi

def ask(port, method, path, body=None, headers=None):
    client = Client(wsgi.ports)
    base = f"http://localhost:{port}"
    answer = client.open(path, base_url=base, method=method, json=body, headers=headers)
    return [answer.status_code, answer.get_json(silent=True), dict(answer.headers)]

print(json.dumps([ask(*question) for question in json.loads(sys.argv[1])]))
"""


def serve(*questions: tuple[Any, ...], **environment: str) -> list[Any]:
    """Return the answers of a new process with our settings and `environment`."""
    words = ("-c", SERVE, json.dumps(questions))
    done = python.run(*words, env=os.environ | environment, check=True)
    answers: list[Any] = json.loads(done.stdout)
    return answers
