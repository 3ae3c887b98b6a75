import { REMEDIES, type Remedy } from '../../remedies/remedies'
import type { Execution } from '../queries'

export type Activity = Execution['activities'][number]
export type Message = Execution['signalsReceived'][number]

/** Return what can be done about a call in its state. */
export function remediesOf({ state, isGivingUp }: Activity): Remedy[] {
  if (state === 'failed' || isGivingUp) return ['retry', 'abandon']
  if (state === 'running') return ['pause']
  const hasToWait = state === 'waiting' || state === 'queued'
  return hasToWait ? ['run-now', 'pause', 'cancel'] : ['pause', 'cancel']
}

/** Return whether a message was not applied, and can be replayed. */
export function canBeReplayed({ state }: Message): boolean {
  return state === 'failed' || state === 'unmatched'
}

/** Return the remedy that a URL asks for. */
export function readRemedy(text: string | undefined): Remedy | undefined {
  return REMEDIES.find((remedy) => `activity.${remedy}` === text)
}
