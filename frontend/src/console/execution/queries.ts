import { call } from '../../api/client'
import type { Operations } from '../../api/types'
import { consoleKey } from '../live/keys'
import { polledQuery } from '../live/polled'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

export type Execution = Operations['GET /admin/executions/{machine}/{id}']['response']
export type Entry = Execution['timeline'][number]
export type Fact = Execution['facts'][number]
export type Signal = Execution['signals'][number]
export type Related = Execution['children'][number]
export type Order = Operations['GET /admin/orders/{orderId}']['response']
export type Comparison = Operations['GET /admin/orders/{orderId}/bank']['response']

/** The size of the pages of a timeline; the largest that the server gives. */
const PAGE_SIZE = 200

/** The address of an execution. */
export type Place = { machine: string; id: string }

/** An execution with all that its page shows at first. Pages poll it. */
export function executionQuery({ machine, id }: Place) {
  return polledQuery('execution', 'GET /admin/executions/{machine}/{id}', { path: { machine, id } })
}

/** The whole timeline, page after page, newest first. */
export function timelineQuery({ machine, id }: Place) {
  return infiniteQueryOptions({
    queryKey: consoleKey('timeline', machine, id),
    queryFn: ({ pageParam, signal }) =>
      call('GET /admin/executions/{machine}/{id}/timeline', {
        path: { machine, id },
        query: { cursor: pageParam, size: PAGE_SIZE },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: Infinity,
  })
}

/** An order with its money, its shipment, and what can be done with it. */
export function orderQuery(orderId: string) {
  return polledQuery('order', 'GET /admin/orders/{orderId}', { path: { orderId } })
}

/** The order beside Stripe's own view. Each fetch asks Stripe: only other rows repeat it. */
export function bankQuery({ id: orderId, payments, refunds }: Order) {
  const versions = [...payments, ...refunds].map(({ id, version }) => `${id} ${version}`)
  return queryOptions({
    queryKey: consoleKey('bank', orderId, versions),
    queryFn: ({ signal }) =>
      call('GET /admin/orders/{orderId}/bank', { path: { orderId }, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

/** A comparison of everything with Stripe, while it runs. */
export function reconciliationQuery(reconciliationId: string) {
  return polledQuery('reconciliation', 'GET /admin/reconciliations/{reconciliationId}', {
    path: { reconciliationId },
  })
}

/** The row as it was after a transition. The past does not change. */
export function versionQuery({ machine, id, version }: Place & { version: number }) {
  return queryOptions({
    queryKey: consoleKey('version', machine, id, version),
    queryFn: ({ signal }) =>
      call('GET /admin/executions/{machine}/{id}/versions/{version}', {
        path: { machine, id, version },
        signal,
      }),
    staleTime: Infinity,
  })
}

type PreviewInput = Place & {
  signal: string
  fields: Readonly<Record<string, string>>
  reason: string
  /** The version of the execution: in another one, the preview is another. */
  version: number
}

/** What an action would write, from a transaction that the server rolls back. */
export function previewQuery({ machine, id, version, signal: name, fields, reason }: PreviewInput) {
  return queryOptions({
    queryKey: consoleKey('preview', machine, id, version, name, fields, reason),
    queryFn: ({ signal }) =>
      call('POST /admin/executions/{machine}/{id}/preview', {
        path: { machine, id },
        body: { signal: name, fields: { ...fields }, ...(reason === '' ? {} : { reason }) },
        signal,
      }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
}
