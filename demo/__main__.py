"""`make demo`: the whole system on free ports, then the stories; exit status 0 only if all pass."""

import sys
import traceback

from demo.stories import STORIES
from demo.world import World
from launch.children import end_in_order
from launch.stack import Stack

PAYMENT_TIMEOUT = 15  # seconds; longer than the lease of a killed worker


def main() -> int:
    end_in_order()
    passed = 0
    with Stack(environment={"PAYMENT_TIMEOUT": str(PAYMENT_TIMEOUT)}) as stack:
        world = World.of(stack)
        for title, story in STORIES:
            world.tell.title(title)
            try:
                story(world)
                passed += 1
            except Exception:  # noqa: BLE001  the next story is told all the same
                traceback.print_exc()
    print(f"demo: {passed} of {len(STORIES)} stories passed", flush=True)
    return 0 if passed == len(STORIES) else 1


if __name__ == "__main__":
    sys.exit(main())
