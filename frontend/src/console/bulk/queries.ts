import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import type { BulkRequest, BulkResultState, BulkState, DryRunView } from '../../api/types'
import { consoleKey } from '../live/keys'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'
import { choiceOf, type TextSearch } from '../search'

export type BulkSearch = TextSearch<'cursor'>
export type ResultSearch = TextSearch<'state' | 'cursor'>

/** The rows of a job and the change, before its dry run. */
export type BulkStart = Required<Pick<BulkRequest, 'action'>> &
  Pick<BulkRequest, 'filter' | 'ids' | 'signal'>

export const RESULT_STATES = [
  'waiting',
  'changed',
  'unchanged',
  'refused',
] as const satisfies readonly BulkResultState[]

export const BULK_KINDS: Record<BulkState, StateKind> = {
  Running: 'underWay',
  Paused: 'waiting',
  Failed: 'wrong',
  Done: 'good',
  Cancelled: 'ended',
}

export const RESULT_KINDS: Record<BulkResultState, StateKind> = {
  waiting: 'waiting',
  changed: 'good',
  unchanged: 'ended',
  refused: 'wrong',
}

/** A page of the jobs, newest first. */
export function jobsQuery(query: BulkSearch) {
  return polledQuery('bulk', 'GET /admin/bulk', { query })
}

/** One job with its numbers. */
export function jobQuery(bulkId: string) {
  return polledQuery('bulk', 'GET /admin/bulk/{bulkId}', { path: { bulkId } })
}

/** A page of the results of a job's rows. */
export function resultsQuery(bulkId: string, { state, cursor }: ResultSearch) {
  return polledQuery('bulk', 'GET /admin/bulk/{bulkId}/results', {
    path: { bulkId },
    query: { cursor, state: choiceOf(state, RESULT_STATES) },
  })
}

/** The dry run of a job: how many rows match, some of them, and the token that begins the job. */
export function dryRunQuery(start: BulkStart) {
  return queryOptions({
    queryKey: consoleKey('bulk-dry-run', start),
    queryFn: async ({ signal }): Promise<DryRunView> => {
      const answer = await call('POST /admin/bulk', { body: { ...start, dryRun: true }, signal })
      if (!('token' in answer)) throw new Error('the answer to a dry run has no token')
      return answer
    },
    // A count is of its moment: the next dialog counts again.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
}
