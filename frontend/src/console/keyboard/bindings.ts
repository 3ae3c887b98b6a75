import { useSyncExternalStore } from 'react'

/** The keys of the console. Parts add theirs while they are on the page; the newest win. */

export type Binding = {
  /** One key, such as `j` or `Enter`, or a sequence, such as `g e`. `Mod+k` is ⌘K or Ctrl K. */
  keys: string
  /** The help dialog says this about the keys. */
  label: string
  run: () => void
}

const MAX_PAUSE_MS = 1200

let groups: readonly (readonly Binding[])[] = []
let isHelpOpen = false
let typed: { key: string; at: number } | null = null
const listeners = new Set<() => void>()

/** Add bindings. Returns the function that removes them. */
export function addBindings(bindings: readonly Binding[]): () => void {
  groups = [...groups, bindings]
  publish()
  return () => {
    groups = groups.filter((group) => group !== bindings)
    publish()
  }
}

/** Run the binding that a pressed key completes. Returns whether there is one. */
export function press(key: string, now: number): boolean {
  const first = typed !== null && now - typed.at < MAX_PAUSE_MS ? typed.key : null
  typed = { key, at: now }
  const binding = (first === null ? undefined : findBinding(`${first} ${key}`)) ?? findBinding(key)
  if (binding === undefined) return false
  typed = null
  binding.run()
  return true
}

function findBinding(keys: string): Binding | undefined {
  return allBindings(groups).find((binding) => binding.keys === keys)
}

/** Return the bindings in force, the newest first; of equal keys only the newest. */
export function allBindings(all: readonly (readonly Binding[])[]): Binding[] {
  const byKeys = new Map<string, Binding>()
  for (const binding of all.toReversed().flat()) {
    if (!byKeys.has(binding.keys)) byKeys.set(binding.keys, binding)
  }
  return [...byKeys.values()]
}

export function useBindings(): Binding[] {
  return allBindings(useSyncExternalStore(subscribe, () => groups))
}

export function showKeyHelp(): void {
  isHelpOpen = true
  publish()
}

export function hideKeyHelp(): void {
  isHelpOpen = false
  publish()
}

export function useKeyHelp(): boolean {
  return useSyncExternalStore(subscribe, () => isHelpOpen)
}

function publish(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
