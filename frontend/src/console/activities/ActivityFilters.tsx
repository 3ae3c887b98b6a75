import { useQuery } from '@tanstack/react-query'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ACTIVITY_STATES, activityNamesQuery, type ActivitySearch } from './queries'
import { texts } from './texts'

const NONE = [] as const

type ActivityFiltersProps = {
  search: ActivitySearch
  onChange: (change: ActivitySearch) => void
}

/** The filters of the list of activities. */
export function ActivityFilters({ search, onChange }: ActivityFiltersProps) {
  const known = useQuery(activityNamesQuery).data ?? NONE
  const machines = [...new Set(known.map(({ machine }) => machine))].toSorted()
  const names = known
    .filter(({ machine }) => [undefined, machine].includes(search.machine))
    .map(({ name }) => name)
  const { filters } = texts
  return (
    <>
      <FilterText
        label={filters.name}
        placeholder={filters.nameHint}
        suggestions={names}
        value={search.name}
        onChange={(name) => onChange({ name })}
      />
      <FilterSelect
        label={filters.state}
        value={search.state}
        choices={ACTIVITY_STATES.map((value) => ({ value }))}
        onChange={(state) => onChange({ state, givingUp: undefined, maybeSent: undefined })}
      />
      <FilterSelect
        label={filters.machine}
        value={search.machine}
        choices={machines.map((value) => ({ value }))}
        onChange={(machine) => onChange({ machine })}
      />
      <FilterText
        label={filters.subject}
        placeholder={filters.subjectHint}
        value={search.subject}
        onChange={(subject) => onChange({ subject })}
      />
    </>
  )
}
