import { useSyncExternalStore } from 'react'
import type { Tone } from '../../ui/StateBadge'

/** Short messages about what an action did. Failures stay until they are closed. */
export type Toast = { id: number; tone: Tone; text: string }

const SHOWN_MS = 6000
const MAX_TOASTS = 4

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

export function showToast(tone: Tone, text: string): void {
  lastId += 1
  const id = lastId
  publish([...toasts, { id, tone, text }].slice(-MAX_TOASTS))
  if (tone !== 'failed') setTimeout(() => closeToast(id), SHOWN_MS)
}

export function closeToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id))
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts)
}

function publish(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
