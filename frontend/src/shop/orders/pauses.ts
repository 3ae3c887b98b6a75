import { ApiError } from '../../api/problem'

const MIN_PAUSE_MS = 1000
const MAX_PAUSE_MS = 30_000

/** Return the pause after a failure, in milliseconds: what the server asks for, else growing. */
export function pauseAfter(error: unknown, failures: number): number {
  const demanded = error instanceof ApiError ? error.retryAfter : null
  return demanded === null ? Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** failures) : demanded * 1000
}

/** Wait for a time, or until the browser is online again. Throws when `signal` is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return waitFor(signal, (done) => {
    const timer = setTimeout(done, Math.max(0, milliseconds))
    window.addEventListener('online', done)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
    }
  })
}

/** Wait until the person can see the page. Throws when `signal` is aborted. */
export function visible(signal: AbortSignal): Promise<void> {
  return waitFor(signal, (done) => {
    const check = () => {
      if (document.visibilityState === 'visible') done()
    }
    document.addEventListener('visibilitychange', check)
    check()
    return () => document.removeEventListener('visibilitychange', check)
  })
}

/** Wait until `start` calls its argument, then call the function that it returned. */
async function waitFor(signal: AbortSignal, start: (done: () => void) => () => void) {
  signal.throwIfAborted()
  let end: (() => void) | undefined
  let abort: (() => void) | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort)
      end = start(resolve)
    })
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort)
    end?.()
  }
}
