import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { withOutcomes } from './refunds'
import { useOrderWords } from './words'

/** A sentence for each amount that goes back to the buyer, or went. */
export function Returns({ refunds }: Pick<OrderSummary, 'refunds'>) {
  const words = useOrderWords()
  const format = useFormat()
  return withOutcomes(refunds).map(({ id, amount, currency, outcome }) => (
    <p key={id}>{words.returns[outcome](format.money(amount, currency))}</p>
  ))
}
