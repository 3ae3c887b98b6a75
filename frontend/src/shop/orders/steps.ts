import type { Step } from '../../api/types'
import { messages } from '../../ui/i18n/language'

/** Sentences about what happened, by machine and signal. Steps without one are internal. */
const useSentences = messages<Readonly<Record<string, string>>>({
  en: {
    'order place': 'You placed the order.',
    'payment declined': 'Your bank declined the payment.',
    'order paid': 'Your payment arrived.',
    'order payment_failed': 'The payment did not arrive in time.',
    'order payment_cancelled': 'The order was cancelled before it was paid.',
    'order paid_while_cancelling': 'The order was cancelled; what was paid goes back.',
    'order paid_late': 'A payment arrived after the order had ended; it goes back.',
    'order cancel': 'The order was cancelled.',
    'order refunded': 'The payment was paid back, and the order was cancelled.',
    'order mispaid': 'The payment needs a look by a person.',
    'order accept': 'The payment was accepted.',
    'order ship': 'The parcel left.',
    'order deliver': 'The parcel arrived.',
    'refund request': 'A refund was requested.',
    'refund succeeded': 'The money is on its way to your card.',
    'refund failed': 'The refund did not go through. We are looking into it.',
  },
  es: {
    'order place': 'Hiciste el pedido.',
    'payment declined': 'Tu banco rechazó el pago.',
    'order paid': 'Llegó tu pago.',
    'order payment_failed': 'El pago no llegó a tiempo.',
    'order payment_cancelled': 'El pedido se canceló antes de pagarse.',
    'order paid_while_cancelling': 'El pedido se canceló; lo pagado se devuelve.',
    'order paid_late': 'Llegó un pago cuando el pedido ya había terminado; se devuelve.',
    'order cancel': 'El pedido se canceló.',
    'order refunded': 'El pago se devolvió y el pedido se canceló.',
    'order mispaid': 'El pago necesita que lo mire una persona.',
    'order accept': 'Se aceptó el pago.',
    'order ship': 'Salió el paquete.',
    'order deliver': 'Llegó el paquete.',
    'refund request': 'Se pidió una devolución.',
    'refund succeeded': 'El dinero va camino de tu tarjeta.',
    'refund failed': 'La devolución no se pudo hacer. Lo estamos mirando.',
  },
})

/** Return a function that says what happened in a step, or null for an internal one. */
export function useStepWords(): (step: Step) => string | null {
  const sentences = useSentences()
  return ({ machine, signal, ignored }) =>
    ignored ? null : (sentences[`${machine} ${signal}`] ?? null)
}
