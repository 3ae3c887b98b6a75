"""Static files: compressed for browsers that accept it, each encoding with its own ETag."""

import gzip

import pytest
from flask.testing import FlaskClient

from launch.stack import ROOT

PICTURE = "/static/products/arc-desk-lamp.svg"
BITMAP = "/static/shop/icon-512.png"
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def test_a_picture_is_compressed(client: FlaskClient) -> None:
    plain = (ROOT / f"web{PICTURE}").read_bytes()
    answer = client.get(PICTURE, headers=COMPRESSED)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "image/svg+xml"
    assert gzip.decompress(answer.data) == plain
    assert answer.content_length == len(answer.data) < len(plain) / 2
    head = client.head(PICTURE, headers=COMPRESSED)
    assert (head.data, head.content_length) == (b"", answer.content_length)


@pytest.mark.parametrize("accepted", [None, "identity", "br", "gzip;q=0"])
def test_a_browser_that_accepts_no_gzip_gets_the_plain_file(
    client: FlaskClient, accepted: str | None
) -> None:
    headers = {"Accept-Encoding": accepted} if accepted else {}
    with client.get(PICTURE, headers=headers) as answer:
        assert answer.data == (ROOT / f"web{PICTURE}").read_bytes()
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_each_encoding_has_its_own_etag(client: FlaskClient) -> None:
    with client.get(PICTURE) as plain:
        pass
    compressed = client.get(PICTURE, headers=COMPRESSED)
    assert plain.headers["ETag"] != compressed.headers["ETag"]
    for answer, headers in ((plain, {}), (compressed, COMPRESSED)):
        known = {"If-None-Match": answer.headers["ETag"]}
        with client.get(PICTURE, headers=headers | known) as unchanged:
            assert unchanged.status_code == 304
        # Caches keep what is checked, and must not mix up the encodings.
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.cache_control.public
        assert answer.cache_control.max_age
        assert answer.cache_control.stale_while_revalidate


def test_a_bitmap_stays_as_it_is(client: FlaskClient) -> None:
    with client.get(BITMAP, headers=COMPRESSED) as answer:
        assert answer.data == (ROOT / f"web{BITMAP}").read_bytes()
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["", "products", "no.svg", "../__init__.py", "%2e%2e/urls.py"])
def test_nothing_else_is_a_file(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}", headers=COMPRESSED).status_code == 404
