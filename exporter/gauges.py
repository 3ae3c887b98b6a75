"""The declarations of the gauges that the exporter reads from PostgreSQL."""

from models.metrics import Counter, Gauge, Metric

# A number above this is shown as this: no query counts further.
MAX_COUNT = 1000

DATABASE_UP = Gauge("projectx_database_up", "1 while PostgreSQL answers, otherwise 0.")
GROUP_FAILED = Gauge(
    "projectx_exporter_group_failed",
    "1 if a group of these gauges was not read.",
    ("group",),
)
GROUP_SECONDS = Gauge(
    "projectx_exporter_group_seconds", "Time of the last reading of a group.", ("group",)
)
ACTIVITIES_DUE = Gauge(
    "projectx_activities_due",
    f"Activities that should run now, up to {MAX_COUNT} of a name.",
    ("queue",),
)
ACTIVITIES_OLDEST = Gauge(
    "projectx_activities_oldest_due_seconds",
    "Time for which the oldest of these has been due; 0 without any.",
    ("queue",),
)
ACTIVITIES_RUNNING = Gauge(
    "projectx_activities_running", "Activities that a worker holds.", ("queue",)
)
ACTIVITIES_QUEUED = Gauge(
    "projectx_activities_queued",
    f"Activities of deadlines and polls that wait for their turn, up to {MAX_COUNT}.",
    ("queue",),
)
ACTIVITIES_FAILED = Gauge(
    "projectx_activities_failed",
    f"Activities that gave up and wait for an operator, up to {MAX_COUNT}.",
    ("queue",),
)
ACTIVITIES_GIVING_UP = Gauge(
    "projectx_activities_giving_up",
    "Activities without attempts whose machine could not record it yet.",
)
DEADLINES_OVERDUE = Gauge(
    "projectx_deadlines_overdue",
    f"Executions whose deadline has passed, up to {MAX_COUNT}.",
    ("machine",),
)
DEADLINES_OLDEST = Gauge(
    "projectx_deadlines_oldest_overdue_seconds",
    "Time since the oldest of these deadlines; 0 without any.",
    ("machine",),
)
STUCK = Gauge("projectx_executions_stuck", "Executions that nothing will move (`machines stuck`).")
SIGNALS_WAITING = Gauge(
    "projectx_signals_waiting",
    f"Events of providers that are not applied, the newest {MAX_COUNT}.",
    ("source", "state"),
)
NOTICES_OPEN = Gauge(
    "projectx_notices_open", f"Open questions for an operator, up to {MAX_COUNT}.", ("kind",)
)
PAUSES = Gauge("projectx_pauses", "Activities, queues and providers that operators have paused.")
SWEEP_AGE = Gauge(
    "projectx_sweep_age_seconds", "Time since the last sweep; infinite before the first."
)
RECONCILIATION_AGE = Gauge(
    "projectx_reconciliation_age_seconds", "Time since the last reconciliation began."
)
MONEY = Gauge(
    "projectx_money_today_minor_units",
    "Money since midnight UTC in minor units: captured, refunded, disputed; changes of earlier"
    " hours are up to 24 minutes late.",
    ("flow", "currency"),
)
CONFIRMED = Gauge(
    "projectx_confirmed_orders", "Orders confirmed in the last five minutes, up to 200."
)
CONFIRMATION_MAX = Gauge(
    "projectx_confirmation_lag_seconds_max",
    "Time from Stripe's payment_intent.succeeded to Confirmed: the longest of these orders.",
)
CONFIRMATION_MEAN = Gauge(
    "projectx_confirmation_lag_seconds_mean", "The mean of the same time; 0 without orders."
)
CONNECTIONS = Gauge(
    "projectx_postgres_connections", "Connections to the database by their state.", ("state",)
)
CONNECTIONS_LIMIT = Gauge("projectx_postgres_max_connections", "PostgreSQL's max_connections.")
OLDEST_TRANSACTION = Gauge(
    "projectx_postgres_oldest_transaction_seconds", "Age of the oldest open transaction."
)
COMMITS = Counter("projectx_postgres_commits_total", "Transactions that were committed.")
ROLLBACKS = Counter("projectx_postgres_rollbacks_total", "Transactions that were rolled back.")
DEADLOCKS = Counter("projectx_postgres_deadlocks_total", "Deadlocks that PostgreSQL has ended.")
BLOCKS_HIT = Counter("projectx_postgres_blocks_hit_total", "Blocks found in PostgreSQL's memory.")
BLOCKS_READ = Counter("projectx_postgres_blocks_read_total", "Blocks read from the disk.")
DATABASE_BYTES = Gauge("projectx_postgres_database_bytes", "Size of the database.")
DEAD_ROWS = Gauge(
    "projectx_postgres_dead_rows", "Dead rows that wait for VACUUM, by table.", ("table",)
)

ALL: tuple[Metric, ...] = tuple(each for each in globals().values() if isinstance(each, Metric))
