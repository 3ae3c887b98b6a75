import { useSyncExternalStore } from 'react'
import { serverNow } from '../../api/clock'

/**
 * The time that relative times count from. All of them move at once, every ten seconds, and when
 * another one comes onto the page.
 */

const STEP_MS = 10_000
const FRESH_MS = 1000
const listeners = new Set<() => void>()
let now = serverNow()
let timer: ReturnType<typeof setInterval> | undefined

/** Return the present time in milliseconds, not more than ten seconds old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = serverNow()
    timer = setInterval(tick, STEP_MS)
  }
  listeners.add(listener)
  // What comes new onto the page may be younger than the time that the others count from.
  if (serverNow() - now > FRESH_MS) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

function tick(): void {
  now = serverNow()
  for (const listener of listeners) listener()
}
