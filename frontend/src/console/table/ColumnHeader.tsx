import { SortIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import type { Column } from './columns'
import classes from './DataTable.module.css'

type ColumnHeaderProps<Row> = {
  column: Column<Row>
  sort?: { value: string; onChange: (value: string) => void }
}

/** The head of a column, a button if the column sorts. */
export function ColumnHeader<Row>({ column, sort }: ColumnHeaderProps<Row>) {
  const { label, align, sorts } = column
  if (sorts === undefined || sort === undefined) {
    return (
      <th scope="col" data-align={align}>
        {label}
      </th>
    )
  }
  const place = sorts.indexOf(sort.value)
  const next = sorts[(place + 1) % sorts.length] ?? sorts[0]
  return (
    <th scope="col" data-align={align} aria-sort={SORTS[place] ?? 'none'} aria-label={label}>
      <button
        type="button"
        className={classes.sort}
        data-place={place}
        aria-label={texts.table.sortBy(label)}
        onClick={() => sort.onChange(next)}
      >
        {label}
        <SortIcon size={12} />
      </button>
    </th>
  )
}

// The first value of a column is the one with the newest or largest on top.
const SORTS = ['descending', 'ascending'] as const
