"""Calls to providers, and the processes that make them.

`app` is the Celery application with all tasks, for workers. It is loaded on first use, since
beat and Flower do without the tasks (`tasks.celery_app`). `tasks.run` starts each of them; Celery's
own command line does not find the modules beside this folder.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.celery_app import app

__all__ = ["app"]


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from tasks import worker

    return worker.app
