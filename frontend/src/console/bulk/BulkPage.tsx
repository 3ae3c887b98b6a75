import { useSearch } from '@tanstack/react-router'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { BULK_COLUMNS } from './columns'
import { jobsQuery } from './queries'
import { texts } from './texts'

/** The page of the bulk jobs. */
export function BulkPage() {
  const place = useListSearch(useSearch({ from: '/console/bulk' }))
  return (
    <ListPage
      list="bulk"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      columns={BULK_COLUMNS}
      query={jobsQuery(place.search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ action }) => texts.actions[action]}
      pathOf={({ id }) => `/console/bulk/${id}`}
    />
  )
}
