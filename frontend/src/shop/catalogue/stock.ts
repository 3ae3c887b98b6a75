import type { ProductView } from '../../api/types'
import { MAX_QUANTITY } from '../cart/store'

/** The availability of a product, as a customer needs to know it. */
export type Availability =
  | { kind: 'plenty' | 'soldOut' | 'unavailable' | 'discontinued' }
  | { kind: 'few'; left: number }

type Stocked = Pick<ProductView, 'status' | 'inStock' | 'stockLeft'>

/** Return the availability of a product. */
export function availabilityOf({ status, inStock, stockLeft }: Stocked): Availability {
  if (status === 'Discontinued') return { kind: 'discontinued' }
  if (status === 'Unavailable') return { kind: 'unavailable' }
  if (!inStock) return { kind: 'soldOut' }
  return stockLeft === null ? { kind: 'plenty' } : { kind: 'few', left: stockLeft }
}

/** Return how many pieces of a product a cart can have. */
export function maxQuantityOf(product: Stocked): number {
  if (!product.inStock) return 0
  return Math.min(product.stockLeft ?? MAX_QUANTITY, MAX_QUANTITY)
}
