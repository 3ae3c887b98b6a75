/** Return whether a text has every word of a query. */
export function matches(query: string, text: string): boolean {
  const lower = text.toLowerCase()
  const words = query.toLowerCase().split(/\s+/)
  return words.every((word) => lower.includes(word))
}

/** Return the place after `current` in a list that goes round, or zero in an empty list. */
export function step(current: number, by: number, count: number): number {
  return count === 0 ? 0 : (current + by + count) % count
}
