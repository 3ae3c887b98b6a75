import { useSearch } from '@tanstack/react-router'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { PEOPLE_COLUMNS } from './columns'
import { peopleQuery, ROLES, STATUSES } from './queries'
import { texts } from './texts'

const { filters } = texts

/** The page of everybody who has an account. */
export function PeoplePage() {
  const place = useListSearch(useSearch({ from: '/console/people' }))
  const { search, change } = place
  return (
    <ListPage
      list="people"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      searchField={
        <FilterText
          isSearch
          label={filters.q}
          placeholder={filters.qHint}
          value={search.q}
          onChange={(q) => change({ q })}
        />
      }
      filters={
        <>
          <FilterSelect
            label={filters.role}
            value={search.role}
            choices={ROLES.map((value) => ({ value }))}
            onChange={(role) => change({ role })}
          />
          <FilterSelect
            label={filters.status}
            value={search.status}
            choices={STATUSES.map((value) => ({ value }))}
            onChange={(status) => change({ status })}
          />
        </>
      }
      columns={PEOPLE_COLUMNS}
      query={peopleQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ email }) => email}
      pathOf={({ id }) => `/console/people/${id}`}
    />
  )
}
