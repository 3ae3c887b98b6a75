import { useNavigate, useSearch } from '@tanstack/react-router'
import { FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { Tabs } from '../table/Tabs'
import { LOGIN_COLUMNS } from './columns'
import { type LoginSearch, loginsQuery } from './queries'
import { texts } from './texts'

const FROM = '/console/logins'
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
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const show = (next: LoginSearch, isNextPage = false) =>
    void navigate({ search: next, state: isNextPage ? { hasEarlierPage: true } : {} })
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
          onChange={(email) => show({ ...search, email, cursor: undefined })}
        />
      }
      filters={null}
      columns={LOGIN_COLUMNS}
      query={loginsQuery(search)}
      search={search}
      onSearch={show}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ email }) => email}
    />
  )
}
