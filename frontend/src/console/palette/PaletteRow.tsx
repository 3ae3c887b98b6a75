import { useEffect, useRef } from 'react'
import classes from './Palette.module.css'
import type { PaletteItem } from './usePaletteItems'

type PaletteRowProps = {
  id: string
  item: PaletteItem
  isCurrent: boolean
  onPoint: () => void
  onChoose: () => void
}

/** A line of the palette. The field keeps the focus and names the current line. */
export function PaletteRow({ id, item, isCurrent, onPoint, onChoose }: PaletteRowProps) {
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  return (
    <button
      ref={row}
      type="button"
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isCurrent}
      className={classes.row}
      onPointerMove={isCurrent ? undefined : onPoint}
      onClick={onChoose}
    >
      <span className={classes.kind}>{item.kind}</span>
      <span className={classes.title}>{item.title}</span>
      {item.subtitle !== undefined && <span className={classes.subtitle}>{item.subtitle}</span>}
      {item.keys !== undefined && <kbd>{item.keys}</kbd>}
    </button>
  )
}
