import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import type { CartLine } from './store'

/**
 * The server's prices and problems of a cart. They are fetched anew whenever a cart is opened; while
 * a change is being priced, the data are of the cart before it (`isPlaceholderData`).
 */
export function quoteQuery(lines: readonly CartLine[]) {
  const items = lines.map(({ productId, quantity }) => ({ productId, quantity }))
  return queryOptions({
    queryKey: ['quote', items],
    queryFn: ({ signal }) => call('POST /order/quote', { body: { items }, signal }),
    enabled: items.length > 0,
    staleTime: 0,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}
