"""`python -m tests.launch.forked WORD`: print what a fork has, then do what the word says."""

import json
import os
import signal
import sys
from pathlib import Path


def main() -> int:
    word = sys.argv[1]
    if word == "wait":
        write(f"{os.getpid()}\n")
        signal.pause()
    if word == "become a parent":
        os.execv("/bin/sh", ["sh", "-c", "sleep 1000 & echo $!; wait"])
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
