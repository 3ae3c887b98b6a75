import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { callForReply } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { OrderSummary } from '../../api/types'
import { orderQuery } from './queries'
import { isSettled } from './words'

const WAIT_SECONDS = 25
// Less than this between two requests would mean that the server does not wait for us.
const MIN_INTERVAL_MS = 1000
const MAX_PAUSE_MS = 30_000

/**
 * Keep the order of a page up to date: ask the server to answer when it changes.
 *
 * The request waits at the server, whose places for that are limited: when they are taken, or when
 * the server is not reached, the page asks again after a growing pause. Hidden pages do not ask.
 */
export function useFollowOrder(referenceId: string, order: OrderSummary | undefined): void {
  const queryClient = useQueryClient()
  const version = order?.version
  const isFollowed = order !== undefined && !isSettled(order)
  useEffect(() => {
    if (!isFollowed || version === undefined) return undefined
    const controller = new AbortController()
    follow(referenceId, version, controller.signal, (changed) =>
      queryClient.setQueryData(orderQuery(referenceId).queryKey, changed),
    ).catch(() => undefined) // Ended by leaving the page.
    return () => controller.abort()
  }, [queryClient, referenceId, version, isFollowed])
}

/** Wait until the order differs from `version`, then call `onChange` once. */
async function follow(
  referenceId: string,
  version: string,
  signal: AbortSignal,
  onChange: (order: OrderSummary) => void,
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    await visible(signal)
    const startedAt = Date.now()
    try {
      const { data, status } = await callForReply('GET /order/summary', {
        query: { referenceId },
        etag: `"${version}"`,
        wait: WAIT_SECONDS,
        signal,
      })
      if (status !== 304) {
        onChange(data)
        return
      }
      failures = 0
      await pause(MIN_INTERVAL_MS - (Date.now() - startedAt), signal)
    } catch (error) {
      if (signal.aborted) throw error
      failures += 1
      await pause(pauseAfter(error, failures), signal)
    }
  }
}

/** Return the pause after a failure, in milliseconds: what the server asks for, else growing. */
export function pauseAfter(error: unknown, failures: number): number {
  const demanded = error instanceof ApiError ? error.retryAfter : null
  return demanded === null
    ? Math.min(MAX_PAUSE_MS, MIN_INTERVAL_MS * 2 ** failures)
    : demanded * 1000
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.max(0, milliseconds))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('The page was left', 'AbortError'))
    })
  })
}

function visible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible') return Promise.resolve()
  return new Promise((resolve, reject) => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () =>
      reject(new DOMException('The page was left', 'AbortError')),
    )
  })
}
