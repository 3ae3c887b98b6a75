import type { OverviewView } from '../../api/types'
import type { Tone } from '../../ui/StateBadge'
import { type Bounded, countText } from '../parts/Count'
import { agoText, durationText } from '../parts/duration'
import { texts } from './texts'

/** Something that is not as it should be, with the page that shows it. */
export type Problem = { text: string; path: string; tone: Tone }

const MAX_LAG_SECONDS = 60
const MAX_SWEEP_AGE_MS = 60_000

export const FAILURE_NAMES: Record<string, string> = {
  failedActivities: texts.needs.failedActivities,
  givingUp: texts.needs.givingUp,
  failedSignals: texts.needs.failedSignals,
  unmatchedSignals: texts.needs.unmatchedSignals,
  failedJobs: texts.needs.failedJobs,
}

const SINGLE_FAILURES: Record<string, string> = texts.problems.single

/** Return what needs attention, the worst first. The times are compared with the server's clock. */
export function findProblems(view: OverviewView): Problem[] {
  return [
    ...systemProblems(view),
    ...failures(view),
    ...lateness(view),
    ...notices(view),
    ...pauses(view),
  ]
}

function systemProblems({ at, workers, queues, lastSweep, lastVerify }: OverviewView): Problem[] {
  const { problems } = texts
  const path = '/console'
  const found: Problem[] = workers
    .filter(({ isPresent }) => isPresent === false)
    .map(({ name }) => ({ text: problems.worker(name), path, tone: 'failed' }))
  const isUnreachable = queues.some(({ interactive }) => interactive === null)
  if (isUnreachable) found.push({ text: problems.redis, path, tone: 'failed' })
  const age = lastSweep === null ? null : Date.parse(at) - Date.parse(lastSweep.at)
  if (age === null) found.push({ text: problems.noSweep, path, tone: 'waiting' })
  if (age !== null && age > MAX_SWEEP_AGE_MS) {
    const ago = agoText(Date.parse(at) - age, Date.parse(at))
    found.push({ text: problems.sweep(ago), path, tone: 'failed' })
  }
  const differences = lastVerify?.differences ?? 0
  if (differences > 0) {
    found.push({
      text: problems.differences(differences),
      path: '/console/machines',
      tone: 'failed',
    })
  }
  return found
}

function failures({ failures: all }: OverviewView): Problem[] {
  return all
    .filter(({ count }) => count.number > 0)
    .map(({ name, count, path }) => ({
      text: failureText(name, count),
      path,
      tone: 'failed',
    }))
}

function failureText(name: string, count: Bounded): string {
  const single = count.number === 1 ? SINGLE_FAILURES[name] : undefined
  return single ?? texts.problems.failures(countText(count), FAILURE_NAMES[name] ?? name)
}

function lateness({ lags }: OverviewView): Problem[] {
  return (
    lags
      // What is paused is meant to wait, and the pause is a problem of its own.
      .filter(({ seconds, isPaused }) => seconds > MAX_LAG_SECONDS && !isPaused)
      .map(({ name, seconds, path }) => ({
        text: texts.problems.lag(name, durationText(seconds * 1000)),
        path,
        tone: 'waiting',
      }))
  )
}

function notices({ notices: kinds }: OverviewView): Problem[] {
  if (kinds.length === 0) return []
  const number = kinds.reduce((sum, { count }) => sum + count.number, 0)
  const isExact = kinds.every(({ count }) => count.isExact)
  const text = texts.problems.notices(countText({ number, isExact }), number)
  return [{ text, path: '/console/notices', tone: 'waiting' }]
}

function pauses({ pauses: all }: OverviewView): Problem[] {
  return all.map(({ kind, name, path }) => ({
    text: texts.problems.pause(kind, name),
    path,
    tone: 'waiting',
  }))
}
