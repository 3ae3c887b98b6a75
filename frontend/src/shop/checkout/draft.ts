import { type Address, ADDRESS_FIELDS, EMPTY_ADDRESS } from './address'

/**
 * What was typed in the checkout, kept for this tab: it survives reloads and another sign-in of
 * the same person. Cards are never in it.
 */

export type Draft = {
  delivery: Address
  /** Null while the bill goes to the address of the delivery. */
  billing: Address | null
  isSaved: boolean
}

const STORAGE_KEY = 'checkout'

/** Return what this person has typed in this tab, or null. */
export function readDraft(userId: string): Draft | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null')
    if (!isRecord(stored) || stored.userId !== userId) return null
    return {
      delivery: readAddress(stored.delivery),
      billing: isRecord(stored.billing) ? readAddress(stored.billing) : null,
      isSaved: stored.isSaved === true,
    }
  } catch {
    return null
  }
}

export function writeDraft(userId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ userId, ...draft }))
  } catch {
    // Storage is blocked: what was typed lasts as long as this page.
  }
}

export function clearDraft(): void {
  try {
    sessionStorage.removeItem(STORAGE_KEY)
  } catch {
    // Storage is blocked: nothing was written.
  }
}

function readAddress(stored: unknown): Address {
  const address = { ...EMPTY_ADDRESS }
  if (!isRecord(stored)) return address
  for (const field of ADDRESS_FIELDS) {
    const value = stored[field]
    if (typeof value === 'string') address[field] = value
  }
  return address
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
