import type { Role } from '../../frame/me'
import type { Execution } from '../queries'

export type Activity = Execution['activities'][number]
export type Message = Execution['signalsReceived'][number]

const REMEDIES = ['run-now', 'retry', 'abandon', 'cancel', 'pause', 'replay'] as const

/** What an operator can do about a call or a message. */
export type Remedy = (typeof REMEDIES)[number]

/** The least role that may do it. */
export const ROLES: Record<Remedy, Role> = {
  'run-now': 'staff',
  retry: 'staff',
  replay: 'staff',
  abandon: 'admin',
  cancel: 'admin',
  pause: 'admin',
}

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
