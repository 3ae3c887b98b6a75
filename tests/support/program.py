"""`python -m tests.support.program FILE`: become the Python program that a file of JSON describes.

tests/support/python.py starts it as the fork of a process that has imported the libraries.
"""

import json
import os
import runpy
import sys
from pathlib import Path
from types import FunctionType, ModuleType


def run(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Do what `python ARGUMENTS` does, for `-m MODULE ...` and `-c CODE ...`."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    more = environment.get("PYTHONPATH", "").split(os.pathsep)
    # The first two are the folder and the PYTHONPATH of the fork server.
    sys.path[:2] = [folder, *filter(None, more)]
    option, program, *rest = arguments
    if option == "-m":
        sys.argv = [program, *rest]
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    sys.argv = [option, *rest]
    main = sys.modules["__main__"] = ModuleType("__main__")
    FunctionType(compile(program, "<string>", "exec"), main.__dict__)()


if __name__ == "__main__":
    request = Path(sys.argv[1])
    text = request.read_text()
    request.unlink()
    run(**json.loads(text))
