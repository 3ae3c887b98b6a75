import type { LoginState } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'
import { choiceOf, type TextSearch } from '../search'

/** The filters of the logins, as they stand in the URL. */
export type LoginSearch = TextSearch<'state' | 'email' | 'cursor'>

export const LOGIN_KINDS: Record<LoginState, StateKind> = {
  CodePending: 'waiting',
  CodeSent: 'waiting',
  CodeUnsent: 'wrong',
  Succeeded: 'good',
  Locked: 'wrong',
  Expired: 'ended',
  Superseded: 'ended',
}

const LOGIN_STATES = Object.keys(LOGIN_KINDS).filter(isState)

function isState(name: string): name is LoginState {
  return name in LOGIN_KINDS
}

/** A page of the logins that match, with the delivery of their codes. */
export function loginsQuery({ state, ...search }: LoginSearch) {
  const query = { ...search, state: choiceOf(state, LOGIN_STATES) }
  return polledQuery('logins', 'GET /admin/logins', { query })
}
