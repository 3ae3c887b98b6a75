/** A sign-in that waits for its code. It survives a reload of the tab. */
export type PendingSignIn = {
  email: string
  loginId: string
  /** When the code was requested, in milliseconds since 1970. */
  requestedAt: number
}

const STORAGE_KEY = 'pending-sign-in'
const LIFETIME_MS = 10 * 60 * 1000
/** How long the server sends no second code to an address, unless it says otherwise. */
export const RESEND_AFTER_MS = 60_000

/** Return the sign-in that this tab waits for, or null. */
export function readPending(now: number = Date.now()): PendingSignIn | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null')
    return isPending(stored) && now - stored.requestedAt < LIFETIME_MS ? stored : null
  } catch {
    return null
  }
}

/** Remember a sign-in, or with null forget it. */
export function writePending(pending: PendingSignIn | null): void {
  try {
    if (pending === null) sessionStorage.removeItem(STORAGE_KEY)
    else sessionStorage.setItem(STORAGE_KEY, JSON.stringify(pending))
  } catch {
    // Storage is blocked: after a reload the person asks for another code.
  }
}

function isPending(value: unknown): value is PendingSignIn {
  return (
    typeof value === 'object' &&
    value !== null &&
    'email' in value &&
    typeof value.email === 'string' &&
    'loginId' in value &&
    typeof value.loginId === 'string' &&
    'requestedAt' in value &&
    typeof value.requestedAt === 'number'
  )
}
