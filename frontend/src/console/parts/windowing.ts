/** The rows of a long list that are near the screen, so that only they are drawn. */

export type Window = { first: number; last: number }

/** Return the tops of rows with these heights; the last number is the height of all. */
export function topsOf(heights: readonly number[]): number[] {
  const tops = [0]
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height)
  return tops
}

/** Return the rows between two places, with some more on both sides. `last` is excluded. */
export function windowOf(
  tops: readonly number[],
  top: number,
  bottom: number,
  overscan: number,
): Window {
  const count = tops.length - 1
  const first = Math.max(0, rowAt(tops, top) - overscan)
  const last = Math.min(count, rowAt(tops, bottom) + 1 + overscan)
  return { first, last }
}

/** Return the row at a place, by halving. */
function rowAt(tops: readonly number[], place: number): number {
  let low = 0
  let high = Math.max(0, tops.length - 2)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((tops[middle] ?? 0) <= place) low = middle
    else high = middle - 1
  }
  return low
}
