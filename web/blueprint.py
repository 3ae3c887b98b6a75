"""The blueprints of the API's routes."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from flask_openapi.blueprint import APIBlueprint
from flask_openapi.types import ParametersTuple
from flask_openapi.utils import parse_parameters

_describing = Lock()


class ApiBlueprint(APIBlueprint):
    """A blueprint whose routes are described when the description of the API is first read.

    The JSON schemas of all models would take a fifth of the start of each process and command.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._undescribed: list[Callable[[], object]] = []

    def _collect_openapi_info(self, rule: str, func: Any, **options: Any) -> ParametersTuple:
        self._undescribed.append(partial(super()._collect_openapi_info, rule, func, **options))
        return parse_parameters(func, doc_ui=False)

    def describe(self) -> None:
        """Add all routes to `paths`, `tags` and `components_schemas`."""
        # Several applications of a process share the blueprints.
        with _describing:
            while self._undescribed:
                self._undescribed[0]()
                del self._undescribed[0]
