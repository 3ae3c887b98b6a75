import { expect, test } from 'vitest'
import { dangerOf } from './actions'
import { readAmount } from './amount'

test('an amount has as many decimals as its currency', () => {
  expect(readAmount('5.00', 2)).toBe(5)
  expect(readAmount(' 5,5 ', 2)).toBe(5.5)
  expect(readAmount('500', 0)).toBe(500)
  for (const text of ['', '0', '-1', '5.001', '5.', '1e3', 'five']) {
    expect(readAmount(text, 2)).toBeNull()
  }
  expect(readAmount('5.0', 0)).toBeNull()
})

test('money that leaves is confirmed in red, and a dangerous signal by typing', () => {
  const action = {
    signal: 'refund',
    target: null,
    allowed: true,
    refusal: null,
    needs: [],
    isDangerous: false,
    isRaw: false,
    role: 'staff',
    verb: 'Refund',
    lead: '',
  } as const
  expect(dangerOf({ ...action, needs: [] })).toBe('grave')
  expect(dangerOf({ ...action, needs: [], signal: 'ship' })).toBe('plain')
  expect(dangerOf({ ...action, needs: [], isDangerous: true })).toBe('typed')
})
