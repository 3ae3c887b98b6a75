import { expect, test } from 'vitest'
import { readProductId } from './queries'
import { availabilityOf, maxQuantityOf } from './stock'

const many = { status: 'Available', inStock: true, stockLeft: null } as const

test('a product says how few are left, and nothing while there are many', () => {
  expect(availabilityOf(many)).toEqual({ kind: 'plenty' })
  expect(availabilityOf({ ...many, stockLeft: 3 })).toEqual({ kind: 'few', left: 3 })
  expect(availabilityOf({ ...many, inStock: false, stockLeft: 0 })).toEqual({ kind: 'soldOut' })
})

test('a product that is not for sale is not just sold out', () => {
  const gone = { inStock: false, stockLeft: null }
  expect(availabilityOf({ ...gone, status: 'Unavailable' })).toEqual({ kind: 'unavailable' })
  expect(availabilityOf({ ...gone, status: 'Discontinued' })).toEqual({ kind: 'discontinued' })
})

test('a cart has at most what is left', () => {
  expect(maxQuantityOf(many)).toBe(999)
  expect(maxQuantityOf({ ...many, stockLeft: 3 })).toBe(3)
  expect(maxQuantityOf({ ...many, inStock: false, stockLeft: 0 })).toBe(0)
})

test('only whole numbers from one up are ids of products', () => {
  expect(readProductId('17')).toBe(17)
  for (const text of ['abc', '0', '-1', '1e30', '1.5', '', ' 1', '99999999999999999', '007']) {
    expect(readProductId(text)).toBeNull()
  }
})
