import type { TargetView } from '../../api/types'

/** What each activity does, for who has to choose one to pause. Others have only their name. */
const ACTIVITIES: Readonly<Record<string, string>> = {
  'bulk.work': 'carries out bulk jobs',
  'emails.login_code': 'sends sign-in codes',
  'emails.new_device': 'tells a person of a sign-in on a new device',
  'emails.order_confirmed': 'tells customers that they have paid',
  'emails.order_failed': 'tells customers that an order has failed',
  'emails.order_cancelled': 'tells customers that an order is cancelled',
  'emails.order_shipped': 'tells customers that an order is on its way',
  'emails.order_delivered': 'tells customers that an order has arrived',
  'emails.order_refunded': 'tells customers of a refund',
  'payments.create_intent': 'begins payments; without it nobody can pay a new order',
  'payments.cancel_intent': 'ends payments of orders that are cancelled or not paid in time',
  'payments.cancel_orphan': 'ends payments that belong to no order',
  'payments.retrieve_intent': 'asks Stripe whether an order was paid, after an event that says so',
  'payments.poll_intent': 'asks Stripe whether an order was paid, when no event has come',
  'privacy.erase': 'erases personal data',
  'privacy.erase_recipient': 'erases an address at SendGrid',
  'reconciliation.events': 'retrieves events that did not arrive',
  'reconciliation.intents': 'compares payments with Stripe',
  'reconciliation.refunds': 'compares refunds with Stripe',
  'reconciliation.disputes': 'compares disputes with Stripe',
  'reconciliation.give_back': 'gives money of unknown orders back, on command',
  'refunds.submit': 'makes all refunds of orders',
  'refunds.list': 'asks Stripe what became of refunds',
}

/** Return the name of something that can be paused, with what it does. */
export function describeTarget({ kind, name }: TargetView): string {
  const does = kind === 'activity' ? ACTIVITIES[name] : undefined
  return does === undefined ? name : `${name}: ${does}`
}

/** Return what tells a target apart from all others, also in an address. */
export function keyOf({ kind, name }: TargetView): string {
  return `${kind} ${name}`
}
