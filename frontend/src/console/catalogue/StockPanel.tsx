import { useState } from 'react'
import type { StaffProduct } from '../../api/types'
import { createFormat } from '../../ui/i18n/format'
import { Button } from '../parts/Button'
import { Panel } from '../parts/ConsolePage'
import classes from './Catalogue.module.css'
import { StockDialog } from './StockDialog'
import { texts } from './texts'

const format = createFormat('en')

/** The pieces of a product, which can be corrected. */
export function StockPanel({ product }: { product: StaffProduct }) {
  const [isOpen, setOpen] = useState(false)
  const { stock: words } = texts
  const figures = [
    [words.onHand, product.stock],
    [words.reserved, product.reserved],
    [words.available, product.available],
  ] as const
  return (
    <Panel
      title={words.title}
      actions={<Button onClick={() => setOpen(true)}>{words.correct}</Button>}
    >
      <dl className={classes.figures}>
        {figures.map(([name, pieces]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="tabular">{format.number(pieces)}</dd>
          </div>
        ))}
      </dl>
      {isOpen && <StockDialog product={product} onClose={() => setOpen(false)} />}
    </Panel>
  )
}
