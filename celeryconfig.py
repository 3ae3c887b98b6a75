"""Celery's settings, each with its reason. Redis carries hints; what counts is in PostgreSQL."""

from kombu.entity import Queue

from config import settings
from redis_url import QUEUES, broker

broker_url, sentinel = broker(settings.redis_url or "redis://127.0.0.1:6379/0")

# Results live in the activity rows.
task_ignore_result = True
result_backend = None

# One queue a provider, so that a slow one fills its own, and one for each tick of beat. Each has
# workers of its own (launch/processes.py): the sweep must never wait behind a provider.
# Each with its own routing key: sharing one, they would all get every message.
task_queues = [
    Queue(name, routing_key=name)  # type: ignore[no-untyped-call]
    for name in QUEUES
]
task_default_queue = "sweep"
task_routes = {
    "payments.*": "payments",
    "refunds.*": "payments",
    "reconciliation.*": "payments",
    "emails.*": "emails",
    "privacy.*": "emails",
    "sweep": "sweep",
    "maintenance": "maintenance",
}
# A typo in a queue's name fails instead of filling a queue that nobody reads.
task_create_missing_queues = False

# An orderly stop gives messages back; a second delivery finds the row claimed and stops.
task_acks_late = True
# The lease of the row brings lost work back; redelivering by the broker would loop on poison.
task_reject_on_worker_lost = False
# Many short calls: whoever is free takes the next, nobody hoards.
worker_prefetch_multiplier = 1

# Sends are made by the dispatch thread and the sweep; what fails is swept up again.
task_publish_retry = False
broker_connection_retry_on_startup = True
# By default a worker gives up after 100 tries. Redis may be away for longer than that.
broker_connection_max_retries = None
broker_connection_timeout = 2
# Flower asks all workers a dozen questions at once, each with a connection and a producer of its
# own: with fewer it waits for itself, for ever.
broker_pool_limit = 32
broker_transport_options = {
    **sentinel,
    # Only hastens what the sweep does anyway; longer than any activity runs.
    "visibility_timeout": 300,
    # Without these a half-open socket is waited on for ever.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    # kombu's own default is to retry without end.
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.2,
    "interval_max": 0.5,
    # Queues of several copies of the system may share one Redis.
    "global_keyprefix": "projectx:",
}

# Flower lives on these events.
worker_send_task_events = True
# The program's own logging stays as it is.
worker_hijack_root_logger = False
# The default becomes this with Celery 6; the calls are safe to finish after a lost connection.
worker_cancel_long_running_tasks_on_connection_loss = False
# How long a stopping worker lets calls finish.
worker_soft_shutdown_timeout = 10

beat_schedule = {
    # What is due is handed out every second. No more than one tick waits: tasks/beat.py looks
    # before it sends. Two beats are harmless.
    "sweep": {"task": "sweep", "schedule": 1.0},
    # What is due by the hour or the day says so itself; here it is only looked after.
    "maintenance": {"task": "maintenance", "schedule": min(60.0, settings.reconcile_every)},
}
# It keeps no file, and its clock never jumps.
beat_scheduler = "tasks.beat:Beat"
timezone = "UTC"
