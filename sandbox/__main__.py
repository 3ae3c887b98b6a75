"""`python -m sandbox --port 8090`: serve Stripe and SendGrid stand-ins until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from sandbox.app import Options, make_app

# Seconds for open requests at shutdown.
SHUTDOWN_TIMEOUT = 0.3
EVENTS_HELP = "event types to send, separated by commas (default: all)"


def split_names(text: str) -> frozenset[str]:
    return frozenset(name for name in text.split(",") if name)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, required=True, help="port to listen on; 0 selects a free one"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="directory for data that survives restarts")
    parser.add_argument("--stripe-webhook-url", default="")
    parser.add_argument("--stripe-webhook-secret", default="whsec_sandbox")
    parser.add_argument(
        "--stripe-webhook-events", type=split_names, default=frozenset(), help=EVENTS_HELP
    )
    parser.add_argument("--sendgrid-webhook-url", default="")
    parser.add_argument(
        "--sendgrid-webhook-events", type=split_names, default=frozenset(), help=EVENTS_HELP
    )
    parser.add_argument(
        "--settle-seconds",
        type=float,
        default=2.0,
        help="duration of slow payments and refunds, in seconds (default: 2)",
    )
    return parser.parse_args()


async def serve(arguments: argparse.Namespace) -> None:
    options = Options(
        data=arguments.data,
        stripe_webhook_url=arguments.stripe_webhook_url,
        stripe_webhook_secret=arguments.stripe_webhook_secret,
        stripe_webhook_events=arguments.stripe_webhook_events,
        sendgrid_webhook_url=arguments.sendgrid_webhook_url,
        sendgrid_webhook_events=arguments.sendgrid_webhook_events,
        sendgrid_private_key=os.environ.get("SANDBOX_SENDGRID_PRIVATE_KEY", ""),
        settle_seconds=arguments.settle_seconds,
    )
    runner = web.AppRunner(make_app(options), access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
    await runner.setup()
    try:
        await web.TCPSite(runner, arguments.host, arguments.port, backlog=1024).start()
    except OSError as error:
        await runner.cleanup()
        sys.exit(f"--port {arguments.port}: {os.strerror(error.errno or 0)}")
    port = runner.addresses[0][1]
    sys.stdout.write(f"Sandbox on http://{arguments.host}:{port}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    await ended.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(read_arguments()))
