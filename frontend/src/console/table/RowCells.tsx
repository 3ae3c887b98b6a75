import { useEffect, useRef } from 'react'
import { ChevronDownIcon, ChevronRightIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import type { Column } from './columns'
import classes from './DataTable.module.css'

type RowCellsProps<Row> = {
  row: Row
  name: string
  columns: readonly Column<Row>[]
  isCurrent: boolean
  isSelected?: boolean
  onSelect?: () => void
  isExpanded: boolean
  onExpand?: () => void
}

/** A row of a table: its box, its cells, and the button for its details. */
export function RowCells<Row>(props: RowCellsProps<Row>) {
  const { row, name, columns, isCurrent, isSelected = false, isExpanded } = props
  const element = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    if (isCurrent) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  return (
    <tr ref={element} className={classes.row} data-current={isCurrent} data-selected={isSelected}>
      {props.onSelect && (
        <td className={classes.control}>
          <input
            type="checkbox"
            checked={isSelected}
            aria-label={texts.table.select(name)}
            onChange={props.onSelect}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} data-align={column.align}>
          {column.render(row)}
        </td>
      ))}
      {props.onExpand && (
        <td className={classes.control}>
          <button
            type="button"
            className={classes.expand}
            aria-expanded={isExpanded}
            aria-label={texts.table.expand(name)}
            onClick={props.onExpand}
          >
            {isExpanded ? <ChevronDownIcon size={14} /> : <ChevronRightIcon size={14} />}
          </button>
        </td>
      )}
    </tr>
  )
}
