"""`python -m tests.launch.forked WORD`: print what a fork has, then do what the word says."""

import json
import multiprocessing
import os
import signal
import sys
from pathlib import Path


def main() -> int:
    word = sys.argv[1]
    if word == "wait":
        write(f"{os.getpid()}\n")
        signal.pause()
    if word == "wait with a child":
        child = multiprocessing.get_context("fork").Process(target=signal.pause)
        child.start()
        write(f"{child.pid}\n")
        signal.pause()
    descriptors = [Path(f"/proc/self/fd/{number}") for number in range(3, 64)]
    files = [str(path.readlink()) for path in descriptors if path.is_symlink()]
    shown = {"arguments": sys.argv[1:], "word": os.environ.get("WORD"), "files": files}
    write(json.dumps(shown))
    sys.stderr.write("an error\n")
    return 3


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
