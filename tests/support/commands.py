"""The operator's command line, called in this process."""

import json
from typing import Any

from click.testing import Result
from flask import Flask


def flask(shop: Flask, *words: str) -> Result:
    return shop.test_cli_runner().invoke(args=list(words))


def read(shop: Flask, *words: str) -> Any:
    return json.loads(flask(shop, *words, "--json").stdout)
