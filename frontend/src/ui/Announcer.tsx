import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let current = { text: '', number: 0 }

/** Tell screen readers what has just happened, where nothing else on the page says so. */
export function announce(text: string): void {
  current = { text, number: current.number + 1 }
  for (const listener of listeners) listener()
}

/** The region from which screen readers read announcements. The frame has one. */
export function Announcer() {
  const { text, number } = useSyncExternalStore(subscribe, () => current)
  return (
    <div role="status" className="visually-hidden">
      {/* The key makes a repeated text a new one. */}
      <span key={number}>{text}</span>
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
