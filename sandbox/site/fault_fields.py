"""The fields of the fault plan as the page shows them, and plans to try."""

from typing import NamedTuple

from sandbox.compact import Json

ALWAYS = 1


class FaultField(NamedTuple):
    """A field of the plan by its path; `kind` is rate, time, switch or number."""

    path: str
    label: str
    kind: str
    value: float | bool = 0


GROUPS = {
    "Stripe's answers": (
        FaultField("stripe.errorRate", "Fails with 500", "rate"),
        FaultField("stripe.timeoutRate", "Done, no answer", "rate"),
        FaultField("stripe.rateLimitRate", "Refuses with 429", "rate"),
        FaultField("stripe.latencyMs", "Delay", "time"),
    ),
    "Stripe's webhooks": (
        FaultField("stripe.webhook.dropRate", "Never delivered", "rate"),
        FaultField("stripe.webhook.duplicateRate", "Delivered twice", "rate"),
        FaultField("stripe.webhook.delayMs", "Delay", "time"),
        FaultField("stripe.webhook.shuffle", "Out of order", "switch"),
    ),
    "SendGrid": (
        FaultField("sendgrid.errorRate", "Fails with 500", "rate"),
        FaultField("sendgrid.timeoutRate", "Sent, no answer", "rate"),
        FaultField("sendgrid.bounceRate", "Bounces", "rate"),
        FaultField("sendgrid.latencyMs", "Delay", "time"),
    ),
    "Chance": (FaultField("seed", "Seed", "number"),),
}
PRESETS: dict[str, Json] = {
    "Drop all webhooks": {"stripe": {"webhook": {"dropRate": ALWAYS}}},
    "SendGrid is down": {"sendgrid": {"errorRate": ALWAYS}},
    "Half of it fails": {
        "stripe": {"errorRate": 0.3, "timeoutRate": 0.2, "webhook": {"dropRate": 0.5}},
        "sendgrid": {"errorRate": 0.3, "timeoutRate": 0.2},
    },
}


def list_fault_fields(plan: Json) -> dict[str, list[FaultField]]:
    """Return the fields by group, with their values in `plan`."""
    return {
        name: [each._replace(value=_value_at(plan, each.path)) for each in group]
        for name, group in GROUPS.items()
    }


def _value_at(plan: Json, path: str) -> float | bool:
    value = plan
    for name in path.split("."):
        value = value[name]
    return value  # type: ignore[return-value]
