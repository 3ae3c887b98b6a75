import { call } from '../../../api/client'
import type { Remedy } from './can'

type Sending = { remedy: Remedy; id: string; name: string; reason: string; mayBeSent: boolean }

/** Do something about a call or a message. */
export async function sendRemedy({ remedy, id, name, reason, mayBeSent }: Sending): Promise<void> {
  const path = { activityId: id }
  const optional = reason === '' ? {} : { reason }
  switch (remedy) {
    case 'run-now':
      await call('POST /admin/activities/{activityId}/run-now', { path, body: optional })
      break
    case 'retry':
      await call('POST /admin/activities/{activityId}/retry', { path, body: optional })
      break
    case 'abandon':
      await call('POST /admin/activities/{activityId}/abandon', { path, body: { reason } })
      break
    case 'cancel':
      await call('POST /admin/activities/{activityId}/cancel', {
        path,
        body: { reason, maybeSent: mayBeSent },
      })
      break
    case 'pause':
      await call('POST /admin/controls/pause', { body: { kind: 'activity', name, reason } })
      break
    default:
      await call('POST /admin/signals/{signalId}/replay', {
        path: { signalId: id },
        body: { reason },
      })
  }
}
