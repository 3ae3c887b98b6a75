import classes from './Catalogue.module.css'
import type { StockMode } from './stock'
import { texts } from './texts'

type StockModesProps = { mode: StockMode; onChange: (mode: StockMode) => void }

const MODES = [
  ['difference', texts.stock.byDifference],
  ['count', texts.stock.toCount],
] as const

/** The choice between a difference and a count. */
export function StockModes({ mode, onChange }: StockModesProps) {
  return (
    <fieldset className={classes.choice}>
      <legend className="visually-hidden">{texts.stock.how}</legend>
      {MODES.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="mode"
            checked={mode === value}
            onChange={() => onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
