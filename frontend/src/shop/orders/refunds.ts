import type { RefundState } from '../../api/types'

/** What became of a refund for its buyer: a failed one may have been made again. */
export type RefundOutcome = RefundState | 'Replaced'

/** Return the outcome of each refund of an order, oldest first. */
export function outcomesOf(
  refunds: ReadonlyArray<{ status: RefundState; amount: number }>,
): RefundOutcome[] {
  return refunds.map(({ status, amount }, place) => {
    const isReplaced = refunds
      .slice(place + 1)
      .some((later) => later.status !== 'Failed' && later.amount >= amount)
    return status === 'Failed' && isReplaced ? 'Replaced' : status
  })
}
