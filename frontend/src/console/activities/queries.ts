import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import type { ActivityState, BulkFilter } from '../../api/types'
import { consoleKey } from '../live/keys'
import { polledQuery } from '../live/polled'
import { choiceOf, type TextSearch } from '../search'

/** The filters of the list of activities, as they stand in the URL. */
export type ActivitySearch = TextSearch<
  'state' | 'name' | 'machine' | 'subject' | 'error' | 'maybeSent' | 'givingUp' | 'cursor'
>

export const ACTIVITY_STATES = [
  'queued',
  'pending',
  'waiting',
  'running',
  'done',
  'failed',
  'abandoned',
] as const satisfies readonly ActivityState[]

/** A page of the activities that match. */
export function activitiesQuery({ state, ...search }: ActivitySearch) {
  const query = {
    ...search,
    state: choiceOf(state, ACTIVITY_STATES),
  }
  return polledQuery('activities', 'GET /admin/activities', { query })
}

/** One activity with its payload. */
export function activityQuery(activityId: string) {
  return polledQuery('activities', 'GET /admin/activities/{activityId}', { path: { activityId } })
}

const NAMES_STALE_MS = 600_000

/** The activities that the code knows, for the choices of filters: they change with a deployment. */
export const activityNamesQuery = queryOptions({
  queryKey: consoleKey('activity-names'),
  queryFn: ({ signal }) => call('GET /admin/activities/names', { signal }),
  select: ({ items }) => items,
  staleTime: NAMES_STALE_MS,
})

/** Return the filter of a bulk job over all activities that match, or null if no job can have it. */
export function bulkFilterOf(search: ActivitySearch): BulkFilter | null {
  const { state, name, machine, subject, error, maybeSent, givingUp } = search
  if (maybeSent !== undefined || givingUp !== undefined) return null
  return { state, name, machine, subject, error }
}
