import { useNavigate, useSearch } from '@tanstack/react-router'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { PEOPLE_COLUMNS } from './columns'
import { type PeopleSearch, peopleQuery, ROLES, STATUSES } from './queries'
import { texts } from './texts'

const FROM = '/console/people'
const { filters } = texts

/** The page of everybody who has an account. */
export function PeoplePage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const show = (next: PeopleSearch, isNextPage = false) =>
    void navigate({
      search: next,
      replace: !isNextPage,
      state: isNextPage ? { hasEarlierPage: true } : {},
    })
  const filter = (change: PeopleSearch) => show({ ...search, ...change, cursor: undefined })
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
          onChange={(q) => filter({ q })}
        />
      }
      filters={
        <>
          <FilterSelect
            label={filters.role}
            value={search.role}
            choices={ROLES.map((value) => ({ value }))}
            onChange={(role) => filter({ role })}
          />
          <FilterSelect
            label={filters.status}
            value={search.status}
            choices={STATUSES.map((value) => ({ value }))}
            onChange={(status) => filter({ status })}
          />
        </>
      }
      columns={PEOPLE_COLUMNS}
      query={peopleQuery(search)}
      search={search}
      onSearch={show}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ email }) => email}
      onOpen={({ id }) => void navigate({ to: '/console/people/$id', params: { id } })}
    />
  )
}
