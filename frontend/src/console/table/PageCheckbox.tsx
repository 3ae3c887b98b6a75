import { useEffect, useRef } from 'react'
import { texts } from '../parts/texts'
import type { Selection } from './selection'

/** The box that selects all rows of the page. */
export function PageCheckbox({ selection, ids }: { selection: Selection; ids: string[] }) {
  const box = useRef<HTMLInputElement>(null)
  const count = ids.filter(selection.isSelected).length
  const isAll = ids.length > 0 && count === ids.length
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = count > 0 && !isAll
  }, [count, isAll])
  return (
    <input
      ref={box}
      type="checkbox"
      checked={isAll}
      disabled={ids.length === 0}
      aria-label={texts.table.selectAll}
      onChange={() => (selection.isAll ? selection.clear() : selection.togglePage(ids))}
    />
  )
}
