import { call } from '../../api/client'
import { NetworkError } from '../../api/problem'
import type { StreamEnd } from './ways'

const OPEN_TIMEOUT_MS = 5000
// A hint can be lost with its connection, which nobody would notice.
const CHECK_INTERVAL_MS = 60_000

/**
 * Watch an order on a stream of hints, and call `refetch` when it may have changed.
 *
 * Each stream has a ticket of its own, so the browser must not open it again by itself. Resolves
 * with the end of the stream.
 */
export async function watchStream(
  eventsUrl: string,
  orderId: string,
  signal: AbortSignal,
  refetch: () => void,
): Promise<StreamEnd> {
  let ticket: string
  try {
    const body = { orderIds: [orderId], all: false }
    ticket = (await call('POST /auth/events-ticket', { body, signal })).ticket
  } catch (error) {
    if (signal.aborted) return 'left'
    return error instanceof NetworkError ? 'offline' : 'unopened'
  }
  const url = new URL(eventsUrl)
  url.searchParams.set('ticket', ticket)
  return listen(new EventSource(url), signal, refetch)
}

function listen(source: EventSource, signal: AbortSignal, refetch: () => void): Promise<StreamEnd> {
  return new Promise((resolve) => {
    let openedAt: number | null = null
    const end = (how: StreamEnd) => {
      source.close()
      clearTimeout(timeout)
      clearInterval(checks)
      signal.removeEventListener('abort', leave)
      document.removeEventListener('visibilitychange', leaveIfHidden)
      resolve(how)
    }
    const leave = () => end('left')
    const leaveIfHidden = () => {
      if (document.visibilityState === 'hidden') leave()
    }
    const timeout = setTimeout(() => end('unopened'), OPEN_TIMEOUT_MS)
    const checks = setInterval(refetch, CHECK_INTERVAL_MS)
    source.addEventListener('open', () => {
      openedAt = Date.now()
      clearTimeout(timeout)
      // Nobody told us of changes before this.
      refetch()
    })
    source.addEventListener('message', refetch)
    source.addEventListener('refetch', refetch)
    source.addEventListener('error', () =>
      end(openedAt === null ? 'unopened' : { openFor: Date.now() - openedAt }),
    )
    signal.addEventListener('abort', leave)
    document.addEventListener('visibilitychange', leaveIfHidden)
  })
}
