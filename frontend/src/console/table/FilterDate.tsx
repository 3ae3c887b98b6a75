import classes from './FilterBar.module.css'

type FilterDateProps = {
  label: string
  /** A day, such as 2026-02-28. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** A filter with a day. */
export function FilterDate({ label, value, onChange }: FilterDateProps) {
  return (
    <label className={classes.filter} data-set={value !== undefined}>
      <span>{label}</span>
      <input
        type="date"
        data-date
        value={value ?? ''}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }}
      />
    </label>
  )
}
