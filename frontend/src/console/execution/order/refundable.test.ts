import { expect, test } from 'vitest'
import { refundableNow } from './refundable'

const HELD = "A dispute is open: the customer's bank holds the money"

function show(refundable: number, refusal: string | null) {
  const options = [{ action: 'refund' as const, allowed: refusal === null, refusal }]
  return refundableNow({ money: { refundable }, options })
}

test('the sum that can be refunded agrees with the button that refunds', () => {
  expect(show(89.99, null)).toEqual({ amount: 89.99, refusal: null })
  expect(show(89.99, HELD)).toEqual({ amount: 0, refusal: HELD })
  expect(show(0, 'Nothing is left to refund')).toEqual({ amount: 0, refusal: null })
})
