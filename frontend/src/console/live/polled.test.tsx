import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { setPaused } from './live'
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
  focusManager.setFocused(undefined)
  setPaused(false)
})

/** Count the requests of a page that wants an answer each `everyMs`, while `ms` go by. */
function countPolls(everyMs: number) {
  const queryFn = vi.fn<() => Promise<string>>(() => Promise.resolve('answer'))
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )
  renderHook(() => useLiveQuery({ queryKey: ['counted'], queryFn }, { everyMs }), { wrapper })
  return async (ms: number) => {
    queryFn.mockClear()
    await act(() => vi.advanceTimersByTimeAsync(ms))
    return queryFn.mock.calls.length
  }
}

test('a hidden tab asks nothing, and asks again when it is seen', async () => {
  const pollsIn = countPolls(EVERY_MS)
  expect(await pollsIn(3 * EVERY_MS)).toBeGreaterThan(1)
  focusManager.setFocused(false)
  expect(await pollsIn(10 * EVERY_MS)).toBe(0)
  focusManager.setFocused(true)
  expect(await pollsIn(3 * EVERY_MS)).toBeGreaterThan(1)
})

test('a paused console asks nothing, also when its tab is seen again', async () => {
  const pollsIn = countPolls(EVERY_MS)
  await pollsIn(1)
  act(() => setPaused(true))
  expect(await pollsIn(10 * EVERY_MS)).toBe(0)
  focusManager.setFocused(false)
  focusManager.setFocused(true)
  expect(await pollsIn(10 * EVERY_MS)).toBe(0)
})

test('no page asks more often than every two seconds', async () => {
  const pollsIn = countPolls(100)
  await pollsIn(1)
  expect(await pollsIn(10_000)).toBeLessThanOrEqual(5)
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
