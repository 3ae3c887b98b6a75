import { filtersText } from './filters'
import classes from './Tabs.module.css'

type Search = Readonly<Record<string, string | undefined>>
export type Tab = { label: string; search: Search }

type TabsProps = {
  label: string
  tabs: readonly Tab[]
  search: Search
  /** Go to the list of a tab; the filters that no tab sets stay. */
  onSearch: (search: Search) => void
}

/** The filters of a list that are used most, side by side; one of them may be in force. */
export function Tabs({ label, tabs, search, onSearch }: TabsProps) {
  const names = new Set(tabs.flatMap((tab) => Object.keys(tab.search)))
  const own = (from: Search) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)))
  const rest = Object.fromEntries(
    Object.entries(search).filter(([name]) => !names.has(name) && name !== 'cursor'),
  )
  const current = filtersText(own(search))
  return (
    <div className={classes.tabs} role="group" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.label}
          type="button"
          className={classes.tab}
          aria-pressed={filtersText(tab.search) === current}
          onClick={() => onSearch({ ...rest, ...tab.search })}
        >
          {tab.label}
        </button>
      ))}
    </div>
  )
}
