"""The addresses of a running system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from launch import ports


@dataclass(frozen=True, slots=True)
class Urls:
    """The base URLs of the parts, without a slash at the end."""

    web: str
    auth: str
    order: str
    product: str
    events: str
    sandbox: str
    flower: str
    metrics: str
    exporter: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Return the URLs of the ports that `environment` sets, on the loopback interface."""
        return cls(
            **{
                name.removesuffix("_PORT").lower(): f"http://127.0.0.1:{environment[name]}"
                for name in ports.DEFAULTS
            }
        )
