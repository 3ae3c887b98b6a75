"""The outside world: activities that call it, and what brings their rows to the workers.

`app` is the Celery application: `celery -A tasks worker`.
"""

from tasks.worker import app

__all__ = ["app"]
