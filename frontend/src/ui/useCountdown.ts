import { useSyncExternalStore } from 'react'

/** Return the whole seconds until `until` (milliseconds since 1970), at least zero. */
export function useCountdown(until: number | null): number {
  return useSyncExternalStore(subscribeToSeconds, () =>
    until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000)),
  )
}

function subscribeToSeconds(listener: () => void): () => void {
  const timer = setInterval(listener, 1000)
  return () => clearInterval(timer)
}
