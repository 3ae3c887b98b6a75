import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

/** Whether the console follows the server. Pages fetch nothing by themselves while it is paused. */

const listeners = new Set<() => void>()
let isPaused = false

export type LiveStatus = 'live' | 'paused' | 'offline'

export function setPaused(paused: boolean): void {
  isPaused = paused
  for (const listener of listeners) listener()
}

/** Return whether the console is live, paused by the operator, or without a connection. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(subscribe, readStatus)
}

export function readStatus(): LiveStatus {
  if (!onlineManager.isOnline()) return 'offline'
  return isPaused ? 'paused' : 'live'
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  const unsubscribe = onlineManager.subscribe(listener)
  return () => {
    listeners.delete(listener)
    unsubscribe()
  }
}
