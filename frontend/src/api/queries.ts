import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { broughtAnswer, call, refreshSession } from './client'
import { ApiError } from './problem'
import { session, type SessionStatus } from './session'

const MAX_RETRIES = 2

/**
 * Create the cache of the server's state. Refusals are not repeated; broken connections are.
 *
 * What belongs to a person is forgotten when their session ends.
 */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) =>
          failures < MAX_RETRIES && !(error instanceof ApiError && error.status < 500),
      },
      mutations: { retry: false },
    },
  })
  session.subscribe(() => {
    if (session.status === 'signedOut') client.removeQueries({ queryKey: [MINE] })
  })
  return client
}

/** The public settings of the shop, which do not change while a page is open. */
export const shopQuery = queryOptions({
  queryKey: ['shop'],
  queryFn: ({ signal }) => call('GET /shop.json', { signal }),
  initialData: () => broughtAnswer('GET /shop.json')?.data,
  staleTime: Number.POSITIVE_INFINITY,
})

/** Return the status of the session, and renew it after a reload. */
export function useSessionStatus(): SessionStatus {
  const status = useSyncExternalStore(session.subscribe, () => session.status)
  useEffect(() => {
    // Offline: the status stays unknown, and the next request tries again.
    if (status === 'unknown') refreshSession().catch(() => undefined)
  }, [status])
  return status
}

/** The first part of the keys of all that belongs to the signed-in person. */
export const MINE = 'mine'

export const userQuery = queryOptions({
  queryKey: [MINE, 'user'],
  queryFn: ({ signal }) => call('GET /auth/user', { signal }),
})

/** Return the query of the signed-in user, which waits for a session. */
export function useUser() {
  const status = useSessionStatus()
  return useQuery({ ...userQuery, enabled: status === 'signedIn' })
}
