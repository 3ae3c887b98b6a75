import type { NewProduct } from '../../api/types'
import type { Draft } from '../parts/draft'
import { bodyOf, dirtyFields } from './fields'

const EMPTY = {
  name: '',
  sku: '',
  category: '',
  status: '',
  estimatedPrice: '',
  currency: '',
  tags: '',
  imageUrl: '',
  description: '',
}

/** Return a filled form as the API takes a new product. */
export function newProductOf(draft: Draft): NewProduct {
  const {
    name = '',
    sku = '',
    currency = '',
    estimatedPrice = 0,
    ...rest
  } = bodyOf(draft, dirtyFields(EMPTY, draft))
  return { ...rest, name, sku, currency, estimatedPrice, stock: Number(draft.stock ?? 0) }
}
