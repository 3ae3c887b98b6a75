"""Routes of the executions of all machines: lists, one execution, its timeline and versions."""

from typing import Any

from sqlalchemy import select

from models import User, reading
from models.errors import InvalidInputError
from models.user import has_address
from state_machines.durable import DurableMachine
from state_machines.durable.operations import executions
from state_machines.durable.operations.executions import Machine
from state_machines.durable.operations.filters import ANY, Filters, has_state
from state_machines.durable.operations.timeline import load_timeline
from state_machines.durable.statements.stuck import find_stuck
from web.blueprint import ApiBlueprint
from web.pagination import conditional, conditional_on
from web.routes.admin.detail_views import detail_of, family_of, load_execution
from web.routes.admin.guard import Role, blueprint, needs
from web.routes.admin.lookups import (
    emails_of,
    find_machine,
    names,
    require_activity,
    require_machine,
)
from web.routes.admin.marks import load_list_mark, load_mark
from web.routes.admin.timeline_views import ALL_SOURCES, entries_of
from web.schemas.admin.age import read_age
from web.schemas.admin.executions import (
    ExecutionDetail,
    ExecutionPath,
    ExecutionQuery,
    Executions,
    ExecutionView,
    Timeline,
)
from web.schemas.admin.paging import CountView, PageQuery

api: ApiBlueprint = blueprint("executions")


@api.get("/executions", responses={200: Executions})
@needs(Role.STAFF)
def show_list(query: ExecutionQuery) -> Any:
    """List executions of all machines, or of one, with the number of all that match."""
    with reading():
        machines = _machines(query)
        mark = load_list_mark(machines) if _follows_changes(query) else None

    def load() -> Any:
        return _load(query, machines).json_ready()

    return conditional(load()) if mark is None else conditional_on(mark, load)


def _load(query: ExecutionQuery, machines: list[Machine]) -> Executions:
    filters = _filters(query, machines)
    with reading():
        page = executions.load_list(machines, filters, query.sort, query.cursor, query.size)
        number = executions.count_list(machines, filters, page, query.cursor)
        emails = emails_of(summary.customer_id for summary in page.rows)
    return Executions(
        items=[ExecutionView.of(summary, emails) for summary in page.rows],
        next=page.next,
        count=CountView.of(number),
    )


def _follows_changes(query: ExecutionQuery) -> bool:
    """Return whether the list changes only with its executions, not with time or activities."""
    others = (query.older_than, query.waiting_for, query.failed_activity, query.q)
    return not query.stuck and all(filter_ is None for filter_ in others)


@api.get("/executions/<machine>/<id>", responses={200: ExecutionDetail})
@needs(Role.STAFF)
def show(path: ExecutionPath) -> Any:
    """Return one execution: its facts, why nothing is happening, its signals and its timeline."""
    machine = find_machine(path.machine)
    mark = load_mark(machine, path.id)
    return conditional_on(mark, lambda: detail_of(machine, path.id).json_ready())


@api.get("/executions/<machine>/<id>/timeline", responses={200: Timeline})
@needs(Role.STAFF)
def show_timeline(path: ExecutionPath, query: PageQuery) -> Any:
    """Return a page of the timeline of an execution's whole family, newest first."""
    machine = find_machine(path.machine)
    with reading():
        ids = family_of(load_execution(machine, path.id))
        page = load_timeline(ids, query.cursor, query.size, ALL_SOURCES)
        view = Timeline(items=entries_of(page.rows), next=page.next)
    return conditional(view.json_ready())


def _machines(query: ExecutionQuery) -> list[Machine]:
    """Return the machines to list. Raises InvalidInputError for a filter of an unknown name."""
    require_machine(query.machine)
    require_activity("waitingFor", query.waiting_for)
    if query.failed_activity != ANY:
        require_activity("failedActivity", query.failed_activity)
    chosen = [query.machine] if query.machine else names()
    machines = [DurableMachine.registry[name] for name in chosen]
    if query.state is None:
        return machines
    if query.machine is not None:
        _require_state(machines[0], query.state)
        return machines
    machines = [each for each in machines if query.state in list(each.states)]
    if not machines:
        raise InvalidInputError("state", "is a state of no machine: name the machine, too")
    return machines


def _require_state(machine: Machine, state: str) -> None:
    # A stranded row may be in a state that its machine no longer has.
    if state not in list(machine.states) and not has_state(machine, state):
        raise InvalidInputError("state", f"must be one of {', '.join(machine.states)}")


def _filters(query: ExecutionQuery, machines: list[Machine]) -> Filters:
    ids, has_all_ids = None, True
    if query.stuck:
        with reading():
            ids, has_all_ids = find_stuck(machines)
    customers = []
    if query.q is not None and "@" in query.q:
        with reading() as session:
            customers = list(session.scalars(select(User.id).where(has_address(query.q))))
    return Filters(
        state=query.state,
        key=query.key,
        older_than=None if query.older_than is None else read_age(query.older_than),
        waiting_for=query.waiting_for,
        failed_activity=query.failed_activity,
        ids=ids,
        has_all_ids=has_all_ids,
        text=query.q,
        customers=customers,
    )
