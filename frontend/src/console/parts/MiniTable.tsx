import { useState } from 'react'
import classes from '../table/DataTable.module.css'
import type { Column } from '../table/columns'
import { Button } from './Button'
import { ScrollRegion } from './ScrollRegion'
import { texts } from './texts'

type MiniTableProps<Row> = {
  /** What the rows are, for screen readers. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  idOf: (row: Row) => string
  /** The words in place of an empty table. */
  empty: string
}

const FIRST_ROWS = 10

/**
 * A small table within a page about one thing. It has no keys of its own. Of many rows it shows the
 * first ones, and all on demand.
 */
export function MiniTable<Row>({ caption, columns, rows, idOf, empty }: MiniTableProps<Row>) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS)
  if (rows.length === 0) return <p className={classes.none}>{empty}</p>
  return (
    <>
      <ScrollRegion className={classes.scroller} label={caption}>
        <table className={classes.table}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ key, label, align }) => (
                <th key={key} scope="col" data-align={align}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={idOf(row)} className={classes.row}>
                {columns.map(({ key, align, render }) => (
                  <td key={key} data-align={align}>
                    {render(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {shown.length < rows.length && (
        <div className={classes.more}>
          <Button kind="quiet" onClick={() => setWhole(true)}>
            {texts.table.all(rows.length)}
          </Button>
        </div>
      )}
    </>
  )
}
