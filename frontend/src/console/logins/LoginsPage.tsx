import { useSearch } from '@tanstack/react-router'
import { FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { Tabs } from '../table/Tabs'
import { LOGIN_COLUMNS } from './columns'
import { loginsQuery } from './queries'
import { texts } from './texts'

const { tabs } = texts
const TABS = [
  { label: tabs.all, search: {} },
  { label: tabs.unsent, search: { state: 'CodeUnsent' } },
  { label: tabs.pending, search: { state: 'CodePending' } },
  { label: tabs.sent, search: { state: 'CodeSent' } },
  { label: tabs.succeeded, search: { state: 'Succeeded' } },
  { label: tabs.locked, search: { state: 'Locked' } },
]

/** The page of the logins: whether the codes arrive. */
export function LoginsPage() {
  const place = useListSearch(useSearch({ from: '/console/logins' }))
  const { search, show, change } = place
  return (
    <ListPage
      list="logins"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      tabs={<Tabs label={tabs.label} tabs={TABS} search={search} onSearch={show} />}
      searchField={
        <FilterText
          isSearch
          label={texts.email}
          placeholder={texts.emailHint}
          value={search.email}
          onChange={(email) => change({ email })}
        />
      }
      filters={null}
      columns={LOGIN_COLUMNS}
      query={loginsQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ email }) => email}
    />
  )
}
