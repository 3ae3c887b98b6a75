import { REMEDIES, type Remedy } from '../../remedies/remedies'
import type { Execution } from '../queries'

export type Activity = Execution['activities'][number]
export type Message = Execution['signalsReceived'][number]

/** Return what can be done about a call in its state. */
export function remediesOf({ state, isGivingUp, paused }: Activity): Remedy[] {
  if (state === 'failed' || isGivingUp) return ['retry', 'abandon']
  // What is paused is resumed on the page of controls, for all calls at once.
  const pause: Remedy[] = paused === null ? ['pause'] : []
  if (state === 'running') return pause
  const hasToWait = paused === null && (state === 'waiting' || state === 'queued')
  return hasToWait ? ['run-now', ...pause, 'cancel'] : [...pause, 'cancel']
}

/** Return whether a call waits for the end of a pause, whatever its time is. */
export function isHeld({ state, isGivingUp, paused }: Activity): boolean {
  return paused !== null && !isGivingUp && state !== 'running' && state !== 'failed'
}

/** Return whether a message was not applied, and can be replayed. */
export function canBeReplayed({ state }: Message): boolean {
  return state === 'failed' || state === 'unmatched'
}

/** Return the remedy that a URL asks for. */
export function readRemedy(text: string | undefined): Remedy | undefined {
  return REMEDIES.find((remedy) => `activity.${remedy}` === text)
}
