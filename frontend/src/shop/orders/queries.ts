import {
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
  queryOptions,
} from '@tanstack/react-query'
import { call, callForReply } from '../../api/client'
import { serverNow } from '../../api/clock'
import { MINE } from '../../api/queries'
import type { OrderState, Step } from '../../api/types'
import type { OrdersFilter } from './search'
import { isEmail } from './steps'

const PAGE_SIZE = 10
const EMAIL_CHECK_INTERVAL_MS = 4000
const EMAIL_DELAY_MS = 30_000

/** The states of the orders that a filter shows. */
const SHOWN: Record<OrdersFilter, OrderState[]> = {
  open: ['Pending', 'Confirmed', 'Shipped'],
  delivered: ['Delivered'],
  cancelled: ['Cancelled', 'Failed'],
}

export function orderQuery(referenceId: string) {
  return queryOptions({
    queryKey: [MINE, 'order', referenceId],
    queryFn: ({ signal }) => call('GET /order/summary', { query: { referenceId }, signal }),
    // The page follows the order, see useFollowOrder.
    staleTime: 5000,
  })
}

/** Store what is true now. A read that is under way may bring something older, and is given up. */
export async function storeLatest(
  queryClient: QueryClient,
  queryKey: QueryKey,
  latest: unknown,
): Promise<void> {
  await queryClient.cancelQueries({ queryKey, exact: true })
  queryClient.setQueryData(queryKey, latest)
}

export function historyQuery(referenceId: string, version: string) {
  return queryOptions({
    queryKey: [MINE, 'history', referenceId, version],
    queryFn: ({ signal }) =>
      call('GET /order/{referenceId}/history', { path: { referenceId }, signal }),
    staleTime: Infinity,
    placeholderData: (previous) => previous,
    // An email is sent a moment after a change, and changes nothing about the order itself.
    refetchInterval: ({ state }) =>
      mayGetEmail(state.data, serverNow()) ? EMAIL_CHECK_INTERVAL_MS : false,
  })
}

/** Return whether the last step is so new that the email about it may be on its way. */
export function mayGetEmail(steps: readonly Step[] | undefined, now: number): boolean {
  const last = steps?.at(-1)
  return last !== undefined && !isEmail(last) && now - Date.parse(last.at) < EMAIL_DELAY_MS
}

/** The person's orders, newest first, one page after the other. */
export function ordersQuery(show: OrdersFilter | undefined) {
  return infiniteQueryOptions({
    queryKey: [MINE, 'orders', show ?? 'all'],
    queryFn: async ({ pageParam, signal }) => {
      const status = show === undefined ? undefined : SHOWN[show].join(',')
      const query = { size: PAGE_SIZE, cursor: pageParam, status }
      const { data, headers } = await callForReply('GET /order', { query, signal })
      return { orders: data, next: readCursor(headers.get('Link')) }
    },
    // An order changes on its own page, and elsewhere.
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
}

/** Return the cursor of the next page from a `Link` header (RFC 8288). */
export function readCursor(link: string | null): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1]
  if (address === undefined) return undefined
  return new URL(address, window.location.origin).searchParams.get('cursor') ?? undefined
}
