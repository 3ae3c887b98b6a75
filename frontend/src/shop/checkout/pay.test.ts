import { expect, test } from 'vitest'
import { ApiError, NetworkError } from '../../api/problem'
import type { TrackedStatus } from '../../api/types'
import { type Confirmation, pay, type PayOptions } from './pay'

const pending: TrackedStatus = {
  status: 'Pending',
  referenceId: 'mine',
  orderId: 'o1',
  clientSecret: null,
  closing: false,
  payment: { status: 'Pending', processing: false, declineReason: null },
  currency: 'usd',
  totalPrice: 59,
  totalMinor: 5900,
  version: '1',
  payBy: null,
  cancellable: null,
}
// The bank paid after all: the money goes back, and the cart may be ordered again.
const late = { ...pending.payment, status: 'Success' as const }
const placed = { referenceId: 'mine', clientSecret: 'secret', totalMinor: 5900 }
const succeeded: Confirmation = { status: 'succeeded', error: null }

/** A shop and a bank that answer as they are told, and a record of what they were asked. */
function world(changes: Partial<PayOptions> = {}, confirmation = succeeded) {
  const calls: string[] = []
  const statuses: TrackedStatus[] = []
  const options: PayOptions = {
    form: {
      submit: async () => true,
      confirm: async (secret) => {
        calls.push(`confirm ${secret}`)
        return confirmation
      },
    },
    shownMinor: 5900,
    place: async () => {
      calls.push('place')
      return placed
    },
    loadStatus: async () => {
      calls.push('status')
      return statuses.shift() ?? pending
    },
    returnUrlOf: (referenceId) => `/orders/${referenceId}`,
    ...changes,
  }
  return { options, calls, statuses }
}

function refusal(type: string, code: string | null = null): Confirmation {
  return { status: null, error: { type, code, message: 'Your card was declined.' } }
}

test('the order is created, then its payment is confirmed', async () => {
  const { options, calls } = world()
  expect(await pay(options)).toEqual({ kind: 'paid', referenceId: 'mine' })
  expect(calls).toEqual(['place', 'confirm secret'])
})

test('nothing is ordered while the card form is incomplete', async () => {
  const { options, calls } = world()
  const form = { ...options.form, submit: async () => false }
  expect(await pay({ ...options, form })).toEqual({ kind: 'incomplete' })
  expect(calls).toEqual([])
})

test('an order that costs something else than the button said is not confirmed', async () => {
  const { options, calls } = world({ shownMinor: 4900 })
  expect(await pay(options)).toEqual({ kind: 'totalChanged', referenceId: 'mine' })
  expect(calls).toEqual(['place'])
})

test('another card pays the same order', async () => {
  const first = world({}, refusal('card_error', 'card_declined'))
  expect(await pay(first.options)).toEqual({
    kind: 'declined',
    referenceId: 'mine',
    message: 'Your card was declined.',
  })
  const second = world()
  expect((await pay(second.options)).kind).toBe('paid')
  expect(second.calls).toEqual(['place', 'confirm secret'])
})

test('a slow bank has the payment', async () => {
  const { options } = world({}, { status: 'processing', error: null })
  expect((await pay(options)).kind).toBe('processing')
})

test('the secret is waited for when Stripe has not answered the shop yet', async () => {
  const { options, calls, statuses } = world({
    place: async () => ({ ...placed, clientSecret: null }),
  })
  statuses.push(pending, { ...pending, clientSecret: 'later' })
  expect((await pay(options)).kind).toBe('paid')
  expect(calls).toEqual(['status', 'status', 'confirm later'])
})

test('a secret that never comes is no endless wait', async () => {
  const { options, calls } = world({ place: async () => ({ ...placed, clientSecret: null }) })
  expect((await pay(options)).kind).toBe('notReady')
  expect(calls.filter((call) => call === 'status')).toHaveLength(6)
})

test('an order that Stripe refused at once has ended', async () => {
  const { options, statuses } = world({ place: async () => ({ ...placed, clientSecret: null }) })
  statuses.push({ ...pending, status: 'Failed' })
  expect((await pay(options)).kind).toBe('ended')
})

test.each([
  [{ ...pending, status: 'Confirmed' as const }, 'paid'],
  [{ ...pending, closing: true }, 'ended'],
  [{ ...pending, status: 'Failed' as const, payment: late }, 'ended'],
  [{ ...pending, payment: { ...pending.payment, processing: true } }, 'processing'],
  [pending, 'unconfirmed'],
])('an intent that cannot be confirmed is as the shop says', async (status, kind) => {
  const { options, statuses } = world(
    {},
    refusal('invalid_request_error', 'payment_intent_unexpected_state'),
  )
  statuses.push(status)
  expect((await pay(options)).kind).toBe(kind)
})

test.each(['api_connection_error', 'api_error'])(
  'a bank that was not reached, or failed, may have the payment (%s)',
  async (type) => {
    const { options } = world({}, refusal(type))
    expect((await pay(options)).kind).toBe('unconfirmed')
  },
)

test('an intent that cannot be confirmed may be paid while the shop does not say', async () => {
  const { options } = world(
    {
      loadStatus: async () => {
        throw new ApiError(500, {})
      },
    },
    refusal('invalid_request_error', 'payment_intent_unexpected_state'),
  )
  expect((await pay(options)).kind).toBe('unconfirmed')
})

test('a form that fails while it confirms may have made the payment', async () => {
  const { options } = world()
  const form = { ...options.form, confirm: () => Promise.reject(new Error('broken')) }
  expect((await pay({ ...options, form })).kind).toBe('unconfirmed')
})

test('a shop that was not reached is no outcome', async () => {
  const { options, calls } = world({
    place: async () => {
      throw new NetworkError('offline')
    },
  })
  await expect(pay(options)).rejects.toThrow(NetworkError)
  expect(calls).toEqual([])
})
