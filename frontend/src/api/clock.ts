/**
 * The clock of the server, as its answers tell it. The clock of a browser may be wrong by a day:
 * the times of the server would seem to be over, or far away.
 */

// An answer travels for a while, and its header counts whole seconds.
const JITTER_MS = 5000

let aheadMs = 0

/** Learn the time of the server from the `Date` header of an answer. */
export function noteServerTime(date: string | null, now: number = Date.now()): void {
  const difference = Date.parse(date ?? '') - now
  // NaN compares as false: without a readable header nothing is learned.
  if (Math.abs(difference - aheadMs) > JITTER_MS) {
    aheadMs = Math.abs(difference) > JITTER_MS ? difference : 0
  }
}

/** Return the time at the server, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + aheadMs
}

/** Return what this browser's clock shows at a time of the server. */
export function localTime(iso: string): number {
  return Date.parse(iso) - aheadMs
}
