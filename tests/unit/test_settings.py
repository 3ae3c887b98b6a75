"""Settings that are refused when a process starts."""

import pytest
from pydantic import ValidationError

from config import Settings

MONTH = 26 * 24 * 3600


def test_a_long_lived_access_token_is_an_explicit_choice() -> None:
    with pytest.raises(ValidationError, match="ACCESS_TOKEN_LONG_LIVED=true"):
        Settings(access_token_lifetime=901)
    chosen = Settings(access_token_lifetime=MONTH, access_token_long_lived=True)
    assert chosen.access_token_lifetime == MONTH
    assert Settings(access_token_lifetime=900).access_token_long_lived is False


def test_no_access_token_outlives_its_session() -> None:
    with pytest.raises(ValidationError, match="above REFRESH_TOKEN_LIFETIME"):
        Settings(
            access_token_lifetime=MONTH, access_token_long_lived=True, refresh_token_lifetime=3600
        )
