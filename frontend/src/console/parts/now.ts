import { useSyncExternalStore } from 'react'

/**
 * The time that relative times count from. All of them move at once, every ten seconds, and when
 * another one comes onto the page.
 */

const STEP_MS = 10_000
const FRESH_MS = 1000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** Return the present time in milliseconds, not more than ten seconds old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now()
    timer = setInterval(tick, STEP_MS)
  }
  listeners.add(listener)
  // What comes new onto the page may be younger than the time that the others count from.
  if (Date.now() - now > FRESH_MS) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

function tick(): void {
  now = Date.now()
  for (const listener of listeners) listener()
}
