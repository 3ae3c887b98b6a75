import { call } from '../../api/client'
import type { OpenSession, RoleChange } from '../../api/types'
import { saveFile } from '../parts/saveFile'
import type { Answer } from '../parts/useQuestion'
import type { Person, RoleName } from './queries'
import { texts } from './texts'

/** A change to a person that an operator can make. */
export type Change =
  | { kind: 'grant' | 'revoke'; role: RoleName }
  | { kind: 'suspend' | 'reinstate' | 'endSessions' | 'export' | 'erase' }
  | { kind: 'endSession'; session: OpenSession }

type Sender = (person: Person, change: Change, answer: Answer) => Promise<unknown>

/** Send a change. Throws what the client throws. */
export function sendChange(person: Person, change: Change, answer: Answer): Promise<unknown> {
  return SENDERS[change.kind](person, change, answer)
}

const SENDERS: Record<Change['kind'], Sender> = {
  grant: (person, change, { reason }) => changeRoles(person, { grant: roleNameOf(change), reason }),
  revoke: (person, change, { reason }) =>
    changeRoles(person, { revoke: roleNameOf(change), reason }),
  suspend: (person, _, { reason }) =>
    call('POST /admin/users/{userId}/suspend', { path: pathOf(person), body: { reason } }),
  reinstate: (person, _, { reason }) =>
    call('POST /admin/users/{userId}/reinstate', { path: pathOf(person), body: { reason } }),
  endSessions: (person, _, { reason }) =>
    call('DELETE /admin/users/{userId}/sessions', { path: pathOf(person), query: { reason } }),
  endSession: (person, change, { reason }) =>
    call('DELETE /admin/users/{userId}/sessions/{sessionId}', {
      path: { ...pathOf(person), sessionId: 'session' in change ? change.session.id : '' },
      query: { reason },
    }),
  export: async (person, _, { reason }) => {
    const options = { path: pathOf(person), body: { reason } }
    const data = await call('POST /admin/users/{userId}/export', options)
    saveFile(`${person.email}.json`, JSON.stringify(data, null, 2), 'application/json')
  },
  erase: (person, _, { reason, typed = '' }) =>
    call('POST /admin/users/{userId}/erase', {
      path: pathOf(person),
      body: { email: typed.trim(), reason },
    }),
}

function changeRoles(person: Person, body: RoleChange): Promise<unknown> {
  return call('POST /admin/users/{userId}/roles', { path: pathOf(person), body })
}

function pathOf({ id }: Person) {
  return { userId: id }
}

function roleNameOf(change: Change): RoleName | undefined {
  return 'role' in change ? change.role : undefined
}

export function roleOf(change: Change): string {
  return 'role' in change ? change.role : ''
}

/** Return the words about a change when it is done. */
export function doneText(change: Change, email: string): string {
  return texts.changes[change.kind].done(email, roleOf(change))
}
