import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useLiveQuery } from './polled'

const EVERY_MS = 5000

function renderPolled(answers: (() => Promise<string>)[]) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )
  let calls = 0
  const queryFn = () => {
    const answer = answers[calls]
    calls += 1
    return answer === undefined ? Promise.resolve('later') : answer()
  }
  return renderHook(() => useLiveQuery({ queryKey: ['polled'], queryFn }, { everyMs: EVERY_MS }), {
    wrapper,
  })
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('a failure stays while a poll tries again, and goes with the answer', async () => {
  const second = Promise.withResolvers<string>()
  const { result } = renderPolled([() => Promise.reject(new Error('broken')), () => second.promise])
  expect(result.current.isPending).toBe(true)
  await act(() => vi.advanceTimersByTimeAsync(1))
  expect(result.current.error?.message).toBe('broken')
  await act(() => vi.advanceTimersByTimeAsync(EVERY_MS))
  expect(result.current.error?.message).toBe('broken')
  expect(result.current.isPending).toBe(false)
  second.resolve('whole')
  await act(() => vi.advanceTimersByTimeAsync(1))
  expect(result.current).toMatchObject({ data: 'whole', error: null, isPending: false })
})

test('whoever asks again sees that the answer is awaited', async () => {
  const { result } = renderPolled([
    () => Promise.reject(new Error('broken')),
    () => Promise.withResolvers<string>().promise,
  ])
  await act(() => vi.advanceTimersByTimeAsync(1))
  act(() => void result.current.refetch())
  await act(() => vi.advanceTimersByTimeAsync(1))
  expect(result.current).toMatchObject({ error: null, isPending: true })
})
