"""The settings in the console: an admin sees what is set, and nobody sees a secret."""

import re

import pytest

from config import Settings, settings
from tests.support.web import Person
from web.setting_values import SECRETS, shown_value

PUBLIC = {"jwt_public_keys", "stripe_publishable_key", "sendgrid_webhook_public_key"}


def test_an_admin_sees_settings_without_secrets(admin: Person, clerk: Person) -> None:
    assert clerk.get("/admin/settings").status_code == 403
    answer = admin.get("/admin/settings")
    view = answer.get_json()
    by_name = {row["name"]: row for row in view["settings"]}
    assert set(by_name) == {name.upper() for name in Settings.model_fields}
    for name in SECRETS:
        row = by_name[name.upper()]
        assert (row["value"], row["default"], row["isSecret"]) == (None, None, True)
        for value in [secret] if isinstance(secret := getattr(settings, name), str) else secret:
            assert row["isSet"] == bool(getattr(settings, name))
            assert not value or value not in answer.text
    assert by_name["REFUND_STEP_UP_ABOVE"]["value"] == str(settings.refund_step_up_above)
    assert by_name["RETENTION_DAYS"]["source"] == "default"
    assert by_name["DATABASE_URL"]["source"] == "environment"
    assert view["migrations"]["isCurrent"]
    assert {"projectx", "python", "postgresql"} <= {row["name"] for row in view["versions"]}
    assert (
        admin.get("/admin/settings", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_that_sounds_secret_is_masked(name: str) -> None:
    sounds_secret = re.search(r"secret|password|private|_keys?\b", name)
    assert (name in SECRETS) == bool(sounds_secret and name not in PUBLIC)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:p@ss/w@a:5432,b:5432/shop", "postgresql://***@a:5432,b:5432/shop"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("rediss://:pw@h:6379/0?ssl_cert_reqs=required", "rediss://***@h:6379/0?ssl_cert_reqs=required"),
        ("postgresql://h/shop?user=a&password=pw", "postgresql://h/shop?user=a&password=***"),
    ],
)  # fmt: skip
def test_a_password_in_a_url_is_masked(url: str, shown: str) -> None:
    assert shown_value("database_url", url) == shown
