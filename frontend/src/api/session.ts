import { isStatus } from './problem'

/**
 * The person's session in this browser. The access token lives in memory only; the refresh token
 * is a cookie that scripts cannot read. Tabs share a new token, and refresh one at a time.
 */

export type SessionStatus = 'unknown' | 'signedIn' | 'signedOut'

type Message = { kind: 'token'; token: string } | { kind: 'signedOut' }
type Renew = () => Promise<string>

const LOCK = 'projectx-session'
// Asking for a refresh without the cookie would only end in a 401.
const SIGNED_IN_FLAG = 'signed-in'

let token: string | null = null
let status: SessionStatus = readFlag() ? 'unknown' : 'signedOut'
let refreshing: Promise<boolean> | null = null
const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(LOCK)

channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'token') apply(data.token)
  else apply(null)
})

export const session = {
  get token(): string | null {
    return token
  },
  get status(): SessionStatus {
    return status
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  /** Begin a session with the token of a sign-in. */
  begin(newToken: string): void {
    apply(newToken)
    channel?.postMessage({ kind: 'token', token: newToken } satisfies Message)
  },
  /** Forget the session in all tabs. */
  end(): void {
    apply(null)
    channel?.postMessage({ kind: 'signedOut' } satisfies Message)
  },
  /**
   * Renew the token with `renew`, at most once at a time in all tabs, unless another tab has
   * replaced `stale` already. Returns whether the person is signed in. Throws network errors.
   */
  refresh(renew: Renew, stale: string | null): Promise<boolean> {
    refreshing ??= exclusively(() => renewUnlessReplaced(renew, stale)).finally(() => {
      refreshing = null
    })
    return refreshing
  },
}

async function renewUnlessReplaced(renew: Renew, stale: string | null): Promise<boolean> {
  if (token !== null && token !== stale) return true
  try {
    session.begin(await renew())
    return true
  } catch (error) {
    if (!isStatus(error, 401, 403)) throw error
    session.end()
    return false
  }
}

function exclusively(task: () => Promise<boolean>): Promise<boolean> {
  const locks: LockManager | null | undefined = navigator.locks
  // Without locks, as on plain HTTP, the server answers a repeated refresh with the same cookie.
  return locks ? locks.request(LOCK, task) : task()
}

function apply(newToken: string | null): void {
  token = newToken
  status = newToken === null ? 'signedOut' : 'signedIn'
  writeFlag(newToken !== null)
  for (const listener of listeners) listener()
}

function readFlag(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN_FLAG) === '1'
  } catch {
    return false
  }
}

function writeFlag(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(SIGNED_IN_FLAG, '1')
    else localStorage.removeItem(SIGNED_IN_FLAG)
  } catch {
    // Storage is blocked: the person signs in again after a reload.
  }
}
