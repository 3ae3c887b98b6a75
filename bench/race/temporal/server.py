"""Temporal's server: all its services in one process, on a PostgreSQL of its own.

Its settings are the best that were found for two cores: few history shards with concurrent
writes, one partition for each task queue, a lazy garbage collector, no limits of rates, no metrics,
logs of errors only.
"""

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.race.temporal.build import Programs
from launch import ports
from launch.children import run
from launch.postgres import Postgres

NAMESPACE = "race"
SHARDS, CONNECTIONS = 4, 20  # connections for each store and service
SCHEMA_VERSIONS = {"temporal": "1.19", "visibility": "1.14"}
PLUGIN = "postgres12_pgx"
WITHOUT_LIMIT = 1_000_000
# Everything but speed is the default.
DYNAMIC: dict[str, Any] = {
    "system.enableEagerWorkflowStart": True,
    "system.enableActivityEagerExecution": True,
    "history.shardIOConcurrency": 16,
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    "frontend.enableServerVersionCheck": False,
    **dict.fromkeys(
        (
            *("frontend.rps", "frontend.namespaceRPS", "history.rps", "matching.rps"),
            *("frontend.persistenceMaxQPS", "history.persistenceMaxQPS"),
            "matching.persistenceMaxQPS",
        ),
        WITHOUT_LIMIT,
    ),
}


class TemporalServer:
    """The settings and tables of a server in a folder; `command` starts it."""

    def __init__(self, folder: Path, programs: Programs, postgres: Postgres) -> None:
        self._folder, self._programs, self._postgres = folder, programs, postgres
        self._ports = ports.free_ports(9)
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        """The address of its gRPC interface."""
        return f"127.0.0.1:{self._ports[0]}"

    @property
    def http_port(self) -> int:
        return self._ports[8]

    def command(self) -> list[str]:
        """Return the command of the server, whose tables are there afterwards."""
        for name, version in SCHEMA_VERSIONS.items():
            self._create_tables(name, version)
        dynamic = {name: [{"value": value}] for name, value in DYNAMIC.items()}
        (self._folder / "dynamic.yaml").write_text(json.dumps(dynamic))
        config = self._folder / "config.yaml"
        # JSON is YAML.
        config.write_text(json.dumps(self._config()))
        return [
            str(self._programs.server),
            "--config-file",
            str(config),
            "--allow-no-auth",
            "start",
        ]

    def register_namespace(self) -> bool:
        """Register the namespace of the race; return whether flows can be started in it."""
        body = {"namespace": NAMESPACE, "workflowExecutionRetentionPeriod": "86400s"}
        # 409: it is registered, and the server has not read it yet.
        return self._ask("/api/v1/namespaces", body) in (200, 409) and (
            self._ask(f"/api/v1/namespaces/{NAMESPACE}/workflows") == 200
        )

    def _ask(self, path: str, body: dict[str, str] | None = None) -> int:
        """Return the status of a request to the HTTP interface; 0 without an answer."""
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        headers = {"Content-Type": "application/json"}
        try:
            connection.request(
                "POST" if body else "GET", path, json.dumps(body) if body else None, headers
            )
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def _create_tables(self, name: str, version: str) -> None:
        schema = self._folder / f"{name}.sql"
        schema.write_text(
            _without_extension((self._programs.schema / name / "schema.sql").read_text())
        )
        self._schema_tool("--db", name, "create")
        self._schema_tool("--db", name, "setup-schema", "-v", version, "-f", str(schema))

    def _schema_tool(self, *words: str) -> None:
        where = ("--ep", "127.0.0.1", "--port", str(self._postgres.port), "--user", "postgres")
        command = [str(self._programs.schema_tool), "--plugin", PLUGIN, *where, *words]
        done = run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"Temporal's schema: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def _config(self) -> dict[str, Any]:
        return {
            "log": {"stdout": True, "level": "error"},
            "persistence": {
                "defaultStore": "default",
                "visibilityStore": "visibility",
                "numHistoryShards": SHARDS,
                "datastores": {
                    "default": {"sql": self._store("temporal")},
                    "visibility": {"sql": self._store("visibility")},
                },
            },
            "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"}},
            "services": self._services(),
            "clusterMetadata": {
                "enableGlobalNamespace": False,
                "failoverVersionIncrement": 10,
                "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {"active": self._cluster()},
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}},
            "dynamicConfigClient": {
                "filepath": str(self._folder / "dynamic.yaml"),
                "pollInterval": "60s",
            },
        }

    def _services(self) -> dict[str, Any]:
        rpc: dict[str, dict[str, Any]] = {
            service: {
                "grpcPort": self._ports[number],
                "membershipPort": self._ports[4 + number],
                "bindOnLocalHost": True,
            }
            for number, service in enumerate(("frontend", "history", "matching", "worker"))
        }
        rpc["frontend"]["httpPort"] = self.http_port
        return {service: {"rpc": settings} for service, settings in rpc.items()}

    def _cluster(self) -> dict[str, Any]:
        return {
            "enabled": True,
            "initialFailoverVersion": 1,
            "rpcName": "frontend",
            "rpcAddress": self.address,
        }

    def _store(self, database: str) -> dict[str, Any]:
        return {
            "pluginName": PLUGIN,
            "databaseName": database,
            "connectAddr": f"127.0.0.1:{self._postgres.port}",
            "connectProtocol": "tcp",
            "user": "postgres",
            "password": "",
            "maxConns": CONNECTIONS,
            "maxIdleConns": CONNECTIONS,
            "maxConnLifetime": "1h",
        }


def _without_extension(schema: str) -> str:
    """Return the schema for a PostgreSQL without btree_gin.

    Its indexes of search attributes then do not begin with the namespace, of which there is one.
    """
    schema = re.sub(r"DO LANGUAGE 'plpgsql' \$\$.*?\$\$;", "", schema, count=1, flags=re.DOTALL)
    return schema.replace("USING GIN (namespace_id, ", "USING GIN (")
