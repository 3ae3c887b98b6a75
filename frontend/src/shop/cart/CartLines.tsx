import { useState } from 'react'
import classes from './CartLines.module.css'
import { CartRow } from './CartRow'
import { RemovedRow } from './RemovedRow'
import { type CartLine, cartStore } from './store'
import type { PricedLine } from './useCartQuote'

type Removal = { line: CartLine; index: number }

type CartLinesProps = {
  lines: PricedLine[]
  isCurrent: boolean
  /** The lines are in the narrow drawer. */
  compact?: boolean
}

/** The lines of the cart. A removed line leaves the button that brings it back in its place. */
export function CartLines({ lines, isCurrent, compact = false }: CartLinesProps) {
  const [removal, setRemoval] = useState<Removal | null>(null)
  const isBack = lines.some(({ line }) => line.productId === removal?.line.productId)
  const removed = isBack ? null : removal

  const remove = (line: CartLine, index: number) => {
    setRemoval({ line, index })
    cartStore.remove(line.productId)
  }
  const rows = lines.map((priced, index) => (
    <CartRow
      key={priced.line.productId}
      priced={priced}
      isCurrent={isCurrent}
      compact={compact}
      onRemove={() => remove(priced.line, index)}
    />
  ))
  if (removed !== null) {
    const undo = () => {
      setRemoval(null)
      cartStore.putBack(removed.line, removed.index)
    }
    const { productId, name } = removed.line
    const row = <RemovedRow key={`removed-${productId}`} name={name} onUndo={undo} />
    rows.splice(Math.min(removed.index, rows.length), 0, row)
  }
  return rows.length === 0 ? null : <ul className={classes.lines}>{rows}</ul>
}
