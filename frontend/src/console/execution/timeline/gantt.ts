import type { Tone } from '../../../ui/StateBadge'
import type { GanttRow } from '../../charts/Gantt'
import { durationText } from '../../parts/duration'
import { KIND_TONES, type StateKind } from '../../parts/StateLabel'
import type { Entry } from '../queries'
import { toneOf } from './kinds'
import { texts } from './texts'

type KindOf = (machine: string, state: string) => StateKind | undefined
type Bar = GanttRow['bars'][number]

/** Return the rows of a chart: the states of each execution, then each call and each message. */
export function ganttRows(entries: readonly Entry[], kindOf: KindOf, now: number): GanttRow[] {
  const oldestFirst = entries.toReversed()
  return [...stateRows(oldestFirst, kindOf, now), ...otherRows(oldestFirst, now)]
}

function stateRows(entries: readonly Entry[], kindOf: KindOf, now: number): GanttRow[] {
  const byExecution = Map.groupBy(
    entries.filter(({ kind, to }) => kind === 'transition' && to !== null),
    ({ executionId }) => executionId ?? '',
  )
  return [...byExecution].map(([id, moves]) => {
    const machine = moves[0]?.machine ?? ''
    const bars = moves.map((move, index): Bar => {
      const state = move.to ?? ''
      const start = Date.parse(move.at)
      const next = moves[index + 1]
      const kind = kindOf(machine, state)
      const isOver = next === undefined && (kind === 'ended' || kind === 'wrong')
      // The last state lasts until now, unless the execution has ended in it.
      const end = next === undefined ? (isOver ? start : now) : Date.parse(next.at)
      return { start, end, tone: kind === undefined ? 'active' : KIND_TONES[kind], title: state }
    })
    return { id, label: texts.states(machine), bars, isIdle: true }
  })
}

function otherRows(entries: readonly Entry[], now: number): GanttRow[] {
  return entries
    .filter(({ kind }) => kind !== 'transition')
    .map((entry) => {
      const start = Date.parse(entry.at)
      const tone: Tone = toneOf(entry) ?? 'ended'
      const isUnderWay = entry.startedAt !== null && tone !== 'failed' && tone !== 'ended'
      const open = isUnderWay ? now : start
      const end = entry.finishedAt === null ? open : Math.max(Date.parse(entry.finishedAt), start)
      const took = end > start ? `, ${durationText(end - start)}` : ''
      const title = `${entry.title}${entry.state === null ? '' : `, ${entry.state}`}${took}`
      return { id: entry.id, label: entry.title, bars: [{ start, end, tone, title }] }
    })
}
