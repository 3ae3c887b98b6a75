import type { ProductStatus } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'
import { choiceOf, type TextSearch } from '../search'

export type CatalogueSearch = TextSearch<'q' | 'status' | 'category' | 'low' | 'cursor'>
export const PRODUCT_STATUSES = ['Available', 'Unavailable', 'Discontinued'] as const
export const LOW_STOCKS = ['0', '5', '20', '100'] as const

/** The query of a page of the catalogue. */
export function productsQuery({ status, ...rest }: CatalogueSearch) {
  const query = { ...rest, status: choiceOf(status, PRODUCT_STATUSES) }
  return polledQuery('products', 'GET /admin/products', { query })
}

/** The query of one product. */
export function productQuery(productId: number) {
  return polledQuery('product', 'GET /admin/products/{productId}', { path: { productId } })
}

/** The query of a page of what changed the pieces of a product. */
export function movesQuery(productId: number, cursor: string | undefined) {
  return polledQuery('moves', 'GET /admin/products/{productId}/moves', {
    path: { productId },
    query: { cursor },
  })
}

export const STATUS_KINDS: Record<ProductStatus, StateKind> = {
  Available: 'good',
  Unavailable: 'waiting',
  Discontinued: 'ended',
}

/** The names of the queries that a change of a product concerns. */
export const CHANGED = ['products', 'product', 'moves', 'audit'] as const
