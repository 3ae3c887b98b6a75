"""The commands of the page make every setting and secret that docker-compose.yml needs."""

from pathlib import Path
from stat import S_IROTH

from tests.proof.containers.compose_file import read_services
from tests.proof.containers.settings import PROFILES, write_settings


def test_the_page_makes_all_settings_and_secrets(tmp_path: Path) -> None:
    services = read_services(write_settings(tmp_path), PROFILES)
    needed = {file for service in services.values() for file in service.secrets.values()}
    assert needed
    assert {file.name for file in (tmp_path / "secrets").iterdir()} >= needed


def test_the_containers_can_read_what_the_page_makes(tmp_path: Path) -> None:
    write_settings(tmp_path)
    files = [*(tmp_path / "secrets").iterdir(), *(tmp_path / "certificates").iterdir()]
    assert {"tls.key", "tls.crt", "stripe_secret_key"} <= {file.name for file in files}
    # Their users are neither the owner nor of its group.
    assert [file.name for file in files if not file.stat().st_mode & S_IROTH] == []
