import { expect, test } from 'vitest'
import type { Comparison } from '../queries'
import { compareRows } from './compareRows'

const EQUAL: Comparison = {
  askedAt: '2026-01-01T10:00:00Z',
  book: {
    state: 'Success',
    intentId: 'pi_1',
    chargeId: 'ch_1',
    received: 59,
    receivedMinor: 5900,
    currency: 'usd',
    refunds: [
      {
        id: 'r1',
        stripeId: 're_1',
        state: 'Succeeded',
        amount: 5,
        amountMinor: 500,
        currency: 'usd',
      },
    ],
  },
  bank: {
    status: 'succeeded',
    intentId: 'pi_1',
    chargeId: 'ch_1',
    received: 59,
    receivedMinor: 5900,
    currency: 'usd',
    refunds: [
      { stripeId: 're_1', status: 'succeeded', amount: 5, amountMinor: 500, currency: 'usd' },
    ],
  },
  isEqual: true,
  differences: [],
  problem: null,
}

test('each refund stands beside the one at the bank', () => {
  expect(compareRows(EQUAL).map(({ name, book, bank }) => [name, book, bank])).toEqual([
    ['State', 'Success', 'succeeded'],
    ['Received', '$59.00', '$59.00'],
    ['Refund re_1', '$5.00', '$5.00'],
  ])
})

test('a bank that could not be asked has no figures', () => {
  const rows = compareRows({ ...EQUAL, bank: null, isEqual: null, problem: 'Stripe is away' })
  expect(rows.map(({ bank }) => bank)).toEqual(['–', '–', '–'])
})

test('a refund that Stripe has not been told yet is awaited there', () => {
  const [refund] = EQUAL.book.refunds
  if (refund === undefined) throw new Error('no refund')
  const asked = { ...refund, stripeId: null, state: 'Requested' as const }
  const failed = { ...asked, id: 'r2', state: 'Failed' as const }
  const book = { ...EQUAL.book, refunds: [asked, failed] }
  const bank = EQUAL.bank === null ? null : { ...EQUAL.bank, refunds: [] }
  const rows = compareRows({ ...EQUAL, book, bank })
  expect(rows.slice(2).map((row) => [row.bank, row.isDifferent])).toEqual([
    ['not yet', false],
    ['–', false],
  ])
})
