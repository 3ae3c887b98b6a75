import { expect, test } from 'vitest'
import type { OrderState, PaymentState } from '../../api/types'
import { pauseAfter } from './pauses'
import { readCursor } from './queries'
import { notePaymentBegun, notePaymentMade, paymentMade } from './paymentMade'
import { withOutcomes } from './refunds'
import { situationOf } from './words'
import { ApiError } from '../../api/problem'

test.each<[OrderState, PaymentState, boolean, string]>([
  ['Pending', 'Pending', false, 'preparing'],
  ['Pending', 'Initiated', false, 'payable'],
  ['Pending', 'Initiated', true, 'closing'],
  ['Pending', 'Declined', false, 'declined'],
  ['Pending', 'Success', false, 'reviewed'],
  ['Confirmed', 'Success', false, 'confirmed'],
  ['Cancelled', 'Success', false, 'cancelled'],
  ['Failed', 'Failure', false, 'failed'],
])('an order %s with a payment %s (closing: %s) is %s', (status, payment, closing, situation) => {
  expect(situationOf({ status, closing, payment: { status: payment } })).toBe(situation)
})

test('an order that failed and has money, or gives some back, was paid too late', () => {
  const order = { status: 'Failed', payment: { status: 'Failure' } } as const
  expect(situationOf({ ...order, refunds: [{}] })).toBe('late')
  expect(situationOf({ ...order, refunds: [] })).toBe('failed')
  // Nothing goes back while the bank holds the money because of a dispute.
  expect(situationOf({ ...order, payment: { status: 'Success' }, refunds: [] })).toBe('late')
})

const outcomesOf = (refunds: Parameters<typeof withOutcomes>[0]) =>
  withOutcomes(refunds).map(({ outcome }) => outcome)

test('a refund that failed is no longer looked into once another took its place', () => {
  const failed = { status: 'Failed', amount: 59 } as const
  const paid = { status: 'Succeeded', amount: 59 } as const
  const part = { status: 'Submitted', amount: 5 } as const
  expect(outcomesOf([failed])).toEqual(['Failed'])
  expect(outcomesOf([failed, failed, paid])).toEqual(['Replaced', 'Replaced', 'Succeeded'])
  expect(outcomesOf([failed, part])).toEqual(['Failed', 'Submitted'])
  expect(outcomesOf([part, failed])).toEqual(['Submitted', 'Failed'])
})

test('a payment that its bank is processing is not asked for again, on any device', () => {
  const order = { status: 'Pending', payment: { status: 'Initiated', processing: true } } as const
  expect(situationOf(order)).toBe('confirming')
  expect(situationOf({ ...order, closing: true })).toBe('closing')
})

test('a payment that was made here is not asked for again', () => {
  const open = { status: 'Pending', payment: { status: 'Initiated' } } as const
  const declined = { ...open, payment: { status: 'Declined' } } as const
  expect(situationOf(open, 'pending')).toBe('confirming')
  expect(situationOf(declined, 'succeeded')).toBe('confirming')
  expect(situationOf(declined, 'pending')).toBe('declined')
  expect(situationOf({ ...open, closing: true }, 'succeeded')).toBe('closing')
})

test('the return from the page of the bank tells how the payment was made', () => {
  // Anybody can write an address.
  expect(paymentMade('mine', '?redirect_status=succeeded')).toBeNull()
  notePaymentBegun('mine')
  expect(paymentMade('mine', '?redirect_status=succeeded')).toBe('succeeded')
  expect(paymentMade('mine', '?redirect_status=failed')).toBeNull()
  expect(paymentMade('other', '?redirect_status=succeeded')).toBeNull()
  expect(paymentMade('mine', '')).toBeNull()
  notePaymentMade('mine', 'pending')
  expect(paymentMade('mine', '')).toBe('pending')
  expect(paymentMade('other', '')).toBeNull()
})

test('the pause after a failure is the one that the server asks for, else it grows', () => {
  expect(pauseAfter(new ApiError(503, {}, { retryAfter: 7 }), 1)).toBe(7000)
  expect(pauseAfter(new Error('offline'), 1)).toBe(2000)
  expect(pauseAfter(new Error('offline'), 20)).toBe(30_000)
})

test('the next page is the one that the server links to', () => {
  const link = '<http://shop.example/order?cursor=0193&size=10>; rel="next"'
  expect(readCursor(link)).toBe('0193')
  expect(readCursor(null)).toBeUndefined()
})
