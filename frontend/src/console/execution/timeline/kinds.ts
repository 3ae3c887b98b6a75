import type { Tone } from '../../../ui/StateBadge'
import type { Entry } from '../queries'

/** The kinds of entries, in the order of the filters. */
export const KINDS = ['transition', 'activity', 'email', 'signal', 'audit', 'ignored'] as const

export type Kind = (typeof KINDS)[number]

/** Return the kinds that a URL names; undefined is all of them. */
export function readKinds(text: string | undefined): readonly Kind[] {
  if (text === undefined) return KINDS
  const names = text.split(',')
  return KINDS.filter((kind) => names.includes(kind))
}

/** Return how a URL names kinds: all of them need no parameter. */
export function kindsText(kinds: readonly Kind[]): string | undefined {
  return kinds.length === KINDS.length || kinds.length === 0 ? undefined : kinds.join(',')
}

/** Return the kinds after one was switched. The first switch shows that kind alone. */
export function toggleKind(kinds: readonly Kind[], kind: Kind): readonly Kind[] {
  if (kinds.length === KINDS.length) return [kind]
  return KINDS.filter((each) => (each === kind) !== kinds.includes(each))
}

/** Return the entries of these kinds and, unless it is undefined, of this machine. */
export function filterEntries(
  entries: readonly Entry[],
  kinds: readonly Kind[],
  machine: string | undefined,
): Entry[] {
  return entries.filter(
    (entry) => kinds.includes(entry.kind) && (machine === undefined || entry.machine === machine),
  )
}

const TONES: Readonly<Record<string, Tone>> = {
  done: 'good',
  applied: 'good',
  failed: 'failed',
  abandoned: 'ended',
  cancelled: 'ended',
  ignored: 'ended',
  unmatched: 'failed',
  waiting: 'waiting',
  pending: 'waiting',
  queued: 'waiting',
  running: 'active',
}

/** Return the tone of the state of an activity or a message; undefined for other entries. */
export function toneOf(entry: Entry): Tone | undefined {
  return entry.state === null ? undefined : (TONES[entry.state] ?? 'active')
}

/** Return whether an email may have been sent twice: an attempt ended without an answer. */
export function mayBeTwice(entry: Entry): boolean {
  return entry.kind === 'email' && Number(entry.raw.unknown_outcomes ?? 0) > 0
}
