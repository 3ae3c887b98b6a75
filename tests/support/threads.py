"""Types of the `at_once` fixture, which runs functions in threads at one moment."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from models.errors import ProjectXError
from state_machines.durable import SignalRefusedError

T = TypeVar("T")
Refused = (ProjectXError, SignalRefusedError)
AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]
