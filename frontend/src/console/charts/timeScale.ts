/** A scale from times to places, 0 to 1, on which long idle times can be collapsed. */

export type Span = { start: number; end: number }
export type Gap = { at: number; width: number; skipped: number }
export type TimeScale = {
  place: (time: number) => number
  /** The collapsed idle times: where they are, and how much time each of them hides. */
  gaps: Gap[]
  /** The length of the whole, without what is collapsed. */
  length: number
}

const GAP_SHARE = 0.04
const MIN_IDLE_SHARE = 0.15

/** Return the scale of these spans. An idle time of a sixth of the whole or more is collapsed. */
export function createTimeScale(spans: readonly Span[], isCollapsed: boolean): TimeScale {
  const start = Math.min(...spans.map((span) => span.start))
  const end = Math.max(...spans.map((span) => span.end))
  const whole = Math.max(end - start, 1)
  const idle = isCollapsed
    ? findIdle(spans).filter((span) => span.end - span.start >= whole * MIN_IDLE_SHARE)
    : []
  const skippedInAll = idle.reduce((sum, span) => sum + span.end - span.start, 0)
  const busyShare = 1 - idle.length * GAP_SHARE
  const busy = Math.max(whole - skippedInAll, 1)
  const place = (time: number) => {
    const before = idle.filter((span) => span.end <= time)
    const within = idle.find((span) => span.start < time && time < span.end)
    const skipped = before.reduce((sum, span) => sum + span.end - span.start, 0)
    const clock = within === undefined ? time : within.start
    return ((clock - start - skipped) / busy) * busyShare + before.length * GAP_SHARE
  }
  const gaps = idle.map((span) => ({
    at: place(span.start),
    width: GAP_SHARE,
    skipped: span.end - span.start,
  }))
  return { place, gaps, length: busy }
}

/** Return the times between the spans at which nothing is going on. */
export function findIdle(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start)
  const idle: Span[] = []
  let busyUntil = sorted[0]?.start ?? 0
  for (const span of sorted) {
    if (span.start > busyUntil) idle.push({ start: busyUntil, end: span.start })
    busyUntil = Math.max(busyUntil, span.end)
  }
  return idle
}
