import type { OrderPlaced, TrackedStatus } from '../../api/types'

/** The parts of Stripe.js that a payment needs. */
export type PaymentForm = {
  /** Check what was typed; false when the form shows what is wrong. */
  submit: () => Promise<boolean>
  confirm: (clientSecret: string, returnUrl: string) => Promise<Confirmation>
}

export type Confirmation = {
  /** The state of the intent, where Stripe gave it. */
  status: string | null
  error: { type: string; code: string | null; message: string } | null
}

/** The order as it was created, or as its status is now. */
export type Payable = Pick<OrderPlaced, 'clientSecret' | 'totalMinor' | 'referenceId'>

export type PayOptions = {
  form: PaymentForm
  /** The total on the button, in minor units. */
  shownMinor: number
  /** Create the order, or return the one of an earlier attempt. */
  place: () => Promise<Payable>
  /** Return the status, which waits at the server until the order can be paid or has ended. */
  loadStatus: (referenceId: string) => Promise<TrackedStatus>
  returnUrlOf: (referenceId: string) => string
}

export type PayOutcome =
  /** Stripe has the payment. */
  | { kind: 'paid'; referenceId: string }
  /** The bank takes its time: the customer has done their part. */
  | { kind: 'processing'; referenceId: string }
  /** The form shows what is wrong with the card. */
  | { kind: 'incomplete' }
  /** The order costs something else than the button said: nothing was confirmed. */
  | { kind: 'totalChanged'; referenceId: string }
  | { kind: 'declined'; referenceId: string; message: string }
  /** Stripe was not reached, or it or its form failed: the payment may have been made. */
  | { kind: 'unconfirmed'; referenceId: string }
  /** Stripe has not answered the server yet. */
  | { kind: 'notReady'; referenceId: string }
  /** The order has ended, or is ending. */
  | { kind: 'ended'; referenceId: string }

const MAX_STATUS_LOADS = 6
// Stripe was not reached, or failed itself, perhaps after the payment.
const UNKNOWN_OUTCOMES = new Set(['api_connection_error', 'api_error'])
// A voucher is paid elsewhere (requires_action).
const PROCESSING = new Set(['processing', 'requires_capture', 'requires_action'])

/**
 * Pay: check the form, create the order, confirm its payment.
 *
 * Repeating it is safe: one reference is one order, and one order is one intent, which takes one
 * successful payment. Throws what `place` and `loadStatus` throw before anything is confirmed.
 */
export async function pay(options: PayOptions): Promise<PayOutcome> {
  const { form, shownMinor, place, returnUrlOf } = options
  if (!(await form.submit())) return { kind: 'incomplete' }
  const order = await place()
  const { referenceId } = order
  if (order.totalMinor !== shownMinor) return { kind: 'totalChanged', referenceId }
  const secret = order.clientSecret ?? (await waitForSecret(referenceId, options))
  if (typeof secret !== 'string') return secret
  const confirmation = await form.confirm(secret, returnUrlOf(referenceId)).catch(() => null)
  if (confirmation === null) return { kind: 'unconfirmed', referenceId }
  const { status, error } = confirmation
  if (error === null) {
    if (status === 'succeeded') return { kind: 'paid', referenceId }
    const isProcessing = status !== null && PROCESSING.has(status)
    return { kind: isProcessing ? 'processing' : 'unconfirmed', referenceId }
  }
  if (error.code === 'payment_intent_unexpected_state') return settle(referenceId, options)
  if (error.type === 'validation_error') return { kind: 'incomplete' }
  if (UNKNOWN_OUTCOMES.has(error.type)) return { kind: 'unconfirmed', referenceId }
  return { kind: 'declined', referenceId, message: error.message }
}

/** Return whether the order's payment has been made, and not too late. */
export function isPaid({ status, payment }: Pick<TrackedStatus, 'status' | 'payment'>): boolean {
  if (status === 'Cancelled' || status === 'Failed') return false
  if (payment.status === 'Success') return true
  return status === 'Confirmed' || status === 'Shipped' || status === 'Delivered'
}

/** Return whether the payment was made, or is at the bank: there is nothing left to pay. */
export function isDone(order: Pick<TrackedStatus, 'status' | 'payment'>): boolean {
  return isPaid(order) || order.payment.processing
}

/** Return whether the order can no longer be paid, or will not be soon. */
export function hasEnded({ status, closing }: Pick<TrackedStatus, 'status' | 'closing'>): boolean {
  return closing || status === 'Cancelled' || status === 'Failed'
}

async function waitForSecret(
  referenceId: string,
  options: PayOptions,
  loadsLeft = MAX_STATUS_LOADS,
): Promise<string | PayOutcome> {
  if (loadsLeft === 0) return { kind: 'notReady', referenceId }
  const status = await options.loadStatus(referenceId)
  if (isPaid(status)) return { kind: 'paid', referenceId }
  if (hasEnded(status)) return { kind: 'ended', referenceId }
  if (status.payment.processing) return { kind: 'processing', referenceId }
  return status.clientSecret ?? waitForSecret(referenceId, options, loadsLeft - 1)
}

/** Ask the shop about an intent that Stripe would not confirm: paid, at the bank or cancelled. */
async function settle(referenceId: string, options: PayOptions): Promise<PayOutcome> {
  const status = await options.loadStatus(referenceId).catch(() => null)
  // It may be paid: no failure of ours says that nothing was charged.
  if (status === null) return { kind: 'unconfirmed', referenceId }
  if (isPaid(status)) return { kind: 'paid', referenceId }
  if (hasEnded(status)) return { kind: 'ended', referenceId }
  return { kind: status.payment.processing ? 'processing' : 'unconfirmed', referenceId }
}
