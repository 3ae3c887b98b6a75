import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { type Entry, type Execution, timelineQuery } from '../queries'

// An entry that a link names is looked for in as many pages: 200 entries each.
const MAX_SEARCHED_PAGES = 50

/**
 * Return the entries of a family, newest first: the page that is polled with the execution, and
 * the older ones that were asked for, or that have the `linked` entry.
 */
export function useTimeline(execution: Execution, linked: string | undefined) {
  const { machine, id, timeline, timelineNext } = execution
  const [hasAsked, setHasAsked] = useState(false)
  const isElsewhere = timelineNext !== null && linked !== undefined && !hasEntry(timeline, linked)
  const isEnabled = hasAsked || isElsewhere
  const pages = useInfiniteQuery({ ...timelineQuery({ machine, id }), enabled: isEnabled })
  const entries = useMemo(
    () => mergeEntries([timeline, ...(pages.data?.pages ?? []).map((page) => page.items)]),
    [timeline, pages.data],
  )
  const hasOlder = isEnabled && pages.data !== undefined ? pages.hasNextPage : timelineNext !== null
  const { hasNextPage, isFetching, fetchNextPage } = pages
  const isBegun = pages.data !== undefined
  const loadOlder = useCallback(() => {
    setHasAsked(true)
    // The first load fetches the page that is known already; it makes the chain whole.
    if (isBegun && hasNextPage && !isFetching) void fetchNextPage()
  }, [isBegun, hasNextPage, isFetching, fetchNextPage])
  const isSearching =
    isElsewhere &&
    hasNextPage &&
    !isFetching &&
    !hasEntry(entries, linked) &&
    (pages.data?.pages.length ?? 0) < MAX_SEARCHED_PAGES
  useEffect(() => {
    if (isSearching) void fetchNextPage()
  }, [isSearching, fetchNextPage])
  return { entries, hasOlder, isLoading: isFetching, error: pages.error, loadOlder }
}

/** Return all entries once, in the order of their first places. An entry's first version wins. */
export function mergeEntries(pages: readonly (readonly Entry[])[]): Entry[] {
  const byId = new Map<string, Entry>()
  for (const entry of pages.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry)
  return [...byId.values()]
}

function hasEntry(entries: readonly Entry[], id: string): boolean {
  return entries.some((entry) => entry.id === id)
}
