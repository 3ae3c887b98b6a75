import { expect, test } from 'vitest'
import { readCheckoutSearch } from './search'

test('a link to the payment of an order has its reference', () => {
  expect(readCheckoutSearch({ order: 'web-0123abcd' })).toEqual({ order: 'web-0123abcd' })
  expect(readCheckoutSearch({ order: 12345 })).toEqual({ order: '12345' })
})

test.each([undefined, '', '../admin', 'a/b', { a: 1 }, 'x'.repeat(201)])(
  'the reference %s is left out',
  (order) => {
    expect(readCheckoutSearch({ order })).toEqual({})
  },
)
