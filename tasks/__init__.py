"""The outside world: activities that call it, and what brings their rows to the workers.

`app` is the Celery application: `celery -A tasks worker`. It is imported when somebody asks for it:
beat and Flower live without the activities (`celery -A tasks.beat beat`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.worker import app

__all__ = ["app"]


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from tasks.worker import app

    return app
