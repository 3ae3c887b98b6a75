"""HTTP clients with a chosen address."""

import requests
from requests.adapters import HTTPAdapter


class From(HTTPAdapter):
    """Connections that come from an address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: object, **options: object) -> None:
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))  # type: ignore[arg-type]


def session_from(address: str) -> requests.Session:
    session = requests.Session()
    session.mount("http://", From(address))
    return session
