"""The commands of the page make every setting and secret that docker-compose.yml needs."""

from pathlib import Path

from tests.proof.containers.compose_file import read_services
from tests.proof.containers.settings import PROFILES, write_settings


def test_the_page_makes_all_settings_and_secrets(tmp_path: Path) -> None:
    services = read_services(write_settings(tmp_path), PROFILES)
    needed = {file for service in services.values() for file in service.secrets.values()}
    assert needed
    assert {file.name for file in (tmp_path / "secrets").iterdir()} >= needed
