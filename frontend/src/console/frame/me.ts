import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { call } from '../../api/client'
import { consoleKey } from '../live/keys'
import type { Operations } from '../../api/types'
import { texts } from './texts'

export type Me = Operations['GET /admin/me']['response']
export type Role = 'staff' | 'admin'

/** The operator, with their roles and the facts of the system that they are in. */
export const meQuery = queryOptions({
  queryKey: consoleKey('me'),
  queryFn: ({ signal }) => call('GET /admin/me', { signal }),
})

export const OperatorContext = createContext<Me | null>(null)

/** Return the operator. Only for parts within the console's frame. */
export function useOperator(): Me {
  const me = useContext(OperatorContext)
  if (me === null) throw new Error('useOperator is called outside of the console')
  return me
}

/** Return the reason why the operator's role forbids an action, or null if it permits it. */
export function useRefusal(role: Role): string | null {
  return useRoleRefusal()(role)
}

/** Return a function that gives the reason why the operator's role forbids an action, or null. */
export function useRoleRefusal(): (role: Role) => string | null {
  const { roles } = useOperator()
  return (role) => (isAllowed(roles, role) ? null : texts.needsRole(role))
}

/** Return whether these roles include the rights of a role: an admin may do all that staff may. */
export function isAllowed(roles: readonly string[], role: Role): boolean {
  return roles.includes('admin') || roles.includes(role)
}
