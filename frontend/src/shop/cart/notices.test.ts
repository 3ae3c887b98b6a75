import { expect, test } from 'vitest'
import type { QuotedLineView } from '../../api/types'
import { isObstacle, noticeOf } from './notices'

const line = {
  productId: 7,
  quantity: 4,
  name: 'Lamp',
  imageUrl: '/lamp.svg',
  price: 49,
  currency: 'usd',
}

const quoted: QuotedLineView = {
  productId: 7,
  quantity: 4,
  currency: 'usd',
  unitPrice: 49,
  lineTotal: 196,
  problem: null,
  stockLeft: null,
  maxQuantity: null,
  product: { id: 7, name: 'Lamp', imageUrl: '/lamp.svg' },
}

test('a line that is sold as it was seen has no notice', () => {
  expect(noticeOf(line, quoted)).toBeNull()
  expect(noticeOf(line, undefined)).toBeNull()
})

test('a changed price is told with both prices, and is no obstacle', () => {
  const notice = noticeOf(line, { ...quoted, unitPrice: 55 })
  expect(notice).toEqual({
    kind: 'priceChanged',
    from: { amount: 49, currency: 'usd' },
    to: { amount: 55, currency: 'usd' },
  })
  expect(isObstacle(notice)).toBe(false)
})

test.each([
  ['Unknown', 'unknown'],
  ['Unavailable', 'unavailable'],
  ['OutOfStock', 'soldOut'],
  ['OtherCurrency', 'otherCurrency'],
] as const)('the problem %s is the obstacle %s', (problem, kind) => {
  const notice = noticeOf(line, { ...quoted, problem })
  expect(notice?.kind).toBe(kind)
  expect(isObstacle(notice)).toBe(true)
})

test('too many pieces are told with the number that can be bought', () => {
  const few = { ...quoted, problem: 'TooMany' as const, stockLeft: 3, maxQuantity: 3 }
  expect(noticeOf(line, few)).toEqual({ kind: 'tooMany', limit: 3, isStock: true })
  const limited = { ...quoted, problem: 'TooMany' as const, maxQuantity: 2 }
  expect(noticeOf(line, limited)).toEqual({ kind: 'tooMany', limit: 2, isStock: false })
})

test('a quote of the earlier quantity is not held against the new one', () => {
  const earlier = { ...quoted, quantity: 9, problem: 'TooMany' as const, maxQuantity: 4 }
  expect(noticeOf(line, earlier)).toBeNull()
})
