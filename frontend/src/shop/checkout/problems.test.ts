import { expect, test } from 'vitest'
import { ApiError, NetworkError } from '../../api/problem'
import type { FieldProblem } from '../../api/types'
import { readRefusal } from './problems'

const lines = [7, 8].map((productId) => ({
  productId,
  quantity: 1,
  name: 'Lamp',
  imageUrl: '/lamp.svg',
  price: 49,
  currency: 'usd',
}))

function invalid(errors: Record<string, string>): ApiError {
  const list = Object.entries(errors).map(([field, message]) => problem(field, message))
  return new ApiError(422, { detail: 'Invalid', errors: list })
}

function problem(field: string, message: string): FieldProblem {
  return { field, message, code: 'invalid' }
}

test('an error of a line is shown at its product', () => {
  const refusal = readRefusal(invalid({ 'items.1.quantity': '0 left' }), lines, 0)
  expect(refusal.problem).toEqual({ kind: 'lines' })
  expect(refusal.lines).toEqual({ 8: problem('items.1.quantity', '0 left') })
  expect(refusal.isUncertain).toBe(false)
})

test('errors of addresses are shown at their fields', () => {
  const refusal = readRefusal(
    invalid({ shippingAddress: 'has a card number', postalCode: 'too long' }),
    lines,
    0,
  )
  expect(refusal.problem).toEqual({ kind: 'fields' })
  expect(refusal.shipping).toEqual({
    line1: problem('shippingAddress', 'has a card number'),
    postalCode: problem('postalCode', 'too long'),
  })
  expect(readRefusal(invalid({ billingAddress: 'bad' }), lines, 0).billing).toEqual({
    line1: problem('billingAddress', 'bad'),
  })
})

test('a reference that was used leads to its order', () => {
  expect(readRefusal(invalid({ referenceId: 'was used' }), lines, 0).isPlaced).toBe(true)
})

test.each([
  ['unpaidOrders', 'unpaidOrders'],
  ['declinedCards', 'declinedCards'],
  [null, 'requests'],
] as const)('the limit %s is told in words, with the time until the next try', (kind, limit) => {
  const error = new ApiError(429, { kind }, { retryAfter: 30 })
  expect(readRefusal(error, lines, 1000).problem).toEqual({ kind: 'limited', limit, until: 31_000 })
})

test('without an answer the order may exist', () => {
  expect(readRefusal(new NetworkError('offline'), lines, 0)).toMatchObject({
    problem: { kind: 'offline' },
    isUncertain: true,
  })
  expect(readRefusal(new ApiError(503, { requestId: 'r1' }), lines, 0)).toMatchObject({
    problem: { kind: 'failed', requestId: 'r1' },
    isUncertain: true,
  })
})
