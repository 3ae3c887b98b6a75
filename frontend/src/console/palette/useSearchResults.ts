import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { call } from '../../api/client'
import { consoleKey } from '../live/keys'
import type { PaletteItem } from './usePaletteItems'

const MIN_LENGTH = 2
const PAUSE_MS = 150

type SearchResults = { items: PaletteItem[]; isSearching: boolean; error: Error | null }

function searchQuery(q: string) {
  return queryOptions({
    queryKey: consoleKey('search', q),
    queryFn: ({ signal }) => call('GET /admin/search', { query: { q }, signal }),
    enabled: q.length >= MIN_LENGTH,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

/** Return what the server knows under an id, a key or an address, once typing has paused. */
export function useSearchResults(query: string): SearchResults {
  const router = useRouter()
  const settled = useSettled(query)
  const { data, isFetching, error } = useQuery(searchQuery(settled))
  const isShort = query.length < MIN_LENGTH
  const items = isShort ? [] : (data?.items ?? [])
  return {
    items: items.map(({ kind, id, title, subtitle, path }) => ({
      id: `${kind} ${id}`,
      title,
      subtitle,
      kind,
      run: () => router.history.push(path),
    })),
    isSearching: !isShort && (isFetching || settled !== query),
    error: isShort ? null : error,
  }
}

/** Return the value that has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
