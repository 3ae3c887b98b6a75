"""The coverage of some seeds, and the parts that no seed covered."""

from collections.abc import Iterable, Iterator
from typing import Any

from state_machines.durable import DurableMachine
from tests.proof.simulation.trail import MET

Json = dict[str, Any]


class Coverage:
    """Arrows are (machine, signal, source, target); pairs are (machine, state, signal)."""

    def __init__(self, reports: Iterable[Json]) -> None:
        self._reports = list(reports)
        self._arrows = {tuple(arrow) for report in self._reports for arrow in report["arrows"]}
        self._ignored = {tuple(pair) for report in self._reports for pair in report["ignored"]}
        self._states = {(machine, end) for machine, _, *ends in self._arrows for end in ends}

    def lines(self) -> Iterator[str]:
        """Yield the coverage as sentences."""
        arrows, states = list(_arrows()), list(_states())
        bare = [arrow for arrow in arrows if arrow not in self._arrows]
        unseen = [state for state in states if state not in self._states]
        pairs = {(machine, source, signal) for machine, signal, source, _ in arrows if source}
        gone = {(machine, source, signal) for machine, signal, source, _ in self._arrows}
        yield (
            f"covered: {len(states) - len(unseen)} of {len(states)} states, "
            f"{len(arrows) - len(bare)} of {len(arrows)} arrows; of pairs of a state and a signal "
            f"{len(pairs & gone)} of {len(pairs)} that move, {len(self._ignored)} that are ignored"
        )
        trails = [entry for report in self._reports for entry in report["trail"]]
        for what, is_it in MET.items():
            yield f"met: {sum(map(is_it, trails))} {what}"
        for machine, state in unseen:
            yield f"not covered: state {state} of {machine}"
        for machine, signal, source, target in bare:
            yield f"not covered: {machine}, {signal}: {source or 'nothing'} to {target}"


def _arrows() -> Iterator[tuple[str, str, str | None, str]]:
    for machine in DurableMachine.registry.values():
        for arrow in machine.arrows:
            yield machine.name, arrow.signal.value, arrow.source, arrow.target


def _states() -> Iterator[tuple[str, str]]:
    for machine in DurableMachine.registry.values():
        for state in machine.states:
            yield machine.name, state.value
