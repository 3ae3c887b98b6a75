import { useSyncExternalStore } from 'react'

/** Whether the drawer of the cart is open. Phones have the page of the cart instead. */

const WIDE = '(min-width: 800px)'
const listeners = new Set<() => void>()
let isOpen = false

export const cartDrawer = {
  /** Open the drawer. Returns false on a narrow screen, which has no place for it. */
  open(): boolean {
    if (!window.matchMedia(WIDE).matches) return false
    set(true)
    return true
  },
  close(): void {
    set(false)
  },
}

/** Return whether the drawer is open. */
export function useCartDrawer(): boolean {
  return useSyncExternalStore(subscribe, () => isOpen)
}

function set(next: boolean): void {
  isOpen = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
