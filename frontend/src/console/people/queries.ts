import type { LoginState, OrderState, UserDetail, UserStatus } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'
import { choiceOf, type TextSearch } from '../search'

export type PeopleSearch = TextSearch<'q' | 'role' | 'status' | 'cursor'>
export type Person = UserDetail
export const ROLES = ['staff', 'admin'] as const
export type RoleName = (typeof ROLES)[number]
export const STATUSES = ['Active', 'Suspended', 'Inactive', 'Deleted'] as const

/** The query of a page of the list of people. */
export function peopleQuery({ q, role, status, cursor }: PeopleSearch) {
  const query = { q, cursor, role: choiceOf(role, ROLES), status: choiceOf(status, STATUSES) }
  return polledQuery('people', 'GET /admin/users', { query })
}

/** The query of one person. */
export function personQuery(userId: string) {
  return polledQuery('person', 'GET /admin/users/{userId}', { path: { userId } })
}

export const STATUS_KINDS: Record<UserStatus, StateKind> = {
  Active: 'good',
  Inactive: 'waiting',
  Suspended: 'wrong',
  Deleted: 'ended',
}

export const ORDER_KINDS: Record<OrderState, StateKind> = {
  Pending: 'waiting',
  Confirmed: 'good',
  Shipped: 'done',
  Delivered: 'done',
  Cancelled: 'ended',
  Failed: 'wrong',
}

export const LOGIN_KINDS: Record<LoginState, StateKind> = {
  CodePending: 'underWay',
  CodeSent: 'waiting',
  CodeUnsent: 'wrong',
  Succeeded: 'done',
  Locked: 'wrong',
  Expired: 'ended',
  Superseded: 'ended',
}

/** Return the full name of a person, or null. */
export function fullName({ firstName, lastName }: Pick<Person, 'firstName' | 'lastName'>) {
  return [firstName, lastName].filter((part) => part !== '').join(' ') || null
}
