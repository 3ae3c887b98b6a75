import type { OrderState, PaymentState } from '../../api/types'
import type { Tone } from '../../ui/StateBadge'
import type { PaymentMade } from './paymentMade'
import type { RefundOutcome } from './refunds'
import { messages } from '../../ui/i18n/language'

/**
 * What is true of an order for its buyer. It follows from what the server says about the order and
 * its payment; until the server hears of a payment it counts that one was made here.
 */
export type Situation =
  | 'preparing'
  | 'payable'
  | 'confirming'
  | 'declined'
  | 'closing'
  | 'reviewed'
  | 'confirmed'
  | 'shipped'
  | 'delivered'
  | 'cancelled'
  | 'failed'
  | 'late'

type Facts = {
  status: OrderState
  closing?: boolean
  payment: { status: PaymentState; processing?: boolean }
  refunds?: readonly unknown[]
}

/** Return the situation of an order. `made` is its payment, where it was made in this tab. */
export function situationOf(
  { status, closing = false, payment, refunds = [] }: Facts,
  made: PaymentMade | null = null,
): Situation {
  // It was paid after it had failed, or we had no money, and nothing would go back.
  const hasMoney = payment.status === 'Success' || refunds.length > 0
  if (status === 'Failed' && hasMoney) return 'late'
  if (status !== 'Pending') return ENDED[status]
  if (closing) return 'closing'
  if (payment.processing === true) return 'confirming'
  if (made !== null && payment.status === 'Initiated') return 'confirming'
  // Another card has paid since.
  if (made === 'succeeded' && payment.status === 'Declined') return 'confirming'
  return OPEN[payment.status]
}

const ENDED: Record<Exclude<OrderState, 'Pending'>, Situation> = {
  Confirmed: 'confirmed',
  Shipped: 'shipped',
  Delivered: 'delivered',
  Cancelled: 'cancelled',
  Failed: 'failed',
}

const OPEN: Record<PaymentState, Situation> = {
  Pending: 'preparing',
  Initiated: 'payable',
  Declined: 'declined',
  Cancelling: 'closing',
  Expiring: 'closing',
  // Paid, but the order is not confirmed: a person looks at it.
  Success: 'reviewed',
  Cancelled: 'closing',
  Failure: 'closing',
}

export const TONES: Record<Situation, Tone> = {
  preparing: 'waiting',
  payable: 'waiting',
  confirming: 'active',
  declined: 'failed',
  closing: 'active',
  reviewed: 'active',
  confirmed: 'good',
  shipped: 'done',
  delivered: 'done',
  cancelled: 'ended',
  failed: 'failed',
  late: 'ended',
}

/** The tone of an order in a list, where only its own state is known. */
export const STATE_TONES: Record<OrderState, Tone> = {
  Pending: 'waiting',
  Confirmed: 'good',
  Shipped: 'done',
  Delivered: 'done',
  Cancelled: 'ended',
  Failed: 'failed',
}

export const useOrderWords = messages({
  en: {
    states: {
      Pending: 'Waiting for payment',
      Confirmed: 'Paid',
      Shipped: 'On its way',
      Delivered: 'Delivered',
      Cancelled: 'Cancelled',
      Failed: 'Not paid',
    } satisfies Record<OrderState, string>,
    labels: {
      preparing: 'Preparing payment',
      payable: 'Waiting for payment',
      confirming: 'Payment on its way',
      declined: 'Card declined',
      closing: 'Being cancelled',
      reviewed: 'Being checked',
      confirmed: 'Paid',
      shipped: 'On its way',
      delivered: 'Delivered',
      cancelled: 'Cancelled',
      failed: 'Not paid',
      late: 'Paid too late',
    } satisfies Record<Situation, string>,
    sentences: {
      preparing: 'We are getting your payment ready. This takes a moment.',
      confirming:
        'Your part is done: we wait for the bank to confirm the payment. You need not pay again.',
      payable: 'Your things are reserved. The order is complete once it is paid.',
      declined: 'Nothing was charged. You can try another card.',
      closing: 'We are cancelling the payment at your bank. Nothing more is needed from you.',
      reviewed: 'We have your payment, and a person checks it. You hear from us by email.',
      confirmed: 'We have your payment. We are packing it.',
      shipped: 'Your parcel is on its way.',
      delivered: 'Your parcel has arrived. Enjoy it.',
      cancelled: 'This order was cancelled.',
      failed: 'This order was not paid in time, so we released your things. Nothing was charged.',
      late: 'The payment came after we had released your things, so it goes back to you.',
    } satisfies Record<Situation, string>,
    refunds: {
      Requested: 'on its way back',
      Submitted: 'on its way back',
      Succeeded: 'paid back',
      Failed: 'could not be paid back: we are looking into it',
      Replaced: 'could not be paid back at first',
    } satisfies Record<RefundOutcome, string>,
    returns: {
      Requested: (amount: string) => `${amount} is on its way back to you.`,
      Submitted: (amount: string) => `${amount} is on its way back to you.`,
      Succeeded: (amount: string) => `We have paid back ${amount}.`,
      Failed: (amount: string) => `${amount} could not be paid back yet. We are looking into it.`,
      Replaced: (amount: string) => `${amount} could not be paid back at first.`,
    } satisfies Record<RefundOutcome, (amount: string) => string>,
  },
  es: {
    states: {
      Pending: 'Pendiente de pago',
      Confirmed: 'Pagado',
      Shipped: 'En camino',
      Delivered: 'Entregado',
      Cancelled: 'Cancelado',
      Failed: 'No pagado',
    },
    labels: {
      preparing: 'Preparando el pago',
      payable: 'Pendiente de pago',
      confirming: 'Pago en camino',
      declined: 'Tarjeta rechazada',
      closing: 'Cancelándose',
      reviewed: 'En revisión',
      confirmed: 'Pagado',
      shipped: 'En camino',
      delivered: 'Entregado',
      cancelled: 'Cancelado',
      failed: 'No pagado',
      late: 'Pagado demasiado tarde',
    },
    sentences: {
      preparing: 'Estamos preparando tu pago. Es solo un momento.',
      confirming:
        'Has hecho tu parte: esperamos a que el banco confirme el pago. No hace falta que pagues otra vez.',
      payable: 'Tus artículos están reservados. El pedido se completa cuando lo pagues.',
      declined: 'No se ha cobrado nada. Puedes usar otra tarjeta.',
      closing: 'Estamos cancelando el pago en tu banco. No tienes que hacer nada más.',
      reviewed: 'Tenemos tu pago y una persona lo está revisando. Te escribiremos por correo.',
      confirmed: 'Tenemos tu pago. Lo estamos preparando.',
      shipped: 'Tu paquete está en camino.',
      delivered: 'Tu paquete ha llegado. Que lo disfrutes.',
      cancelled: 'Este pedido se canceló.',
      failed:
        'El pedido no se pagó a tiempo y hemos liberado tus artículos. No se ha cobrado nada.',
      late: 'El pago llegó cuando ya habíamos liberado tus artículos, así que te lo devolvemos.',
    },
    refunds: {
      Requested: 'en camino de vuelta',
      Submitted: 'en camino de vuelta',
      Succeeded: 'devueltos',
      Failed: 'no se han podido devolver: lo estamos mirando',
      Replaced: 'no se pudieron devolver al principio',
    },
    returns: {
      Requested: (amount) => `${amount} están en camino de vuelta.`,
      Submitted: (amount) => `${amount} están en camino de vuelta.`,
      Succeeded: (amount) => `Te hemos devuelto ${amount}.`,
      Failed: (amount) => `Aún no hemos podido devolver ${amount}. Lo estamos mirando.`,
      Replaced: (amount) => `Al principio no pudimos devolver ${amount}.`,
    },
  },
})
