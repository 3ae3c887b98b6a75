import { useSearch } from '@tanstack/react-router'
import { FilterSelect } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { Tabs } from '../table/Tabs'
import { NOTICE_COLUMNS } from './columns'
import { NOTICE_KINDS, noticesQuery } from './queries'
import { texts } from './texts'

const { tabs } = texts
const TABS = [
  { label: tabs.open, search: {} },
  { label: tabs.settled, search: { open: 'false' } },
  { label: tabs.all, search: { open: 'any' } },
]

/** The page of the notices: what needs a person, and what to do. */
export function NoticesPage() {
  const place = useListSearch(useSearch({ from: '/console/notices' }))
  const { search, show, change } = place
  return (
    <ListPage
      list="notices"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      tabs={<Tabs label={tabs.label} tabs={TABS} search={search} onSearch={show} />}
      filters={
        <FilterSelect
          label={texts.kind}
          value={search.kind}
          choices={NOTICE_KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
          onChange={(kind) => change({ kind })}
        />
      }
      columns={NOTICE_COLUMNS}
      query={noticesQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ kind }) => texts.kinds[kind]}
    />
  )
}
