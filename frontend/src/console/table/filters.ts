declare module '@tanstack/react-router' {
  interface HistoryState {
    /** An earlier page of the same list lies behind this one in the browser's history. */
    hasEarlierPage?: boolean
  }
}

export type ListSearch = { cursor?: string | undefined } & Readonly<
  Record<string, string | undefined>
>
type Texts = Readonly<Record<string, string | undefined>>

/** Where a list is, beside what it shows: a change of these is no change of the filters. */
const PLACES: ReadonlySet<string> = new Set(['cursor', 'sort'])

/** Return the filters of a search as one text, to compare them. */
export function filtersText(search: Texts): string {
  return Object.entries(search)
    .filter(([name, value]) => value !== undefined && !PLACES.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')
}

/** Return whether a search has filters. */
export function isFiltered(search: Texts): boolean {
  return filtersText(search) !== ''
}
