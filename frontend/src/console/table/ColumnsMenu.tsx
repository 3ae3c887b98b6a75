import { Button } from '../parts/Button'
import { Dropdown } from '../parts/Dropdown'
import { ColumnsIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import type { ChosenColumns } from './columns'
import classes from './Menus.module.css'

/** The menu in which the operator chooses the columns of a list. */
export function ColumnsMenu<Row>({ columns }: { columns: ChosenColumns<Row> }) {
  return (
    <Dropdown
      align="end"
      label={texts.columns}
      trigger={
        <>
          <ColumnsIcon size={14} />
          {texts.columns}
        </>
      }
    >
      {columns.all
        .filter(({ isFixed }) => !isFixed)
        .map(({ key, label }) => (
          <label key={key} className={classes.choice}>
            <input
              type="checkbox"
              checked={columns.keys.includes(key)}
              onChange={() => columns.toggle(key)}
            />
            {label}
          </label>
        ))}
      <div className={classes.footer}>
        <Button kind="quiet" onClick={columns.reset}>
          {texts.resetColumns}
        </Button>
      </div>
    </Dropdown>
  )
}
