import { useSearch } from '@tanstack/react-router'
import { FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { Tabs } from '../table/Tabs'
import { ActivityBulk } from './ActivityBulk'
import { ActivityDetails } from './ActivityDetails'
import { ActivityFilters } from './ActivityFilters'
import { ACTIVITY_COLUMNS } from './columns'
import { activitiesQuery } from './queries'
import { texts } from './texts'

const { tabs } = texts
const TABS = [
  { label: tabs.all, search: {} },
  { label: tabs.failed, search: { state: 'failed' } },
  { label: tabs.givingUp, search: { givingUp: 'true' } },
  { label: tabs.maybeSent, search: { maybeSent: 'true' } },
  { label: tabs.waiting, search: { state: 'waiting' } },
  { label: tabs.running, search: { state: 'running' } },
]

/** The page of the activities: the calls to providers. */
export function ActivitiesPage() {
  const place = useListSearch(useSearch({ from: '/console/activities' }))
  const { search, show, change } = place
  return (
    <ListPage
      list="activities"
      title={texts.title}
      lead={search.maybeSent === 'true' ? texts.maybeSentLead : texts.lead}
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
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
      pathOf={({ id }) => `/console/activities/${id}`}
      renderDetails={(activity) => <ActivityDetails activity={activity} />}
      renderActions={(selection) => <ActivityBulk selection={selection} search={search} />}
    />
  )
}
