"""Celery's settings. Redis carries only ids and ticks; all state is in PostgreSQL."""

from kombu.entity import Queue

from config import settings
from heartbeats import QUEUES
from redis_url import broker

broker_url, sentinel_options = broker(settings.redis_url or "redis://127.0.0.1:6379/0")

# Results are in the activity rows.
task_ignore_result = True
result_backend = None

# A queue per provider, so that a slow provider delays no other, and one per tick of beat. Each has
# its own workers (launch/processes.py): the sweep must never wait for a provider.
# Without its own routing key, each queue would get every message.
task_queues = [
    Queue(name, routing_key=name)  # type: ignore[no-untyped-call]
    for name in QUEUES
]
task_default_queue = "sweep"
# Redis has a list for each queue and priority; a worker takes from the list of the lowest number
# that is not empty, and at times from the other (tasks/broker.py). Beat's ticks have no priority,
# which is 0.
INTERACTIVE, BACKGROUND = 0, 9
# Web processes do not import the activities, which declare the same: a test compares them.
task_routes = {
    "payments.create_intent": {"queue": "payments", "priority": INTERACTIVE},
    "payments.retrieve_intent": {"queue": "payments", "priority": INTERACTIVE},
    "emails.login_code": {"queue": "emails", "priority": INTERACTIVE},
    "payments.*": {"queue": "payments", "priority": BACKGROUND},
    "refunds.*": {"queue": "payments", "priority": BACKGROUND},
    "reconciliation.*": {"queue": "payments", "priority": BACKGROUND},
    "emails.*": {"queue": "emails", "priority": BACKGROUND},
    "privacy.*": {"queue": "emails", "priority": BACKGROUND},
    "bulk.*": {"queue": "maintenance", "priority": BACKGROUND},
    "sweep": "sweep",
    "maintenance": "maintenance",
    # Activities of other names, until their provider needs a queue of its own.
    "*.*": {"queue": "emails", "priority": BACKGROUND},
}
# A misspelt queue is an error, instead of a queue without workers.
task_create_missing_queues = False

# A message counts until its task ends, so that a worker takes no more of them than it has threads.
task_acks_late = True
# Lost work comes back when its lease ends; redelivery would loop on a message that kills workers.
task_reject_on_worker_lost = False
# Many short calls: each idle thread takes the next, and no worker reserves more.
worker_prefetch_multiplier = 1

# The sweep publishes again what the dispatch thread or the sweep could not.
task_publish_retry = False
broker_connection_retry_on_startup = True
# By default a worker gives up after 100 attempts, but Redis may be down for longer. The pauses
# between them are those of tasks/consumer.py.
broker_connection_max_retries = None
broker_connection_timeout = 2
# Flower sends a dozen requests to the workers at once, each with its own connection and producer;
# with a smaller pool it would deadlock.
broker_pool_limit = 32
broker_transport_options = {
    **sentinel_options,
    # Redis keeps no copy of what a worker has received, which took two round trips of each message:
    # the leases of the rows recover the work.
    "ack_emulation": False,
    # Without these, a worker would wait on a half-open socket for ever.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    # kombu's default is unlimited retries.
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.2,
    "interval_max": 0.5,
    "priority_steps": [INTERACTIVE, BACKGROUND],
    # Keeps our keys apart from others in the same Redis.
    "global_keyprefix": "projectx:",
}

# It asks a Redis that refuses something less and less often.
worker_consumer = "tasks.consumer:Consumer"
# Flower needs these events.
worker_send_task_events = True
# Keep our own logging configuration.
worker_hijack_root_logger = False
# The default of Celery 6. Calls may safely finish after a lost connection.
worker_cancel_long_running_tasks_on_connection_loss = False
beat_schedule = {
    # Publishes due activities each second. tasks/beat.py sends no tick while another is queued, so
    # that two beats are harmless.
    "sweep": {"task": "sweep", "schedule": 1.0},
    # Hourly and daily jobs record when they are due; this tick only checks.
    "maintenance": {"task": "maintenance", "schedule": min(60.0, settings.reconcile_every)},
}
# It needs no file, and uses a monotonic clock.
beat_scheduler = "tasks.beat:Beat"
timezone = "UTC"
