import { getRouteApi } from '@tanstack/react-router'
import type { EXECUTION_SEARCH, TextSearch } from '../search'

export type ExecutionSearch = TextSearch<(typeof EXECUTION_SEARCH)[number]>

const route = getRouteApi('/console/executions/$machine/$id')

/** Return the page's search parameters, and a function that changes some of them. */
export function useExecutionSearch(): [
  ExecutionSearch,
  (changes: ExecutionSearch, options?: { replace: boolean }) => void,
] {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  return [
    search,
    (changes, { replace } = { replace: true }) =>
      void navigate({
        search: (current) => ({ ...current, ...changes }),
        replace,
        resetScroll: false,
      }),
  ]
}
