import { callForReply } from '../../api/client'
import type { OrderSummary } from '../../api/types'
import { pause, pauseAfter, visible } from './pauses'
import { watchStream } from './stream'
import { learn, NO_EXPERIENCE, wayAt } from './ways'

const WAIT_SECONDS = 25
// Less than this between two requests would mean that the server does not wait for us.
const MIN_INTERVAL_MS = 1000
// Streams that ended together must not be opened again together.
const REOPEN_RANGE_MS = [500, 3000] as const

/** The order that is followed: as the page knows it now, and how to tell the page of another. */
export type Followed = {
  referenceId: string
  orderId: string
  version: () => string | undefined
  onChange: (order: OrderSummary) => Promise<void>
}

/**
 * Follow an order until `signal` is aborted: by a stream of hints where there is one, else by
 * requests that wait at the server. Hidden pages ask for nothing.
 */
export async function follow(
  order: Followed,
  eventsUrl: string | null,
  signal: AbortSignal,
): Promise<void> {
  let experience = NO_EXPERIENCE
  let failures = 0
  while (!signal.aborted) {
    await visible(signal)
    if (eventsUrl !== null && wayAt(Date.now(), eventsUrl, experience) === 'stream') {
      const refetch = coalesce(() => refetchUntilDone(order, signal))
      const end = await watchStream(eventsUrl, order.orderId, signal, refetch)
      experience = learn(experience, end, Date.now())
      failures = end === 'offline' ? failures + 1 : 0
      if (end === 'offline') await pause(pauseAfter(null, failures), signal)
      else if (typeof end === 'object') await pause(between(...REOPEN_RANGE_MS), signal)
      continue
    }
    const startedAt = Date.now()
    try {
      await ask(order, signal, WAIT_SECONDS)
      failures = 0
      await pause(MIN_INTERVAL_MS - (Date.now() - startedAt), signal)
    } catch (error) {
      if (signal.aborted) throw error
      failures += 1
      await pause(pauseAfter(error, failures), signal)
    }
  }
}

/** Ask for the order if it differs from the one that the page knows. */
async function ask(order: Followed, signal: AbortSignal, wait?: number): Promise<void> {
  const version = order.version()
  const { data, status } = await callForReply('GET /order/summary', {
    query: { referenceId: order.referenceId },
    ...(version !== undefined && { etag: `"${version}"` }),
    ...(wait !== undefined && { wait }),
    signal,
  })
  // The page may have read a newer one meanwhile.
  if (order.version() !== version) await ask(order, signal)
  else if (status !== 304) await order.onChange(data)
}

async function refetchUntilDone(order: Followed, signal: AbortSignal): Promise<void> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await ask(order, signal)
      return
    } catch (error) {
      if (signal.aborted) return
      await pause(pauseAfter(error, failures), signal).catch(() => undefined)
    }
  }
}

/** Return a function that runs `task`, and once more at its end if it was called meanwhile. */
export function coalesce(task: () => Promise<void>): () => void {
  let isRunning = false
  let isRepeated = false
  const run = async () => {
    isRunning = true
    do {
      isRepeated = false
      await task()
    } while (isRepeated)
    isRunning = false
  }
  return () => {
    if (isRunning) isRepeated = true
    else void run()
  }
}

function between(low: number, high: number): number {
  return low + Math.random() * (high - low)
}
