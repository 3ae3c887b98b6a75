"""Names of devices in the email about a new sign-in."""

import pytest

from tasks.devices import describe_device

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "Chrome/153.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} {CHROME}", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} {CHROME} Edg/153.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; K) {WEBKIT} {CHROME}", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Firefox on Windows"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Safari/604",
         "Safari on iPhone"),
        (f"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) {WEBKIT} CriOS/153.0 Safari/604",
         "Chrome on iPad"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18 Safari/605",
         "Safari on Mac"),
        ("curl/8.0", "curl/8.0"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_a_device_has_a_name(user_agent: str, name: str) -> None:
    assert describe_device(user_agent) == name
