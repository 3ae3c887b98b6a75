"""The ports of a system: which it claims, and what it says when one is taken."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from launch.children import run
from launch.claimed_ports import MOVABLE, claimed_ports
from launch.ports import DEFAULTS, PortTakenError, assign_free_ports, is_taken
from launch.stack import ROOT


@contextmanager
def listening(port: int = 0) -> Iterator[int]:
    """Yield a port, the given one or a free one, on which a program listens."""
    with ExitStack() as closing:
        if not (port and is_taken(port)):
            server = closing.enter_context(socket.create_server(("127.0.0.1", port)))
            port = server.getsockname()[1]
        yield port


def test_a_port_in_use_is_named_with_its_variable() -> None:
    for name in ("ORDER_PORT", "EXPORTER_PORT"):
        with listening() as port:
            environment = assign_free_ports() | {name: str(port)}
            environment |= {"METRICS": "1"}
            with (
                pytest.raises(PortTakenError, match=f"port {port} is taken: set {name}"),
                claimed_ports(environment, sandbox=True),
            ):
                pass


def test_of_two_systems_that_start_at_once_one_has_the_ports() -> None:
    environment = assign_free_ports()
    # The first has not begun to listen.
    with (
        claimed_ports(environment, sandbox=True),
        pytest.raises(PortTakenError, match="is taken: set"),
        claimed_ports(environment, sandbox=True),
    ):
        pass
    with claimed_ports(environment, sandbox=True) as again:
        assert again == environment


def test_two_parts_with_one_port_are_refused() -> None:
    environment = assign_free_ports()
    environment |= {"AUTH_PORT": environment["WEB_PORT"]}
    with pytest.raises(PortTakenError), claimed_ports(environment, sandbox=True):
        pass


@pytest.mark.parametrize("name", MOVABLE)
def test_a_part_that_no_order_needs_takes_another_port(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = DEFAULTS[name]
    environment = assign_free_ports() | {name: "", "METRICS": "1"}
    with listening(usual), claimed_ports(environment, sandbox=True) as chosen:
        pass
    assert chosen[name] != str(usual)
    line = f"projectx: port {usual} is taken: {name} is {chosen[name]} now\n"
    assert capsys.readouterr().out == line


def test_the_port_of_a_part_that_does_not_run_may_be_taken() -> None:
    with listening() as port:
        taken = dict.fromkeys(("SANDBOX_PORT", "METRICS_PORT", "EXPORTER_PORT"), str(port))
        environment = assign_free_ports() | taken | {"METRICS": "0"}
        with claimed_ports(environment, sandbox=False) as ports:
            assert ports.items() >= taken.items()


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (("events",), "EVENTS_PORT"),
        (("exporter",), "EXPORTER_PORT"),
        (("sandbox", "--port", "{port}"), "--port"),
    ],
)
def test_a_part_whose_port_is_taken_ends_with_a_sentence(
    program: tuple[str, ...], name: str
) -> None:
    with listening() as port:
        command = [sys.executable, "-m", *(word.format(port=port) for word in program)]
        environment = os.environ | {name: str(port)}
        done = run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (1, f"{name} {port}: Address already in use\n")


@pytest.mark.parametrize("program", ["launch", "demo"])
def test_help_starts_nothing(program: str) -> None:
    command = [sys.executable, "-m", program]
    for word, status in (("--help", 0), ("--helf", 2)):
        done = run([*command, word], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == status
        assert "usage: python -m" in done.stdout + done.stderr
