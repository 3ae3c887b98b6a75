import { createFormat } from '../../../ui/i18n/format'
import type { Draft } from '../../parts/draft'
import type { Order } from '../queries'
import type { Action } from './actions'
import { readAmount } from './amount'
import { texts } from './texts'

const format = createFormat('en')

/** Return the words of the button that does it: a refund names its amount. */
export function confirmText(action: Action, draft: Draft, order: Order | undefined): string {
  if (action.signal !== 'refund' || order === undefined) return action.verb
  const { decimals, currency } = order.money
  const amount = readAmount(draft.amount ?? '', decimals)
  return amount === null ? action.verb : texts.refund(format.money(amount, currency))
}
