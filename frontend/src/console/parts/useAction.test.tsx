import { onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
import { ApiError, NetworkError } from '../../api/problem'
import { useAction } from './useAction'

function wrapper({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
}

function renderAction(answers: (() => string)[]) {
  const keys: string[] = []
  const run = (_: string, key: string) => {
    keys.push(key)
    const answer = answers[keys.length - 1]
    return new Promise<string>((resolve) => resolve(answer?.() ?? 'done'))
  }
  const { result } = renderHook(() => useAction({ run }), { wrapper })
  return { keys, result }
}

function fail(error: Error): () => string {
  return () => {
    throw error
  }
}

test('a request whose answer was lost is repeated under its key', async () => {
  const { keys, result } = renderAction([fail(new NetworkError('lost')), () => 'done'])
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(result.current.isError).toBe(true))
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  expect(new Set(keys).size).toBe(1)
})

test('an attempt after an answer has a key of its own', async () => {
  const { keys, result } = renderAction([fail(new ApiError(409, {})), () => 'done'])
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(result.current.isError).toBe(true))
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  expect(new Set(keys).size).toBe(2)
})

test('the second half of a double click is left out', async () => {
  const { keys, result } = renderAction([() => 'done'])
  act(() => {
    result.current.mutate('refund')
    result.current.mutate('refund')
  })
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  expect(keys).toHaveLength(1)
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(keys).toHaveLength(2))
})

test('without a connection it fails at once, and nothing is sent later', async () => {
  onlineManager.setOnline(false)
  const { keys, result } = renderAction([fail(new NetworkError('offline'))])
  act(() => result.current.mutate('refund'))
  await waitFor(() => expect(result.current.isError).toBe(true))
  onlineManager.setOnline(true)
  expect(keys).toHaveLength(1)
})
