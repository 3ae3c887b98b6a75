"""Webhooks: signed, prompt, repeated until they are taken, and broken on request."""

from collections import Counter
from functools import partial
from typing import Any

from stripe import Webhook

from tests.support.sandbox import WEBHOOK_SECRET, Receiver, Sandbox, eventually


def arrived(receiver: Receiver, count: int) -> bool:
    return len(receiver.posts) >= count


def test_events_are_signed_and_stored(sandbox: Sandbox, receiver: Receiver) -> None:
    intent = sandbox.new_intent()
    assert eventually(lambda: receiver.posts)
    _, headers, body = receiver.posts[0]

    event = Webhook.construct_event(body, headers["Stripe-Signature"], WEBHOOK_SECRET)
    assert event.type == "payment_intent.created"
    assert event.data.object["id"] == intent.id
    assert event.livemode is False
    assert event.request is not None
    assert intent.last_response is not None
    assert event.request.id == intent.last_response.request_id
    events = sandbox.client.v1.events
    assert eventually(lambda: events.retrieve(event.id).pending_webhooks == 0)
    assert events.list({"delivery_success": False}).data == []
    assert [each.id for each in events.list({"types": [event.type]}).data] == [event.id]
    assert events.list({"type": "charge.failed"}).data == []


def test_each_webhook_is_sent_before_the_next_call(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.new_intent()
    assert eventually(lambda: receiver.posts)
    for number in range(20):
        sandbox.new_intent(str(number))
        assert eventually(partial(arrived, receiver, number + 2))


def test_a_refused_webhook_is_repeated(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.status = 500
    sandbox.new_intent()
    assert eventually(lambda: len(receiver.posts) == 1)
    undelivered = sandbox.client.v1.events.list({"delivery_success": False}).data
    assert [event.pending_webhooks for event in undelivered] == [1]

    receiver.status = 200
    assert eventually(lambda: len(receiver.posts) == 2)
    assert receiver.posts[0][2] == receiver.posts[1][2]
    events = sandbox.client.v1.events
    assert eventually(lambda: len(events.list({"delivery_success": True}).data) == 1)


def test_an_undelivered_webhook_survives_a_crash(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.status = 503
    sandbox.new_intent()
    assert eventually(lambda: receiver.posts)
    sandbox.end(kill=True)
    receiver.status = 200
    sandbox.start()
    assert eventually(lambda: len(receiver.posts) > 1)
    assert receiver.posts[0][2] == receiver.posts[-1][2]


def test_a_listener_gets_the_subscribed_events(receiver: Receiver) -> None:
    url = f"{receiver.url}/stripe"
    sandbox = Sandbox(
        "--stripe-webhook-url", url, "--stripe-webhook-events", "payment_intent.succeeded"
    )
    sandbox.paid_intent()
    assert eventually(lambda: receiver.posts)
    listed = sandbox.client.v1.events.list({"limit": 10}).data
    undelivered = sandbox.client.v1.events.list(
        {"delivery_success": False, "type": "charge.succeeded"}
    ).data
    sandbox.end()
    assert [event["type"] for event in receiver.events()] == ["payment_intent.succeeded"]
    assert len(listed) == 3
    assert undelivered == []


def test_dropped_webhooks_are_only_listed(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.faults(stripe={"webhook": {"dropRate": 1}})
    lost = sandbox.new_intent("lost")
    sandbox.faults()
    sandbox.new_intent("found")

    assert eventually(lambda: receiver.posts)
    assert lost.id not in str(receiver.posts)
    events: Any = sandbox.client.v1.events.list({"delivery_success": False}).data
    assert eventually(lambda: lost.id in [event.data.object["id"] for event in events])


def test_webhooks_are_repeated_and_shuffled(sandbox: Sandbox, receiver: Receiver) -> None:
    webhook = {"duplicateRate": 1, "delayMs": 200, "shuffle": True}
    sandbox.faults(seed=5, stripe={"webhook": webhook})
    made = [sandbox.new_intent(str(number)).id for number in range(10)]

    assert eventually(lambda: len(receiver.posts) == 20)
    order = [event["data"]["object"]["id"] for event in receiver.events()]
    assert set(Counter(order).values()) == {2}
    assert list(dict.fromkeys(order)) != made
