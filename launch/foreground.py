"""The course of `make run`: check the settings, start everything, and wait for Ctrl-C."""

import argparse
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from launch.children import end_in_order
from launch.frontend import BuildError, build_if_possible
from launch.lock import AlreadyRunningError
from launch.output import say
from launch.ports import PortTakenError
from launch.processes import has_metrics
from launch.waiting import NotReadyError
from settings_error import SettingsError, named_variables

if TYPE_CHECKING:
    from launch.stack import Stack

# Errors of the system are, for example, a full disk, or a folder that may not be written.
START_ERRORS = (AlreadyRunningError, PortTakenError, NotReadyError, RuntimeError, OSError)


def run(data: Path) -> int:
    """Run the system on the folder `data`, and return an exit status.

    Raises KeyboardInterrupt for a signal before the start, or while everything stops.
    """
    read_arguments()
    end_in_order()
    try:
        check_settings()
        from launch.stack import Stack

        with_past = read_seed_demo()
        stack = Stack(data_dir=data, usual_ports=True, show=True, with_past=with_past)
        build_if_possible()
    except (SettingsError, RuntimeError, BuildError, OSError) as error:
        say(f"projectx: {error}", is_error=True)
        return 1
    if with_past:
        say("projectx: giving an empty shop two months of orders, which takes a minute")
    try:
        _serve(stack)
    except KeyboardInterrupt:
        say("\nprojectx: stopping; Ctrl-C again stops at once")
        return 0
    except START_ERRORS as error:
        say(f"projectx: {error}", is_error=True)
    finally:
        stack.stop()
    return 1


def _serve(stack: "Stack") -> None:
    """Start everything, and restart what ends, until a part cannot be started.

    Raises KeyboardInterrupt for Ctrl-C.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    stack.start()
    say(format_addresses(stack))
    while stack.supervisor.given_up is None:
        for end in stack.restart_services():
            say(f"projectx: {end}\nprojectx: it was restarted")
        time.sleep(1)


def read_arguments() -> argparse.Namespace:
    """Answer --help, and refuse arguments: there are only variables."""
    parser = argparse.ArgumentParser(
        prog="python -m launch",
        description="Run the whole system until Ctrl-C.",
        epilog="Variables of the environment are its settings: docs/reference/settings.md."
        " SEED_DEMO=1 gives an empty shop two months of orders first.",
    )
    return parser.parse_args()


def check_settings() -> None:
    """Raise SettingsError here instead of in each process.

    Give whole numbers one spelling, since other programs read some, and addresses contain ports:
    the settings also know " 8080 " and "8080.0".
    """
    from config import Settings

    with named_variables():
        settings = Settings()
    for name, value in settings:
        if type(value) is int and name.upper() in os.environ:
            os.environ[name.upper()] = str(value)


def read_seed_demo() -> bool:
    """Return whether SEED_DEMO asks for a shop with a past. Raises RuntimeError."""
    value = os.environ.get("SEED_DEMO", "")
    if value not in ("", "0", "1"):
        raise RuntimeError(f"SEED_DEMO must be 1 or 0, not {value!r}")
    return value == "1"


def format_addresses(stack: "Stack") -> str:
    """Return a table of the addresses of all parts."""
    env, urls = stack.environment, stack.urls
    rows = [
        ("everything", urls.web, "API reference: /docs"),
        ("auth service", urls.auth, ""),
        ("order service", urls.order, ""),
        ("product service", urls.product, ""),
        ("events", urls.events, "for browsers"),
        ("Flower", urls.flower, f"user {env['FLOWER_USER']}, password {env['FLOWER_PASSWORD']}"),
        *_metrics_rows(stack),
        ("PostgreSQL", _without_password(env["DATABASE_URL"]), ""),
        ("Redis", _without_password(env["REDIS_URL"]), ""),
    ]
    if stack.sandbox:
        rows.insert(
            5, ("mailbox", f"{urls.sandbox}/mail", "sign-in codes and receipts arrive here")
        )
        rows.insert(6, ("sandbox", urls.sandbox, "stands in for Stripe and SendGrid"))
    lines = [f"  {name:<16} {address:<28} {note}".rstrip() for name, address, note in rows]
    return "\n".join(["", "ProjectX is running. Press Ctrl-C to stop it.", "", *lines, ""])


def _metrics_rows(stack: "Stack") -> list[tuple[str, str, str]]:
    if not has_metrics(stack.environment):
        return []
    return [
        ("metrics", f"{stack.urls.metrics}/metrics", "of the processes"),
        ("exporter", f"{stack.urls.exporter}/metrics", "of the rows in PostgreSQL"),
    ]


def _without_password(address: str) -> str:
    """Return the address without the password of its user."""
    before, at, place = address.rpartition("@")
    scheme, slashes, user = before.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{place}" if at else address
