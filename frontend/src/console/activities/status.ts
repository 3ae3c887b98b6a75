import type { ActivityState, ActivityView } from '../../api/types'
import { agoText } from '../parts/duration'
import type { StateKind } from '../parts/StateLabel'
import { texts } from './texts'

export const ACTIVITY_KINDS: Record<ActivityState, StateKind> = {
  queued: 'waiting',
  pending: 'waiting',
  waiting: 'waiting',
  running: 'underWay',
  done: 'good',
  failed: 'wrong',
  abandoned: 'ended',
}

/** Return one sentence that says why nothing is happening to an activity, or what is. */
export function statusText(activity: ActivityView, now: number): string {
  const { state, givingUp, paused, attempts, maxAttempts, dueAt } = activity
  const { status } = texts
  if (givingUp !== null) return status.givingUp(givingUp.error, givingUp.failures)
  if (state === 'done' || state === 'abandoned' || state === 'running') return status[state]
  if (state === 'failed') return status.failed(attempts)
  if (paused !== null) return status.paused(paused)
  if (state !== 'waiting') return status[state]
  return status.waiting(texts.attempts(attempts + 1, maxAttempts), agoText(Date.parse(dueAt), now))
}
