import type { RefundState } from '../../api/types'

/** What became of a refund for its buyer: a failed one may have been made again. */
export type RefundOutcome = RefundState | 'Replaced'

type Facts = { status: RefundState; amount: number }

/** Return the refunds of an order, oldest first, each with its outcome. */
export function withOutcomes<Refund extends Facts>(
  refunds: readonly Refund[],
): Array<Refund & { outcome: RefundOutcome }> {
  return refunds.map((refund, place) => {
    const isReplaced = refunds
      .slice(place + 1)
      .some(({ status, amount }) => status !== 'Failed' && amount >= refund.amount)
    const outcome = refund.status === 'Failed' && isReplaced ? 'Replaced' : refund.status
    return { ...refund, outcome }
  })
}
