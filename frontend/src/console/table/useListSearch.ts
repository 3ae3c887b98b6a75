import { useNavigate } from '@tanstack/react-router'
import type { ListSearch } from './filters'

/** The filters of a list as they stand in the URL, with the ways to other ones. */
export type ListPlace<Search extends ListSearch> = {
  search: Search
  /** Go to other filters, or to a page of the list, from where the browser leads back. */
  show: (search: Search, isNextPage?: boolean) => void
  /** Change some of the filters in place, and begin at the first page. */
  change: (changes: Search) => void
}

/** Return the place in a list of the search parameters that its page has read. */
export function useListSearch<Search extends ListSearch>(search: Search): ListPlace<Search> {
  const navigate = useNavigate()
  return {
    search,
    show: (next, isNextPage = false) =>
      void navigate({
        to: '.',
        search: next,
        resetScroll: !isNextPage,
        state: isNextPage ? { hasEarlierPage: true } : {},
      }),
    change: (changes) =>
      void navigate({
        to: '.',
        search: { ...search, ...changes, cursor: undefined },
        replace: true,
      }),
  }
}
