import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import { consoleKey } from '../live/keys'
import { polledQuery } from '../live/polled'
import { choiceOf, type TextSearch } from '../search'

/** The filters of the list of executions, as they stand in the URL. */
export type ExecutionSearch = TextSearch<
  | 'machine'
  | 'state'
  | 'key'
  | 'olderThan'
  | 'stuck'
  | 'waitingFor'
  | 'failedActivity'
  | 'q'
  | 'sort'
  | 'cursor'
>

const SORTS = ['newest', 'oldest', 'changed'] as const

/** A page of the executions that match. */
export function executionsQuery(search: ExecutionSearch) {
  const query = {
    ...search,
    sort: choiceOf(search.sort, SORTS),
  }
  return polledQuery('executions', 'GET /admin/executions', { query })
}

const NAMES_STALE_MS = 600_000

/** The machines with their states, for the choices of filters: they change with a deployment. */
export const machineNamesQuery = queryOptions({
  queryKey: consoleKey('machine-names'),
  queryFn: ({ signal }) => call('GET /admin/machines', { signal }),
  staleTime: NAMES_STALE_MS,
})
