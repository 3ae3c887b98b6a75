/** The way in which a page learns of changes: hints on a stream, or requests that wait. */
export type Way = 'stream' | 'poll'

/**
 * How a stream has ended: it was closed on purpose (`left`: the page is hidden or left), there was
 * no ticket for it because the server was not reached (`offline`), it could not be opened, or it
 * was open for a time in milliseconds.
 */
export type StreamEnd = 'left' | 'offline' | 'unopened' | { openFor: number }

/** What a page remembers about its streams. Until `barredUntil` it opens no other. */
export type Experience = { losses: number; barredUntil: number }

export const NO_EXPERIENCE: Experience = { losses: 0, barredUntil: 0 }

// The process ends each stream after 15 minutes; one that ends much sooner was lost.
const MIN_STREAM_MS = 60_000
const MAX_LOSSES = 2
const BAR_MS = 300_000

/** Return the way to learn of changes now. */
export function wayAt(now: number, eventsUrl: string | null, { barredUntil }: Experience): Way {
  return eventsUrl !== null && now >= barredUntil ? 'stream' : 'poll'
}

/** Return what a page remembers after the end of a stream. */
export function learn(experience: Experience, end: StreamEnd, now: number): Experience {
  if (end === 'left' || end === 'offline') return experience
  if (end === 'unopened') return { losses: 0, barredUntil: now + BAR_MS }
  if (end.openFor >= MIN_STREAM_MS) return NO_EXPERIENCE
  const losses = experience.losses + 1
  return losses < MAX_LOSSES ? { losses, barredUntil: 0 } : { losses: 0, barredUntil: now + BAR_MS }
}
