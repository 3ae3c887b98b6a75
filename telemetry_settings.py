"""The settings of traces, reports of errors, logs and metrics."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from addresses import HttpUrl, SentryDsn

Port = Annotated[int, Field(ge=1, le=65535)]


class TelemetrySettings(BaseSettings):
    """The collectors of traces and errors, the format of logs, and the metrics of processes."""

    # The base URL of a collector, such as http://localhost:4318; empty: there are no traces.
    otel_exporter_otlp_endpoint: HttpUrl = ""
    # Where errors are reported, such as https://key@errors.example/1; empty: nowhere.
    sentry_dsn: SentryDsn = ""
    # Empty: text in development, otherwise json.
    log_format: Literal["", "json", "text"] = ""
    # Off: nothing is counted. The processes that share a folder share the port.
    metrics: bool = False
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 9464
    # Empty: a folder among the system's temporary files.
    metrics_folder: str = ""
    # The port of `python -m exporter`, which reads PostgreSQL.
    exporter_port: Port = 9465
