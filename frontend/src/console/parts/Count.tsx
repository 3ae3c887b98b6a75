import { createFormat } from '../../ui/i18n/format'
import { texts } from './texts'

/** A count that may have stopped at a bound. */
export type Bounded = { number: number; isExact: boolean }

const format = createFormat('en')

/** Return a count in words: "≥ 1,000" if counting has stopped there. */
export function countText({ number, isExact }: Bounded): string {
  return isExact ? format.number(number) : texts.atLeast(format.number(number))
}

/** A count, with figures of equal width. */
export function Count({ value }: { value: Bounded }) {
  return <span className="tabular">{countText(value)}</span>
}
