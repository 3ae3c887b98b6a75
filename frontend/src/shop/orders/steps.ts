import type { Step, StepKind } from '../../api/types'
import { messages } from '../../ui/i18n/language'

/** One sentence for each kind of step in the history of an order. */
export const useSentences = messages<Readonly<Record<StepKind, string>>>({
  en: {
    placed: 'You placed the order.',
    payment_requested: 'We asked for your payment.',
    payment_action_required: 'Your bank asked you to confirm the payment.',
    payment_processing: 'Your bank is processing the payment.',
    declined: 'Your bank declined the payment.',
    paid: 'Your payment arrived.',
    confirmed: 'The order was confirmed.',
    cancel_requested: 'A cancellation was requested.',
    cancelled: 'The order was cancelled.',
    expired: 'The time to pay ended.',
    failed: 'The order ended without a payment.',
    shipped: 'The parcel left.',
    delivered: 'The parcel arrived.',
    refund_requested: 'A refund was requested.',
    refunded: 'The money is on its way back to you.',
    refund_failed: 'The refund did not go through. We are looking into it.',
    receipt_sent: 'We emailed you a receipt.',
    failure_sent: 'We emailed you that the order was not paid.',
    cancellation_sent: 'We emailed you about the cancellation.',
    shipment_sent: 'We emailed you the tracking number.',
    delivery_sent: 'We emailed you about the delivery.',
    refund_sent: 'We emailed you about the refund.',
  },
  es: {
    placed: 'Hiciste el pedido.',
    payment_requested: 'Te pedimos el pago.',
    payment_action_required: 'Tu banco te pidió que confirmaras el pago.',
    payment_processing: 'Tu banco está procesando el pago.',
    declined: 'Tu banco rechazó el pago.',
    paid: 'Llegó tu pago.',
    confirmed: 'El pedido se confirmó.',
    cancel_requested: 'Se pidió la cancelación.',
    cancelled: 'El pedido se canceló.',
    expired: 'Se acabó el tiempo para pagar.',
    failed: 'El pedido terminó sin pago.',
    shipped: 'Salió el paquete.',
    delivered: 'Llegó el paquete.',
    refund_requested: 'Se pidió una devolución.',
    refunded: 'El dinero está en camino de vuelta.',
    refund_failed: 'La devolución no se pudo hacer. Lo estamos mirando.',
    receipt_sent: 'Te enviamos el recibo por correo.',
    failure_sent: 'Te avisamos por correo de que el pedido no se pagó.',
    cancellation_sent: 'Te avisamos por correo de la cancelación.',
    shipment_sent: 'Te enviamos el número de seguimiento por correo.',
    delivery_sent: 'Te avisamos por correo de la entrega.',
    refund_sent: 'Te avisamos por correo de la devolución.',
  },
})

/** A step that means something to the customer. */
export type KnownStep = Step & { kind: StepKind }

/** Return the steps that mean something to the customer. */
export function knownSteps(steps: readonly Step[]): KnownStep[] {
  return steps.filter((step): step is KnownStep => step.kind !== null)
}

/** Return whether a step is an email, which is told more quietly than what moved the order. */
export function isEmail(step: Step): boolean {
  return step.machine === 'email'
}
