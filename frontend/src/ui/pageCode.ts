import { NetworkError } from '../api/problem'

/** The code of pages that load when they are opened. A deployment deletes it below an open tab. */

const RELOADED_AT = 'reloaded-at'
const MIN_RELOAD_INTERVAL_MS = 60_000

/** The server is up, and has other code than the open page asks for. */
export class OutdatedPageError extends Error {
  constructor(cause: unknown) {
    super('The code of the page is not on the server any more', { cause })
    this.name = 'OutdatedPageError'
  }
}

/** Return the module that `loading` resolves to. Rejects with NetworkError or OutdatedPageError. */
export async function loadCode<Module>(
  loading: Promise<Module>,
  isServerUp: () => Promise<boolean> = probeServer,
): Promise<Module> {
  try {
    return await loading
  } catch (error) {
    // Offline, a reload would replace the page by the browser's own.
    throw (await isServerUp()) ? new OutdatedPageError(error) : new NetworkError(error)
  }
}

/** Return whether the page may reload: a file that stays missing must not make a loop. */
export function canReload(now: number): boolean {
  try {
    const last = Number(sessionStorage.getItem(RELOADED_AT))
    return Math.abs(now - last) >= MIN_RELOAD_INTERVAL_MS
  } catch {
    // Storage is blocked: a loop could not be noticed.
    return false
  }
}

/** Note the time of a reload. */
export function noteReload(now: number): void {
  sessionStorage.setItem(RELOADED_AT, String(now))
}

async function probeServer(): Promise<boolean> {
  try {
    return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}
