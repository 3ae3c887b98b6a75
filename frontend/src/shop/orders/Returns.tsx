import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { outcomesOf } from './refunds'
import { useOrderWords } from './words'

/** A sentence for each amount that goes back to the buyer, or went. */
export function Returns({ refunds }: Pick<OrderSummary, 'refunds'>) {
  const words = useOrderWords()
  const format = useFormat()
  const outcomes = outcomesOf(refunds)
  return refunds.map(({ id, amount, currency, status }, place) => (
    <p key={id}>{words.returns[outcomes[place] ?? status](format.money(amount, currency))}</p>
  ))
}
