"""JSON without a spare byte: what is signed, stored and sent is the same text."""

import json
from typing import Any

Json = dict[str, Any]

compact = json.JSONEncoder(separators=(",", ":")).encode
