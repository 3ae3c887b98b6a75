import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { shopQuery, useSessionStatus } from '../../api/queries'
import type { OrderSummary } from '../../api/types'
import { follow } from './follow'
import { orderQuery, storeLatest } from './queries'

/**
 * Keep the order of a page up to date until the person signs out. No state of it is the last: banks
 * pay late, and return refunds, and an operator may refund what was delivered.
 */
export function useFollowOrder(referenceId: string, order: OrderSummary | undefined): void {
  const queryClient = useQueryClient()
  const shop = useQuery(shopQuery)
  const eventsUrl = shop.isPending ? undefined : (shop.data?.eventsUrl ?? null)
  const isSignedIn = useSessionStatus() !== 'signedOut'
  const orderId = order?.id
  const isFollowed = isSignedIn && order !== undefined
  useEffect(() => {
    if (!isFollowed || orderId === undefined || eventsUrl === undefined) return undefined
    const { queryKey } = orderQuery(referenceId)
    const controller = new AbortController()
    const followed = {
      referenceId,
      orderId,
      version: () => queryClient.getQueryData(queryKey)?.version,
      onChange: (changed: OrderSummary) => storeLatest(queryClient, queryKey, changed),
    }
    follow(followed, eventsUrl, controller.signal).catch(() => undefined) // The page was left.
    return () => controller.abort()
  }, [queryClient, referenceId, orderId, eventsUrl, isFollowed])
}
