"""Compact JSON. The same text is signed, stored and sent."""

import json
from typing import Any

Json = dict[str, Any]

compact = json.JSONEncoder(separators=(",", ":")).encode
