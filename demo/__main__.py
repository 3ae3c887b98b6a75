"""`make demo`: start the system on free ports and play the stories; exit status 0 if all pass."""

import argparse
import sys
import traceback

from demo.stories import STORIES
from demo.world import World
from launch.children import end_in_order
from launch.foreground import START_ERRORS
from launch.frontend import BuildError, build_if_possible
from launch.output import run_main
from launch.stack import Stack

PAYMENT_TIMEOUT = 15  # seconds; longer than the lease of a killed worker


def main() -> int:
    argparse.ArgumentParser(prog="python -m demo", description=__doc__).parse_args()
    end_in_order()
    try:
        build_if_possible()
        print("demo: starting the system on free ports", flush=True)
        with Stack(environment={"PAYMENT_TIMEOUT": str(PAYMENT_TIMEOUT)}) as stack:
            failed = play(stack)
    except (BuildError, *START_ERRORS) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    for title in failed:
        print(f"demo: failed: {title}")
    print(f"demo: {len(STORIES) - len(failed)} of {len(STORIES)} stories passed")
    return 1 if failed else 0


def play(stack: Stack) -> list[str]:
    """Play the stories, and return the titles of those that failed."""
    world, failed = World.of(stack), []
    for title, story in STORIES:
        world.reporter.title(title)
        try:
            story(world)
        except Exception:  # noqa: BLE001  the other stories are played as well
            traceback.print_exc()
            failed.append(title)
    return failed


if __name__ == "__main__":
    sys.exit(run_main(main))
