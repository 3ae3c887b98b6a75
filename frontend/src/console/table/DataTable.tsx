import { Fragment, type ReactNode, useState } from 'react'
import { ScrollRegion } from '../parts/ScrollRegion'
import { texts } from '../parts/texts'
import { ColumnHeader } from './ColumnHeader'
import type { Column } from './columns'
import classes from './DataTable.module.css'
import { PageCheckbox } from './PageCheckbox'
import { RowCells } from './RowCells'
import type { Selection } from './selection'
import { useRowKeys } from './useRowKeys'

type DataTableProps<Row> = {
  /** What the rows are, for screen readers. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  idOf: (row: Row) => string
  /** The words for a row, such as its key. */
  nameOf: (row: Row) => string
  onOpen?: (row: Row) => void
  selection?: Selection
  /** Details of a row below it. */
  renderDetails?: (row: Row) => ReactNode
  sort?: { value: string; onChange: (value: string) => void }
  /** Older rows are shown while those of other filters are fetched. */
  isStale?: boolean
}

/** A table whose rows are walked with j and k, opened, expanded and selected. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, idOf, nameOf, onOpen, selection, renderDetails, sort } = props
  const [expanded, setExpanded] = useState<string | null>(null)
  const toggle = (id: string) => setExpanded((current) => (current === id ? null : id))
  const keys = useRowKeys(rows.map(idOf), {
    onOpen: onOpen && ((index) => rows[index] !== undefined && onOpen(rows[index])),
    onExpand: renderDetails && toggle,
    onSelect: selection?.toggle,
  })
  const width = columns.length + (selection ? 1 : 0) + (renderDetails ? 1 : 0)
  return (
    <ScrollRegion
      className={classes.scroller}
      label={texts.table.scroll(caption)}
      isStale={props.isStale}
    >
      <table className={classes.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className={classes.control}>
                <PageCheckbox selection={selection} ids={rows.map(idOf)} />
              </th>
            )}
            {columns.map((column) => (
              <ColumnHeader key={column.key} column={column} sort={sort} />
            ))}
            {renderDetails && (
              <th scope="col" className={classes.control}>
                <span className="visually-hidden">{texts.table.details}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = idOf(row)
            const isExpanded = renderDetails !== undefined && expanded === id
            return (
              <Fragment key={id}>
                <RowCells
                  row={row}
                  name={nameOf(row)}
                  columns={columns}
                  isCurrent={keys.current === id}
                  isSelected={selection?.isSelected(id)}
                  onSelect={selection && (() => selection.toggle(id))}
                  isExpanded={isExpanded}
                  onExpand={renderDetails && (() => toggle(id))}
                />
                {isExpanded && (
                  <tr className={classes.details}>
                    <td colSpan={width}>{renderDetails(row)}</td>
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
