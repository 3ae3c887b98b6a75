import type { PaletteItem } from './usePaletteItems'

type SearchResults = { items: PaletteItem[]; isSearching: boolean; error: Error | null }

/** Return what the server knows under a name or an id. */
export function useSearchResults(_query: string): SearchResults {
  return { items: [], isSearching: false, error: null }
}
