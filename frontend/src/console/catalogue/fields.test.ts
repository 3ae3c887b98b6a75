import { expect, test } from 'vitest'
import type { StaffProduct } from '../../api/types'
import { bodyOf, dirtyFields, driftOf, isAmount, textsOf } from './fields'

const LAMP: StaffProduct = {
  id: 7,
  sku: 'LAMP-1',
  name: 'Lamp',
  description: 'Bright',
  imageUrl: '/static/lamp.svg',
  estimatedPrice: 19.9,
  currency: 'usd',
  tags: ['home', 'light'],
  category: 'Home',
  status: 'Available',
  stock: 5,
  reserved: 1,
  available: 4,
  stockLeft: null,
  inStock: true,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  createdBy: null,
}

test('only fields that differ are dirty', () => {
  const draft = { name: 'Lamp', sku: 'LAMP-2' }
  expect(dirtyFields(textsOf(LAMP), draft)).toEqual(['sku'])
})

test('a body has the chosen fields as the API takes them', () => {
  const texts = { tags: ' home,, dark ', estimatedPrice: '12,50', name: ' Lamp ' }
  expect(bodyOf(texts, ['tags', 'estimatedPrice', 'name'])).toEqual({
    tags: ['home', 'dark'],
    estimatedPrice: 12.5,
    name: 'Lamp',
  })
})

test('amounts have digits and one decimal mark', () => {
  expect(['12', '12.50', '12,5'].every(isAmount)).toBe(true)
  expect(['', '-1', '1e3', '1.2.3', 'ten'].some(isAmount)).toBe(false)
})

test('a sale is no change of the fields, another name is', () => {
  expect(driftOf(LAMP, { ...LAMP, stock: 4, available: 3 })).toEqual([])
  expect(driftOf(LAMP, { ...LAMP, name: 'Lantern' })).toEqual([
    { field: 'name', before: 'Lamp', after: 'Lantern' },
  ])
})
