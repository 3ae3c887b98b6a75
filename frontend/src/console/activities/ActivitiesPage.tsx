import { useNavigate, useSearch } from '@tanstack/react-router'
import { FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { Tabs } from '../table/Tabs'
import { ActivityBulk } from './ActivityBulk'
import { ActivityDetails } from './ActivityDetails'
import { ActivityFilters } from './ActivityFilters'
import { ACTIVITY_COLUMNS } from './columns'
import { activitiesQuery, type ActivitySearch } from './queries'
import { texts } from './texts'

const FROM = '/console/activities'
const { tabs } = texts
const TABS = [
  { label: tabs.all, search: {} },
  { label: tabs.failed, search: { state: 'failed' } },
  { label: tabs.givingUp, search: { givingUp: 'true' } },
  { label: tabs.maybeSent, search: { maybeSent: 'true' } },
  { label: tabs.waiting, search: { state: 'waiting' } },
  { label: tabs.running, search: { state: 'running' } },
]

/** The page of the activities: the calls to other systems. */
export function ActivitiesPage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const show = (next: ActivitySearch, isNextPage = false) =>
    void navigate({ search: next, state: isNextPage ? { hasEarlierPage: true } : {} })
  const change = (changed: ActivitySearch) => show({ ...search, ...changed, cursor: undefined })
  return (
    <ListPage
      list="activities"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      tabs={<Tabs label={tabs.label} tabs={TABS} search={search} onSearch={show} />}
      searchField={
        <FilterText
          isSearch
          label={texts.filters.error}
          placeholder={texts.filters.errorHint}
          value={search.error}
          onChange={(error) => change({ error })}
        />
      }
      filters={<ActivityFilters search={search} onChange={change} />}
      columns={ACTIVITY_COLUMNS}
      query={activitiesQuery(search)}
      search={search}
      onSearch={show}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
      onOpen={({ id }) => void navigate({ to: '/console/activities/$id', params: { id } })}
      renderDetails={(activity) => <ActivityDetails activity={activity} />}
      renderActions={(selection) => <ActivityBulk selection={selection} search={search} />}
    />
  )
}
