import type { StockChange } from '../../api/types'
import { texts } from './texts'

export type StockMode = 'difference' | 'count'

const WHOLE = /^[+-]?\d{1,9}$/

type Correction = { mode: StockMode; text: string; stock: number }

/** Return the stock after a correction, or the words for why the text is none. */
export function readCorrection({ mode, text, stock }: Correction): number | string {
  // A minus sign that a text processor wrote counts as one.
  const plain = text.trim().replace('−', '-')
  if (!WHOLE.test(plain)) return texts.stock.noNumber
  const after = mode === 'count' ? Number(plain) : stock + Number(plain)
  return after < 0 ? texts.stock.negative : after
}

/** Return a correction as the API takes it. */
export function correctionBody(mode: StockMode, text: string, reason: string): StockChange {
  const pieces = Number(text.trim().replace('−', '-'))
  return mode === 'count' ? { stock: pieces, reason } : { change: pieces, reason }
}
