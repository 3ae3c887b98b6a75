"""The processes of the system: their names and commands."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

NO_PID = "--pidfile="
WEB_WORKERS = re.compile("[1-9][0-9]{0,2}")
# The Celery application without the tasks, which beat and Flower do not need.
APP = "tasks.celery_app"
PYTHON = (sys.executable, "-m")
# Celery's commands, without its command line, which loads much more.
CELERY = (*PYTHON, "tasks.run", "-A")
# The events that change a payment. An endpoint at Stripe should subscribe to the same.
STRIPE_EVENTS = ",".join(
    (
        *("payment_intent.succeeded", "payment_intent.payment_failed"),
        *("payment_intent.processing", "payment_intent.canceled"),
        *("payment_intent.requires_action", "charge.refunded", "charge.refund.updated"),
        *("refund.updated", "refund.failed"),
        *("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"),
        *("review.opened", "review.closed", "radar.early_fraud_warning.created"),
    )
)
# SendGrid's events that the shop reads.
SENDGRID_EVENTS = "delivered,bounce,dropped"


def commands(env: Mapping[str, str], data: Path, *, sandbox: bool) -> dict[str, list[str]]:
    """Return the commands by name, in the order in which they start."""
    sandbox_command = {"sandbox": _sandbox(env, data)} if sandbox else {}
    exporter = {"exporter": [*PYTHON, "exporter"]} if has_metrics(env) else {}
    return sandbox_command | {
        "web": _web(env),
        # Each provider has its own worker. So has the sweep, which must not queue behind calls;
        # under load the other workers help it with their free threads.
        "worker-1": worker("worker-1", "payments,sweep"),
        "worker-2": worker("worker-2", "emails,sweep"),
        "sweeper": worker("sweeper", "sweep,maintenance", threads=4),
        "beat": [*CELERY, APP, "beat", "-l", "WARNING", NO_PID],
        "flower": _flower(env),
        "events": [*PYTHON, "events"],
        **exporter,
    }


def has_metrics(env: Mapping[str, str]) -> bool:
    """Return whether METRICS is on, as the settings read it."""
    return env.get("METRICS", "").lower() in ("1", "true", "t", "yes", "y", "on")


def count_web_workers(env: Mapping[str, str]) -> int:
    """Return WEB_WORKERS, the number of gunicorn's processes. Raises RuntimeError."""
    text = env.get("WEB_WORKERS") or "2"
    if not WEB_WORKERS.fullmatch(text):
        raise RuntimeError(f"WEB_WORKERS must be a whole number from 1 to 999, not {text[:40]!r}")
    return int(text)


def flower_login(env: Mapping[str, str]) -> str:
    """Return Flower's user and password. Raises RuntimeError for those that Flower reads apart."""
    user, password = env["FLOWER_USER"], env["FLOWER_PASSWORD"]
    # In Flower's own variable, commas separate logins.
    if ":" in user or "," in user + password:
        raise RuntimeError("FLOWER_USER must have no colon, and FLOWER_PASSWORD and it no comma")
    return f"{user}:{password}"


def _web(env: Mapping[str, str]) -> list[str]:
    ports = [env[f"{name}_PORT"] for name in ("WEB", "AUTH", "ORDER", "PRODUCT")]
    return [
        *(*PYTHON, "gunicorn", "wsgi:ports"),
        *("--workers", str(count_web_workers(env)), "--threads", env.get("WEB_THREADS", "48")),
        *("--preload", "--log-level", "warning", "--keep-alive", "30"),
        *("--graceful-timeout", "10"),
        *(part for port in ports for part in ("--bind", f"127.0.0.1:{port}")),
    ]


def worker(name: str, queues: str = "", *, threads: int = 16) -> list[str]:
    """Return the command of a worker of `queues`, separated by commas; empty means all queues."""
    return [
        *(*CELERY, "tasks", "worker", "-n", f"{name}@%h"),
        *("--pool", "threads", "--concurrency", str(threads), "-l", "WARNING"),
        *("--without-gossip", "--without-mingle", *(("-Q", queues) if queues else ())),
    ]


def _flower(env: Mapping[str, str]) -> list[str]:
    # The password is passed in FLOWER_BASIC_AUTH: every user can read the command line.
    return [
        *(*CELERY, APP, "flower", "--address=127.0.0.1"),
        *(f"--port={env['FLOWER_PORT']}", "--read_only=True"),
        *("--max_tasks=2000", "--logging=warning"),
    ]


def _sandbox(env: Mapping[str, str], data: Path) -> list[str]:
    order = f"http://127.0.0.1:{env['ORDER_PORT']}/order"
    return [
        *(*PYTHON, "sandbox", "--port", env["SANDBOX_PORT"], "--data", str(data / "sandbox")),
        *("--stripe-webhook-url", f"{order}/webhook", "--stripe-webhook-events", STRIPE_EVENTS),
        *("--stripe-webhook-secret", env["STRIPE_WEBHOOK_SECRETS"].split(",")[0]),
        *("--sendgrid-webhook-url", f"{order}/email-events"),
        *("--sendgrid-webhook-events", SENDGRID_EVENTS),
    ]
