"""Webhooks: signed, prompt, repeated until they are taken, and broken on request."""

from collections import Counter
from functools import partial
from typing import Any

import requests
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


def test_a_dropped_event_is_delivered_by_hand(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.faults(stripe={"webhook": {"dropRate": 1}})
    sandbox.new_intent()
    (dropped,) = requests.get(f"{sandbox.url}/events.json?events=undelivered", timeout=60).json()
    assert (dropped["state"], dropped["attempts"]) == ("dropped", [])
    url = f"{sandbox.url}/events/{dropped['id']}/redeliver"
    assert requests.post(url, timeout=60).status_code == 202

    def find_event() -> Any:
        (event,) = requests.get(f"{sandbox.url}/events.json", timeout=60).json()
        return event if event["state"] == "delivered" else None

    delivered = eventually(find_event)
    assert [attempt["result"] for attempt in delivered["attempts"]] == ["200"]
    assert [event["id"] for event in receiver.events()] == [dropped["id"]]


def test_pages_of_events_refuse_what_they_do_not_know(shared: Sandbox) -> None:
    shared.new_intent()
    listed = requests.get(f"{shared.url}/events.json?events=all", timeout=60).json()
    refusals = [
        requests.post(f"{shared.url}/events/none/redeliver", timeout=60),
        requests.post(f"{shared.url}/events/{listed[0]['id']}/redeliver", timeout=60),
        requests.get(f"{shared.url}/events.json?events=some", timeout=60),
    ]
    assert [answer.status_code for answer in refusals] == [404, 400, 400]
    fields = [answer.json()["errors"][0]["field"] for answer in refusals]
    assert fields == ["id", "id", "events"]
    page = requests.get(f"{shared.url}/?events=some", timeout=60)
    assert (page.status_code, "events must be one of" in page.text) == (400, True)


def test_the_first_page_shows_the_books_and_escapes_text_of_users(sandbox: Sandbox) -> None:
    intent = sandbox.new_intent("<script>")
    page = requests.get(sandbox.url, timeout=60)
    assert intent.id in page.text
    assert "<script>" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "No payment matches" in requests.get(f"{sandbox.url}/?q=nothing", timeout=60).text
