"""Files of web/static: pictures, icons and scripts whose names have no hash of their content."""

import gzip
import hashlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from flask import Response, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

COMPRESSIBLE = {".css", ".html", ".js", ".json", ".svg"}
MAX_AGE = 24 * 3600  # seconds
# A browser shows an older picture at once, and asks for the new one meanwhile.
STALE_AGE = 7 * 24 * 3600  # seconds


def send(folder: str, name: str) -> Response:
    """Return a file, compressed if the browser accepts it. Raises NotFound."""
    joined = safe_join(folder, name)
    if joined is None or not Path(joined).is_file():
        raise NotFound
    path = Path(joined)
    if path.suffix not in COMPRESSIBLE:
        response = send_file(path, max_age=MAX_AGE)
    else:
        is_accepted = request.accept_encodings.best_match(["gzip", "identity"]) == "gzip"
        response = _send_compressed(path) if is_accepted else send_file(path, max_age=MAX_AGE)
        response.vary.add("Accept-Encoding")
    response.cache_control.stale_while_revalidate = STALE_AGE
    return response


def _send_compressed(path: Path) -> Response:
    content, etag = _compress(path, path.stat().st_mtime_ns)
    response = send_file(BytesIO(content), download_name=path.name, etag=etag, max_age=MAX_AGE)
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=512)
def _compress(path: Path, _changed: int) -> tuple[bytes, str]:
    """Return the compressed content, and an ETag, which differs from that of the plain file."""
    content = gzip.compress(path.read_bytes(), mtime=0)
    return content, hashlib.sha256(content).hexdigest()[:32]
