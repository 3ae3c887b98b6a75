import {
  hashKey,
  keepPreviousData,
  type QueryKey,
  queryOptions,
  useQuery,
  type UseQueryOptions,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useState } from 'react'
import { callForReply, type CallOptions, type Route } from '../../api/client'
import type { Operations } from '../../api/types'
import { consoleKey } from './keys'
import { useLiveStatus } from './live'

const DEFAULT_INTERVAL_MS = 5000
const MIN_INTERVAL_MS = 2000

/** An answer with its ETag, with which the next poll asks whether it has changed. */
export type Polled<Body> = { body: Body; etag: string | null }

/**
 * Return the query of a route that pages poll. An unchanged answer costs the server a 304.
 *
 * Its key begins with `name`, so that a mutation can invalidate all queries of that name.
 */
export function polledQuery<R extends Route>(name: string, route: R, options: CallOptions<R>) {
  type Body = Operations[R]['response']
  return queryOptions({
    queryKey: consoleKey(name, options.path ?? null, options.query ?? null),
    queryFn: async ({ client, queryKey, signal }): Promise<Polled<Body>> => {
      const last = client.getQueryData<Polled<Body>>(queryKey)
      const etag = last?.etag ?? undefined
      const reply = await callForReply(route, { ...options, signal, etag })
      if (reply.status === 304 && last !== undefined) return last
      return { body: reply.data, etag: reply.headers.get('ETag') }
    },
    select: ({ body }) => body,
  })
}

type LiveOptions = { everyMs?: number; isHeld?: boolean }

/** What pages use of a query. */
export type LiveResult<Data> = {
  data: Data | undefined
  error: Error | null
  isPending: boolean
  isPlaceholderData: boolean
  refetch: () => Promise<unknown>
}

/**
 * Return a query that is polled while the console is live and the page is visible. The answer of
 * earlier filters stays until the new one comes. `isHeld` keeps the answer as it is.
 */
export function useLiveQuery<Answer, Data, Key extends QueryKey>(
  options: UseQueryOptions<Answer, Error, Data, Key>,
  { everyMs = DEFAULT_INTERVAL_MS, isHeld = false }: LiveOptions = {},
): LiveResult<Data> {
  const isFollowing = useLiveStatus() === 'live' && !isHeld
  const query = useQuery({
    placeholderData: keepPreviousData,
    ...options,
    refetchInterval: isFollowing && Math.max(everyMs, MIN_INTERVAL_MS),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: isFollowing,
    staleTime: 0,
  })
  return useKeptFailure(query, hashKey(options.queryKey))
}

/** Keep the failure of a query without an answer: each poll that begins would take it away. */
function useKeptFailure<Data>(query: UseQueryResult<Data>, key: string): LiveResult<Data> {
  const { data, error, isPending, isPlaceholderData, refetch } = query
  const [failure, setFailure] = useState<{ key: string; error: Error } | null>(null)
  if (error !== null && error !== failure?.error) setFailure({ key, error })
  const kept = isPending && failure?.key === key ? failure.error : null
  return {
    data,
    error: error ?? kept,
    isPending: isPending && kept === null,
    isPlaceholderData,
    refetch: () => {
      setFailure(null)
      return refetch()
    },
  }
}
