"""`make run`: run the whole system until Ctrl-C."""

import argparse
import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from launch.children import end_in_order
from launch.frontend import BuildError, build_if_possible
from launch.lock import AlreadyRunningError
from launch.ports import PortTakenError
from launch.processes import has_metrics
from launch.waiting import NotReadyError
from settings_error import SettingsError, named_variables

if TYPE_CHECKING:
    from launch.stack import Stack

START_ERRORS = (AlreadyRunningError, PortTakenError, NotReadyError, RuntimeError)


def main() -> int:
    read_arguments()
    end_in_order()
    try:
        check_settings()
        from launch.stack import ROOT, Stack

        with_past = read_seed_demo()
        data = ROOT / ".data"
        stack = Stack(data_dir=data, usual_ports=True, show=True, with_past=with_past)
        build_if_possible()
    except (SettingsError, RuntimeError, BuildError) as error:
        print(f"projectx: {error}", file=sys.stderr)
        return 1
    if with_past:
        print(
            "projectx: giving an empty shop two months of orders, which takes a minute", flush=True
        )
    try:
        stack.start()
        print(format_addresses(stack), flush=True)
        while stack.supervisor.given_up is None:
            for name in stack.restart_services():
                print(f"projectx: {name} had ended and was restarted", flush=True)
            time.sleep(1)
    except KeyboardInterrupt:
        # A lost terminal cannot be written to.
        with contextlib.suppress(OSError):
            print("\nprojectx: stopping", flush=True)
        return 0
    except START_ERRORS as error:
        print(f"projectx: {error}", file=sys.stderr)
    finally:
        stack.stop()
    return 1


def read_arguments() -> argparse.Namespace:
    """Answer --help, and refuse arguments: there are only variables."""
    parser = argparse.ArgumentParser(
        prog="python -m launch",
        description=__doc__,
        epilog="Variables of the environment are its settings: docs/reference/settings.md."
        " SEED_DEMO=1 gives an empty shop two months of orders first.",
    )
    return parser.parse_args()


def check_settings() -> None:
    """Raise SettingsError here instead of in each process."""
    from config import Settings

    with named_variables():
        Settings()


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


if __name__ == "__main__":
    sys.exit(main())
