import type { Operations } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { TextSearch } from '../search'

export type AuditSearch = TextSearch<'actor' | 'action' | 'subject' | 'since' | 'until' | 'cursor'>
type AuditQuery = Operations['GET /admin/audit']['query']

/** The query of a page of the audit. */
export function auditQuery(search: AuditSearch) {
  return polledQuery('audit', 'GET /admin/audit', { query: filtersOf(search) })
}

/** Return the filters of the audit as the API takes them: days become times, of this zone. */
export function filtersOf({ since, until, ...rest }: AuditSearch): AuditQuery {
  return { ...rest, since: beginning(since, 0), until: beginning(until, 1) }
}

/** Return when the day `after` a day begins. What is no day goes to the server, which says so. */
function beginning(day: string | undefined, after: number): string | undefined {
  if (day === undefined) return undefined
  const date = new Date(`${day}T00:00:00`)
  if (Number.isNaN(date.getTime())) return day
  date.setDate(date.getDate() + after)
  return date.toISOString()
}

/** The groups of actions, as the audit names them: each begins with its subject. */
export const ACTION_GROUPS = [
  'users',
  'orders',
  'products',
  'activities',
  'signals',
  'machines',
  'control',
  'bulk',
  'notices',
  'audit',
] as const
