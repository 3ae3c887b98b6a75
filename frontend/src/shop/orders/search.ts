const FILTERS = ['open', 'delivered', 'cancelled'] as const
export type OrdersFilter = (typeof FILTERS)[number]

/** The filter and the page of the list of orders, as they stand in the URL. */
export type OrdersSearch = { show?: OrdersFilter; cursor?: string }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Read the filter from a URL. Values that make no sense are left out. */
export function readOrdersSearch(search: Record<string, unknown>): OrdersSearch {
  const show = FILTERS.find((filter) => filter === search.show)
  const { cursor } = search
  return {
    ...(show !== undefined && { show }),
    ...(typeof cursor === 'string' && UUID.test(cursor) && { cursor }),
  }
}
