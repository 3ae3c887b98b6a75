import { isAllowed, useOperator, useRefusal } from '../frame/me'
import type { Person } from './queries'
import { texts } from './texts'

export type Refusals = Record<
  'roles' | 'suspend' | 'reinstate' | 'sessions' | 'export' | 'erase',
  string | null
>

/** Return why the operator may not do things to a person; null where they may. */
export function useRefusals(person: Person): Refusals {
  const operator = useOperator()
  const needsAdmin = useRefusal('admin')
  const { own, deleted, staff, none } = texts.refusals
  const isOwn = operator.id === person.id ? own : null
  const isDeleted = person.status === 'Deleted' ? deleted : null
  const isStaff = person.roles.length > 0 && !isAllowed(operator.roles, 'admin') ? staff : null
  const isSignedOut = person.sessions.length === 0 ? none : null
  const isErased = person.erasure?.state === 'Erased' ? deleted : null
  return {
    roles: needsAdmin ?? isOwn ?? isDeleted,
    suspend: needsAdmin ?? isOwn ?? isDeleted,
    reinstate: needsAdmin ?? isDeleted,
    sessions: isStaff ?? isSignedOut,
    export: needsAdmin,
    // An erasure that failed is asked for again.
    erase: needsAdmin ?? isOwn ?? isErased,
  }
}
