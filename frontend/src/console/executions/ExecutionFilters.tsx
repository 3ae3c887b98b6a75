import { useQuery } from '@tanstack/react-query'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { type ExecutionSearch, machineNamesQuery } from './queries'
import { texts } from './texts'

type ExecutionFiltersProps = {
  search: ExecutionSearch
  onChange: (change: ExecutionSearch) => void
}

/** The filters of the list of executions. */
export function ExecutionFilters({ search, onChange }: ExecutionFiltersProps) {
  const machines = useQuery(machineNamesQuery).data ?? []
  const chosen = machines.filter(({ name }) => [undefined, name].includes(search.machine))
  const states = new Set(chosen.flatMap((machine) => machine.states.map(({ name }) => name)))
  const activities = [
    ...new Set(chosen.flatMap((machine) => machine.arrows.flatMap((arrow) => arrow.activities))),
  ].toSorted()
  const { filters } = texts
  return (
    <>
      <FilterSelect
        label={filters.machine}
        value={search.machine}
        choices={machines.map(({ name }) => ({ value: name }))}
        // A state of another machine would match nothing.
        onChange={(machine) => onChange({ machine, state: undefined })}
      />
      <FilterSelect
        label={filters.state}
        value={search.state}
        choices={[...states].map((name) => ({ value: name }))}
        onChange={(state) => onChange({ state })}
      />
      <FilterSelect
        label={filters.olderThan}
        value={search.olderThan}
        choices={texts.ages}
        onChange={(olderThan) => onChange({ olderThan })}
      />
      <FilterSelect
        label={filters.stuck}
        value={search.stuck}
        choices={texts.stuck}
        onChange={(stuck) => onChange({ stuck })}
      />
      <FilterText
        label={filters.failedActivity}
        placeholder={filters.failedHint}
        value={search.failedActivity}
        suggestions={[texts.anyActivity, ...activities]}
        onChange={(failedActivity) => onChange({ failedActivity })}
      />
      <FilterText
        label={filters.waitingFor}
        placeholder={filters.waitingHint}
        value={search.waitingFor}
        suggestions={activities}
        onChange={(waitingFor) => onChange({ waitingFor })}
      />
    </>
  )
}
