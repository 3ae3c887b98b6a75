import type { SignalState, SignalView } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'
import { choiceOf, type TextSearch } from '../search'
import { texts } from './texts'

/** The filters of the inbox, as they stand in the URL. */
export type SignalSearch = TextSearch<'state' | 'source' | 'kind' | 'subject' | 'cursor'>

const SIGNAL_STATES = [
  'stored',
  'applied',
  'ignored',
  'unmatched',
  'failed',
] as const satisfies readonly SignalState[]

/** The states whose signals can be applied again. */
export const REPLAYABLE = ['unmatched', 'failed', 'ignored'] as const

export const SIGNAL_KINDS: Record<SignalState, StateKind> = {
  stored: 'waiting',
  applied: 'good',
  ignored: 'ended',
  unmatched: 'waiting',
  failed: 'wrong',
}

export const SOURCES = ['stripe', 'sendgrid'] as const

/** A page of the signals that match. */
export function signalsQuery({ state, ...search }: SignalSearch) {
  const query = { ...search, state: choiceOf(state, SIGNAL_STATES) }
  return polledQuery('signals', 'GET /admin/signals', { query })
}

/** One signal with its payload, which is null for the role `staff`. */
export function signalQuery(signalId: string) {
  return polledQuery('signals', 'GET /admin/signals/{signalId}', { path: { signalId } })
}

/** Return the reason why a signal cannot be applied again, or null. */
export function replayRefusal({ canReplay, hasPayload, state }: SignalView): string | null {
  if (canReplay) return null
  if (!hasPayload) return texts.notReplayable.erased
  return state === 'applied' ? texts.notReplayable.applied : texts.notReplayable.stored
}
