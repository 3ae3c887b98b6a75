import type { DiagramArrowInfo, DiagramStateInfo } from '../diagram/StateDiagram'
import { countText } from '../parts/Count'
import type { MachineView } from './queries'
import { texts } from './texts'

/** Return the states of a machine as its diagram draws them, with their counts. */
export function diagramStates(machine: MachineView): DiagramStateInfo[] {
  return machine.states
    .filter((state) => !state.isRetired || state.count.number > 0)
    .map(({ name, kind, count }) => ({ name, kind, note: countText(count) }))
}

/**
 * Return the arrows between the states of a machine, one for each way: signals that take the same
 * way share it. Rows are born into their first state without an arrow.
 */
export function diagramArrows(machine: MachineView): DiagramArrowInfo[] {
  const ways = new Map<string, DiagramArrowInfo & { lastHour: number; signals: string[] }>()
  for (const { signal, source, target, lastHour, isRetired } of machine.arrows) {
    const isUnused = isRetired && lastHour === 0
    if (source === null || source === target || isUnused) continue
    const key = `${source}>${target}`
    const way = ways.get(key) ?? { from: source, to: target, label: '', lastHour: 0, signals: [] }
    way.signals.push(signal)
    way.lastHour += lastHour
    ways.set(key, way)
  }
  return [...ways.values()].map(({ from, to, lastHour, signals }) => {
    const [first = ''] = signals
    const words = signals.length > 1 ? `${first} +${signals.length - 1}` : first
    return {
      from,
      to,
      label: lastHour > 0 ? `${words} ${texts.perHour(String(lastHour))}` : words,
      hint: signals.join(', '),
      kind: lastHour > 0 ? 'taken' : 'plain',
    }
  })
}
