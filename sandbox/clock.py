"""The clock of the sandbox, in Unix seconds. A simulation sets another source."""

import time
from collections.abc import Callable

source: Callable[[], float] = time.time


def now() -> float:
    return source()
