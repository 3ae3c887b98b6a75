"""Tests of accepted messages: our own, also with beat's additions and after a redelivery."""

import json
from typing import Any

import pytest

from tasks.messages import problem_of

QUEUES, TASKS = {"sweep"}, {"sweep", "payments.retrieve_intent"}
TAG = "9d5c9a50-7b0f-4ea1-b8d4-0a6ad2f9f3d5"


def message(arguments: list[Any], **headers: Any) -> dict[str, Any]:
    embedded = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return {
        "body": json.dumps([arguments, {}, embedded]),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"id": TAG, "task": "sweep", "expires": None, "argsrepr": "()"} | headers,
        "properties": {
            "delivery_tag": TAG,
            "delivery_info": {"exchange": "", "routing_key": "sweep"},
        },
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"celery_beat_task": True, "expires": "2026-11-27T23:56:15.162251+00:00"},
        {"redelivered": True, "ignore_result": True, "timelimit": [None, None], "retries": 0},
    ],
)
def test_ticks_are_accepted(headers: dict[str, Any]) -> None:
    assert problem_of(message([], **headers), "sweep", QUEUES, TASKS) is None


def test_ids_are_accepted() -> None:
    assert (
        problem_of(message([[TAG]], task="payments.retrieve_intent"), "sweep", QUEUES, TASKS)
        is None
    )


def test_celerys_own_messages_are_accepted() -> None:
    question = message([]) | {"body": json.dumps({"method": "ping", "arguments": {}})}
    assert problem_of(question | {"headers": {}}, "worker.pidbox", QUEUES, TASKS) is None


@pytest.mark.parametrize(
    ("spoiled", "problem"),
    [
        (message([], task="rm"), "there is no task 'rm'"),
        (message([1]), "a tick has no arguments"),
        (message(["x"], task="payments.retrieve_intent"), "its argument is not a list of ids"),
        (message([["x"]], task="payments.retrieve_intent"), "its argument is not a list of ids"),
        (message([], timelimit=7), "its timelimit is 7"),
        (message([], expires="soon"), "it expires at 'soon'"),
        (message([]) | {"content-type": "text/plain"}, "its content is ('text/plain', 'utf-8')"),
        (message([]) | {"body": "{"}, "its body cannot be read"),
        ([1, 2], "no properties"),
        ("hello", "no properties"),
    ],
)
def test_other_messages_are_refused(spoiled: Any, problem: str) -> None:
    assert (problem_of(spoiled, "sweep", QUEUES, TASKS) or "").startswith(problem)
