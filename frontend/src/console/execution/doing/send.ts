import { call } from '../../../api/client'
import type { Draft } from '../../parts/draft'
import type { Execution, Order } from '../queries'
import { type Action, fieldsOf } from './actions'
import { readAmount } from './amount'

type Sending = {
  action: Action
  execution: Execution
  order: Order | undefined
  draft: Draft
  ifVersion: number
  idempotencyKey: string
}

export type Answer = { kind: 'order'; body: Order } | { kind: 'execution'; body: Execution }

/** Send an action, in the version that the operator saw. Returns the new row. */
export async function sendAction(sending: Sending): Promise<Answer> {
  const { action, order, execution, draft, ifVersion } = sending
  const isServed = order?.options.some((option) => option.action === action.signal) ?? false
  if (isServed && order !== undefined) {
    return { kind: 'order', body: await sendToOrder(sending, order) }
  }
  const { machine, id } = execution
  const body = await call('POST /admin/executions/{machine}/{id}/signals', {
    path: { machine, id },
    body: {
      signal: action.signal,
      fields: fieldsOf(action, draft),
      reason: draft.reason?.trim() ?? '',
      ifVersion,
    },
  })
  return { kind: 'execution', body }
}

/** Send one of an order's own actions, which check more than the arrows of its machine. */
function sendToOrder(sending: Sending, order: Order): Promise<Order> {
  const { action, draft, ifVersion, idempotencyKey } = sending
  const path = { orderId: order.id }
  const { carrier = '', trackingNumber = '', amount = '' } = draft
  const reason = draft.reason?.trim() ?? ''
  switch (action.signal) {
    case 'ship':
      return call('POST /admin/orders/{orderId}/ship', {
        path,
        body: { carrier: carrier.trim(), trackingNumber: trackingNumber.trim(), ifVersion },
      })
    case 'deliver':
      return call('POST /admin/orders/{orderId}/deliver', {
        path,
        body: { ifVersion, reason: reason === '' ? null : reason },
      })
    case 'cancel':
      return call('POST /admin/orders/{orderId}/cancel', { path, body: { ifVersion, reason } })
    case 'accept':
      return call('POST /admin/orders/{orderId}/accept', { path, body: { ifVersion, reason } })
    default:
      return call('POST /admin/orders/{orderId}/refund', {
        path,
        body: {
          amount: readAmount(amount, order.money.decimals),
          currency: order.money.currency,
          reason,
        },
        idempotencyKey,
      })
  }
}
