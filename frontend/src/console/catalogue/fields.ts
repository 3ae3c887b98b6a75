import type { ProductChange, StaffProduct } from '../../api/types'
import type { Draft } from '../parts/draft'
import { oneOf } from '../search'
import { PRODUCT_STATUSES } from './queries'

/** The fields of a product that staff edit, as the texts of a form. */

export const FIELDS = [
  'name',
  'sku',
  'category',
  'status',
  'estimatedPrice',
  'currency',
  'tags',
  'imageUrl',
  'description',
] as const
export type Field = (typeof FIELDS)[number]
export type Texts = Record<Field, string>

const AMOUNT = /^\d{1,12}(?:[.,]\d{1,4})?$/

/** Return the texts of a product's fields. */
export function textsOf(product: StaffProduct): Texts {
  return {
    name: product.name,
    sku: product.sku,
    category: product.category,
    status: product.status,
    estimatedPrice: String(product.estimatedPrice),
    currency: product.currency,
    tags: product.tags.join(', '),
    imageUrl: product.imageUrl,
    description: product.description,
  }
}

/** Return the fields of a draft that differ from the product. */
export function dirtyFields(texts: Texts, draft: Draft): Field[] {
  return FIELDS.filter((field) => draft[field] !== undefined && draft[field] !== texts[field])
}

/** Return the fields that differ between two states of a product. */
export function driftOf(before: StaffProduct, after: StaffProduct) {
  const [old, fresh] = [textsOf(before), textsOf(after)]
  return FIELDS.filter((field) => old[field] !== fresh[field]).map((field) => ({
    field,
    before: old[field],
    after: fresh[field],
  }))
}

/** Return whether a text is an amount of money. */
export function isAmount(text: string): boolean {
  return AMOUNT.test(text.trim())
}

/** Return fields of a form as the API takes them. */
export function bodyOf(texts: Draft, fields: readonly Field[]): ProductChange {
  const body: ProductChange = {}
  for (const field of fields) {
    const text = (texts[field] ?? '').trim()
    if (field === 'tags') body.tags = tagsOf(text)
    else if (field === 'estimatedPrice') body.estimatedPrice = Number(text.replace(',', '.'))
    else if (field === 'status') body.status = oneOf(text, PRODUCT_STATUSES) ?? 'Available'
    else body[field] = text
  }
  return body
}

function tagsOf(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
