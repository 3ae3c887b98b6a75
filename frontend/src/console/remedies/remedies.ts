import { call } from '../../api/client'
import type { Role } from '../frame/me'

/** What an operator can do about a call or a message. */
export const REMEDIES = ['run-now', 'retry', 'abandon', 'cancel', 'pause', 'replay'] as const
export type Remedy = (typeof REMEDIES)[number]

/** The least role that may do it. */
export const ROLES: Record<Remedy, Role> = {
  'run-now': 'staff',
  retry: 'staff',
  replay: 'staff',
  abandon: 'admin',
  cancel: 'admin',
  pause: 'admin',
}

/** A call or a message that a remedy is for. */
export type Patient = { id: string; name: string; unknownOutcomes: number }

type Sending = { remedy: Remedy; reason: string; maybeSent?: boolean }

/** Do something about a call or a message. */
export function sendRemedy(
  { id, name }: Patient,
  { remedy, reason, maybeSent = false }: Sending,
): Promise<unknown> {
  const path = { activityId: id }
  const optional = { reason: reason === '' ? null : reason }
  switch (remedy) {
    case 'run-now':
      return call('POST /admin/activities/{activityId}/run-now', { path, body: optional })
    case 'retry':
      return call('POST /admin/activities/{activityId}/retry', { path, body: optional })
    case 'abandon':
      return call('POST /admin/activities/{activityId}/abandon', { path, body: { reason } })
    case 'cancel':
      return call('POST /admin/activities/{activityId}/cancel', {
        path,
        body: { reason, maybeSent },
      })
    case 'pause':
      return call('POST /admin/controls/pause', { body: { kind: 'activity', name, reason } })
    default:
      return call('POST /admin/signals/{signalId}/replay', {
        path: { signalId: id },
        body: optional,
      })
  }
}
