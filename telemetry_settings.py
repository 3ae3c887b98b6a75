"""The settings of traces and logs."""

from typing import Literal

from pydantic_settings import BaseSettings

from addresses import HttpUrl


class TelemetrySettings(BaseSettings):
    """The collector of traces, and the format of logs."""

    # The base URL of a collector, such as http://localhost:4318; empty: there are no traces.
    otel_exporter_otlp_endpoint: HttpUrl = ""
    # Empty: text in development, otherwise json.
    log_format: Literal["", "json", "text"] = ""
