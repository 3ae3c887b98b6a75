"""The flow on our engine: a row, its machine, two activities, and a handler of the event."""

import os
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from bench.race.call import call as provider
from models.base import Base, text_enum
from models.durable.execution import Execution, deadline_index
from state_machines.durable import Activity, Arrow, Call, DurableMachine
from state_machines.durable.base.handling import NoSubjectError, handlers

FRONT = int(os.environ.get("RACE_FRONT", "0"))


class FlowState(StrEnum):
    CALLING = "Calling"  # during the first call
    HEARD = "Heard"  # the event came before the answer of the first call
    WAITING = "Waiting"  # the first call is answered, the event has not come yet
    ENDING = "Ending"  # during the second call
    DONE = "Done"
    FAILED = "Failed"


class Flow(Execution, Base):
    __tablename__ = "race_flow"
    __table_args__ = (deadline_index("race_flow"),)

    state: Mapped[FlowState] = mapped_column(text_enum(FlowState, "state"))
    first: Mapped[str | None]
    second: Mapped[str | None]


class FlowSignal(StrEnum):
    START = auto()
    ANSWERED = auto()
    PAID = auto()
    GAVE_UP = auto()


S, Sig = FlowState, FlowSignal


class FlowMachine(DurableMachine[Flow]):
    name = "race_flow"
    model = Flow
    states = S
    arrows = (
        Arrow(Sig.START, None, S.CALLING, do=("race.first",)),
        Arrow(Sig.ANSWERED, S.CALLING, S.WAITING),
        Arrow(Sig.PAID, S.WAITING, S.ENDING, do=("race.second",)),
        Arrow(Sig.PAID, S.CALLING, S.HEARD),
        Arrow(Sig.ANSWERED, S.HEARD, S.ENDING, do=("race.second",)),
        Arrow(Sig.ANSWERED, S.ENDING, S.DONE),
        Arrow(Sig.GAVE_UP, S.CALLING, S.FAILED),
        Arrow(Sig.GAVE_UP, S.ENDING, S.FAILED),
    )
    externally_driven = (S.WAITING,)


class First(Activity[Flow, str, str]):
    name = "race.first"
    machine = FlowMachine
    step = 1

    def prepare(self, flow: Flow, call: Call) -> str:  # noqa: ARG002
        return str(flow.id)

    def perform(self, request: str, call: Call) -> str:  # noqa: ARG002
        answer: str = provider(request, self.step, FRONT)["id"]
        return answer

    def record(self, flow: Flow, response: str) -> None:
        flow.first = response
        FlowMachine.observe(flow, Sig.ANSWERED)

    def give_up(self, flow: Flow, error: Exception) -> None:
        FlowMachine.observe(flow, Sig.GAVE_UP, reason=str(error))


class Second(First):
    name = "race.second"
    step = 2

    def record(self, flow: Flow, response: str) -> None:
        flow.second = response
        FlowMachine.observe(flow, Sig.ANSWERED)


def record_payment(kind: str, event: dict[str, Any]) -> UUID:  # noqa: ARG001
    flow_id = UUID(event["flow"])
    flows = FlowMachine.lock([flow_id])
    if flow_id not in flows:
        raise NoSubjectError(event["flow"])
    FlowMachine.observe(flows[flow_id], Sig.PAID)
    return flow_id


handlers["race"] = record_payment
