import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { useDraft } from './draft'

test('a draft outlives its dialog until it is done', () => {
  const first = renderHook(() => useDraft('order 1 refund'))
  act(() => first.result.current.change({ reason: 'broken' }))
  act(() => first.result.current.change({ amount: '5.00' }))
  first.unmount()
  const again = renderHook(() => useDraft('order 1 refund'))
  expect(again.result.current.draft).toEqual({ reason: 'broken', amount: '5.00' })
  act(() => again.result.current.clear())
  const last = renderHook(() => useDraft('order 1 refund'))
  expect(last.result.current.draft).toEqual({})
})

test('what the storage has from elsewhere is no draft', () => {
  sessionStorage.setItem('console-draft x', '{"reason": 7}')
  expect(renderHook(() => useDraft('x')).result.current.draft).toEqual({})
})
