import type { ReactNode } from 'react'
import { Button } from '../parts/Button'
import { type Bounded, countText } from '../parts/Count'
import { texts } from '../parts/texts'
import type { Selection } from './selection'
import classes from './SelectionBar.module.css'

type SelectionBarProps = {
  selection: Selection
  /** All rows that match the filters. */
  count?: Bounded
  /** Actions on the selection. */
  children: ReactNode
}

/** The bar of a selection: how many rows it has, "all that match", and what to do with them. */
export function SelectionBar({ selection, count, children }: SelectionBarProps) {
  if (selection.isEmpty) return null
  const { these, all, takeAll, clear, label } = texts.selection
  const words = count === undefined ? '' : countText(count)
  const hasMore = count !== undefined && (!count.isExact || count.number > selection.ids.size)
  return (
    <div className={classes.bar} role="group" aria-label={label}>
      <strong role="status">{selection.isAll ? all(words) : these(selection.ids.size)}</strong>
      {!selection.isAll && hasMore && (
        <Button kind="quiet" onClick={selection.selectAll}>
          {takeAll(words)}
        </Button>
      )}
      <div className={classes.actions}>{children}</div>
      <Button kind="quiet" onClick={selection.clear}>
        {clear}
      </Button>
    </div>
  )
}
