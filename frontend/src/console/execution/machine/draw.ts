import type { DiagramArrowInfo, DiagramStateInfo } from '../../diagram/StateDiagram'
import type { Action } from '../doing/actions'
import type { Machine } from '../machines'
import type { Step } from './path'

type Drawing = { states: DiagramStateInfo[]; arrows: DiagramArrowInfo[] }
type Chosen = { state: string; steps: readonly Step[]; actions: readonly Action[] }

/**
 * Return the diagram of a machine with the way that an execution took through it. What can be sent
 * from its state is allowed or refused; no actions are drawn for a state of the past.
 */
export function drawMachine(machine: Machine, { state, steps, actions }: Chosen): Drawing {
  const passed = new Set(steps.flatMap(({ from, to }) => (from === null ? [to] : [from, to])))
  return {
    states: machine.states
      .filter(({ name, isRetired }) => !isRetired || passed.has(name))
      .map(({ name, kind }) => ({
        name,
        kind,
        isCurrent: name === state,
        isPassed: passed.has(name),
      })),
    arrows: groupArrows(machine).map((arrow) => {
      const own = arrow.from === state ? actions.filter(isOneOf(arrow.signals)) : []
      return { from: arrow.from, to: arrow.to, label: arrow.signals.join(', '), ...look() }

      function look(): Pick<DiagramArrowInfo, 'kind' | 'hint'> {
        const open = own.find((action) => action.allowed)
        if (open !== undefined) return { kind: 'allowed', hint: open.lead }
        if (steps.some((step) => step.from === arrow.from && step.to === arrow.to)) {
          return { kind: 'taken', hint: own[0]?.refusal ?? undefined }
        }
        const closed = own.find((action) => action.refusal !== null)
        return closed === undefined ? {} : { kind: 'refused', hint: closed.refusal ?? undefined }
      }
    }),
  }
}

type Group = { from: string; to: string; signals: string[] }

/** Return the arrows between states; signals that take the same way share one. */
function groupArrows(machine: Machine): Group[] {
  const groups = new Map<string, Group>()
  for (const { source, target, signal, isRetired } of machine.arrows) {
    if (source === null || source === target || isRetired) continue
    const key = `${source} ${target}`
    const group = groups.get(key) ?? { from: source, to: target, signals: [] }
    if (!group.signals.includes(signal)) group.signals.push(signal)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function isOneOf(signals: readonly string[]) {
  return ({ signal }: Action) => signals.includes(signal)
}
