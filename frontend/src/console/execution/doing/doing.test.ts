import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { dangerOf } from './actions'
import { readAmount } from './amount'
import { useDraft } from './useDraft'

test('an amount has as many decimals as its currency', () => {
  expect(readAmount('5.00', 2)).toBe(5)
  expect(readAmount(' 5,5 ', 2)).toBe(5.5)
  expect(readAmount('500', 0)).toBe(500)
  for (const text of ['', '0', '-1', '5.001', '5.', '1e3', 'five']) {
    expect(readAmount(text, 2)).toBeNull()
  }
  expect(readAmount('5.0', 0)).toBeNull()
})

test('a draft outlives its dialog until it is done', () => {
  const first = renderHook(() => useDraft('order 1 refund'))
  act(() => first.result.current.change({ reason: 'broken', fields: { amount: '5.00' } }))
  first.unmount()
  const again = renderHook(() => useDraft('order 1 refund'))
  expect(again.result.current.draft).toEqual({ reason: 'broken', fields: { amount: '5.00' } })
  again.result.current.forget()
  const last = renderHook(() => useDraft('order 1 refund'))
  expect(last.result.current.draft.reason).toBe('')
})

test('what the storage has from elsewhere is no draft', () => {
  sessionStorage.setItem('console-draft x', '{"reason": 7}')
  expect(renderHook(() => useDraft('x')).result.current.draft.reason).toBe('')
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
