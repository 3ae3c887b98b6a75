import { useSearch } from '@tanstack/react-router'
import { executionPath } from '../parts/ExecutionLink'
import { JsonView } from '../parts/JsonView'
import { FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { EXECUTION_COLUMNS } from './columns'
import { ExecutionFilters } from './ExecutionFilters'
import { executionsQuery } from './queries'
import { SignalBulk } from './SignalBulk'
import { texts } from './texts'

/** The page of the executions of all machines. */
export function ExecutionsPage() {
  const place = useListSearch(useSearch({ from: '/console/executions' }))
  const { search, change } = place
  return (
    <ListPage
      list="executions"
      title={texts.title}
      caption={texts.caption}
      searchField={
        <FilterText
          isSearch
          label={texts.filters.q}
          placeholder={texts.filters.qHint}
          value={search.q}
          onChange={(q) => change({ q })}
        />
      }
      filters={<ExecutionFilters search={search} onChange={change} />}
      columns={EXECUTION_COLUMNS}
      query={executionsQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ key }) => key}
      pathOf={({ machine, id }) => executionPath(machine, id)}
      sort={{ value: search.sort ?? 'newest', onChange: (sort) => change({ sort }) }}
      renderDetails={(row) => <JsonView value={row} fileName={`${row.machine}-${row.id}.json`} />}
      renderActions={(selection, rows) => (
        <SignalBulk selection={selection} rows={rows} search={search} />
      )}
    />
  )
}
