"""An operator who gives the commands listed in a folder, one after the other.

`python -m tests.proof.failpoints.operator FOLDER`. After a kill it is started again and repeats the
command it was giving.
"""

import json
import sys
import threading
from pathlib import Path

import wsgi

PAUSE = 0.05  # seconds between two looks
COMMANDS = "command-*.json"


def main(folder: Path) -> None:
    app = wsgi.build("app")
    runner = app.test_cli_runner()
    with app.app_context():
        while True:
            for file in sorted(folder.glob(COMMANDS)):
                if not answer_of(file).exists():
                    done = runner.invoke(args=json.loads(file.read_text()))
                    write(answer_of(file), [done.exit_code, done.output])
            threading.Event().wait(PAUSE)


def answer_of(file: Path) -> Path:
    return file.with_suffix(".answer")


def write(file: Path, content: object) -> None:
    """Have it there whole, or not at all."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(content))
    new.rename(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
