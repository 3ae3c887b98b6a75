"""Paying, as Stripe's own client sees it."""

from typing import Any

import pytest
import requests
import stripe

from tests.support.sandbox import PUBLISHABLE_KEY, Receiver, Sandbox, eventually


def test_a_card_pays(reporting: Sandbox, listener: Receiver) -> None:
    intent = reporting.new_intent("7")
    assert intent.status == "requires_payment_method"

    reporting.intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})

    paid = reporting.intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    charge: Any = paid.latest_charge
    assert (paid.status, paid.amount_received) == ("succeeded", 2000)
    card = charge.payment_method_details.card
    assert (card.brand, card.last4) == ("mastercard", "4444")
    assert card.exp_month
    assert card.exp_year
    row = reporting.ledger()[intent.id]
    assert row["orderId"] == "7"
    assert row["referenceId"] == "ref-7"
    assert (row["captured"], row["refunded"], row["creates"], row["confirms"]) == (2000, 0, 1, 1)
    types = ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]
    assert eventually(lambda: listener.types(intent.id) == types)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_a_declined_card_leaves_the_intent_open_for_another(
    shared: Sandbox, card: str, code: str, decline_code: str | None
) -> None:
    intent = shared.new_intent()

    with pytest.raises(stripe.CardError) as declined:
        shared.intents.confirm(intent.id, {"payment_method": card})

    body: Any = declined.value.json_body
    error = body["error"]
    assert declined.value.http_status == 402
    assert (error["code"], error.get("decline_code")) == (code, decline_code)
    assert error["payment_intent"]["status"] == "requires_payment_method"
    after: Any = shared.intents.retrieve(intent.id)
    assert after.last_payment_error.code == code
    assert after.payment_method is None

    paid = shared.intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_a_browser_confirms_with_the_client_secret_and_sees_less(shared: Sandbox) -> None:
    intent = shared.new_intent()
    path = f"/v1/payment_intents/{intent.id}/confirm"
    card = {
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242 4242 4242 4242",
        "payment_method_data[card][exp_month]": "11",
        "payment_method_data[card][exp_year]": "44",
        "payment_method_data[card][cvc]": "123",
    }

    for guess in ("pi_secret_guess", "", "\u0661\u202e"):
        stranger = shared.post(path, PUBLISHABLE_KEY, client_secret=guess, **card)
        assert stranger.status_code == 400
        assert stranger.json()["error"]["param"] == "client_secret"

    form = {"client_secret": str(intent.client_secret), "key": PUBLISHABLE_KEY, **card}
    headers = {"Origin": "https://shop.example"}
    answer = requests.post(f"{shared.url}{path}", data=form, headers=headers, timeout=60)
    assert answer.json()["status"] == "succeeded"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "metadata" not in answer.json()
    shown: Any = shared.intents.retrieve(intent.id, {"expand": ["payment_method"]})
    assert (shown.payment_method.card.exp_month, shown.payment_method.card.exp_year) == (11, 2044)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4242424242424241", "incorrect_number"),
        ("4000000000000002", "card_declined"),
        ("4111111111111111", "card_declined"),
    ],
)
def test_typed_card_numbers_fail_as_stripe_says(shared: Sandbox, number: str, code: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        shared.new_intent(
            confirm=True,
            payment_method_data={
                "type": "card",
                "card": {"number": number, "exp_month": 1, "exp_year": 2044, "cvc": "123"},
            },
        )
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("form", "param", "code"),
    [
        ({"currency": "usd"}, "amount", "parameter_missing"),
        ({"amount": "x", "currency": "usd"}, "amount", "parameter_invalid_integer"),
        ({"amount": "-5", "currency": "usd"}, "amount", "parameter_invalid_integer"),
        ({"amount": "49", "currency": "usd"}, "amount", "amount_too_small"),
        ({"amount": "100000000", "currency": "usd"}, "amount", "amount_too_large"),
        ({"amount": "500", "currency": "xyz"}, "currency", None),
        ({"amount": "500", "currency": "usd", "colour": "red"}, "colour", "parameter_unknown"),
    ],
)
def test_bad_parameters_are_named(
    shared: Sandbox, form: dict[str, str], param: str, code: str | None
) -> None:
    before = shared.ledger()

    answer = shared.post("/v1/payment_intents", **form)

    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error.get("code")) == (param, code)
    assert answer.headers["Request-Id"].startswith("req_")
    assert shared.ledger() == before


def test_requests_need_a_key(shared: Sandbox) -> None:
    path = f"{shared.url}/v1/payment_intents"
    assert requests.post(path, timeout=60).status_code == 401
    assert shared.post("/v1/payment_intents", "nonsense").status_code == 401
    public = shared.post("/v1/payment_intents", PUBLISHABLE_KEY)
    assert (public.status_code, public.json()["error"]["code"]) == (401, "secret_key_required")
    assert requests.get(path, auth=("sk_test_sandbox", ""), timeout=60).status_code == 200


def test_cancel_is_final_and_refused_after_payment(shared: Sandbox) -> None:
    canceled = shared.intents.cancel(shared.new_intent().id)
    assert canceled.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled") as late:
        shared.intents.confirm(canceled.id, {"payment_method": "pm_card_visa"})
    assert late.value.code == "payment_intent_unexpected_state"

    paid = shared.paid_intent()
    with pytest.raises(stripe.InvalidRequestError, match="a status of succeeded") as refused:
        shared.intents.cancel(paid.id)
    error: Any = refused.value.error
    assert (refused.value.http_status, error.code) == (400, "payment_intent_unexpected_state")
    assert error.payment_intent.id == paid.id
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded"):
        shared.intents.confirm(paid.id, {"payment_method": "pm_card_visa"})


def test_an_update_changes_the_allowed_fields(shared: Sandbox) -> None:
    intent = shared.new_intent("9")
    changed: Any = shared.intents.update(
        intent.id, {"amount": 700, "metadata": {"referenceId": "", "note": "n"}}
    )
    assert changed.amount == 700
    assert changed.metadata.to_dict() == {"orderId": "9", "note": "n"}

    with pytest.raises(stripe.InvalidRequestError):
        shared.intents.update(intent.id, {"amount": 800, "payment_method": "pm_unknown"})
    assert shared.intents.retrieve(intent.id).amount == 700
    paid = shared.paid_intent()
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        shared.intents.update(paid.id, {"amount": 1})


def test_search_and_lists_find_intents(sandbox: Sandbox) -> None:
    made = [sandbox.new_intent(str(number)).id for number in range(5)]
    page = sandbox.intents.search({"query": "metadata['orderId']:'3' AND status:'canceled'"})
    assert page.data == []
    page = sandbox.intents.search({"query": "metadata['orderId']:'3'"})
    assert [intent.id for intent in page.data] == [made[3]]
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.intents.search({"query": "metadata orderId 3"})

    first = sandbox.intents.list({"limit": 2})
    assert [intent.id for intent in first.data] == [made[4], made[3]]
    assert [intent.id for intent in first.auto_paging_iter()] == made[::-1]
    before = sandbox.intents.list({"limit": 2, "ending_before": made[0]})
    assert [intent.id for intent in before.data] == [made[2], made[1]]
    assert sandbox.intents.list({"created": {"lt": 1000}}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent: 'pi_x'"):
        sandbox.intents.retrieve("pi_x")


def test_a_challenge_on_the_page_of_a_bank_returns_to_the_shop(shared: Sandbox) -> None:
    intent = shared.new_intent()
    asked = shared.intents.confirm(
        intent.id,
        {
            "payment_method": "pm_sandbox_challengeRedirects",
            "return_url": "https://shop.example/orders/1?a=b",
            "use_stripe_sdk": True,
        },
    )
    redirect: Any = asked.next_action and asked.next_action.redirect_to_url
    assert asked.status == "requires_action"

    page = requests.get(redirect.url, timeout=60)
    assert "Your bank asks" in page.text
    complete = redirect.url.replace("?", "/complete?")
    answer = requests.post(complete, allow_redirects=False, timeout=60)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(
        "https://shop.example/orders/1?a=b&payment_intent="
    )
    assert shared.intents.retrieve(intent.id).status == "succeeded"
