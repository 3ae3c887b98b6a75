import { createFormat } from '../../../ui/i18n/format'
import { shortId } from '../../parts/Id'
import type { Comparison } from '../queries'
import { texts } from './texts'

const format = createFormat('en')

export type ComparedRow = { name: string; book: string; bank: string; isDifferent: boolean }

/** Return the figures of an order in the book and at the bank, side by side. */
export function compareRows({ book, bank, differences }: Comparison): ComparedRow[] {
  const unknown = bank === null ? '–' : texts.missing
  const rows = [
    row(texts.state, book.state, bank?.status ?? unknown, isNamed('state', 'status')),
    row(
      texts.received,
      money({ amount: book.received, currency: book.currency }),
      bank === null ? unknown : money({ amount: bank.received, currency: bank.currency }),
      isNamed('received', 'captured', 'currency'),
    ),
  ]
  const ids = new Set([
    ...book.refunds.map(({ stripeId, id }) => stripeId ?? id),
    ...(bank?.refunds ?? []).map(({ stripeId }) => stripeId),
  ])
  for (const id of ids) {
    const ours = book.refunds.find((refund) => (refund.stripeId ?? refund.id) === id)
    const theirs = bank?.refunds.find(({ stripeId }) => stripeId === id)
    const isDifferent = differences.some(({ field }) => field.includes(id))
    const absent = ours !== undefined && isAwaited(ours) ? texts.notYet : '–'
    rows.push(
      row(
        texts.refundRow(shortId(id)),
        ours === undefined ? texts.missing : money(ours),
        theirs === undefined ? (isDifferent ? unknown : absent) : money(theirs),
        isDifferent,
      ),
    )
  }
  return rows

  function isNamed(...names: string[]): boolean {
    return differences.some(({ field }) => names.includes(field))
  }
}

/** Return whether a refund was asked for here, and Stripe does not have it yet: no difference. */
export function isAwaited({ stripeId, state }: Comparison['book']['refunds'][number]): boolean {
  return stripeId === null && state === 'Requested'
}

function row(name: string, book: string, bank: string, isDifferent: boolean): ComparedRow {
  return { name, book, bank, isDifferent }
}

function money({ amount, currency }: { amount: number; currency: string }): string {
  return format.money(amount, currency)
}
