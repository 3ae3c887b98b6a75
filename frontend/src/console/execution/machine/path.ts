import type { Entry, Execution } from '../queries'

/** A step of an execution through its machine. */
export type Step = { from: string | null; to: string; signal: string; version: number }

/** Return the steps of an execution up to a version, oldest first, as far as they are loaded. */
export function stepsOf(
  { id }: Pick<Execution, 'id'>,
  entries: readonly Entry[],
  version: number,
): Step[] {
  return entries
    .flatMap((entry) => {
      const isOwn = entry.executionId === id && entry.kind === 'transition'
      if (!isOwn || entry.to === null || entry.version === null) return []
      const { from, to, title: signal } = entry
      return [{ from, to, signal, version: entry.version }]
    })
    .filter((step) => step.version <= version)
    .toSorted((a, b) => a.version - b.version)
}
