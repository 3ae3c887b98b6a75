import { onlineManager } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ApiError, isStatus, limitedUntil, NetworkError } from '../api/problem'
import { useCountdown } from './useCountdown'

/** The kinds of failed loads: each has its words and its way on. */
export type FailureKind = 'offline' | 'maintenance' | 'limited' | 'failed'

type Failure = {
  kind: FailureKind
  /** Seconds until a retry makes sense; a service under maintenance is then retried by itself. */
  seconds: number
  requestId: string
}

// A gateway answers 502 and 504 while the servers behind it restart.
const MAINTENANCE_STATUSES = [502, 503, 504]
const MIN_PAUSE_MS = 5000
const pauses = new WeakMap<ApiError, number>()

/** Describe a failed load, and retry it when the connection or the service is back. */
export function useFailure(error: unknown, onRetry: () => void): Failure {
  const kind = kindOf(error)
  const until = kind === 'maintenance' ? pauseOf(error) : limitedUntil(error)
  const seconds = useCountdown(until)
  const retry = useRef(onRetry)
  useEffect(() => {
    retry.current = onRetry
  })
  const isOver = kind === 'maintenance' && seconds === 0
  useEffect(() => {
    if (isOver) retry.current()
  }, [isOver])
  useEffect(
    () =>
      onlineManager.subscribe((online) => {
        if (online && kind === 'offline') retry.current()
      }),
    [kind],
  )
  return { kind, seconds, requestId: error instanceof ApiError ? error.requestId : '' }
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof NetworkError) return 'offline'
  if (isStatus(error, ...MAINTENANCE_STATUSES)) return 'maintenance'
  return isStatus(error, 429) ? 'limited' : 'failed'
}

/** Return the time of the next attempt, the same for each rendering of the error. */
function pauseOf(error: unknown): number | null {
  if (!(error instanceof ApiError)) return null
  const pause = pauses.get(error) ?? Math.max(error.retryAt ?? 0, Date.now() + MIN_PAUSE_MS)
  pauses.set(error, pause)
  return pause
}
